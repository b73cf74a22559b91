"""Accounts from an Excel list."""

import io

import openpyxl
import pytest

from organizations.importexport.modeladmin import UploadStorage
from organizations.models import AuditEvent, Role, User
from tests import factories

URL = "/admin/organizations/user/import/"
CONFIRM = "/admin/organizations/user/process_import/"
HEADINGS = ["账号", "姓名", "角色", "所在组织代码", "联系电话", "初始密码"]
GOOD = ["xiaojingzhuang", "王示例", "填报员", "340123105000", "0551-7654321", "chushi-koul-4827"]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def workbook(*rows, headings=HEADINGS) -> io.BytesIO:
    book = openpyxl.Workbook()
    for row in [headings, *rows]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    out.name = "账号.xlsx"
    return out


def row(**changed) -> list:
    return list((dict(zip(HEADINGS, GOOD, strict=True)) | changed).values())


def upload(client, *rows, **options):
    return client.post(URL, {"import_file": workbook(*rows, **options)})


def confirm(client, response):
    token = response.context["confirm_form"].initial["token"]
    return client.post(CONFIRM, {"token": token}, follow=True)


def problems(response) -> list[tuple]:
    return [(problem.line, problem.heading, problem.message) for problem in response.context["result"].problems]


def test_nothing_is_written_before_the_confirmation(city_staff, login, tmp_path):
    client = login(city_staff)
    response = upload(client, GOOD, row(账号="Sanhe", 姓名="李示例"))
    assert response.context["result"].counts == "新增 2 行，修改 0 行，不变 0 行"
    assert GOOD[-1] not in response.content.decode()
    assert User.objects.count() == 1
    assert not AuditEvent.objects.exists()
    assert not any(b"chushi" in row for row in response.content.splitlines())
    confirm(client, response)
    user = User.objects.get(username="xiaojingzhuang")
    assert (user.full_name, user.role, user.organization.name, user.phone) == (
        "王示例",
        Role.CADRE,
        "山南镇",
        "0551-7654321",
    )
    assert user.check_password(GOOD[-1])
    assert user.must_change_password
    assert AuditEvent.objects.about(user).get().action == "新增账号"
    assert GOOD[-1] not in str(AuditEvent.objects.values_list())
    assert User.objects.filter(username="sanhe").exists()
    assert list(tmp_path.glob(f"{UploadStorage.PREFIX}*")) == []


def test_passwords_are_hashed_at_the_confirmation_only(city_staff, login, monkeypatch):
    hashed = []
    make = User.set_password
    monkeypatch.setattr(User, "set_password", lambda user, raw: (hashed.append(raw), make(user, raw)))
    client = login(city_staff)
    response = upload(client, GOOD)
    assert hashed == []
    confirm(client, response)
    assert hashed == [GOOD[-1]]


@pytest.mark.parametrize(
    ("changed", "heading", "sentence"),
    [
        ({"账号": "City"}, "账号", "这个账号已经有人使用。"),
        ({"账号": "stranger"}, "账号", "这个账号已经有人使用。"),
        ({"账号": "两 个"}, "账号", "账号只能用汉字、字母、数字和 . @ - _，中间不能有空格。"),
        ({"姓名": None}, "姓名", "这一格没有填。"),
        ({"角色": "局长"}, "角色", "“局长”不在可选范围内，可填：填报员、县级审核员、市级业务员、领导。"),
        ({"角色": "审计员"}, "角色", "“审计员”不在可选范围内，可填：填报员、县级审核员、市级业务员、领导。"),
        ({"角色": None}, "角色", "这一格没有填。"),
        ({"角色": "县级审核员"}, "所在组织代码", "县级审核员的所在组织应为县（市、区）一级。"),
        ({"所在组织代码": "340200000000"}, "所在组织代码", "您的管辖范围内没有代码为“340200000000”的组织。"),
        ({"所在组织代码": "340000000000"}, "所在组织代码", "您的管辖范围内没有代码为“340000000000”的组织。"),
        ({"所在组织代码": None}, "所在组织代码", "这一格没有填。"),
        ({"初始密码": "8264917350", "联系电话": None}, "初始密码", "密码不能全是数字。"),
        ({"初始密码": None}, "初始密码", "这一格没有填。"),
    ],
)
def test_a_row_that_will_not_do_stops_the_list(city_staff, tree, login, changed, heading, sentence):
    elsewhere = factories.organization("芜湖市", level=2, parent=tree.province, code="340200000000")
    factories.user("stranger", role=Role.LEADER, organization=elsewhere)
    response = upload(login(city_staff), row(账号="fine"), row(**changed))
    assert problems(response) == [(3, heading, sentence)]
    assert response.context["confirm_form"] is None
    assert User.objects.count() == 2


def test_one_name_twice_in_a_list_is_refused(city_staff, login):
    response = upload(login(city_staff), GOOD, row(账号="XiaoJingZhuang"))
    assert problems(response) == [(3, "账号", "文件里有几行用了同一个账号。")]


def test_codes_and_telephones_that_excel_made_numbers_are_understood(city_staff, login):
    client = login(city_staff)
    confirm(client, upload(client, row(所在组织代码=340123105000, 联系电话=13800000000.0)))
    user = User.objects.get(username="xiaojingzhuang")
    assert (user.organization.code, user.phone) == ("340123105000", "13800000000")


def test_who_was_quicker_wins_and_the_list_writes_nothing(city_staff, tree, login):
    client = login(city_staff)
    response = upload(client, row(账号="first"), GOOD)
    factories.user("xiaojingzhuang", role=Role.CADRE, organization=tree.other_township)
    response = confirm(client, response)
    assert (3, "账号", "这个账号已经有人使用。") in problems(response)
    assert not User.objects.filter(username="first").exists()


def test_the_template_has_a_list_of_roles_and_codes_as_text(city_staff, login):
    response = login(city_staff).get(f"{URL}template/")
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    sheet, notes, options = book.worksheets
    assert [cell.value for cell in sheet[1]] == HEADINGS
    assert sheet.column_dimensions["D"].number_format == "@"
    [validation] = sheet.data_validations.dataValidation
    assert (str(validation.sqref), validation.formula1) == ("C2:C301", "选项!$A$1:$A$4")
    assert [cell.value for cell in options["A"]] == ["填报员", "县级审核员", "市级业务员", "领导"]
    assert notes["A1"].value.startswith("账号：")
    assert response["Content-Disposition"].startswith("attachment")


def test_an_export_holds_no_password(city_staff, cadre, login):
    response = login(city_staff).get("/admin/organizations/user/export/")
    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.values)
    assert rows[0] == ("账号", "姓名", "角色", "所在组织代码", "联系电话", "在用")
    assert ("cadre", "示例cadre", "填报员", "340123105000", None, "在用") in rows
