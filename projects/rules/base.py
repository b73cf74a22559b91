"""What every rule asks: the post, the desk, the part of the tree."""

from organizations.models import Role
from projects.states import ReviewDesk

READERS = {Role.CITY_STAFF, Role.COUNTY_REVIEWER, Role.AUDITOR}
ROLE_AT_DESK = {ReviewDesk.COUNTY: Role.COUNTY_REVIEWER, ReviewDesk.CITY: Role.CITY_STAFF}


def desk_of(user) -> ReviewDesk | None:
    """The desk at which the user reviews."""
    return next((desk for desk, role in ROLE_AT_DESK.items() if role == user.role), None)


def can_view_in_admin(user, obj=None) -> bool:
    return user.is_active and user.role in READERS


def can_view_projects(user, obj=None) -> bool:
    """Programmes, sites and progress within scope; system administrators look after accounts, not business data."""
    return user.is_active and user.role != Role.SYSTEM_ADMIN


def within(user, organization) -> bool:
    return user.scope_path is not None and organization.path.startswith(user.scope_path)
