"""The months of a programme as they stand: how many reports are where, and whether the month can be closed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from projects.models import MonthClose, MonthlyReport, Programme, is_supplementary
from projects.states import DESK_OF, EDITABLE, ReportStatus


@dataclass(frozen=True)
class MonthState:
    """Counts of one month's reports: 应报 / 已通过 / 审核中 / 退回未改 / 未报, of the last two those not due yet, and 补报."""

    month: date
    due: int
    accepted: int
    waiting: int
    returned: int
    missing: int
    early: int
    supplementary: int
    close: MonthClose | None = None

    @property
    def label(self) -> str:
        return f"{self.month.year}年{self.month.month}月"

    @property
    def unsettled(self) -> int:
        """What would lie there neither accepted nor under review when the month is closed."""
        return self.missing + self.returned

    @property
    def refusal(self) -> str:
        """The sentence that stands against closing the month now; empty when it can be closed."""
        if self.close:
            when = timezone.localtime(self.close.closed_at)
            return f"{self.label}已由{self.close.closed_by}于 {when:%Y-%m-%d %H:%M} 月结。"
        if not self.due:
            return f"{self.label}没有月报，不用月结。"
        if self.waiting:
            return f"{self.label}还有 {self.waiting} 份月报在审核中，审核完再月结。"
        if self.early:
            return f"{self.label}还有 {self.early} 份月报没有到截止时间，到期后再月结。"
        return ""


def month_states(programme: Programme, reports: QuerySet, months: Iterable[date], now: datetime) -> list[MonthState]:
    """The latest month first. `reports` are those that count: all, or what a user sees. Two queries."""
    closes = MonthClose.objects.filter(programme=programme).select_related("closed_by")
    closed = {close.month: close for close in closes}
    counts = {row["month"]: row for row in _counts(reports.filter(site__programme=programme), now)}
    nothing = dict.fromkeys(["due", "accepted", "waiting", "returned", "missing", "early", "supplementary"], 0)
    return [
        MonthState(**nothing | {"month": month} | counts.get(month, {}), close=closed.get(month))
        for month in sorted(months, reverse=True)
    ]


def month_state(programme: Programme, month: date, now: datetime) -> MonthState:
    return month_states(programme, MonthlyReport.objects.filter(month=month), [month], now)[0]


def _counts(reports: QuerySet, now: datetime) -> QuerySet:
    open_rows = Q(status__in=EDITABLE)
    missing = [ReportStatus.NOT_STARTED, ReportStatus.DRAFT]
    by_month = reports.annotate(is_supplementary=is_supplementary()).order_by().values("month")
    return by_month.annotate(
        due=Count("pk"),
        accepted=Count("pk", filter=Q(status=ReportStatus.ACCEPTED)),
        waiting=Count("pk", filter=Q(status__in=DESK_OF)),
        returned=Count("pk", filter=Q(status=ReportStatus.RETURNED)),
        missing=Count("pk", filter=Q(status__in=missing)),
        early=Count("pk", filter=open_rows & Q(due_at__gt=now)),
        supplementary=Count("pk", filter=Q(is_supplementary=True)),
    )
