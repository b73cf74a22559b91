"""Programmes and their stages."""

from organizations.models import Role
from projects.models import Programme, ProgrammeStage
from projects.rules.base import within


def can_manage_programme(user, obj: Programme | None = None) -> bool:
    """City staff set up their own city's programmes; the province's they only see."""
    return user.is_active and user.role == Role.CITY_STAFF and (obj is None or within(user, obj.organization))


def can_manage_stage(user, obj: ProgrammeStage | None = None) -> bool:
    return can_manage_programme(user, obj and obj.programme)
