"""What a reviewer looks at: now, the version this desk last saw, and last month, line by line."""

from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from projects.models import MonthlyReport, ReportSubmission
from projects.states import SUBMITTED, ReviewDesk


@dataclass(frozen=True)
class ComparisonRow:
    section: str
    label: str
    now: str
    seen: str | None
    last_month: str | None

    @property
    def is_changed(self) -> bool:
        """Changed since this desk last saw the report; False when it sees it for the first time."""
        return self.seen is not None and self.seen != self.now


@dataclass(frozen=True)
class Comparison:
    rows: list[ComparisonRow]
    seen: ReportSubmission | None

    @property
    def changes(self) -> int:
        return sum(row.is_changed for row in self.rows)


def compare_for(report: MonthlyReport, desk: ReviewDesk | None) -> Comparison:
    """The last submission beside the one that `desk` decided on before, and last month's. Two queries."""
    submissions = list(report.submissions.prefetch_related("decisions"))
    current = submissions[-1] if submissions else None
    seen = next((s for s in reversed(submissions[:-1]) if any(d.desk == desk for d in s.decisions.all())), None)
    before, last_month = _values(seen), _values(_last_month(report))
    rows = [
        ComparisonRow(
            section=entry["section"],
            label=entry["label"],
            now=entry["value"],
            seen=None if seen is None else before.get(entry["key"], ""),
            last_month=last_month.get(entry["key"]),
        )
        for entry in (current.content if current else [])
    ]
    return Comparison(rows, seen)


def _values(submission: ReportSubmission | None) -> dict[str, str]:
    return {entry["key"]: entry["value"] for entry in submission.content} if submission else {}


def _last_month(report: MonthlyReport) -> ReportSubmission | None:
    """What the cadre's page shows as last month: a report that was given back says nothing until it comes again."""
    month = report.month - relativedelta(months=1)
    last = ReportSubmission.objects.filter(report__site=report.site_id, report__month=month)
    return last.filter(report__status__in=SUBMITTED).order_by("round").last()
