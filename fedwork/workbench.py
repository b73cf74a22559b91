"""The first page after signing in: read models over all apps, by role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fedwork import clock
from organizations.models import Role, User
from projects.models import MonthlyReport, ReviewDecision
from projects.rules import desk_of
from projects.states import ReportStatus, Verdict

ROWS = 50


@require_safe
def workbench(request: HttpRequest) -> HttpResponse:
    user = request.user
    if user.role == Role.CADRE:
        return render(request, "workbench/cadre.html", cadre_tasks(user))
    return render(request, "workbench/desk.html", desk_overview(user))


def cadre_tasks(user: User) -> dict:
    """What lies with the cadre (returned first, then by due date) and what is under way with the reviewers."""
    now, reports = clock.now(), MonthlyReport.objects.visible_to(user).select_related("site__creation_type")
    to_fill_in = list(reports.begun(clock.today()).to_fill_in()[:ROWS])
    reasons = return_reasons(to_fill_in)
    tasks = [
        {
            "report": report,
            "days_left": report.days_left(now),
            "is_overdue": report.is_overdue(now),
            "reason": reasons.get(report.pk, ""),
        }
        for report in to_fill_in
    ]
    return {
        "tasks": tasks,
        "waiting": reports.waiting().order_by("waiting_since")[:ROWS],
        "accepted": reports.accepted().order_by("-month", "site_id")[:6],
        "next_due": min((t for t in tasks if t["days_left"] >= 0), key=lambda t: t["days_left"], default=None),
        "today": clock.today(),
    }


def return_reasons(reports: list[MonthlyReport]) -> dict[int, str]:
    """Why each of the returned reports came back, by report id; one query."""
    returned = [report.pk for report in reports if report.status == ReportStatus.RETURNED]
    decisions = ReviewDecision.objects.filter(submission__report__in=returned, verdict=Verdict.RETURNED)
    rows = decisions.order_by("decided_at").values_list("submission__report", "reason")
    return dict(rows)


def desk_overview(user: User) -> dict:
    """Counts for those who review and those who look."""
    reports = MonthlyReport.objects.visible_to(user)
    desk = desk_of(user)
    return {
        "desk": desk,
        "counts": reports.begun(clock.today()).counts(clock.now(), desk=desk),
        "today": clock.today(),
    }
