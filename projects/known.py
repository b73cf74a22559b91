"""What counts at a moment: the one place that says which reports and which figures a roll-up may use."""

from datetime import datetime

from django.db.models import F

from projects.models import ReportFigure
from projects.models.report import standing
from projects.states import SUBMITTED


def counted_reports(reports, moment: datetime, *, unreviewed: bool = False):
    """Those accepted by the moment; with `unreviewed` also those that wait for a decision now."""
    return reports.filter(status__in=sorted(SUBMITTED)) if unreviewed else reports.filter(standing(moment)["accepted"])


def known_figures(reports, moment: datetime):
    """The figures of the reports, each with `known`: what it was taken to be at the moment.

    Figures of an accepted report don't change; corrections (补正), once there are any, come in here.
    """
    return ReportFigure.objects.filter(report__in=reports).annotate(known=F("value"))
