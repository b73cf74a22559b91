"""Supervision meetings: entered and kept by who runs the programme, then finished, which leaves the minutes as they are."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from organizations.calendar import load_calendar
from organizations.models import AuditEvent
from projects import rules
from projects.meeting_plan import due_days
from projects.models import Meeting, MeetingAttendee, Programme
from projects.posts import Post

FINISHED = "会议记录已经定稿，不能再改。"


@transaction.atomic
def save_meeting(meeting: Meeting, *, posts: Iterable[Post], by) -> Meeting:
    """Enter a meeting, or change one that isn't finished; `meeting` comes filled in as by a form and carries the
    version that it was read with. `posts` took part. Raises ValidationError, PermissionDenied."""
    if not rules.can_manage_meeting(by, meeting):
        raise PermissionDenied
    # Of two clerks who enter the same meeting at once the second is told by the check of uniqueness.
    Programme.objects.select_for_update(no_key=True).get(pk=meeting.programme_id)
    is_new = meeting.pk is None
    if is_new:
        meeting.recorded_by = by
    else:
        _refuse_stale(meeting)
    _check(meeting)
    meeting.version += 1
    meeting.full_clean()
    meeting.save()
    _write_attendees(meeting, posts)
    _record("登记会议" if is_new else "修改会议记录", meeting, by=by)
    return meeting


@transaction.atomic
def finish_meeting(meeting: Meeting, *, by, version: int) -> Meeting:
    """定稿. What it decided goes on as 整改事项."""
    meeting = (
        Meeting.objects.select_for_update(of=("self",)).select_related("programme__organization").get(pk=meeting.pk)
    )
    if not rules.can_manage_meeting(by, meeting):
        raise PermissionDenied
    if meeting.is_finished or meeting.version != version:
        raise ValidationError(FINISHED if meeting.is_finished else _moved_on())
    if meeting.held_on > clock.today():
        raise ValidationError("会议还没有开，不能定稿。")
    if not meeting.attendees.exists():
        raise ValidationError("还没有登记参会岗位，不能定稿。")
    meeting.finished_at, meeting.version = clock.now(), meeting.version + 1
    meeting.full_clean()
    meeting.save(update_fields=["finished_at", "version"])
    _record("会议记录定稿", meeting, by=by)
    return meeting


def _refuse_stale(meeting: Meeting) -> None:
    now = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if now.is_finished:
        raise ValidationError(FINISHED)
    if now.version != meeting.version:
        raise ValidationError(_moved_on(), code="stale")


def _moved_on() -> str:
    return "您打开之后，会议记录又有改动，请核对后再办。"


def _check(meeting: Meeting) -> None:
    if meeting.pack_at > clock.now():
        raise ValidationError({"pack_at": "材料数据截至的时间不能晚于现在。"})
    if meeting.held_on < meeting.programme.first_month.replace(month=1, day=1):
        raise ValidationError({"held_on": "会议日期早于批次年度，请核对。"})
    if meeting.due_on and meeting.due_on not in due_days(meeting.programme, load_calendar()):
        raise ValidationError({"due_on": "批次的会议计划里没有这一期。"})
    if meeting.due_on and not meeting.is_supervision:
        raise ValidationError({"due_on": "动员会不占督查汇报会的期次。"})


def _write_attendees(meeting: Meeting, posts: Iterable[Post]) -> None:
    wanted = {(post.organization.pk, post.role) for post in posts}
    there = {(row.organization_id, row.role): row for row in meeting.attendees.all()}
    gone = [row.pk for key, row in there.items() if key not in wanted]
    meeting.attendees.filter(pk__in=gone).delete()
    MeetingAttendee.objects.bulk_create(
        MeetingAttendee(meeting=meeting, organization_id=organization, role=role)
        for organization, role in sorted(wanted - there.keys())
    )


def _record(action: str, meeting: Meeting, *, by) -> None:
    AuditEvent.objects.record(
        action,
        meeting,
        by=by,
        organization=meeting.programme.organization,
        held_on=f"{meeting.held_on}",
        attendees=meeting.attendees.count(),
    )
