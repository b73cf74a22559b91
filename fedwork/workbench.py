"""The first page after signing in: read models over all apps, by role."""

from collections import Counter
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from assessments.models import Acceptance
from fedwork import clock
from funding.amounts import yuan
from funding.models import Claim
from organizations.models import Organization, Role, User
from projects.forms.filters import PlaceForm
from projects.lights.summary import light_summary
from projects.locks import open_until, report_locks
from projects.models import (
    ImplementationPlan,
    MonthlyReport,
    Programme,
    Rectification,
    ReplanRequest,
)
from projects.models.report import load_last_returns
from projects.nominations import changes_to_do, tasks_of
from projects.rules import can_view_in_admin, desk_of
from projects.stuck import open_urges
from projects.views.boards import month_rows
from projects.views.lights import light_tiles

ROWS = 50
LOOKS_AT_LIGHTS = {Role.LEADER, Role.AUDITOR, Role.CITY_STAFF, Role.COUNTY_REVIEWER}


@require_safe
def workbench(request: HttpRequest) -> HttpResponse:
    user = request.user
    if user.role == Role.CADRE:
        return render(request, "workbench/cadre.html", cadre_tasks(user))
    if user.role == Role.SYSTEM_ADMIN:
        return render(request, "workbench/office.html", office_overview(user))
    return render(request, "workbench/desk.html", desk_overview(user))


def cadre_tasks(user: User) -> dict:
    """What lies with the cadre (returned first, then by due date) and what is under way with the reviewers."""
    now, reports = clock.now(), MonthlyReport.objects.visible_to(user).select_related("site__creation_type")
    unsent = list(reports.begun(clock.today()).to_fill_in().select_related("site__programme__organization"))
    locks = report_locks(unsent, now)
    to_fill_in = [report for report in unsent if report.pk not in locks][:ROWS]
    reasons, urged = return_reasons(to_fill_in), open_urges(to_fill_in)
    ends = open_until(to_fill_in, now)
    tasks = [
        {
            "report": report,
            "days_left": report.days_left(now),
            "is_overdue": report.is_overdue(now),
            "reason": reasons.get(report.pk, ""),
            "urged": urged.get(report.pk),
            "open_until": ends.get(report.pk) if report.due_at < now else None,
        }
        for report in to_fill_in
    ]
    return {
        "tasks": tasks,
        "locked": [(report, locks[report.pk]) for report in unsent if report.pk in locks][:ROWS],
        "together": [month for month, count in Counter(report.month for report in to_fill_in).items() if count > 1],
        "waiting": reports.waiting().order_by("waiting_since")[:ROWS],
        "accepted": reports.accepted().order_by("-month", "site_id")[:6],
        "next_due": min((t for t in tasks if t["days_left"] >= 0), key=lambda t: t["days_left"], default=None),
        "rectifications": rectifications_to_do(user),
        "nominations": tasks_of(user, ROWS),
        "claims": claims_to_do(user),
        "others": others_to_do(user),
        "today": clock.today(),
    }


def rectifications_to_do(user: User) -> list[tuple]:
    """(item, mark) of what the user's post puts right or reviews, by due date; one query."""
    items = Rectification.objects.to_do(user, desk_of(user)).for_list()[:ROWS]
    return [(item, item.mark(clock.today())) for item in items]


def claims_to_do(user: User) -> list[tuple]:
    """(claim, mark, amount) of what the user changes, checks or pays, the longest wait first; one query."""
    claims = Claim.objects.to_do(user).for_list()[:ROWS]
    return [(claim, claim.mark, yuan(claim.total or 0, with_fen=True)) for claim in claims]


def others_to_do(user: User) -> list[dict]:
    """Plans, 变更申请, 日程调整 and 验收 that wait for the user: {label, number, address}, of each that there is."""
    found = [
        ("实施方案", ImplementationPlan.objects.to_do(user, desk_of(user)), "projects:plan_list"),
        ("变更申请", changes_to_do(user), "projects:change_list"),
        ("日程调整", ReplanRequest.objects.to_do(user), "projects:replan_list"),
        ("验收", Acceptance.objects.to_do(user), "assessments:result_list"),
    ]
    numbers = [(label, rows.count(), address) for label, rows, address in found]
    return [{"label": label, "number": n, "address": reverse(address)} for label, n, address in numbers if n]


def return_reasons(reports: list[MonthlyReport]) -> dict[int, str]:
    """Why each of the returned reports came back, in one line, by report id; one query."""
    load_last_returns(reports)
    return {report.pk: report.last_return.words for report in reports if report.last_return}


def office_overview(user: User) -> dict:
    """For system administrators: accounts and organisations, nothing of the business."""
    accounts = User.objects.visible_to(user)
    return {
        "active": accounts.filter(is_active=True).count(),
        "inactive": accounts.filter(is_active=False).count(),
        "organizations": Organization.objects.visible_to(user).count(),
        "today": clock.today(),
    }


def desk_overview(user: User) -> dict:
    """Counts of the current programme for those who review and those who look; each tile leads to its rows.

    What waits at the own desk counts in every programme, as in the menu.
    """
    desk, now = desk_of(user), clock.now()
    programme = Programme.objects.visible_to(user).current(user, clock.today())
    reports = MonthlyReport.objects.visible_to(user)
    numbers = reports.filter(site__programme=programme).begun(clock.today()).counts(now)
    return {
        "desk": desk,
        "waiting_here": reports.begun(clock.today()).awaiting(desk).count() if desk else 0,
        "programme": programme,
        "counts": numbers,
        "now": now,
        "rectifications": rectifications_to_do(user),
        "nominations": tasks_of(user, ROWS),
        "claims": claims_to_do(user),
        "others": others_to_do(user),
        "tiles": [_tile(user, programme, *tile) for tile in _tiles(numbers)] if programme else [],
        **(monthly_rates(user) if programme and user.role == Role.LEADER else {}),
        **(lights_first(user, programme, now) if programme and user.role in LOOKS_AT_LIGHTS else {}),
    }


def lights_first(user: User, programme: Programme, now: datetime) -> dict:
    """How many sites are red, yellow and green in the user's part, and the gravest with their reasons."""
    found = light_summary(user, programme, now)
    tiles = light_tiles(found.counts, reverse("projects:light_list"), programme=programme.pk)
    return {"lights": found, "light_tiles": tiles}


def monthly_rates(user: User) -> dict:
    """The trend of the current programme in the leader's part."""
    form = PlaceForm({}, user=user)
    return {"months": month_rows(form), "place": form.places.chosen}


def _tiles(counts: dict) -> list[tuple]:
    """(label, number, explanation, state in the review list)"""
    return [
        ("应报", counts["due"], f"已报 {counts['submitted']}，按时 {counts['on_time']}", "due"),
        ("审核中", counts["waiting"], "已提交，等县级或市级审核", "waiting"),
        ("已通过", counts["accepted"], "审核完毕", "accepted"),
        ("退回未改", counts["returned"], "等填报单位改好再报", "returned"),
        ("逾期未报", counts["overdue"], "过了截止时间还没有交", "overdue"),
    ]


def _tile(user: User, programme: Programme, label: str, number: int, words: str, state: str) -> dict:
    if can_view_in_admin(user):
        query = {"state": state, "programme__id__exact": programme.pk}
        address = reverse("admin:projects_monthlyreport_changelist", query=query)
    else:
        address = reverse("projects:report_list", query={"state": state, "programme": programme.pk})
    return {"label": label, "number": number, "words": words, "address": address}
