"""Who writes and who reads 绩效自评."""

from funding.rules import READERS
from organizations.models import Role
from projects.rules import can_manage_programme

VIEWERS = READERS - {Role.CADRE}  # a township has no form of its own


def can_view_evaluations(user, obj=None) -> bool:
    return user.is_active and user.role in VIEWERS


def can_evaluate(user, programme, organization=None) -> bool:
    """A county for itself, the city for the whole programme that it runs."""
    if organization is not None and organization.pk != user.organization_id:
        return False
    if user.is_active and user.role == Role.COUNTY_REVIEWER:
        return programme.organization.contains(user.organization.path)
    return can_manage_programme(user, programme) and programme.organization_id == user.organization_id


def can_write_evaluation(user, evaluation) -> bool:
    return can_evaluate(user, evaluation.programme, evaluation.organization) and not evaluation.is_confirmed
