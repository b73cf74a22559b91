"""Who may open the project pages at all; which rows they see there is `visible_to`."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from projects import rules
from projects.models import MonthlyReport, ProjectSite, is_supplementary


def project_page(view):
    """403 for those whose post has nothing to do with projects."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not rules.can_view_projects(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def get_site(request: HttpRequest, pk: int) -> ProjectSite:
    """A site in the user's subtree, else 404."""
    sites = ProjectSite.objects.visible_to(request.user)
    return get_object_or_404(sites.select_related("programme__organization", "organization", "creation_type"), pk=pk)


def get_report(request: HttpRequest, pk: int) -> MonthlyReport:
    """A report in the user's subtree, else 404."""
    reports = MonthlyReport.objects.visible_to(request.user).annotate(is_supplementary=is_supplementary())
    return get_object_or_404(
        reports.select_related("site__programme", "site__organization", "site__creation_type", "submitted_by"), pk=pk
    )


def get_own_report(request: HttpRequest, pk: int) -> MonthlyReport:
    """A report that the user fills in; seen but not theirs to fill in is 403."""
    report = get_report(request, pk)
    if not rules.can_fill_in_report(request.user, report):
        raise PermissionDenied
    return report
