"""Next year's programme asks for the same indicators. Registered by funding/apps.py."""

from projects.actions.programmes import ALSO_COPIED
from projects.models import Measure, Programme


def copy_indicators(programme: Programme, copy: Programme, *, by) -> None:
    measures = {_key(measure): measure for measure in copy.measures.all()}
    for indicator in programme.evaluation_indicators.select_related("measure"):
        indicator.pk, indicator.programme = None, copy
        indicator.measure = indicator.measure and measures[_key(indicator.measure)]
        indicator.save(force_insert=True)


def _key(measure: Measure) -> tuple:
    return measure.section, measure.name, measure.unit


ALSO_COPIED.append(copy_indicators)
