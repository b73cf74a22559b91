"""The reminders of the own post, and urging."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from projects import rules
from projects.actions import mark_seen, urge_report
from projects.models import MonthlyReport, Reminder, ReminderSeen
from projects.views.access import project_page

PAGE_LENGTH = 50


@require_safe
def reminder_list(request: HttpRequest) -> HttpResponse:
    """Newest first. What was on the screen counts as seen: the next time it isn't marked as new."""
    if not rules.can_receive_reminders(request.user):
        raise PermissionDenied
    reminders = Reminder.objects.addressed_to(request.user)
    reminders = reminders.select_related("report__site__organization", "sent_by__organization")
    page = Paginator(reminders, PAGE_LENGTH).get_page(request.GET.get("page"))
    seen = set(
        ReminderSeen.objects.filter(user=request.user, reminder__in=list(page)).values_list("reminder", flat=True)
    )
    unseen = [reminder for reminder in page if reminder.pk not in seen]
    mark_seen(unseen, by=request.user)
    rows = [
        (reminder, reminder in unseen and not reminder.is_settled, _where_to_act(reminder.report, request.user))
        for reminder in page
    ]
    return render(request, "projects/reminder_list.html", {"page_obj": page, "rows": rows})


def _where_to_act(report: MonthlyReport, user) -> str:
    """Straight to filling in for those who do."""
    if report.is_editable and rules.can_fill_in_report(user, report):
        return reverse("projects:report_edit", args=[report.pk])
    return report.get_absolute_url()


@require_POST
@project_page
def report_urge(request: HttpRequest, pk: int) -> HttpResponse:
    report = get_object_or_404(MonthlyReport.objects.visible_to(request.user), pk=pk)
    try:
        reminder = urge_report(report, by=request.user, note=request.POST.get("note", ""))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, f"已催办“{report}”，对方岗位：{reminder.post_name}。")
    return redirect(_back_to(request) or report.get_absolute_url())


def _back_to(request: HttpRequest) -> str:
    """The page of ours from which the button was pressed."""
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
    return address if is_ours and address.startswith("/") else ""
