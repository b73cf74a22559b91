"""配套资金到位情况: what is promised and what is there, tested apart; as known on a day; page and paper say the same."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from fedwork import clock
from funding import actions
from funding.board import fund_board
from funding.states import EntryKind, FundSource
from organizations.models import Level
from projects.models import ProjectSite
from tests import factories
from tests.funding.cast import approved_site
from tests.funding.ledger import post

pytestmark = pytest.mark.django_db
BOARD, EXCEL = reverse("funding:board"), reverse("funding:board_excel")
NOON = timezone.make_aware(datetime(2026, 9, 30, 12))  # 122 of the 214 days from June to December


@pytest.fixture(autouse=True)
def today():
    with clock.set_to(NOON):
        yield


@pytest.fixture
def arrived(issued, sites, city_staff):
    """9,999.99 at the first site, exactly the floor at the second, nothing at the third."""
    post(sites[0], EntryKind.ARRIVED, "9999.99", by=city_staff)
    post(sites[1], EntryKind.ARRIVED, 8_000, by=city_staff)
    post(sites[1], EntryKind.ARRIVED, 2_000, by=city_staff, source=FundSource.TOWNSHIP)
    return sites


def board(programme, moment=None):
    return fund_board(programme, ProjectSite.objects.filter(programme=programme), moment or clock.now())


def standing(programme, site):
    return next(each for each in board(programme).total.standings if each.site == site)


class TestRules:
    def test_a_pledge_is_no_money(self, arrived, programme):
        first = standing(programme, arrived[0])
        assert (first.money.pledged, first.money.arrived) == (55_000, Decimal("9999.99"))
        assert (first.is_promised_below_floor, first.is_promised_below_aim) == (False, False)
        assert (first.is_below_floor, first.is_below_aim) == (True, True)
        assert (first.gap_to_floor, first.gap_to_aim) == (Decimal("0.01"), Decimal("20000.01"))

    def test_the_floor_itself_is_enough(self, arrived, programme):
        second = standing(programme, arrived[1])
        assert (second.is_below_floor, second.is_below_aim, second.gap_to_floor) == (False, True, 0)

    def test_help_in_kind_does_not_count(self, arrived, programme, city_staff):
        post(arrived[0], EntryKind.ARRIVED, 5_000, by=city_staff, is_in_kind=True)
        first = standing(programme, arrived[0])
        assert (first.is_below_floor, first.money.in_kind[EntryKind.ARRIVED]) == (True, 5_000)

    def test_the_pace_until_now_says_what_comes(self, arrived, programme):
        assert [standing(programme, site).projected for site in arrived] == [17_540, 17_540, 0]

    def test_until_acceptance_as_it_is_planned(self, arrived, programme):
        """122 of 192 days."""
        programme.stages.filter(kind="accept").update(ends_on=date(2026, 12, 9))
        assert standing(programme, arrived[1]).projected == 15_737

    def test_no_more_comes_than_is_promised(self, arrived, programme, city_staff):
        post(arrived[1], EntryKind.ARRIVED, 3_000, by=city_staff, source=FundSource.VILLAGE)
        second = standing(programme, arrived[1])
        assert (second.projected, second.money.pledged) == (18_000, 18_000)

    def test_before_the_first_day_nothing_is_projected(self, arrived, programme):
        with clock.set_to(timezone.make_aware(datetime(2026, 5, 31, 12))):
            assert standing(programme, arrived[0]).projected is None

    def test_the_gap_of_a_county_is_not_filled_by_its_neighbour(self, arrived, programme, city_staff):
        post(arrived[0], EntryKind.ARRIVED, 20_000, by=city_staff, source=FundSource.TOWNSHIP)
        post(arrived[0], EntryKind.ARRIVED, 10_000, by=city_staff, source=FundSource.VILLAGE)
        county = next(group for group in board(programme).groups if group.label == "肥西县")
        assert (county.money.arrived, county.aim, county.gap) == (Decimal("49999.99"), 60_000, 20_000)

    def test_rates(self, arrived, programme, city_staff):
        post(arrived[1], EntryKind.SPENT, 2_500, by=city_staff)
        money = standing(programme, arrived[1]).money
        assert (money.spending_rate, money.balance) == (Decimal("0.25"), 7_500)
        assert round(money.arrival_rate, 4) == Decimal("0.5556")


class TestAsKnown:
    def test_a_day_looks_the_same_whatever_came_later(self, arrived, programme, city_staff):
        moment = clock.now()
        before = [(group.label, group.money) for group in board(programme, moment).groups]
        with clock.set_to(NOON + timedelta(days=3)):
            entry = arrived[0].entries.get(kind=EntryKind.ARRIVED)
            actions.reverse_entry(entry, reason="录错", by=city_staff)
            post(arrived[2], EntryKind.ARRIVED, 5_000, by=city_staff)
            post(arrived[2], EntryKind.ARRIVED, 5_000, by=city_staff, source="township", happened_on=NOON.date())
            assert [(group.label, group.money) for group in board(programme, moment).groups] == before
            assert board(programme).total.money.arrived == 20_000

    def test_the_page_of_a_past_day(self, arrived, city_staff, login):
        with clock.set_to(NOON + timedelta(days=3)):
            page = login(city_staff).get(BOARD, {"day": "2026-09-29"}).content.decode()
        assert "数据截至 2026年9月29日 23:59（按当日已登记的账）" in page
        assert ">0</a></b><span>到位率" in page


class TestPages:
    def test_the_city_sees_counties_and_goes_on_to_sites(self, arrived, tree, city_staff, login):
        client = login(city_staff)
        page = client.get(BOARD).content.decode()
        assert f'<a href="?county={tree.county.pk}">肥西县</a>' in page
        assert "1 个未达最低数" in page
        page = client.get(BOARD, {"county": tree.county.pk}).content.decode()
        assert f'<a href="{reverse("funding:site_book", args=[arrived[0].pk])}">山南镇小井庄村</a>' in page
        assert "吴山镇" not in page

    def test_a_cadre_sees_the_own_site(self, arrived, cadre, login):
        page = login(cadre).get(BOARD).content.decode()
        assert "山南镇小井庄村" in page
        assert "三河镇" not in page

    def test_where_no_site_is_left_over_the_page_says_so(self, programme, city_staff, login):
        """And the paper has no formula that adds up nothing."""
        client = login(city_staff)
        assert "还没有项目点" in client.get(BOARD).content.decode()
        asked = {"show": "is_below_floor"}
        assert "没有到位未达最低数的项目点" in client.get(BOARD, asked).content.decode()
        book = load_workbook(BytesIO(client.get(EXCEL, asked).content))
        assert "SUM()" not in str([cell.value for row in book.active.iter_rows() for cell in row])

    def test_a_day_before_there_was_anything(self, arrived, city_staff, login):
        """No workbook can have been made before 1980."""
        client = login(city_staff)
        assert client.get(EXCEL, {"day": "0001-01-01"}).status_code == 200
        assert "请填写 2000 年以后的日期。" in client.get(BOARD, {"day": "1979-12-31"}).content.decode()

    def test_not_for_system_administrators(self, arrived, system_admin, login):
        assert [login(system_admin).get(url).status_code for url in [BOARD, EXCEL]] == [403, 403]

    def test_the_same_number_of_queries_for_3_and_33_sites(
        self, arrived, tree, programme, city_staff, login, count_queries
    ):
        client = login(city_staff)
        programme.creation_types.update(quota=99)
        few = count_queries(lambda: client.get(BOARD))
        for number in range(30):
            village = factories.organization(f"第{number}村", level=Level.VILLAGE, parent=tree.township)
            site = approved_site(programme, village, 10_000, 0, 0, 0, by=city_staff)
            post(site, EntryKind.ARRIVED, 1_000, by=city_staff)
        assert count_queries(lambda: client.get(BOARD)) == few

    def test_the_paper_says_what_the_ledger_says(self, arrived, city_staff, login):
        response = login(city_staff).get(EXCEL)
        sheet = load_workbook(BytesIO(response.content), data_only=True).active
        rows = {f"{row[2]}{row[3]}": row for row in sheet.iter_rows(values_only=True) if row[2]}
        names = ["肥西县小计", "合计", "山南镇小井庄村"]
        rows |= {row[0]: row for row in sheet.iter_rows(values_only=True) if row[0] in names}
        assert {name: (row[8], row[13], row[22]) for name, row in rows.items() if name in names} == {
            "山南镇小井庄村": (55_000, 9_999.99, 9_999.99),
            "肥西县小计": (73_000, 19_999.99, 19_999.99),
            "合计": (83_000, 19_999.99, 19_999.99),
        }
        formulas = load_workbook(BytesIO(response.content)).active
        made = [cell.coordinate for row in formulas.iter_rows() for cell in row if str(cell.value).startswith("=")]
        assert {"I5", "N5", "S5", "T5", "W5"} <= set(made)  # a site's sums, rates and balance
        last = next(cell.row for cell in formulas["A"] if cell.value == "合计")  # where every amount is made
        assert {f"{column}{last}" for column in "FGIJKLMNOPQRSTUVW"} <= set(made)
