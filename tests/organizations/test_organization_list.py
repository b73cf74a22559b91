"""Small lists of organisations in and out of the admin: preview, errors by line, inert files."""

import io
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organizations.models import AuditEvent, Level, Organization, OrganizationKind
from organizations.models.audit import AUDIT_LOCK
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/admin/organizations/organization/"
IMPORT = f"{LIST}import/"
CONFIRM = f"{LIST}process_import/"
HEADINGS = ["代码", "层级", "名称", "类型", "上级代码", "启用日期"]
NEW = ["340123105300", "村（社区）", "新光村", "村", "340123105000", "2026-07-01"]


def workbook(*rows, headings=HEADINGS) -> bytes:
    book = openpyxl.Workbook()
    for row in [headings, *rows]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(client, data: bytes, name: str = "组织.xlsx"):
    return client.post(IMPORT, {"import_file": SimpleUploadedFile(name, data)})


def confirm(client, response):
    return client.post(CONFIRM, {"token": response.context["confirm_form"].initial["token"]}, follow=True)


def problems(response) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.heading, problem.message) for problem in response.context["result"].problems]


def test_nothing_is_written_before_the_confirmation(login, city_staff, tree):
    client = login(city_staff)
    with CaptureQueriesContext(connection) as queries:
        response = upload(client, workbook(NEW))
    # Others sign in and submit meanwhile: a preview leaves the log's lock alone.
    assert not any(str(AUDIT_LOCK) in query["sql"] for query in queries)
    assert response.context["result"].preview == [(2, "新增", [*NEW[:5], "2026-07-01"])]
    assert not Organization.objects.filter(name="新光村").exists()
    assert AuditEvent.objects.count() == 0
    response = confirm(client, response)
    assert "导入完成：新增 1 行，修改 0 行，不变 0 行。" in response.text
    made = Organization.objects.get(name="新光村")
    assert (made.path, made.kind.name, made.initials) == (f"{tree.township.path}{made.pk}/", "村", "xgc")
    assert made.valid_from == date(2026, 7, 1)
    assert AuditEvent.objects.get().action == "新增组织"


def test_a_second_confirmation_imports_nothing(login, city_staff, tree):
    client = login(city_staff)
    response = upload(client, workbook(NEW))
    confirm(client, response)
    assert "已经导入过了" in confirm(client, response).text
    assert AuditEvent.objects.count() == 1


def test_a_stranger_can_not_confirm(login, city_staff, system_admin, tree):
    response = upload(login(city_staff), workbook(NEW))
    assert "预览已过期" in confirm(login(system_admin), response).text
    assert "预览已过期" in login(city_staff).post(CONFIRM, {"token": "x"}, follow=True).text
    assert not Organization.objects.filter(name="新光村").exists()


def test_changes_go_through_the_actions(login, city_staff, tree):
    client = login(city_staff)
    rows = [
        ["340123105000", "乡镇（街道）", "山南镇", "", "340121000000", ""],
        ["340123101204", "村（社区）", "河口社区", "社区", "340123101000", ""],
        ["340121103201", "村（社区）", "桥冲村", "", "340121103000", ""],
    ]
    response = upload(client, workbook(*rows))
    assert [(line, verb) for line, verb, _ in response.context["result"].preview] == [
        *[(2, "修改"), (3, "修改"), (4, "不变")]
    ]
    assert "<del>340123000000</del> <ins>340121000000</ins>" in response.text
    assert "style=" not in response.text
    confirm(client, response)
    tree.village.refresh_from_db()
    assert tree.village.path.startswith(tree.other_county.path)
    tree.other_village.refresh_from_db()
    assert tree.other_village.former_names.get().name == "河口村"
    assert sorted(event.action for event in AuditEvent.objects.all()) == ["修改组织", "移动组织", "组织更名"]


def test_a_row_may_hang_below_an_earlier_row(login, city_staff, tree):
    client = login(city_staff)
    rows = [
        ["340123109000", "乡镇（街道）", "铭传乡", "乡", "340123000000", ""],
        ["340123109200", "村（社区）", "启明村", "村", "340123109000", ""],
        ["QM-01", "基地等单位", "启明基地", "基地", "340123109200", ""],
    ]
    confirm(client, upload(client, workbook(*rows)))
    assert Organization.objects.get(code="QM-01").parent.parent.name == "铭传乡"


def test_errors_name_line_and_column(login, city_staff, tree):
    rows = [
        ["12", "村（社区）", "新光村", "村", "340123105000", ""],
        ["340123105301", "村", "新光村", "村", "340123105000", ""],
        [None, None, None, None, None, None],
        ["340123105302", "村（社区）", "", "镇", "340123105000", "七月"],
        ["340123105303", "村（社区）", "新光村", "", "349999999999", ""],
        ["340123105303", "村（社区）", "新光村", "", "340123000000", ""],
    ]
    response = upload(login(city_staff), workbook(*rows))
    assert response.context["confirm_form"] is None
    found = problems(response)
    assert (2, "代码", "区划代码应为 12 位数字。") in found
    assert (3, "层级", f"“村”不在可选范围内，可填：{'、'.join(Level.labels)}。") in found
    assert (5, "名称", "这一格没有填。") in found
    assert (5, "类型", "找不到“镇”，请核对。") in found
    assert (5, "启用日期", "“七月”不是日期，请写成 2026-07-01 的样子。") in found
    assert (6, "上级代码", "您的管辖范围内没有代码为“349999999999”的组织。") in found
    assert {line for line, *_ in found} == {2, 3, 5, 6, 7}
    assert Organization.objects.count() == 10


def test_rows_outside_the_subtree_are_refused(login, city_staff, tree):
    far = factories.organization("芜湖市", level=Level.CITY, parent=tree.province, code="340200000000")
    county = factories.organization("镜湖区", level=Level.COUNTY, parent=far, code="340202000000")
    rows = [
        ["340202001000", "乡镇（街道）", "新街道", "街道", "340202000000", ""],
        ["340202000000", "县（市、区）", "改名区", "市辖区", "340100000000", ""],
    ]
    found = problems(upload(login(city_staff), workbook(*rows)))
    assert (2, "上级代码", "您的管辖范围内没有代码为“340202000000”的组织。") in found
    assert (3, "", "同一层级已有这个代码。") in found
    county.refresh_from_db()
    assert county.name == "镜湖区"


def test_what_went_wrong_since_the_preview_stops_the_import(login, city_staff, tree):
    client = login(city_staff)
    response = upload(client, workbook(NEW, ["340123105301", "村（社区）", "光明村", "", "340123105000", ""]))
    tree.township.valid_to = date(2026, 7, 1)
    tree.township.save()
    response = confirm(client, response)
    assert "没有导入任何一行" in response.text
    assert Organization.objects.count() == 10


def test_missing_and_doubled_headings(login, city_staff, tree):
    client = login(city_staff)
    response = upload(client, workbook(["1", "2"], headings=["名称", "名称"]))
    assert response.context["result"].general_problems == [
        *["表头缺少这些列：代码、层级、上级代码。请用本页的模板。", "表头有重复的列：名称。"]
    ]
    assert "没有数据行" in upload(client, workbook()).text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv(login, city_staff, tree, encoding):
    client = login(city_staff)
    data = "\r\n".join([",".join(HEADINGS), ",".join(NEW)]).encode(encoding)
    confirm(client, upload(client, data, "组织.csv"))
    assert Organization.objects.filter(name="新光村").exists()


def test_a_code_that_excel_made_a_number(login, city_staff, tree):
    client = login(city_staff)
    confirm(client, upload(client, workbook([340123105300, *NEW[1:4], 340123105000.0, None])))
    assert Organization.objects.filter(code="340123105300").exists()


def test_bad_files_are_refused_in_a_sentence(login, city_staff, tree):
    client = login(city_staff)
    assert "“另存为”不加密的 .xlsx" in upload(client, b"\xd0\xcf\x11\xe0 old excel", "组织.xls").text
    assert "这不是 .xlsx 表格" in upload(client, b"hello").text
    assert "不是 Excel 表格" in upload(client, archive({"a.txt": b"hello"})).text
    assert "展开后过大" in upload(client, archive({"[Content_Types].xml": b"0" * 30_000_000})).text
    assert (
        "展开后过大"
        in upload(client, archive({"[Content_Types].xml": b""} | dict.fromkeys(map(str, range(600)), b""))).text
    )
    assert "读不懂这个表格" in upload(client, archive({"[Content_Types].xml": b"<x/>"})).text
    assert "超过 5 MB" in upload(client, b"0" * 5_300_000).text
    assert "超过 5 MB" in upload(client, b"0" * 5_300_000, "组织.csv").text
    assert "看不懂文件的编码" in upload(client, b"\x00\xff\xfe", "组织.csv").text


def archive(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return out.getvalue()


def test_too_many_rows_are_refused_with_a_hint(login, city_staff, tree):
    client = login(city_staff)
    data = "\n".join([",".join(HEADINGS), *([",".join(NEW)] * 501)]).encode()
    assert "表格超过 500 行" in upload(client, data, "组织.csv").text
    assert "manage.py import_divisions" in client.get(IMPORT).text


def test_entities_in_a_workbook_are_not_expanded(login, city_staff, tree):
    """A billion laughs: defusedxml refuses the sheet."""
    parts = zipfile.ZipFile(io.BytesIO(workbook(NEW)))
    files = {name: parts.read(name) for name in parts.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    files[sheet] = b'<!DOCTYPE x [<!ENTITY a "1234567890"><!ENTITY b "&a;&a;&a;&a;">]>' + files[sheet]
    assert "读不懂这个表格" in upload(login(city_staff), archive(files)).text


def test_an_export_is_inert_and_comes_back_unchanged(login, city_staff, tree):
    tree.village.name = "=1+1村"
    tree.village.kind = OrganizationKind.objects.get(level=Level.VILLAGE, name="村")
    tree.village.save()
    client = login(city_staff)
    response = client.get(f"{LIST}export/")
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    cells = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
    name = cells["340123105200"][2]
    assert (name.value, name.data_type) == ("=1+1村", "s")
    assert cells["340123105200"][0].number_format == "@"
    assert [cell.value for cell in sheet[1]] == HEADINGS
    result = upload(client, response.content).context["result"]
    assert result.counts == "新增 0 行，修改 0 行，不变 9 行"
    response = client.get(f"{LIST}export/csv/")
    assert "'=1+1村" in response.content.decode("utf-8-sig")
    result = upload(client, response.content, "组织.csv").context["result"]
    assert result.counts == "新增 0 行，修改 0 行，不变 9 行"


def test_an_export_keeps_to_subtree_and_filters(login, county_reviewer, tree):
    client = login(county_reviewer)
    text = client.get(f"{LIST}export/csv/", {"under": tree.township.pk}).content.decode("utf-8-sig")
    assert [line.split(",")[2] for line in text.splitlines()[1:]] == ["山南镇", "小井庄村"]
    text = client.get(f"{LIST}export/csv/").content.decode("utf-8-sig")
    assert "长丰县" not in text
    assert client.get(f"{LIST}export/", {"nonsense": "1"}).status_code == 400


def test_an_export_asks_as_much_for_30_rows_as_for_one(login, city_staff, tree, django_assert_max_num_queries):
    client = login(city_staff)
    with django_assert_max_num_queries(50) as before:
        client.get(f"{LIST}export/", {"q": "小井庄"})
    for number in range(30):
        factories.organization(f"小井庄{number}", level=Level.VILLAGE, parent=tree.township)
    with django_assert_max_num_queries(len(before)):
        client.get(f"{LIST}export/", {"q": "小井庄"})


def test_the_template_has_the_headings(login, city_staff, tree):
    response = login(city_staff).get(f"{IMPORT}template/")
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert [cell.value for cell in book.active[1]] == HEADINGS
    assert "attachment" in response["Content-Disposition"]


def test_old_uploads_are_swept(login, city_staff, tree, tmp_path, monkeypatch):
    import os
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old = tmp_path / "fedwork-import-old"
    old.write_bytes(b"")
    os.utime(old, (0, 0))
    upload(login(city_staff), workbook(NEW))
    assert not old.exists()
    assert len(list(Path(tmp_path).glob("fedwork-import-*"))) == 1


def test_get_on_the_confirmation_is_405(login, city_staff, tree):
    assert login(city_staff).get(CONFIRM).status_code == 405
