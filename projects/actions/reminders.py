"""Reminding: what the timer sends, what the city says out loud (催办), and what somebody has seen.

The rows of Reminder are the log of what was said automatically; urging is somebody's decision and leaves an audit row.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone

from fedwork import clock
from organizations.models import AuditEvent
from projects import rules
from projects.actions.locking import locked_report
from projects.locks import Lock, report_lock, report_locks
from projects.models import MonthlyReport, Reminder, ReminderRule, ReminderSeen
from projects.models.reminder import LADDER, NOT_SENT, Step
from projects.posts import Post, Posts, posts_of
from projects.states import ReportStatus, ReviewDesk

SENDING_LOCK = 7_305_002  # any constant: the advisory lock under which one run at a time decides what to send
BATCH = 5000


@transaction.atomic
def send_due_reminders() -> list[Reminder]:
    """Send what should have been sent by today and wasn't; returns the new rows.

    Of the steps that a report has reached, each post gets only the latest: after an outage of days nobody is flooded.
    A second run at the same time waits and finds nothing left; the unique constraint keeps what the lock promises.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SENDING_LOCK])
    reports = _unsent_reports()
    posts = posts_of(reports)
    said = set(Reminder.objects.filter(report__in=reports).values_list("report", "rule", "for_day"))
    wanted = [reminder for report in reports for reminder in _wanted(report, posts)]
    new = [each for each in wanted if (each.report_id, each.rule, each.for_day) not in said]
    Reminder.objects.bulk_create(new, ignore_conflicts=True, batch_size=BATCH)
    return new


def _unsent_reports() -> list[MonthlyReport]:
    """Not handed in, and at the first step or beyond. A closed month is over: nobody is reminded of it any more."""
    last_day = clock.today() - timedelta(days=LADDER[0].offset)
    end = timezone.make_aware(datetime.combine(last_day + timedelta(days=1), time()))
    reports = MonthlyReport.objects.begun(clock.today()).filter(status__in=NOT_SENT, due_at__lt=end)
    reports = reports.select_related("site__organization", "site__programme__organization").order_by("due_at", "pk")
    locks = report_locks(reports)
    return [report for report in reports if report.pk not in locks or locks[report.pk].code != "closed"]


def _wanted(report: MonthlyReport, posts: Posts) -> Iterator[Reminder]:
    due_on = timezone.localdate(report.due_at)
    for post, step in _latest_steps(report, due_on, posts).items():
        yield Reminder(
            report=report,
            rule=step.rule,
            for_day=due_on + timedelta(days=step.offset),
            role=post.role,
            place=post.organization,
            sent_at=clock.now(),
        )


def _latest_steps(report: MonthlyReport, due_on: date, posts: Posts) -> dict[Post, Step]:
    latest: dict[Post, Step] = {}
    for step in LADDER:
        post = posts.addressee(step.addressee, report.site.organization)
        if post is None or due_on + timedelta(days=step.offset) > clock.today():
            continue
        if post not in latest or latest[post].offset < step.offset:
            latest[post] = step
    return latest


@transaction.atomic
def urge_report(report: MonthlyReport, *, by, note: str = "") -> Reminder:
    """Urge the post on which the report lies: the cadre's, or the county's. Raises ValidationError, PermissionDenied."""
    report = locked_report(report)
    if not rules.can_urge(by):
        raise PermissionDenied
    if reason := why_not_urged(report, report_lock(report)):
        raise ValidationError(reason)
    if not rules.can_urge_report(by, report):
        raise PermissionDenied
    reminder = _say_once(report, by=by, note=" ".join(note.split()))
    AuditEvent.objects.record(
        "催办月报", report, by=by, organization=report.site.organization, note=reminder.note, post=reminder.post_name
    )
    return reminder


def why_not_urged(report: MonthlyReport, lock: Lock | None) -> str:
    """The reason why there is nothing to urge, empty when there is. `lock` is the report's, see projects.locks."""
    if report.status == ReportStatus.ACCEPTED:
        return "这份月报已经通过，不用催办。"
    if report.desk == ReviewDesk.CITY:
        return "这份月报正等市级审核，催办只能催填报单位和县级。"
    if report.month > clock.today():
        return f"{report.month_label}还没有开始，到时再催办。"
    if lock and lock.needs_unlock:
        return f"{lock.sentence}请先解锁，再催办。"
    return ""


def _say_once(report: MonthlyReport, *, by, note: str) -> Reminder:
    post = posts_of([report]).holding(report)
    if post is None:
        raise ValidationError("这个项目点的上级里没有可以催办的岗位，请先核对组织。")
    if len(note) > Reminder._meta.get_field("note").max_length:
        raise ValidationError("催办说明最多 200 个字。")
    said = {"role": post.role, "place": post.organization, "sent_at": clock.now(), "sent_by": by, "note": note}
    reminder, is_new = Reminder.objects.select_related("sent_by").get_or_create(
        report=report, rule=ReminderRule.URGED, for_day=clock.today(), defaults=said
    )
    if not is_new:
        raise ValidationError(_urged_already(reminder), code="urged")
    return reminder


def _urged_already(reminder: Reminder) -> str:
    when = timezone.localtime(reminder.sent_at)
    return f"{reminder.sent_by}已于 {when.month}月{when.day}日 {when:%H:%M} 催办过，同一份月报一天只催一次。"


def mark_seen(reminders: list[Reminder], *, by) -> None:
    """What `by` has had on the screen; asking twice changes nothing. Not a change of state: no audit row."""
    now = clock.now()
    rows = [ReminderSeen(reminder=reminder, user=by, seen_at=now) for reminder in reminders]
    ReminderSeen.objects.bulk_create(rows, ignore_conflicts=True)
