"""Trainings of a programme."""

from organizations.models import Role
from projects.models import Training, TrainingLevel

LEVELS = {
    Role.CITY_STAFF: [TrainingLevel.CITY, TrainingLevel.PROVINCE],
    Role.COUNTY_REVIEWER: [TrainingLevel.COUNTY, TrainingLevel.TOWNSHIP],
}


def training_levels_of(user) -> list[TrainingLevel]:
    """Whose trainings the user enters: the city also the province's, the county also the townships'."""
    return LEVELS.get(user.role, []) if user.is_active else []


def can_record_training(user, training: Training | None = None) -> bool:
    """One that is there is changed by the office that entered it."""
    return bool(training_levels_of(user)) and (training is None or training.organization_id == user.organization_id)
