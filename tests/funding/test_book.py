"""The account book: entries in order, the balance after each, new entries and reversals by form."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from fedwork import clock
from funding.actions import reverse_entry
from funding.book import Query, book
from funding.states import EntryKind, FundSource
from tests.funding.ledger import account, new_key, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(sites):
    return sites[0]


@pytest.fixture
def booked(site, county_reviewer):
    """Entered out of order: what happened first stands first."""
    days = [clock.today() - timedelta(days=number) for number in (9, 5, 3)]
    post(site, EntryKind.ARRIVED, 5_000, by=county_reviewer, happened_on=days[1], source=FundSource.TOWNSHIP)
    post(site, EntryKind.ARRIVED, 8_000, by=county_reviewer, happened_on=days[0])
    post(site, EntryKind.SPENT, 3_000, by=county_reviewer, happened_on=days[2], voucher_number="记-77")
    return days


def balances(found) -> list[Decimal]:
    return [row.balance for row in found.rows if row.amount_in or row.amount_out]


class TestBook:
    def test_the_balance_after_each_entry(self, site, booked):
        found = book(site, Query(), 1)
        assert balances(found) == [8_000, 13_000, 10_000]

    def test_of_one_source(self, site, booked):
        assert balances(book(site, Query(source="county"), 1)) == [8_000, 5_000]

    def test_from_a_day_on_the_balance_goes_on(self, site, booked):
        found = book(site, Query(first=booked[1]), 1)
        assert (found.opening, balances(found)) == (8_000, [13_000, 10_000])

    def test_where_rows_are_left_out_there_is_no_balance(self, site, booked):
        found = book(site, Query(kind="spent"), 1)
        assert [(row.amount_out, row.balance) for row in found.rows] == [(3_000, None)]
        assert [row.entry.voucher_number for row in book(site, Query(voucher="77"), 1).rows] == ["记-77"]

    def test_the_second_page_goes_on_where_the_first_ends(self, site, booked, county_reviewer):
        for _ in range(50):
            post(site, EntryKind.SPENT, 10, by=county_reviewer)
        first, second = (book(site, Query(), number) for number in (1, 2))
        assert second.rows[0].balance == first.rows[-1].balance - 10
        assert second.rows[-1].balance == account(site).balance + account(site, FundSource.TOWNSHIP).balance

    def test_what_was_taken_back_and_entered_anew_counts_once(self, site, booked, county_reviewer):
        wrong = site.entries.get(kind=EntryKind.SPENT)
        reverse_entry(wrong, reason="金额录错", by=county_reviewer)
        post(site, EntryKind.SPENT, 7_000, by=county_reviewer, happened_on=booked[2], voucher_number="记-77")
        found = book(site, Query(), 1)
        rows = [(row.amount_out, row.balance) for row in found.rows if row.amount_out is not None]
        assert rows == [(3_000, 13_000), (7_000, 6_000), (-3_000, 6_000)]
        assert book(site, Query(first=clock.today()), 1).opening == 6_000

    def test_the_same_number_of_queries_for_7_and_37_entries(self, site, booked, county_reviewer, login, count_queries):
        client, url = login(county_reviewer), reverse("funding:site_book", args=[site.pk])
        few = count_queries(lambda: client.get(url))
        for _ in range(30):
            post(site, EntryKind.SPENT, 10, by=county_reviewer)
        assert count_queries(lambda: client.get(url)) == few


class TestEntering:
    def data(self, **fields) -> dict:
        usual = {"kind": "arrived", "source": "county", "amount": "1.2万", "voucher_number": "记-1"}
        return usual | {"happened_on": str(clock.today()), "key": str(new_key())} | fields

    def test_an_arrival_as_people_write_it(self, site, county_reviewer, login):
        client, url = login(county_reviewer), reverse("funding:entry_add", args=[site.pk])
        response = client.post(url, self.data(), follow=True)
        assert "已登记：县级到位 12,000 元；凭证照片可以以后在这一笔里补传。" in response.content.decode()
        assert account(site).arrived == 12_000

    def test_a_second_click_enters_nothing_more(self, site, county_reviewer, login):
        client, url, data = login(county_reviewer), reverse("funding:entry_add", args=[site.pk]), self.data()
        for _ in range(2):
            assert client.post(url, data).status_code == 302
        assert account(site).arrived == 12_000

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"amount": "两万"}, "不是数字"),
            ({"amount": "25000"}, "山南镇小井庄村：县级资金累计到位 25,000 元，多于承诺或下达的 20,000 元。"),
            ({"voucher_number": ""}, "要填凭证号"),
            ({"kind": "issued"}, "没有“issued”这一项"),
            ({"kind": "committed"}, "没有“committed”这一项"),
            ({"key": "x"}, "请刷新页面再登记。"),
            ({"happened_on": "2026-13-01"}, "请按 2026-11-20 的样子填写日期。"),
        ],
    )
    def test_refused_and_nothing_typed_is_lost(self, site, county_reviewer, login, fields, words):
        client, url = login(county_reviewer), reverse("funding:entry_add", args=[site.pk])
        page = client.post(url, self.data(memo="县财政拨款", **fields)).content.decode()
        assert words in page
        assert "县财政拨款" in page
        assert account(site).arrived == 0

    def test_who_may(self, site, cadre, other_reviewer, leader, login):
        url = reverse("funding:entry_add", args=[site.pk])
        assert [login(user).get(url).status_code for user in [cadre, other_reviewer, leader]] == [403, 404, 403]


class TestReversing:
    def test_both_rows_stand_and_name_each_other(self, site, booked, county_reviewer, login):
        entry = site.entries.get(kind=EntryKind.SPENT)
        client, url = login(county_reviewer), reverse("funding:entry_reverse", args=[entry.pk])
        response = client.post(url, {"reason": "凭证录错", "key": str(new_key())}, follow=True)
        assert "已冲正。原来那一笔保留，两笔相抵。" in response.content.decode()
        page = client.get(reverse("funding:entry_detail", args=[entry.pk])).content.decode()
        assert "凭证录错" in page
        assert "冲正这一笔" not in page

    def test_a_refusal_stays_on_the_page(self, site, booked, county_reviewer, login):
        entry = site.entries.get(kind=EntryKind.ARRIVED, source="county")
        post(site, EntryKind.SPENT, 5_000, by=county_reviewer)
        url = reverse("funding:entry_reverse", args=[entry.pk])
        page = login(county_reviewer).post(url, {"reason": "录错", "key": str(new_key())}).content.decode()
        assert "多于到位的 0 元" in page

    def test_who_may(self, site, booked, cadre, other_reviewer, login):
        url = reverse("funding:entry_reverse", args=[site.entries.get(kind=EntryKind.SPENT).pk])
        assert [login(user).post(url, {"reason": "x"}).status_code for user in [cadre, other_reviewer]] == [403, 404]
        assert login(cadre).get(url).status_code == 405
