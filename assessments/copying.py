"""Next year's programme begins with this year's rubrics as drafts, and the same rule of the annual assessment.
Registered by assessments/apps.py."""

from assessments.actions import copy_rubric
from assessments.models import AnnualRule, Rubric
from projects.actions.programmes import ALSO_COPIED
from projects.models import Programme


def copy_assessment(programme: Programme, copy: Programme, *, by) -> None:
    """Of each creation type the version in force, or its draft where nothing has been published."""
    kinds = {kind.name: kind for kind in copy.creation_types.all()}
    for kind in programme.creation_types.all():
        rubric = Rubric.objects.all().in_force(kind.pk) or kind.rubrics.first()
        if rubric:
            copy_rubric(rubric, kinds[kind.name], by=by)
    if rule := AnnualRule.objects.filter(programme=programme).first():
        AnnualRule.objects.create(programme=copy, trigger=rule.trigger, percent=rule.percent)


ALSO_COPIED.append(copy_assessment)
