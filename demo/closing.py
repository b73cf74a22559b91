"""The months before the last one closed by the city, and one figure put right after that."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import partial
from random import Random

from dateutil.relativedelta import relativedelta

from demo.days import at_desk, working_day
from demo.programme import CURRENT_MONTH
from organizations.models import User
from projects.actions import close_month, correct_figure
from projects.effective import effective_rows
from projects.models import MonthlyReport, Programme, ProjectSite

CLOSES_ON = 20  # of the month after: by then even a report that was returned twice has come through
MEASURE = ("教育培训", "人次")


def closing_events(sites: list[ProjectSite], *, by: User) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """(moment, what the city does then) for the months before the last one."""
    programme = sites[0].programme
    months = programme.months()[: CURRENT_MONTH - 1]
    for month in months:
        yield closing_moment(month), partial(close_month, programme, month=month, by=by)
    report = partial(MonthlyReport.objects.get, site=sites[1], month=months[-1])
    yield _on(months[-1], CLOSES_ON + 2), partial(_correct, report, programme, by)


def closing_moment(month: date) -> datetime:
    return _on(month, CLOSES_ON)


def _on(month: date, day: int) -> datetime:
    """In office hours of that day of the month after `month`, or of the next working day."""
    return at_desk(working_day(month + relativedelta(months=1, day=day)), Random(f"close {month} {day}"))


def _correct(find: Callable[[], MonthlyReport], programme: Programme, by: User) -> None:
    """Somebody counted one training twice."""
    report, measure = find(), programme.measures.get(name=MEASURE[0], unit=MEASURE[1])
    present = next(row.value for row in effective_rows([report.pk]) if row.measure_id == measure.pk)
    correct_figure(
        report, measure=measure, before=present, after=present - 12, reason="县妇联来电更正：一期培训重复统计", by=by
    )
