from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from fedwork import clock
from projects import rules
from projects.forms.filters import SiteFilterForm
from projects.models import ProjectSite
from projects.progress import site_progress
from projects.views.access import project_page
from projects.views.schedule import stage_panel

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
def site_detail(request: HttpRequest, pk: int) -> HttpResponse:
    sites = ProjectSite.objects.visible_to(request.user)
    site = get_object_or_404(
        sites.select_related("programme__organization", "creation_type", "organization", "approved_by", "standard"),
        pk=pk,
    )
    now, today = clock.now(), clock.today()
    context = {
        "site": site,
        "stages": site_progress(site, today),
        "reports": [(report, report.mark(now)) for report in site.reports.order_by("-month")],
        "rectifications": [(item, item.mark(today)) for item in site.rectifications.for_list()],
        "changes": site.changes.for_page(),
        "today": today,
        "can_ask_change": rules.can_ask_change(request.user, site),
        "can_manage": rules.can_manage_site(request.user, site),
        "can_raise": rules.can_raise_rectification(request.user, site),
        "can_visit": rules.can_record_visit(request.user, site),
        **stage_panel(request.user, site),
    }
    return render(request, "projects/site_detail.html", context)
