"""The register of all entries in one's scope: filters, totals, the file."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from fedwork import clock
from funding import actions
from funding.models import LedgerEntry
from funding.register import RegisterFile
from funding.states import EntryKind, FundSource
from tests.funding.ledger import post

pytestmark = pytest.mark.django_db
URL, EXCEL = "/funds/register/", "/funds/register/excel/"


@pytest.fixture
def entries(sites, city_staff):
    """Arrivals at two sites, spending that was reversed, and something in kind."""
    day = clock.today() - timedelta(days=40)
    post(sites[0], EntryKind.ARRIVED, 8_000, by=city_staff, happened_on=day, voucher_number="到-1")
    post(sites[2], EntryKind.ARRIVED, 1_000, by=city_staff, voucher_number="到-2", memo="=1+1")
    wrong = post(sites[0], EntryKind.SPENT, 300, by=city_staff, voucher_number="支-1")
    actions.reverse_entry(wrong, reason="录错", by=city_staff)
    post(sites[0], EntryKind.SPENT, "120.50", by=city_staff, voucher_number="支-2")
    post(sites[0], EntryKind.ARRIVED, 700, by=city_staff, source=FundSource.SOCIAL, is_in_kind=True)


def shown(client, query="") -> list[LedgerEntry]:
    return client.get(f"{URL}?{query}").context["entries"]


def summed(client, query="") -> dict:
    found = client.get(f"{URL}?{query}").context["totals"]
    return {total.kind.value: (total.money, total.in_kind) for total, _ in found}


def content(response) -> list[tuple]:
    book = load_workbook(io.BytesIO(response.getvalue()))
    return list(book.active.iter_rows(values_only=True))


class TestPage:
    def test_reversals_are_taken_off_the_totals(self, entries, city_staff, login):
        totals = summed(login(city_staff))
        assert totals["arrived"] == (9_000, 700)
        assert totals["spent"] == (Decimal("120.50"), 0)

    def test_the_newest_stands_first(self, entries, city_staff, login):
        days = [entry.happened_on for entry in shown(login(city_staff))]
        assert days == sorted(days, reverse=True)

    @pytest.mark.parametrize(
        ("query", "vouchers"),
        [
            ("kind=spent", ["支-2", "支-1", "支-1"]),
            ("kind=spent&state=standing", ["支-2"]),
            ("kind=spent&state=reversed", ["支-1", "支-1"]),
            ("kind=arrived&form=money", ["到-2", "到-1"]),
            ("form=in_kind&kind=arrived", [""]),
            ("voucher=到", ["到-2", "到-1"]),
            ("kind=arrived&least=5000", ["到-1"]),
            ("kind=arrived&most=0.1万&form=money", ["到-2"]),
            ("kind=arrived&q=小井庄&form=money", ["到-1"]),
        ],
    )
    def test_filters(self, entries, city_staff, login, query, vouchers):
        assert [entry.voucher_number for entry in shown(login(city_staff), query)] == vouchers

    def test_by_period_county_and_purpose(self, entries, sites, tree, city_staff, login):
        client = login(city_staff)
        month = clock.today() - timedelta(days=30)
        assert [e.voucher_number for e in shown(client, f"kind=arrived&last={month}")] == ["到-1"]
        assert {e.site for e in shown(client, f"county={tree.other_county.pk}")} == {sites[2]}
        purpose = LedgerEntry.objects.filter(kind="spent").first().purpose
        assert len(shown(client, f"purpose={purpose.pk}")) == 3

    def test_nonsense_filters_nothing_and_says_so(self, entries, city_staff, login):
        page = login(city_staff).get(f"{URL}?kind=x&first=soon&least=viel&county=9").content.decode()
        for words in ["没有这一项", "请按 2026-11-20 的样子", "不是数字"]:
            assert words in page

    def test_each_sees_what_lies_below(self, entries, sites, cadre, other_reviewer, login):
        assert {e.site for e in shown(login(cadre))} == {sites[0]}
        assert {e.site for e in shown(login(other_reviewer))} == {sites[2]}

    def test_the_same_number_of_queries_for_any_number_of_entries(
        self, entries, sites, city_staff, login, count_queries
    ):
        client = login(city_staff)
        few = count_queries(lambda: client.get(URL))
        for number in range(30):
            post(sites[0], EntryKind.SPENT, 10, by=city_staff, voucher_number=f"支-0{number}")
        assert count_queries(lambda: client.get(URL)) == few


class TestFile:
    def test_rows_in_order_and_sums_by_formula(self, entries, city_staff, login):
        rows = content(login(city_staff).get(f"{EXCEL}?kind=spent"))
        assert rows[0][0] == "合肥市妇女专项资金台账登记簿"
        assert rows[1][0] == "类别：支出；共 3 笔"
        assert rows[2][:6] == ("序号", "日期", "县（市、区）", "乡镇（街道）", "项目点", "类别")
        assert [(row[8], row[10]) for row in rows[3:6]] == [(300, "支-1"), (-300, "支-1"), (120.5, "支-2")]
        assert rows[6][4] == "支出合计"
        assert rows[6][8] == '=SUMIFS($I$4:$I$6,$F$4:$F$6,"支出",$H$4:$H$6,"资金")'

    def test_text_stays_text_and_the_sum_is_there_without_calculating(self, entries, city_staff, login):
        response = login(city_staff).get(f"{EXCEL}?voucher=到-2")
        data = io.BytesIO(response.getvalue())
        memo, total = (load_workbook(data, data_only=True).active[place] for place in ["L4", "I5"])
        assert (memo.value, memo.data_type, total.value) == ("=1+1", "s", 1000)

    def test_the_sums_are_those_of_the_page(self, entries, city_staff, login):
        file = RegisterFile(LedgerEntry.objects.all())
        list(file.rows())
        sums = {(line.words["kind"], line.words["form"]): line.value for line in file.foot()}
        assert (sums["到位", "资金"], sums["到位", "实物"]) == (9_000, 700)
        assert sums["支出", "资金"] == Decimal("120.50")

    def test_nothing_to_export(self, sites, city_staff, login):
        assert content(login(city_staff).get(f"{EXCEL}?voucher=none"))[3:] == []

    def test_as_many_queries_for_more_rows(self, entries, sites, city_staff, login, count_queries):
        client = login(city_staff)
        few = count_queries(lambda: client.get(EXCEL))
        for number in range(30):
            post(sites[0], EntryKind.SPENT, 10, by=city_staff, voucher_number=f"支-0{number}")
        assert count_queries(lambda: client.get(EXCEL)) == few

    def test_too_many_for_one_file(self, entries, city_staff, login, monkeypatch):
        monkeypatch.setattr("funding.views.register.MOST_ROWS", 3)
        page = login(city_staff).get(EXCEL, follow=True).content.decode()
        assert "一次最多导出 3 笔" in page
