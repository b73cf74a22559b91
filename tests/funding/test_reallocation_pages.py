"""资金调剂 on its pages: decided and taken back by the city, seen from both sites."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from fedwork import clock
from funding.models import LedgerEntry, Reallocation
from funding.states import EntryKind
from tests.funding.ledger import account, new_key, post

pytestmark = pytest.mark.django_db
LIST = "/funds/reallocations/"


def data(taker, **fields) -> dict:
    usual = {"source": "county", "taker": taker.pk, "amount": "0.5万", "document_number": "合妇〔2026〕30号"}
    return usual | {"decided_on": str(clock.today()), "reason": "进度调整", "key": str(new_key())} | fields


@pytest.fixture
def client(city_staff, login):
    return login(city_staff)


@pytest.fixture
def url(sites):
    return reverse("funding:reallocation_add", args=[sites[0].pk])


@pytest.fixture
def decision(client, url, sites):
    client.post(url, data(sites[2]))
    return Reallocation.objects.get()


class TestDeciding:
    def test_what_may_go_is_shown(self, client, url, sites, city_staff):
        post(sites[0], EntryKind.ARRIVED, 8_000, by=city_staff)
        page = client.get(url).content.decode()
        assert "县级（可调出 12,000 元）" in page

    def test_both_books_and_the_register_show_it(self, client, decision, sites):
        assert (account(sites[0]).due, account(sites[2]).due) == (15_000, 10_000)
        for site in [sites[0], sites[2]]:
            assert "合妇〔2026〕30号" in client.get(reverse("funding:site_book", args=[site.pk])).content.decode()
        kinds = {entry.kind for entry in client.get("/funds/register/?q=村").context["entries"]}
        assert {"moved_in", "moved_out"} <= kinds
        assert decision.document_number in client.get(LIST).content.decode()
        call_command("check_ledger")

    def test_a_second_click_moves_nothing_more(self, client, url, sites):
        same = data(sites[2])
        for _ in range(2):
            client.post(url, same)
        assert Reallocation.objects.count() == 1
        assert account(sites[0]).moved_out == 5_000

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"amount": "3万"}, "多于可以调出的 20,000 元"),
            ({"amount": "0"}, "金额应大于 0。"),
            ({"decided_on": "2999-01-01"}, "日期不能晚于今天。"),
            ({"reason": ""}, "原因"),
            ({"key": ""}, "提交编号"),
        ],
    )
    def test_refused_and_nothing_typed_is_lost(self, client, url, sites, fields, words):
        page = client.post(url, data(sites[2], **fields)).content.decode()
        assert words in page or "key" in fields
        assert "合妇〔2026〕30号" in page
        assert not Reallocation.objects.exists()

    def test_to_itself_is_no_choice(self, client, url, sites):
        assert "进度调整" in client.post(url, data(sites[0])).content.decode()
        assert not Reallocation.objects.exists()

    def test_the_first_step_leads_on(self, client, sites, url):
        assert client.get(f"{LIST}?giver={sites[0].pk}")["Location"] == url
        assert client.get(f"{LIST}?giver=x").status_code == 200

    def test_who_may(self, url, sites, county_reviewer, cadre, leader, neighbour, login):
        found = [login(user).get(url).status_code for user in [county_reviewer, cadre, leader, neighbour]]
        assert found == [403, 403, 403, 404]


class TestTakingBack:
    def url(self, decision) -> str:
        return reverse("funding:reallocation_back", args=[decision.pk])

    def test_both_are_reversed(self, client, decision, sites):
        page = client.post(self.url(decision), {"reason": "文件撤回"}, follow=True).content.decode()
        assert "已撤销" in page
        assert "文件撤回" in page
        assert "撤销这次调剂" not in page
        assert (account(sites[0]).due, account(sites[2]).due) == (20_000, 5_000)
        call_command("check_ledger")

    def test_not_when_the_money_has_arrived_there(self, client, decision, sites, city_staff):
        post(sites[2], EntryKind.ARRIVED, 9_000, by=city_staff)
        page = client.post(self.url(decision), {"reason": "文件撤回"}).content.decode()
        assert "累计到位 9,000 元，多于承诺或下达的 5,000 元" in page
        assert LedgerEntry.objects.filter(reallocation=decision).count() == 2

    def test_it_needs_a_reason(self, client, decision):
        assert "撤销要写明原因。" in client.post(self.url(decision), {}).content.decode()

    def test_both_counties_see_it_and_neither_takes_it_back(
        self, decision, county_reviewer, other_reviewer, neighbour, login
    ):
        for user in [county_reviewer, other_reviewer]:
            client = login(user)
            assert client.get(decision.get_absolute_url()).status_code == 200
            assert client.post(self.url(decision), {"reason": "x"}).status_code == 403
        assert login(neighbour).get(decision.get_absolute_url()).status_code == 404

    def test_the_same_number_of_queries_for_more_decisions(self, client, decision, url, sites, count_queries):
        few = count_queries(lambda: client.get(LIST))
        for _ in range(5):
            client.post(url, data(sites[1], amount="10"))
        assert count_queries(lambda: client.get(LIST)) == few
