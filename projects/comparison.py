"""What a reviewer looks at: now, the version this desk last saw, and last month, line by line."""

from dataclasses import dataclass
from itertools import groupby

from dateutil.relativedelta import relativedelta

from projects.counting import Origin, origin
from projects.models import MonthlyReport, ReportSubmission
from projects.states import SUBMITTED, ReviewDesk


@dataclass(frozen=True)
class ComparisonRow:
    """`warning` is what is out of the ordinary, `explanation` what the cadre says to it; both may be empty."""

    key: str
    section: str
    label: str
    now: str
    seen: str | None
    last_month: str | None
    is_carried: bool = False
    warning: str = ""
    explanation: str = ""
    origin: Origin | None = None  # the records from which the figure was counted

    @property
    def is_changed(self) -> bool:
        """Changed since this desk last saw the report; False when it sees it for the first time."""
        return self.seen is not None and self.seen != self.now

    @property
    def is_notable(self) -> bool:
        return self.is_changed or self.is_carried or bool(self.warning)


@dataclass(frozen=True)
class Section:
    name: str
    rows: list[ComparisonRow]

    @property
    def is_changed(self) -> bool:
        return any(row.is_changed for row in self.rows)

    @property
    def is_notable(self) -> bool:
        return any(row.is_notable for row in self.rows)


@dataclass(frozen=True)
class Comparison:
    """`current` is the last submission that stands; None before the first."""

    rows: list[ComparisonRow]
    current: ReportSubmission | None
    seen: ReportSubmission | None

    @property
    def sections(self) -> list[Section]:
        return [Section(name, list(rows)) for name, rows in groupby(self.rows, key=lambda row: row.section)]

    @property
    def changes(self) -> int:
        return sum(row.is_changed for row in self.rows)

    @property
    def notable(self) -> int:
        return sum(row.is_notable for row in self.rows)

    @property
    def warned(self) -> list[ComparisonRow]:
        return [row for row in self.rows if row.warning]


def compare_for(report: MonthlyReport, desk: ReviewDesk | None) -> Comparison:
    """The last submission beside the one that `desk` decided on before, and last month's. Three queries."""
    submissions = list(report.submissions.filter(withdrawn_at=None).prefetch_related("decisions"))
    current = submissions[-1] if submissions else None
    seen = next((s for s in reversed(submissions[:-1]) if any(d.desk == desk for d in s.decisions.all())), None)
    before, last_month = _values(seen), _values(_last_month(report))
    rows = [
        _row(
            report, entry, seen=before.get(entry["key"], "") if seen else None, last_month=last_month.get(entry["key"])
        )
        for entry in (current.content if current else [])
    ]
    return Comparison(rows, current, seen)


def _row(report: MonthlyReport, entry: dict, *, seen: str | None, last_month: str | None) -> ComparisonRow:
    return ComparisonRow(
        key=entry["key"],
        section=entry["section"],
        label=entry["label"],
        now=entry["value"],
        seen=seen,
        last_month=last_month,
        is_carried=entry.get("carried", False),
        warning=entry.get("warning", ""),
        explanation=entry.get("explanation", ""),
        origin=origin(report, entry.get("source", ""), entry["records"]) if "records" in entry else None,
    )


def _values(submission: ReportSubmission | None) -> dict[str, str]:
    return {entry["key"]: entry["value"] for entry in submission.content} if submission else {}


def _last_month(report: MonthlyReport) -> ReportSubmission | None:
    """What the cadre's page shows as last month: a report that was given back says nothing until it comes again."""
    month = report.month - relativedelta(months=1)
    last = ReportSubmission.objects.filter(report__site=report.site_id, report__month=month)
    return last.filter(report__status__in=SUBMITTED).order_by("round").last()
