"""Entries from an Excel list: preview, errors in the user's own file, all or none, and never twice."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from fedwork import clock
from funding import actions
from funding.entry_import import HEADINGS
from funding.models import LedgerEntry
from funding.states import EntryKind
from tests import factories
from tests.funding.ledger import account, post

pytestmark = pytest.mark.django_db


def row(
    site, kind="到位", source="县级", amount=1000, voucher="记-1", purpose="", in_kind="", memo="", day=None
) -> list:
    name = f"{site.organization.code} {site.name}" if site else "外县某村"
    return [name, kind, source, amount, day or clock.today(), voucher, purpose, in_kind, memo]


def book(*rows, headings=HEADINGS) -> bytes:
    made, out = Workbook(), io.BytesIO()
    for line in [headings, *rows]:
        made.active.append(line)
    made.save(out)
    return out.getvalue()


class Import:
    """What a clerk does on the page."""

    def __init__(self, client, programme):
        self.client, self.programme = client, programme

    def url(self, name: str) -> str:
        return reverse(f"funding:{name}", args=[self.programme.pk])

    def upload(self, *rows, **options):
        self.page = self.client.post(
            self.url("entry_import"), {"file": factories.upload(book(*rows, **options), "a.xlsx")}
        )
        return self.page.content.decode()

    @property
    def plan(self):
        return self.page.context["plan"]

    def send(self, name: str):
        return self.client.post(self.url(name), {"token": self.page.context["token"]}, follow=True)

    def errors(self) -> dict[int, dict[str, str]]:
        return self.plan.marks()


@pytest.fixture
def desk(sites, programme, county_reviewer, login):
    return Import(login(county_reviewer), programme)


def posted() -> int:
    return LedgerEntry.objects.filter(kind__in=["arrived", "spent"]).count()


class TestPreview:
    def test_nothing_is_written_before_it_is_confirmed(self, desk, sites):
        page = desk.upload(row(sites[0]), row(sites[1], source="乡镇(街道)", amount="0.3万", voucher="记-2"))
        assert "将入账 2 笔" in page
        assert posted() == 0
        page = desk.send("entry_import_confirm").content.decode()
        assert "已入账 2 笔" in page
        assert (account(sites[0]).arrived, account(sites[1], "township").arrived) == (1000, 3000)

    def test_the_same_file_again_is_harmless(self, desk, sites):
        rows = [row(sites[0]), row(sites[0], amount=500, voucher="记-2")]
        for _ in range(2):
            desk.upload(*rows)
            desk.send("entry_import_confirm")
        assert "2 行已经入过账" in desk.page.content.decode()
        assert posted() == 2
        desk.upload(row(sites[0], amount=77, voucher="记-3"), *rows)  # with a row above the others
        desk.send("entry_import_confirm")
        assert posted() == 3

    def test_confirmed_twice_it_is_posted_once(self, desk, sites):
        desk.upload(row(sites[0]))
        desk.send("entry_import_confirm")
        assert "已经入账" in desk.send("entry_import_confirm").content.decode()
        assert posted() == 1

    def test_equal_rows_of_one_file_are_two_entries(self, desk, sites):
        desk.upload(row(sites[0]), row(sites[0]))
        desk.send("entry_import_confirm")
        assert posted() == 2

    def test_the_like_entered_by_hand_is_pointed_out(self, desk, sites, county_reviewer):
        there = post(sites[0], EntryKind.ARRIVED, 1000, by=county_reviewer)
        page = desk.upload(row(sites[0]))
        assert "请核对是不是重复" in page
        assert there.get_absolute_url() in page

    def test_what_was_reversed_is_not_posted_anew(self, desk, sites, county_reviewer):
        desk.upload(row(sites[0]))
        desk.send("entry_import_confirm")
        actions.reverse_entry(LedgerEntry.objects.get(kind="arrived"), reason="录错", by=county_reviewer)
        assert "后来已冲正" in desk.upload(row(sites[0]))
        assert not desk.plan.can_post


class TestRefused:
    @pytest.mark.parametrize(
        ("fields", "heading", "words"),
        [
            ({"kind": "下达"}, "类别", "随文件入账，不能导入"),
            ({"kind": "承诺"}, "类别", "不在列表里"),
            ({"source": "国家"}, "资金来源", "“国家”不在列表里"),
            ({"amount": "一千"}, "金额（元）", "不是数字"),
            ({"amount": 0}, "金额（元）", "0.01"),
            ({"amount": 25000}, "金额（元）", "多于承诺或下达的 20,000 元"),
            ({"day": "明天"}, "日期", "请按 2026-11-20 的样子"),
            ({"day": "2999-01-01"}, "日期", "不能晚于今天"),
            ({"voucher": ""}, "凭证号", "要填凭证号"),
            ({"kind": "支出"}, "用途", "支出要选用途"),
            ({"in_kind": "也许"}, "实物折价", "不在列表里"),
        ],
    )
    def test_each_by_its_row_and_cell_and_none_is_posted(self, desk, sites, fields, heading, words):
        page = desk.upload(row(sites[1], source="县级", voucher="记-9"), row(sites[0], **fields))
        assert words in desk.errors()[3][heading]
        assert list(desk.errors()) == [3]
        assert "一笔也不能入账" in page
        desk.send("entry_import_confirm")
        assert posted() == 0

    def test_sites_of_others_do_not_exist(self, desk, sites):
        desk.upload(row(sites[2]), row(None))
        assert [list(found) for found in desk.errors().values()] == [["项目点"], ["项目点"]]

    def test_a_voucher_twice_in_the_file(self, desk, sites):
        purpose = "阵地建设"
        desk.upload(
            row(sites[0]),
            row(sites[0], "支出", amount=10, voucher="发票1", purpose=purpose),
            row(sites[0], "支出", amount=20, voucher="发票 1", purpose=purpose),
        )
        assert "已经列支过" in desk.errors()[4]["凭证号"]

    def test_spending_may_stand_above_its_arrival(self, desk, sites):
        desk.upload(row(sites[0], "支出", amount=400, voucher="发票1", purpose="阵地建设"), row(sites[0]))
        assert desk.plan.can_post
        desk.send("entry_import_confirm")
        assert account(sites[0]).balance == 600
        call_command("check_ledger")

    def test_but_not_be_dated_before_it(self, desk, sites):
        early = clock.today() - timedelta(days=9)
        spent = row(sites[0], "支出", amount=400, voucher="发票1", purpose="阵地建设", day=early)
        desk.upload(spent, row(sites[0]))
        assert "多于到那天为止到位的 0 元" in desk.errors()[2]["金额（元）"]
        desk.upload(spent, row(sites[0], day=early, voucher="记-2"))
        assert desk.plan.can_post

    def test_the_users_own_file_comes_back_with_the_reasons(self, desk, sites):
        desk.upload(row(sites[0], memo="自己的备注"), row(sites[0], amount="一千", voucher=""))
        response = desk.client.post(desk.url("entry_import_marked"), {"token": desk.page.context["token"]})
        sheet = load_workbook(io.BytesIO(response.content)).active
        assert sheet["I2"].value == "自己的备注"
        assert sheet["J1"].value == "问题"
        assert "不是数字" in sheet["J3"].value
        assert sheet["D3"].fill.fgColor.rgb.endswith("F9D0CD")
        assert sheet["J2"].value is None

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"", "请先选择"),
            (b"not a workbook", "不是 .xlsx 表格"),
            (book(headings=["甲", "乙"]), "表头缺少这些列"),
            (book(), "没有数据行"),
        ],
    )
    def test_files_that_cannot_be_read(self, desk, data, words):
        files = {"file": factories.upload(data, "a.xlsx")} if data else {}
        response = desk.client.post(desk.url("entry_import"), files)
        assert response.status_code == 422
        assert words in response.content.decode()

    def test_the_preview_of_another_user(self, desk, sites, programme, city_staff, login):
        desk.upload(row(sites[0]))
        response = login(city_staff).post(
            desk.url("entry_import_confirm"), {"token": desk.page.context["token"]}, follow=True
        )
        assert "预览已过期" in response.content.decode()
        assert posted() == 0


class TestTemplate:
    def test_it_offers_the_sites_and_words_of_the_user(self, desk, sites):
        content = desk.client.get(desk.url("entry_import_template")).content
        workbook = load_workbook(io.BytesIO(content))
        offered = [[cell.value for cell in column if cell.value] for column in workbook["选项"].iter_cols()]
        assert {line.split()[1] for line in offered[0]} == {sites[0].name, sites[1].name}
        assert offered[1] == ["拨付", "到位", "支出", "退回"]
        assert [cell.value for cell in workbook.worksheets[0][1]] == HEADINGS

    def test_who_may(self, desk, programme, cadre, leader, login):
        for name in ["entry_import", "entry_import_template"]:
            assert [login(user).get(desk.url(name)).status_code for user in [cadre, leader]] == [403, 403]


def test_each_row_more_costs_as_many_queries(desk, sites, count_queries):
    def upload(number: int) -> int:
        rows = [row(sites[0], amount=1, voucher=f"记-{place}") for place in range(number)]
        file = factories.upload(book(*rows), "a.xlsx")
        return count_queries(lambda: desk.client.post(desk.url("entry_import"), {"file": file}))

    first, second, third = (upload(number) for number in [10, 20, 30])
    assert second - first == third - second <= 10 * 6
