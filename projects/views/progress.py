from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fedwork import clock
from projects.filters import ProgressForm
from projects.progress import progress_matrix
from projects.views.access import project_page

SITES_PER_PAGE = 200


@require_safe
@project_page
def progress(request: HttpRequest) -> HttpResponse:
    """Sites against months for one programme, in scope; a fixed number of queries."""
    form = ProgressForm(request.GET, user=request.user)
    programme, sites, now = form.programme, form.sites(request.user), clock.now()
    page = Paginator(sites, SITES_PER_PAGE).get_page(request.GET.get("page"))
    months = programme.months() if programme else []
    context = {
        "form": form,
        "programme": programme,
        "county": form.chosen("county"),
        "page_obj": page,
        "matrix": progress_matrix(months, list(page), sites.order_by(), now, clock.today()),
        "now": now,
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "projects/progress.html", context)
