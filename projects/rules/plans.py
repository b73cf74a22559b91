"""Implementation plans: each level writes its own, the county approves those of its sites, the city all."""

from organizations.models import Role
from projects.models import ImplementationPlan
from projects.rules.base import within
from projects.rules.groups import speaks_for
from projects.rules.programmes import can_manage_programme


def can_write_plan(user, plan: ImplementationPlan) -> bool:
    if plan.site_id:
        return user.is_active and user.role == Role.CADRE and within(user, plan.organization)
    return speaks_for(user, plan.programme, plan.organization)


def can_decide_plan(user, plan: ImplementationPlan) -> bool:
    """Nobody decides on what they wrote or sent: the city's plan takes two of its staff."""
    if user.pk in {plan.saved_by_id, plan.submitted_by_id} or not within(user, plan.organization):
        return False
    at_county = plan.site_id is not None and user.is_active and user.role == Role.COUNTY_REVIEWER
    return at_county or can_manage_programme(user, plan.programme)
