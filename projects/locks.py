"""Whether a report can be filled in, and if not: why, and who can open it. The one place that says so.

The rules, the first that fits:
1. What was submitted stays as it is; a reviewer returns it, and what is accepted is corrected by the city.
2. A month that hasn't begun has nothing to report.
3. A report that the city has unlocked is open until the unlock ends, by itself.
4. The reports of a closed month are locked, also those returned before the close.
5. Where the programme says so, a report that was never submitted locks some days after it was due. One that was
   submitted and came back isn't hit by this: it had been sent, and the time since then was the reviewers' too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from fedwork import clock
from projects.models import GuidanceVisit, MonthClose, MonthlyReport, Programme, ReportUnlock, WorkLog
from projects.states import ReportStatus

VISIT_CHANGES = timedelta(days=7)  # so long what was written down late, after the month's close, may be put right
LOCKED = {"submitted", "not_begun", "closed", "overdue"}  # the codes of locks, also those of the actions' refusals


@dataclass(frozen=True)
class Lock:
    """`sentence` says why, `opener` who can open it (empty when nobody has to). `code` tells the kinds apart."""

    code: str
    sentence: str
    opener: str = ""

    def __str__(self) -> str:
        return self.sentence + self.opener

    @property
    def needs_unlock(self) -> bool:
        """Whether an unlock by the city would open the report."""
        return self.code in {"closed", "overdue"}


def report_lock(report: MonthlyReport, now: datetime | None = None) -> Lock | None:
    """Why the report can't be filled in at `now` (the present moment), None when it can. One query for one that is
    open, two for one that was unlocked."""
    return report_locks([report], now).get(report.pk)


def report_locks(
    reports: Iterable[MonthlyReport], now: datetime | None = None, *, regard_unlocks: bool = True
) -> dict[int, Lock]:
    """The locks of many reports by their ids, open ones left out. Two queries at most, however many reports; they come
    with their `site__programme__organization`. Without `regard_unlocks`: as if nobody had unlocked anything."""
    now, locks, editable = now or clock.now(), {}, []
    for report in reports:
        if report.is_editable and report.month <= timezone.localdate(now):
            editable.append(report)
        else:
            locks[report.pk] = _submitted(report) if not report.is_editable else _not_begun(report)
    shut = _shut(editable, now) if editable else {}
    unlocked = _unlocked(shut, now) if shut and regard_unlocks else {}
    return locks | {pk: lock for pk, lock in shut.items() if pk not in unlocked}


def visit_lock(visit: GuidanceVisit) -> Lock | None:
    """Why the note of a visit can't be changed, None when it can. One query at most."""
    if visit.removed_at:
        return Lock("removed", f"这次调研指导已于 {_when(visit.removed_at)} 移除。")
    if visit.recorded_at + VISIT_CHANGES > clock.now():
        return None
    close = MonthClose.objects.filter(programme=visit.site.programme_id, month=visit.month).first()
    if close:
        when = _when(close.closed_at)
        return Lock(
            "closed", f"{visit.month_label}已于 {when} 月结，这次调研指导记下已满 {VISIT_CHANGES.days} 天，不能再改。"
        )
    return None


def worklog_lock(log: WorkLog) -> Lock | None:
    """Why the log can't be changed, None when it can: some days have passed since it was written, or its month was
    closed since then. One query at most; it comes with its `programme`."""
    if log.removed_at:
        return Lock("removed", f"这篇日志已于 {_when(log.removed_at)} 移除。")
    days = log.programme.log_edit_days
    if log.recorded_at + timedelta(days=days) <= clock.now():
        return Lock("written", f"这篇日志写于 {_when(log.recorded_at)}，已满 {days} 天，不能再改；要补充的请写补记。")
    closes = MonthClose.objects.filter(programme=log.programme_id, month=log.month, closed_at__gt=log.recorded_at)
    if close := closes.first():
        return Lock(
            "closed", f"{log.month_label}已于 {_when(close.closed_at)} 月结，这篇日志不能再改；要补充的请写补记。"
        )
    return None


def lock_moment(report: MonthlyReport) -> datetime | None:
    """From when on the report is locked because nobody submitted it; None when the programme never locks, or when it
    was submitted once."""
    days = report.site.programme.lock_days
    return None if days is None or report.first_submitted_at else report.due_at + timedelta(days=days)


def open_until(reports: Iterable[MonthlyReport], now: datetime | None = None) -> dict[int, datetime]:
    """When reports that can be filled in now will lock, by their ids: at the end of their unlock, else some days after
    they were due. What never locks is left out. One query; they come with their `site__programme`."""
    reports, now = list(reports), now or clock.now()
    moments = {report.pk: moment for report in reports if (moment := lock_moment(report))}
    return moments | _unlocked([report.pk for report in reports], now)


def _unlocked(reports: Iterable[int], now: datetime) -> dict[int, datetime]:
    """Of these ids those whose latest unlock still holds, with its end."""
    rows = ReportUnlock.objects.filter(report__in=list(reports)).order_by("id").values_list("report", "until")
    return {pk: until for pk, until in dict(rows).items() if until > now}


def _shut(reports: list[MonthlyReport], now: datetime) -> dict[int, Lock]:
    programmes = {report.site.programme_id for report in reports}
    closes = MonthClose.objects.filter(programme__in=programmes, month__in={report.month for report in reports})
    closed = {(close.programme_id, close.month): close for close in closes}
    found = {
        report.pk: _closed_or_overdue(report, closed.get((report.site.programme_id, report.month)), now)
        for report in reports
    }
    return {pk: lock for pk, lock in found.items() if lock}


def _closed_or_overdue(report: MonthlyReport, close: MonthClose | None, now: datetime) -> Lock | None:
    programme = report.site.programme
    if close:
        return Lock("closed", f"{report.month_label}已于 {_when(close.closed_at)} 月结，不能再填报。", _ask(programme))
    moment = lock_moment(report)
    if moment and moment <= now:
        sentence = (
            f"{report.month_label}月报 {_when(report.due_at)} 截止，{_after(programme.lock_days)}没有提交，已锁定。"
        )
        return Lock("overdue", sentence, _ask(programme))
    return None


def _submitted(report: MonthlyReport) -> Lock:
    sentence = f"这份月报已于 {_when(report.submitted_at)} 提交，不能再改。"
    if report.status == ReportStatus.ACCEPTED:
        return Lock("submitted", sentence, "数字有误的，由市妇联补正。")
    return Lock("submitted", sentence, "需要修改的，请审核人退回。")


def _not_begun(report: MonthlyReport) -> Lock:
    return Lock("not_begun", f"{report.month_label}还没有开始，到时再填报。")


def _ask(programme: Programme) -> str:
    return f"确需补报的，请联系{programme.organization.name}妇联解锁。"


def _after(days: int) -> str:
    return f"过了 {days} 天仍" if days else "到时"


def _when(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
