"""督查汇报会: the plan with its dates, a meeting, its pack as of a moment, and its papers as Word."""

from functools import partial, wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fedwork import clock
from fedwork.downloads import document_response, workbook_response
from fedwork.excel import write_list, write_paper
from fedwork.numbers import posted_integer
from fedwork.word import write_document
from organizations.calendar import load_calendar
from projects import rules
from projects.actions import add_meeting_attachment, finish_meeting, save_meeting
from projects.forms.meetings import MeetingForm
from projects.forms.stuck_filters import ResponsibilityForm
from projects.meeting_pack import Pack, meeting_pack
from projects.meeting_plan import Slot, due_days, plan, unplanned
from projects.models import Meeting, MeetingKind, Programme, Rectification
from projects.papers.meetings import REGISTER, circular, minutes
from projects.papers.sign_in import sign_in_paper
from projects.views.attachments import take_uploads


def meeting_page(view):
    """403 for those whose post has no part in meetings."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not rules.can_view_meetings(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@meeting_page
def meeting_list(request: HttpRequest) -> HttpResponse:
    """The plan of one programme, and what was held beyond it."""
    form = ResponsibilityForm(request.GET, user=request.user)
    del form.fields["county"]
    programme, today = form.programme, clock.today()
    slots = plan(programme) if programme else []
    others = unplanned(programme, slots) if programme else []
    can_manage = programme is not None and rules.can_manage_programme(request.user, programme)
    context = {
        "form": form,
        "programme": programme,
        "slots": [(slot, slot.mark(today), _address(programme, slot, can_manage=can_manage)) for slot in slots],
        "others": others,
        "lacks_launch": programme is not None and not any(each.kind == MeetingKind.LAUNCH for each in others),
        "can_manage": can_manage,
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "projects/meeting_list.html", context)


def _address(programme: Programme, slot: Slot, *, can_manage: bool) -> str:
    """The meeting, or where it is entered; nothing for those who only look."""
    if slot.meeting:
        return slot.meeting.get_absolute_url()
    query = {"programme": programme.pk, "due": f"{slot.due_on}"}
    return reverse("projects:meeting_add", query=query) if can_manage else ""


@require_http_methods(["GET", "HEAD", "POST"])
@meeting_page
def meeting_add(request: HttpRequest) -> HttpResponse:
    """`?programme=` says of which programme, `?due=` for which date of its plan."""
    if not rules.can_manage_programme(request.user):
        raise PermissionDenied
    programmes = Programme.objects.visible_to(request.user).select_related("organization")
    programme = get_object_or_404(programmes, pk=posted_integer(request.GET.get("programme")))
    if not rules.can_manage_programme(request.user, programme):
        raise PermissionDenied
    meeting = Meeting(programme=programme)
    days = {f"{day}": day for day in due_days(programme, load_calendar())}
    meeting.due_on = days.get(request.GET.get("due", ""))
    return _edit(request, meeting)


@require_http_methods(["GET", "HEAD", "POST"])
@meeting_page
def meeting_edit(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = _get(request, pk)
    if not rules.can_manage_meeting(request.user, meeting):
        raise PermissionDenied
    return _edit(request, meeting)


def _edit(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    form, status = MeetingForm(request.POST or None, instance=meeting), 200
    if request.method == "POST" and form.is_valid():
        try:
            meeting = save_meeting(form.instance, posts=form.chosen_posts(), by=request.user)
        except ValidationError as error:
            status = 409 if getattr(error, "code", None) == "stale" else 200
            told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            for field, sentences in told.items():
                form.add_error(field if field in form.fields else None, sentences)
        else:
            messages.success(request, "会议记录已保存。")
            return redirect(meeting)
    context = {"form": form, "meeting": meeting, "is_new": meeting.pk is None}
    return render(request, "projects/meeting_edit.html", context, status=status)


@require_safe
@meeting_page
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    meeting, today = _get(request, pk), clock.today()
    context = {
        "meeting": meeting,
        "attendees": meeting.attendees.select_related("organization"),
        "decided": [(item, item.mark(today)) for item in _decided(meeting).visible_to(request.user)],
        "can_manage": rules.can_manage_meeting(request.user, meeting),
        "can_view_pack": rules.can_view_meeting_pack(request.user, meeting),
    }
    return render(request, "projects/meeting_detail.html", context)


@require_POST
@meeting_page
def meeting_finish(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = _get(request, pk)
    if not rules.can_manage_meeting(request.user, meeting):
        raise PermissionDenied
    try:
        finish_meeting(meeting, by=request.user, version=posted_integer(request.POST.get("version")))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, "会议记录已定稿。")
    return redirect(meeting)


@require_POST
@meeting_page
def meeting_attach(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = _get(request, pk)
    if not rules.can_manage_meeting(request.user, meeting):
        raise PermissionDenied
    return take_uploads(request, partial(add_meeting_attachment, meeting), back_to=meeting.get_absolute_url())


@require_safe
@meeting_page
def meeting_pack_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What the meeting looks at, as of its moment; prints on A4."""
    meeting = _get_whole(request, pk)
    pack = _pack(meeting)
    context = {
        "meeting": meeting,
        "pack": pack,
        "ranking": pack.ranking,
        "task_lists": [("三、逾期任务", pack.overdue_tasks), ("四、滞后任务", pack.lagging_tasks)],
    }
    return render(request, "projects/meeting_pack.html", context)


@require_safe
@meeting_page
def meeting_circular(request: HttpRequest, pk: int) -> HttpResponse:
    """督查情况通报."""
    meeting = _get_whole(request, pk)
    document = circular(meeting, _pack(meeting), list(_decided(meeting)))
    return document_response(write_document(document), f"{document.title}（{meeting.held_on:%Y%m%d}）")


@require_safe
@meeting_page
def meeting_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = _get_whole(request, pk)
    document = minutes(meeting, _pack(meeting) if meeting.is_supervision else None, list(_decided(meeting)))
    return document_response(write_document(document), f"{document.title}（{meeting.held_on:%Y%m%d}）")


@require_safe
@meeting_page
def meeting_sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """签到表: the posts that were invited."""
    meeting = _get_whole(request, pk)
    attendees = meeting.attendees.select_related("organization")
    posts = [(str(row.organization), row.get_role_display()) for row in attendees]
    day = f"{meeting.held_on.year}年{meeting.held_on.month}月{meeting.held_on.day}日"
    paper = sign_in_paper(meeting.get_kind_display(), posts, day=day, place=meeting.place)
    return workbook_response(write_paper(paper), f"{meeting}签到表")


@require_safe
@meeting_page
def meeting_excel(request: HttpRequest) -> HttpResponse:
    """会议台账 of one programme."""
    programme = ResponsibilityForm(request.GET, user=request.user).programme
    meetings = Meeting.objects.visible_to(request.user).filter(programme=programme)
    meetings = meetings.annotate(
        attendee_count=Count("attendees", distinct=True), item_count=Count("rectifications", distinct=True)
    )
    title = f"{request.user.organization}会议台账"
    return workbook_response(write_list(REGISTER, meetings.order_by("held_on", "pk"), title=title), title)


def _get(request: HttpRequest, pk: int) -> Meeting:
    """A meeting of a programme that the user sees, else 404."""
    meetings = Meeting.objects.visible_to(request.user).select_related("programme__organization", "recorded_by")
    return get_object_or_404(meetings, pk=pk)


def _get_whole(request: HttpRequest, pk: int) -> Meeting:
    """With what it says of every county: 403 for those who see a part."""
    meeting = _get(request, pk)
    if not rules.can_view_meeting_pack(request.user, meeting):
        raise PermissionDenied
    return meeting


def _decided(meeting: Meeting):
    return Rectification.objects.filter(meeting=meeting).select_related("site", "organization").order_by("pk")


def _pack(meeting: Meeting) -> Pack:
    return meeting_pack(meeting.programme, meeting.pack_at)
