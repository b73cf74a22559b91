from urllib.parse import urlencode

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from organizations.models import Level, Organization
from projects import rules
from projects.completeness import board
from projects.forms.filters import PlaceForm
from projects.lights.grading import counts
from projects.lights.reading import lights_at
from projects.models import Programme, ProjectSite
from projects.panels import read_panels
from projects.states import Light, SiteStatus
from projects.views.access import project_page
from projects.views.boards import rate_cells
from projects.views.lights import county_rows, light_tiles


@require_safe
@project_page
def programme_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What the programme asks, and how it stands in the user's part; a fixed number of queries."""
    programmes = Programme.objects.visible_to(request.user).select_related("organization")
    programme = get_object_or_404(programmes, pk=pk)
    sites = ProjectSite.objects.visible_to(request.user).filter(programme=programme).running()
    context = {
        "programme": programme,
        "types": programme.creation_types.with_approved(within=request.user.scope_path),
        "stages": programme.stages.prefetch_related("tasks__creation_type", "outputs"),
        "measures": programme.measures.all(),
        "is_whole": programme.organization.path.startswith(request.user.scope_path),
        "links": _links(programme, request.user),
        **_standing(programme, sites, request.user),
    }
    return render(request, "projects/programme_detail.html", context)


def _links(programme: Programme, user) -> list[tuple[str, str]]:
    """Forms and pages of the programme, as far as the user may open them. The handbook comes here, too."""
    pages = [
        ("红黄绿灯", "light_list", True),
        ("逐点逐月", "progress", True),
        ("月报汇总", "rollup", True),
        ("调研指导", "visit_matrix", True),
        ("督查会议", "meeting_list", rules.can_view_meetings(user)),
    ]
    query = {"programme": programme.pk}
    return [(label, reverse(f"projects:{name}", query=query)) for label, name, may in pages if may]


def _standing(programme: Programme, sites, user) -> dict:
    form = PlaceForm({"programme": str(programme.pk)}, user=user)
    lights = lights_at(programme, form.now, sites)
    query = {"programme": programme.pk}
    return {
        "now": form.now,
        "lit": bool(lights),
        "tiles": light_tiles(counts(lights), reverse("projects:light_list"), **query),
        "rates": rate_cells(form, board(form.reports, form.places, form.now).total) if lights else [],
        "counties": _spread(programme, sites, lights, user),
        "panels": read_panels(programme, sites, user, "county"),
    }


def _spread(programme: Programme, sites, lights, user) -> list[dict]:
    """The counties with their sites and lights."""
    lit = {row["county"]: row["counts"] for row in county_rows(lights, user, programme)}
    dark = [(light, 0) for light in Light]
    address, rows = reverse("projects:light_list"), []
    for county, numbers in counties_of(sites, user):
        query = {"programme": programme.pk, "under": county.pk}
        rows.append(
            {
                "county": county,
                "address": reverse("projects:county_detail", args=[county.pk], query={"programme": programme.pk}),
                "sites": numbers,
                "lights": [
                    (light, number, f"{address}?{urlencode(query | {'light': light.value})}")
                    for light, number in lit.get(county, dark)
                ],
            }
        )
    return rows


def counties_of(sites, user) -> list[tuple[Organization, dict[str, int]]]:
    """The counties in scope that have sites, each with {total, approved}; two queries."""
    counties = Organization.objects.visible_to(user).filter(level=Level.COUNTY)
    by_path = sites.values_list("organization__path", "status").annotate(count=Count("pk")).order_by()
    found = {county: {"total": 0, "approved": 0} for county in counties}
    by_id = {county.pk: county for county in found}
    for path, status, count in by_path:
        county = next((by_id[int(part)] for part in path.split("/") if part and int(part) in by_id), None)
        if county:
            found[county]["total"] += count
            found[county]["approved"] += count if status == SiteStatus.APPROVED else 0
    return [(county, counts) for county, counts in found.items() if counts["total"]]
