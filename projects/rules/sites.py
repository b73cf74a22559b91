"""Sites: entering, approving, taking back."""

from projects.models import ProjectSite
from projects.rules.base import within
from projects.rules.programmes import can_manage_programme


def can_manage_site(user, obj: ProjectSite | None = None) -> bool:
    """Who runs the programme enters and approves its sites. An approved one is frozen; what follows is reported."""
    if obj is None:
        return can_manage_programme(user)
    return can_manage_programme(user, obj.programme) and not obj.is_approved and within(user, obj.organization)


def can_remove_site(user, obj: ProjectSite | None = None) -> bool:
    """A nomination that was withdrawn may go, one by one; what has been approved stays."""
    return obj is not None and can_manage_site(user, obj)


def can_approve_sites(user) -> bool:
    """Whose work it is to approve; whether one site can be approved is `can_approve_site`."""
    return can_manage_site(user)


def can_approve_site(user, site: ProjectSite) -> bool:
    return can_manage_site(user, site)
