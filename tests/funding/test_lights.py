"""Commitments as lights see them: against floor and aim, at the threshold and beside it, as they stood at a moment."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from fedwork import clock
from funding.actions import set_commitments
from funding.lights import Shortfall
from funding.pledges import pledge_entries
from funding.states import MatchingSource
from projects.actions import approve_site
from projects.lights.reading import lights_at
from projects.states import Light
from tests import factories
from tests.projects.lights import only, set_rule

pytestmark = pytest.mark.django_db
COUNTY, VILLAGE = MatchingSource.COUNTY, MatchingSource.VILLAGE


def at(month: int, day: int) -> datetime:
    return timezone.make_aware(datetime(2026, month, day, 9))


@pytest.fixture
def site(programme, tree, city_staff):
    with clock.set_to(at(6, 1)):
        return approve_site(factories.site(programme, tree.village), by=city_staff)


@pytest.fixture
def promise(site, city_staff):
    """promise(day, amount, source): what a source promises on a day of June."""

    def write(moment: datetime, amount: int, source=COUNTY) -> None:
        with clock.set_to(moment):
            set_commitments(site, {source: Decimal(amount)}, by=city_staff)

    return write


def found(site, moment):
    (light,) = lights_at(site.programme, moment)
    return light


class TestFloor:
    @pytest.fixture(autouse=True)
    def _rule(self, programme):
        only(programme, "commitment_floor")

    @pytest.mark.parametrize(
        ("amount", "level"), [(9_999, Light.RED), (10_000, Light.GREEN), (10_001, Light.GREEN), (0, Light.RED)]
    )
    def test_any_lack_is_one_percent_at_least(self, site, promise, amount, level):
        promise(at(6, 5), amount or 1)
        assert found(site, at(6, 6)).level == level

    @pytest.mark.parametrize(("threshold", "level"), [(19, Light.RED), (20, Light.RED), (21, Light.GREEN)])
    def test_by_percent(self, site, promise, programme, threshold, level):
        promise(at(6, 5), 8_000)
        set_rule(programme, "commitment_floor", red=threshold)
        assert found(site, at(6, 6)).level == level

    def test_since_it_fell_below(self, site, promise):
        """Nothing until the 4th, enough from then on, too little again from the 12th on."""
        promise(at(6, 4), 6_000)
        promise(at(6, 5), 4_000, VILLAGE)
        promise(at(6, 12), 3_000)
        assert [found(site, at(6, day)).level for day in [3, 4, 5, 12]] == [
            Light.RED,
            Light.RED,
            Light.GREEN,
            Light.RED,
        ]
        since = [found(site, at(6, day)).findings[0].since for day in [3, 4, 20]]
        assert since == [date(2026, 6, 1), date(2026, 6, 1), date(2026, 6, 12)]

    def test_words_and_what_clears_it(self, site, promise, city_staff, cadre):
        promise(at(6, 5), 8_000)
        (finding,) = found(site, at(6, 6)).findings
        assert finding.words == "承诺配套 8,000 元，下限 10,000 元，还差 2,000 元"
        assert finding.clears == "再落实承诺 2,000 元以上并登记后解除。"
        assert finding.reading.link(city_staff).label == "登记配套承诺"
        assert finding.reading.link(cadre) is None


class TestRatio:
    @pytest.fixture(autouse=True)
    def _rule(self, programme):
        only(programme, "commitment_floor", "commitment_ratio")

    @pytest.mark.parametrize(
        ("amount", "level"), [(21_301, Light.GREEN), (21_300, Light.GREEN), (21_299, Light.YELLOW)]
    )
    def test_30_percent_short_of_the_aim(self, site, promise, amount, level):
        promise(at(6, 5), amount)
        assert found(site, at(6, 6)).level == level

    def test_what_clears_it_clears_it(self, site, promise):
        promise(at(6, 5), 12_000)
        (finding,) = found(site, at(6, 6)).findings
        assert (finding.level, finding.clears) == (Light.YELLOW, "再落实承诺 9,300 元以上并登记后解除。")
        promise(at(6, 7), 9_300, VILLAGE)
        assert found(site, at(6, 8)).findings == []

    def test_below_the_floor_is_told_once(self, site, promise):
        promise(at(6, 5), 5_000)
        assert [each.rule.signal.key for each in found(site, at(6, 6)).findings] == ["commitment_floor"]


def test_history_is_kept_and_cannot_be_bent(site, promise):
    promise(at(6, 4), 6_000)
    promise(at(6, 4), 6_000)
    promise(at(6, 5), 7_000)
    entries = pledge_entries().order_by("pk")
    assert [entry.signed for entry in entries] == [6_000, -6_000, 7_000]
    assert [entry.recorded_at for entry in entries] == [at(6, 4), at(6, 5), at(6, 5)]
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        entries.update(amount=1)


@settings(max_examples=60, deadline=None)
@given(
    amounts=st.lists(st.integers(0, 40_000), min_size=1, max_size=6),
    threshold=st.integers(1, 100),
    wanted=st.integers(1, 40_000),
)
def test_clears_names_the_least_that_helps(amounts, threshold, wanted):
    """And since is a day on which the lack was as large, after a day on which it wasn't."""
    start = at(6, 1)
    history = [(start + timedelta(days=number), Decimal(amount)) for number, amount in enumerate(amounts)]
    reading = Shortfall(None, Decimal(wanted), "", history)
    if reading.value < threshold:
        return
    more = int("".join(filter(str.isdigit, reading.clears(threshold))))
    assert reading._lacks(reading.promised + more) < threshold
    assert more == 1 or reading._lacks(reading.promised + more - 1) >= threshold
    days = (reading.since(threshold) - start.date()).days
    assert reading._lacks(history[days][1]) >= threshold
    assert all(reading._lacks(amount) >= threshold for _, amount in history[days:])
    assert days == 0 or reading._lacks(history[days - 1][1]) < threshold
