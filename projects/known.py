"""What counts at a moment: the one place that says which reports and which figures a roll-up may use."""

from datetime import datetime

from django.db.models import F, Q

from projects.models import ReportFigure
from projects.models.report import accepted_by
from projects.states import SUBMITTED


def counts(moment: datetime, *, unreviewed: bool = False, prefix: str = "") -> Q:
    """Whether a report counts: accepted by the moment; with `unreviewed` also those that wait for a decision now.
    `prefix` leads to the report, as in "report__"."""
    return Q(**{f"{prefix}status__in": sorted(SUBMITTED)}) if unreviewed else accepted_by(moment, prefix)


def known_figures(reports, moment: datetime):
    """The figures of the reports, each with `known`: what it was taken to be at the moment.

    Figures of an accepted report don't change; corrections (补正), once there are any, come in here.
    """
    return ReportFigure.objects.filter(report__in=reports).annotate(known=F("value"))
