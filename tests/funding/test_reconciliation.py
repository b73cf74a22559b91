"""对账 of table, ledger and arrivals, the entries behind a figure, and 专账核算."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from fedwork import clock
from funding import actions
from funding.figures import FIGURES, Figure
from funding.models import BookkeepingStatement
from funding.papers import Extras
from funding.reconciliation import reconcile
from funding.states import EntryKind, FundSource
from organizations.models import AuditEvent, Level
from tests import factories
from tests.funding.cast import approved_site, pledge
from tests.funding.ledger import post

pytestmark = pytest.mark.django_db
PAGE, EXCEL = reverse("funding:reconciliation"), reverse("funding:reconciliation_excel")
FIGURE = reverse("funding:figure")
NOON = timezone.make_aware(datetime(2026, 9, 30, 12))


@pytest.fixture(autouse=True)
def today():
    with clock.set_to(NOON):
        yield


def found(programme, moment=None):
    return reconcile(programme, programme.sites.all(), moment or clock.now())


def words(programme, site, source) -> list[str]:
    return next(line for line in found(programme).lines if (line.site, line.source) == (site, source)).differences


class TestDifferences:
    def test_nothing_came_yet(self, issued, sites, programme):
        assert words(programme, sites[0], FundSource.PROVINCE) == ["还有 30,000 元未拨付"]
        assert words(programme, sites[0], FundSource.COUNTY) == ["还有 20,000 元未到位"]

    def test_sent_and_not_arrived(self, issued, sites, programme, city_staff):
        post(sites[0], EntryKind.DISBURSED, 30_000, by=city_staff, source=FundSource.PROVINCE)
        post(sites[0], EntryKind.ARRIVED, "29999.99", by=city_staff, source=FundSource.PROVINCE)
        assert words(programme, sites[0], FundSource.PROVINCE) == ["已拨付未到位 0.01 元"]

    def test_arrived_and_never_sent(self, issued, sites, programme, city_staff):
        post(sites[0], EntryKind.ARRIVED, 30_000, by=city_staff, source=FundSource.PROVINCE)
        assert words(programme, sites[0], FundSource.PROVINCE) == ["到位中有 30,000 元没有拨付记录"]

    def test_promised_more_after_the_table(self, issued, sites, programme, city_staff):
        pledge(sites[0], 25_000, 20_000, 10_000, 5_000, by=city_staff)
        more = words(programme, sites[0], FundSource.COUNTY)
        assert more == ["现有承诺比分配表多 5,000 元", "还有 25,000 元未到位"]

    def test_what_was_moved_is_asked_of_the_taker(self, issued, sites, programme, city_staff):
        move = {"giver": sites[0], "taker": sites[1], "document_number": "合妇〔2026〕30号", "reason": "调剂"}
        actions.reallocate(FundSource.PROVINCE, Decimal(1_000), decided_on=clock.today(), by=city_staff, **move)
        assert words(programme, sites[1], FundSource.PROVINCE) == ["还有 31,000 元未拨付"]
        total = found(programme).total
        assert (total.figure("table"), total.figure("posted"), total.figure("moved")) == (173_000, 173_000, 0)

    def test_as_known_on_a_past_day(self, issued, sites, programme, city_staff):
        before = found(programme).total.figure("arrived")
        with clock.set_to(NOON + timedelta(days=2)):
            post(sites[0], EntryKind.ARRIVED, 5, by=city_staff, happened_on=NOON.date())
            assert found(programme, NOON).total.figure("arrived") == before
            assert found(programme).total.figure("arrived") == before + 5


class TestPages:
    def test_counties_with_sums_and_only_what_differs(self, issued, sites, tree, login, city_staff, other_reviewer):
        for source in FundSource:
            line = issued.lines.get(site=sites[2])
            if amount := getattr(line, source.value, 0):
                post(sites[2], EntryKind.DISBURSED, amount, by=city_staff, source=source)
                post(sites[2], EntryKind.ARRIVED, amount, by=city_staff, source=source)
        page = login(city_staff).get(PAGE).content.decode()
        assert "长丰县 小计" in page
        assert "无差异" in page
        page = login(city_staff).get(PAGE, {"different": "on"}).content.decode()
        assert "长丰县 小计" not in page
        page = login(other_reviewer).get(PAGE).content.decode()
        assert "肥西县 小计" not in page
        assert "合计只加有差异" not in page

    def test_excel_for_everybody_who_reads(self, issued, login, cadre, system_admin):
        assert login(cadre).get(EXCEL).status_code == 200
        assert [login(system_admin).get(url).status_code for url in [PAGE, EXCEL, FIGURE]] == [403, 403, 403]

    def test_3_and_33_sites_cost_the_same(self, issued, tree, programme, city_staff, login, count_queries):
        client = login(city_staff)
        programme.creation_types.update(quota=99)
        pages = [PAGE, EXCEL, f"{FIGURE}?figure=pledged"]
        few = [count_queries(lambda url=url: client.get(url)) for url in pages]
        for number in range(30):
            village = factories.organization(f"第{number}村", level=Level.VILLAGE, parent=tree.township)
            approved_site(programme, village, 10_000, 0, 0, 0, by=city_staff)
        assert [count_queries(lambda url=url: client.get(url)) for url in pages] == few


class TestFigures:
    def test_every_figure_of_the_board_is_the_sum_of_its_entries(self, issued, sites, programme, city_staff, login):
        entry = post(sites[0], EntryKind.ARRIVED, 9_000, by=city_staff)
        post(sites[1], EntryKind.ARRIVED, 1_000, by=city_staff)
        actions.reverse_entry(entry, reason="录错", by=city_staff)
        client = login(city_staff)
        page = client.get(reverse("funding:board"))
        cells = page.context["total"]
        assert {name: cell.amount for name, cell in cells.items()} == {"pledged": 83_000, "arrived": 1_000, "spent": 0}
        for cell in cells.values():
            assert client.get(cell.address).context["total"] == cell.amount
        behind = client.get(cells["arrived"].address).content.decode()
        assert "3 笔相加就是这个数" in behind
        assert "-9,000" in behind

    def test_what_was_moved_out_is_less(self, issued, sites, programme, city_staff):
        move = {"giver": sites[0], "taker": sites[1], "document_number": "合妇〔2026〕30号", "reason": "调剂"}
        actions.reallocate(FundSource.PROVINCE, Decimal(1_000), decided_on=clock.today(), by=city_staff, **move)
        giver = programme.sites.filter(pk=sites[0].pk)
        assert Figure.total(FIGURES["issued"].entries(giver, clock.now())) == 29_000

    def test_addresses_that_make_no_sense(self, issued, sites, login, county_reviewer):
        client = login(county_reviewer)
        queries = ["figure=all", "figure=arrived&source=moon", f"site={sites[2].pk}", "day=gestern"]
        assert [client.get(f"{FIGURE}?{query}").status_code for query in queries] == [404, 404, 404, 404]

    def test_the_sites_of_a_question(self, issued, sites, city_staff, login):
        post(sites[1], EntryKind.ARRIVED, 10_000, by=city_staff, source=FundSource.COUNTY, is_in_kind=True)
        post(sites[0], EntryKind.ARRIVED, 20_000, by=city_staff)
        page = login(city_staff).get(reverse("funding:board"), {"show": "is_below_floor"})
        assert [row["row"].label for row in page.context["rows"]] == ["吴山镇桥冲村", "三河镇河口村"]

    def test_what_came_since_a_day(self, issued, sites, city_staff, login):
        post(sites[0], EntryKind.ARRIVED, 9_000, by=city_staff)
        with clock.set_to(NOON + timedelta(days=1)):
            post(sites[0], EntryKind.ARRIVED, 500, by=city_staff)
            page = login(city_staff).get(reverse("funding:board"), {"since": "2026-09-30"})
        assert (page.context["total"]["arrived"].amount, page.context["total"]["arrived"].change) == (9_500, 500)


class TestBookkeeping:
    def test_the_last_word_counts_and_the_first_stays(self, issued, sites, programme, login, county_reviewer):
        url = reverse("funding:bookkeeping_say", args=[sites[0].pk])
        client = login(county_reviewer)
        client.post(url, {"is_separate": "no", "note": "合账"})
        with clock.set_to(NOON + timedelta(days=1)):
            page = client.post(url, {"is_separate": "yes", "note": "已分设"}, follow=True).content.decode()
            client.post(url, {"is_separate": "yes", "note": "已分设"})  # the same again is nothing new
            assert Extras.of(programme.sites.all(), clock.now()).is_separate(sites[0]) == "是"
            assert Extras.of(programme.sites.all(), NOON).is_separate(sites[0]) == "否"
        assert "已分设" in page
        assert BookkeepingStatement.objects.count() == 2
        assert AuditEvent.objects.filter(action="登记专账核算").count() == 2

    def test_who_may_say_it(self, issued, sites, login, cadre, other_reviewer, leader):
        url = reverse("funding:bookkeeping_say", args=[sites[0].pk])
        users = [cadre, other_reviewer, leader]
        assert [login(user).post(url).status_code for user in users] == [403, 404, 403]
        assert login(cadre).get(url).status_code == 405
        with pytest.raises(PermissionDenied):
            actions.say_bookkeeping(sites[0], is_separate=True, by=cadre)

    def test_nothing_said_is_changed(self, issued, sites, city_staff):
        actions.say_bookkeeping(sites[0], is_separate=True, by=city_staff)
        with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
            BookkeepingStatement.objects.update(is_separate=False)
        with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
            BookkeepingStatement.objects.all()._raw_delete("default")
