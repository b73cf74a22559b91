from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from fedwork import clock
from fedwork.numbers import posted_integer
from projects import rules
from projects.archive.catalogue import site_catalogue
from projects.duties import site_people
from projects.forms.filters import SiteFilterForm
from projects.forms.site_choice import LONGEST, SHOWN, option_of
from projects.lights.reading import lights_at
from projects.models import ProjectSite
from projects.next_due import next_due
from projects.panels import read_panels
from projects.progress import progress_words, site_progress
from projects.records import visit_matrix
from projects.site_page import sections_for
from projects.trainings import coverage
from projects.views.access import project_page
from projects.views.lights import told
from projects.views.schedule import stage_panel
from projects.worklogs import site_log

PAGE_LENGTH = 25


@require_safe
@project_page
def site_list(request: HttpRequest) -> HttpResponse:
    form = SiteFilterForm(request.GET, user=request.user)
    sites = form.apply(ProjectSite.objects.visible_to(request.user))
    sites = sites.select_related("programme", "creation_type", "organization")
    page = Paginator(sites.order_by("-programme__year", "organization__code", "pk"), PAGE_LENGTH).get_page(
        request.GET.get("page")
    )
    context = {"form": form, "page_obj": page, "is_filtered": any(request.GET.values())}
    context["approved_count"] = sites.approved().order_by().count()
    return render(request, "projects/site_list.html", context)


@require_safe
@project_page
def site_choices(request: HttpRequest) -> JsonResponse:
    """What static/js/site_search.js offers while somebody types: the first approved sites in the user's subtree."""
    words = request.GET.get("q", "").strip()[:LONGEST]
    sites = ProjectSite.objects.visible_to(request.user).approved()
    if request.GET.get("programme"):
        sites = sites.filter(programme=posted_integer(request.GET["programme"]))
    found = list(sites.search(words).order_by("organization__code", "pk")[: SHOWN + 1]) if words else []
    return JsonResponse({"sites": [option_of(site) for site in found[:SHOWN]], "has_more": len(found) > SHOWN})


@require_safe
@project_page
def site_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One place for all of a site; a fixed number of queries. Which sections there are: projects/site_page.py."""
    sites = ProjectSite.objects.visible_to(request.user)
    site = get_object_or_404(
        sites.select_related("programme__organization", "creation_type", "organization", "approved_by", "standard"),
        pk=pk,
    )
    context = {"site": site, "now": clock.now(), "today": clock.today()}
    context |= _standing(site, request.user) | _records(site) | _may(site, request.user)
    context["sections"] = sections_for(request.user, context)
    return render(request, "projects/site_detail.html", context)


def _standing(site: ProjectSite, user) -> dict:
    """Where it stands and what is due."""
    now, stages, reports = clock.now(), site_progress(site, clock.today()), list(site.reports.order_by("-month"))
    lights = lights_at(site.programme, now, ProjectSite.objects.filter(pk=site.pk))
    return {
        "light": next(iter(lights), None),
        "findings": [row for light in lights for row in told(light, user)],
        "stages": stages,
        "progress": progress_words(stages, reports, clock.today()),
        "due": next_due(site, stages, reports, user, now) if site.is_approved else [],
        **stage_panel(user, site),
        "panels": read_panels(site.programme, ProjectSite.objects.filter(pk=site.pk), user, "site"),
        "reports": [(report, report.mark(now)) for report in reports],
    }


def _records(site: ProjectSite) -> dict:
    matrix = visit_matrix([site], site.programme.months(), clock.now()) if site.is_approved else None
    return {
        "visits": matrix and matrix.rows[0][1],
        "rectifications": [(item, item.mark(clock.today())) for item in site.rectifications.for_list()],
        "changes": site.changes.for_page(),
        "people": site_people(site) if site.is_approved else None,
        "trained": coverage([site], site.programme).rows[0] if site.is_approved else None,
        "logs": site_log(site, clock.today()) if site.is_approved else None,
        "archive": site_catalogue(site, clock.today()) if site.is_approved else None,
    }


def _may(site: ProjectSite, user) -> dict:
    return {
        "can_ask_change": rules.can_ask_change(user, site),
        "can_manage": rules.can_manage_site(user, site),
        "can_raise": rules.can_raise_rectification(user, site),
        "can_visit": rules.can_record_visit(user, site),
    }
