"""Who may open the project pages at all; which rows they see there is `visible_to`."""

from functools import wraps

from django.core.exceptions import PermissionDenied

from projects import rules


def project_page(view):
    """403 for those whose post has nothing to do with projects."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not rules.can_view_projects(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
