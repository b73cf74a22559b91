"""The fixed stories on every day of three years, without a database; and what the texts are made of."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from demo.closing import closing_moment
from demo.days import is_working_day
from demo.files import read_rows
from demo.filing import Filing
from demo.programme import CURRENT_MONTH, first_month
from demo.reports import AT_CITY, AT_CITY_AGAIN, AT_COUNTY, HEADLINE, NEVER_SENT, story
from projects.models import MonthlyReport, Programme

MOMENTS = [
    timezone.make_aware(datetime.combine(date(2026, 1, 1) + timedelta(days=number), hour))
    for number, hour in enumerate([time(0, 10), time(19), time(12)] * 365)
]


def happened(number: int, now: datetime) -> list[list[str]]:
    """The verbs, month by month, of what befell the reports of last month and of this one until `now`."""
    launch = first_month(now.date())
    programme = Programme(first_month=launch, last_month=launch, report_due_day=25)
    last, this = (_filing(programme, number, month) for month in (CURRENT_MONTH - 1, CURRENT_MONTH))
    return [_verbs(filing, now) for filing in (last, this)]


def _filing(programme: Programme, number: int, month: int) -> Filing:
    first = (programme.first_month + timedelta(days=31 * month)).replace(day=1)
    report = MonthlyReport(month=first, due_at=programme.due_at(first))
    return Filing(SimpleNamespace(number=number), report, month)


def _verbs(filing: Filing, now: datetime) -> list[str]:
    events = [(moment, verb) for moment, verb in story(filing, now) if moment < now]
    moments = [moment for moment, _ in events]
    assert moments == sorted(moments)
    assert all(is_working_day(timezone.localdate(moment)) for moment in moments)
    assert all(timezone.localdate(moment) >= filing.report.month for moment in moments)
    return [verb.__name__ for _, verb in events]


@pytest.mark.parametrize(
    ("number", "ending"),
    [
        (AT_COUNTY, ["submit_with_mistake", "returned", "submit"]),
        (AT_CITY, ["submit", "passed"]),
        (AT_CITY_AGAIN, ["submit_with_mistake", "returned", "submit", "passed"]),
    ],
)
def test_each_desk_has_something_on_every_day(number, ending):
    for now in MOMENTS:
        assert ending in happened(number, now), now


def test_the_headline_cadre_has_one_returned_and_one_to_start_on_every_day():
    for now in MOMENTS:
        last, this = happened(HEADLINE, now)
        assert (last[-1], this) == ("returned_with_remark", []), now


def test_an_overdue_draft_lies_there_on_every_day():
    for now in MOMENTS:
        assert happened(NEVER_SENT, now) == [["draft"], []], now


def test_what_came_before_is_through_when_its_month_is_closed():
    for launch in (date(year, month, 1) for year in [2025, 2026, 2027] for month in range(1, 13)):
        programme = Programme(first_month=launch, last_month=launch, report_due_day=25)
        now = timezone.make_aware(datetime.combine(launch + timedelta(days=155), time(12)))
        for filing in (_filing(programme, number, month) for number in range(1, 20) for month in range(4)):
            assert story(filing, now)[-1][0] < closing_moment(filing.report.month)


def test_the_sentences_are_many_and_none_comes_twice():
    rows = read_rows("texts")
    kinds = Counter(row["kind"] for row in rows)
    assert min(kinds["problems"], kinds["needs"], kinds["next_plan"]) >= 25
    assert len({row["text"] for row in rows}) == len(rows)
