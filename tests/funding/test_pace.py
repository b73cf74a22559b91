"""Money against the calendar as lights see it: percent behind, since when, what clears it."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from fedwork import clock
from funding import actions
from funding.board import Span
from funding.pace import Pace, read_arrival, read_spending
from funding.states import EntryKind as Kind
from funding.states import FundSource
from projects.lights.reading import lights_at
from projects.lights.scope import Scope
from projects.models import ProjectSite
from projects.states import Light
from tests.funding.cast import approved_site, issue
from tests.funding.ledger import post
from tests.projects.lights import only, set_rule

SPAN = Span(date(2026, 6, 1), date(2026, 12, 31), date(2026, 11, 22))
DUE = Decimal(40_000)
sums = st.tuples(st.decimals(0, 60_000, places=2), st.decimals(0, 60_000, places=2))
days = st.dates(date(2026, 5, 20), date(2026, 11, 22))


def pace(sums: dict[date, tuple], today=SPAN.today) -> Pace:
    """`sums` are by day what was done, and of how much; it was nothing of `DUE` before."""
    steps = [(date.min, Decimal(0), DUE), *((day, *pair) for day, pair in sorted(sums.items()))]
    return Pace(ProjectSite(pk=1), "到位", "下达和承诺", Span(SPAN.first, SPAN.last, today), steps)


@given(st.dictionaries(days, sums, max_size=5), st.integers(1, 80))
def test_since_is_the_first_day_of_the_last_time(sums, threshold):
    """Against the plain way: ask on every day."""
    today = pace(sums)
    if today.value < threshold:
        return
    since = SPAN.today
    while since > SPAN.first:
        day = since - timedelta(days=1)
        if pace({on: pair for on, pair in sums.items() if on <= day}, day).value < threshold:
            break
        since = day
    assert today.since(threshold) == since


@given(st.decimals(0, 30_000, places=2), st.integers(1, 80))
def test_what_clears_is_enough_and_not_a_yuan_more(amount, threshold):
    reading = pace({SPAN.first: (amount, DUE)})
    if reading.value < threshold:
        return
    said = reading.clears(threshold).removeprefix("再到位 ").split(" ")[0]
    more = amount + Decimal(said.replace(",", ""))
    assert pace({SPAN.first: (more, DUE)}).value < threshold <= pace({SPAN.first: (more - 1, DUE)}).value


def at(month: int, day: int) -> datetime:
    return timezone.make_aware(datetime(2026, month, day, 9))


@pytest.fixture
def site(programme, tree, city_staff):
    """30,000 issued and as much promised; promised money that the table lists is due once."""
    with clock.set_to(at(6, 1)):
        site = approved_site(programme, tree.village, 20_000, 0, 10_000, 0, by=city_staff)
        issue(actions.draft_allocation_table(programme, by=city_staff), by=city_staff)
    return site


@pytest.fixture
def arrive(site, county_reviewer):
    def write(moment: datetime, amount: int, source=FundSource.PROVINCE, **fields):
        with clock.set_to(moment):
            return post(site, Kind.ARRIVED, amount, source=source, by=county_reviewer, **fields)

    return write


def found(site, moment):
    (light,) = lights_at(site.programme, moment)
    return light


@pytest.mark.django_db
class TestLights:
    @pytest.fixture(autouse=True)
    def _rule(self, programme):
        only(programme, "arrival_pace")
        set_rule(programme, "arrival_pace", yellow=25, red=40)

    def test_half_has_come_after_half_of_the_time(self, site, arrive):
        """214 days in all; 30,000 of 60,000 on 15 July, when 45 of them have passed."""
        assert found(site, at(7, 24)).level == Light.YELLOW  # 54 days, 25.2 %
        assert found(site, at(7, 23)).level == Light.GREEN
        arrive(at(7, 25), 30_000)
        assert found(site, at(7, 25)).level == Light.GREEN
        (finding,) = found(site, at(11, 22)).findings  # 175 days, 81.7 %
        assert (finding.level, finding.reading.value, finding.since) == (Light.YELLOW, 31, date(2026, 11, 8))
        assert finding.words == "已到位 30,000 元，是下达和承诺的 50%，序时 81%"

    def test_what_is_in_kind_or_taken_back_is_no_money(self, site, arrive, county_reviewer):
        arrive(at(7, 1), 10_000, FundSource.COUNTY, is_in_kind=True)
        entry = arrive(at(7, 2), 30_000)
        with clock.set_to(at(8, 1)):
            actions.reverse_entry(entry, reason="重复登记", by=county_reviewer)
        assert [found(site, at(*day)).level for day in [(7, 30), (8, 2)]] == [Light.GREEN, Light.YELLOW]

    def test_spending_is_measured_against_what_has_arrived(self, site, arrive, programme, county_reviewer):
        only(programme, "spending_pace")
        set_rule(programme, "spending_pace", yellow=40, red=None)
        assert found(site, at(11, 1)).level == Light.GREEN  # nothing is there to be spent
        arrive(at(11, 2), 10_000)
        (finding,) = found(site, at(11, 22)).findings
        assert (finding.reading.value, finding.since) == (81, date(2026, 11, 2))
        assert finding.words == "已支出 0 元，是到位的 0%，序时 81%"
        with clock.set_to(at(11, 20)):
            post(site, Kind.SPENT, 4_200, source=FundSource.PROVINCE, by=county_reviewer)
        assert found(site, at(11, 22)).level == Light.GREEN

    def test_two_signals_of_seven_moments_take_one_query(self, site, arrive, programme, django_assert_num_queries):
        arrive(at(7, 1), 10_000)
        scopes = Scope.series(programme, [at(month, 30) for month in range(6, 12)], ProjectSite.objects.all())
        assert scopes[0].listed
        assert programme.acceptance_day
        with django_assert_num_queries(1):
            assert [len([*read(scope)]) for scope in scopes for read in [read_arrival, read_spending]]
