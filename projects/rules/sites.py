"""Sites: entering, approving, taking back."""

from projects.models import ProjectSite
from projects.rules.base import within
from projects.rules.programmes import can_manage_programme


def can_manage_site(user, obj: ProjectSite | None = None) -> bool:
    """Who runs the programme enters its sites and puts them right until they are approved or declined. An approved one
    is frozen: what follows is reported, or asked for (变更申请)."""
    if obj is None:
        return can_manage_programme(user)
    return can_manage_programme(user, obj.programme) and not obj.is_settled and within(user, obj.organization)


def can_remove_site(user, obj: ProjectSite | None = None) -> bool:
    """An entry that was never submitted may go, one by one; what has been submitted stays."""
    return obj is not None and can_manage_site(user, obj)


def can_approve_sites(user) -> bool:
    """Whose work it is to record the province's decision; of one site that is `can_approve_site`."""
    return can_manage_site(user)


def can_approve_site(user, site: ProjectSite) -> bool:
    return can_manage_site(user, site)
