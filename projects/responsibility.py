"""The responsibility clock: every working day between due and accepted is charged to whoever held the report.

A day is charged to the side that held the report when the day began (midnight, Asia/Shanghai). Days before the due time
cost nobody; an unaccepted report runs on until now. Each working day goes to exactly one side, so the parts add up.
Computed, never stored.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import groupby, pairwise
from operator import attrgetter

from django.db.models import TextChoices
from django.utils import timezone

from organizations.calendar import load_calendar
from projects.models import MonthlyReport, ReportSubmission
from projects.states import DESK_OF, FIRST_STATUS, STATUS_AFTER_PASS, ReportStatus, ReviewDesk, Verdict


class Side(TextChoices):
    FILLING = "filling", "填报"
    COUNTY = "county", "县审"
    CITY = "city", "市审"
    REWORK = "rework", "整改"


SIDE_AT_DESK = {ReviewDesk.COUNTY: Side.COUNTY, ReviewDesk.CITY: Side.CITY}
# What lies with whom now, as statuses.
STATUSES_OF_SIDE = {
    Side.FILLING: [ReportStatus.NOT_STARTED, ReportStatus.DRAFT],
    Side.COUNTY: [ReportStatus.COUNTY_REVIEW],
    Side.CITY: [ReportStatus.CITY_REVIEW],
    Side.REWORK: [ReportStatus.RETURNED],
}
BEGINNING = datetime.min.replace(tzinfo=UTC)
Handover = tuple[datetime, Side]  # from this moment on the report lies with that side


@dataclass(frozen=True)
class Charged:
    """Working days, by side."""

    filling: int = 0
    county: int = 0
    city: int = 0
    rework: int = 0

    @property
    def parts(self) -> list[tuple[str, int]]:
        return [(side.label, getattr(self, side.value)) for side in Side]

    @property
    def total(self) -> int:
        return self.filling + self.county + self.city + self.rework

    def __add__(self, other: "Charged") -> "Charged":
        return Charged(*(getattr(self, side) + getattr(other, side) for side in Side.values))


def charged_days(reports: Iterable[MonthlyReport], now: datetime) -> dict[int, Charged]:
    """By report id; three queries, whatever the number of reports. Needs `site__programme`."""
    reports = list(reports)
    trails = _trails(reports)
    between = cache(load_calendar().workdays_between)
    return {
        report.pk: charge(report.due_at, _end(report, now), handovers(report, trails.get(report.pk, [])), between)
        for report in reports
    }


def charge(due_at: datetime, end: datetime, trail: Iterable[Handover], between: Callable[[date, date], int]) -> Charged:
    """The days from `due_at` to `end`. `trail` ascends and begins before both; `between` counts the working days after
    one day up to and with another."""
    days = dict.fromkeys(Side.values, 0)
    for (start, side), (stop, _) in pairwise([*trail, (end, None)]):
        first, last = max(start, due_at), min(stop, end)
        if first < last:
            days[side] += between(_last_begun(first), _last_begun(last))
    return Charged(**days)


def _last_begun(moment: datetime) -> date:
    """The last day that began before `moment`: a day beginning at this very moment still lies ahead."""
    return timezone.localdate(moment - timedelta(microseconds=1))


def _end(report: MonthlyReport, now: datetime) -> datetime:
    return report.accepted_at if report.status == ReportStatus.ACCEPTED else now


def handovers(report: MonthlyReport, submissions: Iterable[ReportSubmission]) -> Iterator[Handover]:
    """With whom the report lay, from the beginning; `submissions` in order, with their decisions."""
    with_cadre = Side.FILLING
    yield BEGINNING, with_cadre
    for submission in submissions:
        decisions = sorted(submission.decisions.all(), key=attrgetter("decided_at"))
        yield submission.submitted_at, SIDE_AT_DESK[_first_desk(report, submission, decisions)]
        for decision in decisions:
            if decision.verdict == Verdict.RETURNED:
                with_cadre = Side.REWORK
                yield decision.decided_at, with_cadre
            elif next_desk := DESK_OF.get(STATUS_AFTER_PASS[decision.desk]):
                yield decision.decided_at, SIDE_AT_DESK[next_desk]
        if taken_back := submission.withdrawn_at:
            yield taken_back, with_cadre


def _first_desk(report: MonthlyReport, submission: ReportSubmission, decisions: list) -> ReviewDesk:
    """Where it went: who decided first, or where it lies now, or, when it was taken back, where the chain begins."""
    if decisions:
        return decisions[0].desk
    if report.desk and submission.round == report.round:
        return report.desk
    return DESK_OF[FIRST_STATUS[report.site.programme.review_chain]]


def _trails(reports: list[MonthlyReport]) -> dict[int, list[ReportSubmission]]:
    """Each report's submissions in order, without what was written in them; two queries."""
    submissions = ReportSubmission.objects.filter(report__in=reports).order_by("report_id", "round")
    submissions = submissions.defer("content").prefetch_related("decisions")
    return {report: list(rounds) for report, rounds in groupby(submissions, key=attrgetter("report_id"))}


@dataclass
class Line:
    """A county's or township's sums. `average` has one figure per side and the total, in days per report."""

    name: str
    reports: int
    charged: Charged
    is_sum: bool = False

    @property
    def columns(self) -> list[tuple[str, int, float]]:
        """(side, days, days per report), the total last."""
        whole = [*self.charged.parts, ("合计", self.charged.total)]
        return [(label, days, days / self.reports) for label, days in whole]


def charged_by_place(
    reports: list[MonthlyReport], now: datetime, name_of: Callable[[MonthlyReport], str]
) -> list[Line]:
    """One line for each name that `name_of` gives to a report, slowest on average first, and the sum at the end."""
    charged = charged_days(reports, now)
    lines: dict[str, Line] = {}
    for report in reports:
        line = lines.setdefault(name_of(report), Line(name_of(report), 0, Charged()))
        line.reports, line.charged = line.reports + 1, line.charged + charged[report.pk]
    ordered = sorted(lines.values(), key=lambda line: -line.charged.total / line.reports)
    if len(ordered) < 2:
        return ordered
    return [*ordered, Line("合计", len(reports), sum(charged.values(), Charged()), is_sum=True)]
