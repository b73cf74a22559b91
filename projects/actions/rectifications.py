"""Every step of a 整改事项: 交办, 延期, 报送, 退回, 销号.

The item's row is the lock under which all of them happen, and each says which version it saw: of an extension and a
close-out at once the second is told that the item has moved on.
"""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from organizations.calendar import load_calendar
from organizations.models import AuditEvent
from projects import rules
from projects.models import Rectification, RectificationState, RectificationStep, StepKind
from projects.models.rectification import TO_RECTIFY

MOVED_ON = "您打开之后，这个整改事项又有新的办理，请看过再办。"
LONGEST_DAYS = 366


@transaction.atomic
def raise_rectification(item: Rectification, *, by) -> Rectification:
    """交办. `item` comes filled in as by a form (site, source, problem, measure, post, due_on ...) and not yet saved; a
    due date on which nobody works moves to the next working day. Raises ValidationError, PermissionDenied."""
    if not rules.can_raise_rectification(by, item.site):
        raise PermissionDenied
    if item.found_on > clock.today():
        raise ValidationError({"found_on": "发现日期不能晚于今天。"})
    item.due_on = _workday(item.due_on)
    if item.due_on < clock.today():
        raise ValidationError({"due_on": "整改时限不能早于今天。"})
    if not item.organization.contains(item.site.organization.path):
        raise ValidationError("责任岗位应是这个项目点所在的单位或上级。")
    if item.meeting_id and item.meeting.programme_id != item.site.programme_id:
        raise ValidationError("会议和项目点不属于同一批次。")
    if item.meeting_id and item.meeting.is_finished:
        raise ValidationError("会议记录已经定稿，不能再加议定事项；请从整改事项页面另行交办。")
    if any(origin.site_id != item.site_id or origin.removed_at for origin in [item.visit, item.inspection] if origin):
        raise ValidationError("发现问题的调研指导或督查检查不是这个项目点的，或者已经移除。")
    item.desk, item.raised_by, item.raised_at = rules.desk_of(by), by, clock.now()
    if rules.can_answer_rectification(by, item):
        raise ValidationError("不能把整改事项交办给自己的岗位，请选下一级。")
    item.full_clean()
    item.save(force_insert=True)
    _step(item, StepKind.RAISED, "交办整改事项", item.measure, by=by)
    return item


@transaction.atomic
def ask_extension(item: Rectification, *, by, version: int, until: date, reason: str) -> Rectification:
    """申请延期, on the due date at the latest, with a reason and a later date."""
    item = _locked(item, version)
    if not rules.can_answer_rectification(by, item):
        raise PermissionDenied
    _refuse_unless(item, TO_RECTIFY)
    if item.asked_until:
        raise ValidationError("已经申请过延期，正在等待批复。")
    if clock.today() > item.due_on:
        raise ValidationError("整改时限已过，延期应在到期前申请；请尽快整改并报送。")
    until = _workday(until)
    if until <= item.due_on:
        raise ValidationError({"until": f"申请的日期应晚于现在的时限 {_day(item.due_on)}。"})
    _refuse_far(until)
    item.asked_until, item.asked_by = until, by
    _save(item, "asked_until", "asked_by")
    _step(item, StepKind.ASKED, "申请延期", reason, by=by, asked_until=until)
    return item


@transaction.atomic
def grant_extension(item: Rectification, *, by, version: int, note: str = "") -> Rectification:
    item = _asked(item, version, by=by)
    if item.asked_until < clock.today():
        raise ValidationError("申请的日期已经过了，不能再同意；请不同意并说明，或者等对方报送。")
    item.due_on, item.asked_until, item.asked_by = item.asked_until, None, None
    item.state = RectificationState.EXTENDED
    _save(item, "due_on", "asked_until", "asked_by", "state")
    _step(item, StepKind.GRANTED, "同意延期", note.strip() or f"同意延至 {_day(item.due_on)}", by=by)
    return item


@transaction.atomic
def refuse_extension(item: Rectification, *, by, version: int, reason: str) -> Rectification:
    """The date stays as it is."""
    item = _asked(item, version, by=by)
    item.asked_until = item.asked_by = None
    _save(item, "asked_until", "asked_by")
    _step(item, StepKind.REFUSED, "不同意延期", reason, by=by)
    return item


@transaction.atomic
def submit_rectification(item: Rectification, *, by, version: int, text: str) -> Rectification:
    """报送整改情况: what was done, in words; the files lie with the item already. A request for more time that nobody
    has decided falls away."""
    item = _locked(item, version)
    if not rules.can_answer_rectification(by, item):
        raise PermissionDenied
    _refuse_unless(item, TO_RECTIFY)
    item.state, item.submitted_at, item.submitted_by = RectificationState.SUBMITTED, clock.now(), by
    item.asked_until = item.asked_by = None
    _save(item, "state", "submitted_at", "submitted_by", "asked_until", "asked_by")
    _step(item, StepKind.SUBMITTED, "报送整改情况", text, by=by)
    return item


@transaction.atomic
def return_rectification(
    item: Rectification, *, by, version: int, reason: str, due_on: date | None = None
) -> Rectification:
    """退回再改, with a new date where the old one is over (or too near)."""
    item = _rectified(item, version, by=by)
    if due_on:
        item.due_on = _workday(due_on)
    if item.due_on < clock.today():
        raise ValidationError({"due_on": "原来的整改时限已过，请给出新的时限。"})
    _refuse_far(item.due_on)
    was_extended = item.steps.filter(kind=StepKind.GRANTED).exists()
    item.state = RectificationState.EXTENDED if was_extended else RectificationState.OPEN
    _save(item, "state", "due_on")
    _step(item, StepKind.RETURNED, "退回整改", reason, by=by)
    return item


@transaction.atomic
def close_rectification(item: Rectification, *, by, version: int, note: str) -> Rectification:
    """销号, after review by another person than the one who rectified. `note` says what was found to be right."""
    item = _rectified(item, version, by=by)
    item.state, item.closed_at, item.closed_by = RectificationState.CLOSED, clock.now(), by
    _save(item, "state", "closed_at", "closed_by")
    _step(item, StepKind.CLOSED, "整改销号", note, by=by)
    return item


def locked_rectification(item: Rectification) -> Rectification:
    """The item as it is now, nobody else's until the transaction ends."""
    rows = Rectification.objects.select_for_update(of=("self",))
    return rows.select_related("site__organization", "organization").get(pk=item.pk)


def _locked(item: Rectification, version: int) -> Rectification:
    item = locked_rectification(item)
    if item.version != version:
        raise ValidationError(MOVED_ON, code="stale")
    return item


def _asked(item: Rectification, version: int, *, by) -> Rectification:
    item = _locked(item, version)
    if not rules.can_decide_extension(by, item):
        raise PermissionDenied
    if not item.asked_until:
        raise ValidationError("没有等待批复的延期申请。")
    return item


def _rectified(item: Rectification, version: int, *, by) -> Rectification:
    item = _locked(item, version)
    if not rules.can_close_rectification(by, item):
        raise PermissionDenied
    _refuse_unless(item, {RectificationState.SUBMITTED})
    return item


def _refuse_unless(item: Rectification, allowed: set) -> None:
    if item.state not in allowed:
        raise ValidationError(f"现在的状态是“{item.get_state_display()}”，不能这样办理。")


def _refuse_far(day: date) -> None:
    if (day - clock.today()).days > LONGEST_DAYS:
        raise ValidationError("时限最长一年，请核对日期。")


def _workday(day: date) -> date:
    return load_calendar().next_workday(day)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _save(item: Rectification, *fields: str) -> None:
    item.version += 1
    item.save(update_fields=["version", *fields])


def _step(item: Rectification, kind: StepKind, action: str, text: str, *, by, asked_until: date | None = None) -> None:
    """The step with what now holds, and the row in the log."""
    step = RectificationStep(
        rectification=item, kind=kind, text=text.strip(), state=item.state, due_on=item.due_on, asked_until=asked_until
    )
    step.made_at, step.made_by = clock.now(), by
    step.full_clean()
    step.save(force_insert=True)
    AuditEvent.objects.record(
        action,
        item,
        by=by,
        organization=item.site.organization,
        note=step.text,
        state=item.get_state_display(),
        due_on=f"{item.due_on}",
        **({"asked_until": f"{asked_until}"} if asked_until else {}),
    )
