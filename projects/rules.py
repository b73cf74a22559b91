"""Who may do what with programmes, sites and reports. Pure functions; scope itself is `visible_to`."""

from organizations.models import Role
from projects.models import MonthlyReport, ProjectSite
from projects.states import ReviewDesk

READERS = {Role.CITY_STAFF, Role.COUNTY_REVIEWER, Role.AUDITOR}
ROLE_AT_DESK = {ReviewDesk.COUNTY: Role.COUNTY_REVIEWER, ReviewDesk.CITY: Role.CITY_STAFF}


def desk_of(user) -> ReviewDesk | None:
    """The desk at which the user reviews."""
    return next((desk for desk, role in ROLE_AT_DESK.items() if role == user.role), None)


def can_view_in_admin(user, obj=None) -> bool:
    return user.is_active and user.role in READERS


def can_manage_programme(user, obj=None) -> bool:
    return user.is_active and user.role == Role.CITY_STAFF


def can_manage_site(user, obj: ProjectSite | None = None) -> bool:
    """An approved site is frozen; what follows goes through the reports."""
    return user.is_active and user.role == Role.CITY_STAFF and (obj is None or not obj.is_approved)


def can_approve_site(user, site: ProjectSite) -> bool:
    return can_manage_site(user, site) and site.organization.path.startswith(user.scope_path)


def can_fill_in_report(user, report: MonthlyReport) -> bool:
    """A cadre of the township or village writes the reports of the sites in the own subtree."""
    return user.is_active and user.role == Role.CADRE and _in_scope(user, report)


def can_review_report(user, report: MonthlyReport) -> bool:
    """The role at the desk on which the report lies; nobody reviews what they submitted."""
    if report.desk is None or user.pk == report.submitted_by_id:
        return False
    return user.is_active and user.role == ROLE_AT_DESK[report.desk] and _in_scope(user, report)


def _in_scope(user, report: MonthlyReport) -> bool:
    return user.scope_path is not None and report.site.organization.path.startswith(user.scope_path)
