"""The responsibility table and the posts that keep in touch with the sites."""

from organizations.models import Role
from projects.models import ContactKind, Duty, ProjectSite
from projects.rules.base import within
from projects.rules.programmes import can_manage_programme


def can_manage_duties(user) -> bool:
    """Whose work it is at all; one row is `can_manage_duty`."""
    return user.is_active and user.role in {Role.CITY_STAFF, Role.COUNTY_REVIEWER}


def can_manage_duty(user, duty: Duty) -> bool:
    """Who runs the programme divides its work; the county that of the sites in it."""
    if can_manage_programme(user, duty.programme):
        return True
    return can_manage_duties(user) and duty.site is not None and within(user, duty.site.organization)


def can_assign_contact(user, site: ProjectSite, kind: str) -> bool:
    """The city names its own departments; the post in the county is named there, or by the city."""
    if not site.is_approved or not within(user, site.organization):
        return False
    is_county = can_manage_duties(user) and user.role == Role.COUNTY_REVIEWER
    return can_manage_programme(user, site.programme) or (kind == ContactKind.COUNTY and is_county)
