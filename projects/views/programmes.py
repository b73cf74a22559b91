from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from organizations.models import Level, Organization
from projects.models import Programme, ProjectSite
from projects.states import SiteStatus
from projects.views.access import project_page


@require_safe
@project_page
def programme_detail(request: HttpRequest, pk: int) -> HttpResponse:
    programmes = Programme.objects.visible_to(request.user).select_related("organization")
    programme = get_object_or_404(programmes, pk=pk)
    sites = ProjectSite.objects.visible_to(request.user).filter(programme=programme).running()
    context = {
        "programme": programme,
        "types": programme.creation_types.with_approved(within=request.user.scope_path),
        "stages": programme.stages.prefetch_related("tasks__creation_type", "outputs"),
        "measures": programme.measures.all(),
        "counties": counties_of(sites, request.user),
        "is_whole": programme.organization.path.startswith(request.user.scope_path),
    }
    return render(request, "projects/programme_detail.html", context)


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
