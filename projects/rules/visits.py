"""Guidance visits."""

from organizations.models import Role
from projects.models import GuidanceVisit, ProjectSite, VisitLevel
from projects.rules.base import within


def visit_level_of(user) -> VisitLevel | None:
    """In whose name the user visits sites."""
    levels = {Role.CITY_STAFF: VisitLevel.CITY, Role.COUNTY_REVIEWER: VisitLevel.COUNTY}
    return levels.get(user.role) if user.is_active else None


def can_record_visit(user, site: ProjectSite) -> bool:
    """Who visits writes the note: city staff and county reviewers, each in the own part of the tree."""
    return visit_level_of(user) is not None and site.is_approved and within(user, site.organization)


def can_change_visit(user, visit: GuidanceVisit) -> bool:
    """The post that went there, not only the person."""
    return can_record_visit(user, visit.site) and visit.level == visit_level_of(user)
