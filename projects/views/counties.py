"""A county on one page: its sites with lights, its rates, its money, its overdue items, its contact."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from fedwork import clock
from organizations.models import Level, Organization, Role
from projects.completeness import board
from projects.counties import site_rows
from projects.forms.filters import PlaceForm
from projects.lights.grading import counts
from projects.lights.reading import trend_lights
from projects.models import ProjectSite, Rectification
from projects.panels import read_panels
from projects.posts import Holder, Post, people_at
from projects.views.access import project_page
from projects.views.boards import rate_cells
from projects.views.lights import light_tiles, trend_rows

SITES_PER_PAGE = 100
ITEMS = 20


@require_safe
@project_page
def county_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """`?programme=` chooses; 404 outside the user's part of the tree. A fixed number of queries."""
    counties = Organization.objects.visible_to(request.user).filter(level=Level.COUNTY)
    county = get_object_or_404(counties, pk=pk)
    form = PlaceForm({"programme": request.GET.get("programme", ""), "under": str(pk)}, user=request.user)
    sites = ProjectSite.objects.visible_to(request.user).filter(organization__path__startswith=county.path)
    post = Post(county, Role.COUNTY_REVIEWER)
    context = {
        "county": county,
        "form": form,
        "programmes": form.fields["programme"].queryset.filter(sites__in=sites).distinct(),
        "programme": form.programme,
        "holder": Holder(post, people_at({post}).get(post, [])),
        "now": form.now,
        **(_part(request, form, county, sites) if form.programme else {}),
    }
    return render(request, "projects/county_detail.html", context)


def _part(request: HttpRequest, form: PlaceForm, county: Organization, sites) -> dict:
    """What the county has in the programme."""
    programme, today, address = form.programme, clock.today(), reverse("projects:light_list")
    query = {"programme": programme.pk, "under": county.pk}
    lights, ends = trend_lights(programme, form.now, sites)
    page = Paginator(sorted(lights, key=lambda each: -each.level.rank), SITES_PER_PAGE).get_page(
        request.GET.get("page")
    )
    overdue = Rectification.objects.visible_to(request.user).filter(site__in=sites, site__programme=programme)
    overdue = overdue.in_state("overdue", today).for_list()
    return {
        "tiles": light_tiles(counts(lights), address, **query),
        "page_obj": page,
        "rows": site_rows(list(page), programme, form.now),
        "rates": _rates(form, county),
        "panels": read_panels(programme, sites, request.user, "site"),
        "rectifications": [(item, item.mark(today)) for item in overdue[:ITEMS]],
        "trend": trend_rows(ends, address, **query),
    }


def _rates(form: PlaceForm, county: Organization) -> list[dict]:
    """Nothing where no report counts to the county."""
    if form.places.chosen.pk != county.pk:
        return []
    return rate_cells(form, board(form.here(), form.places, form.now).total)
