"""Who may see and who may enter 工作经费. Scope itself is `visible_to`."""

from funding.models.workfund import LEVELS
from organizations.models import Role
from projects.rules.base import within

ENTERING = {Role.COUNTY_REVIEWER, Role.CITY_STAFF}


def can_enter_work_funds(user, organization=None) -> bool:
    """A county enters for itself and all below; the city may enter and put right everywhere in its part. Townships
    and villages read: their money is booked at the county."""
    if not user.is_active or user.role not in ENTERING:
        return False
    return organization is None or (organization.level in LEVELS and within(user, organization))


def can_set_standards(user, standard=None) -> bool:
    """The city sets the standards of its part."""
    is_city = user.is_active and user.role == Role.CITY_STAFF
    return is_city and (standard is None or within(user, standard.organization))
