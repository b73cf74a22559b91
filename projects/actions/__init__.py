"""Every verb that changes programmes, sites and reports. Pages, admin, bulk actions and commands all call these."""

from projects.actions.deadlines import (
    close_month,
    correct_figure,
    recompute_after_calendar_change,
    recompute_due_dates,
    unlock_report,
)
from projects.actions.programmes import copy_programme
from projects.actions.reports import ReportContent, pass_report, return_report, save_report, submit_report
from projects.actions.sites import add_site, approve_site, change_site, remove_site

__all__ = [
    "ReportContent",
    "add_site",
    "approve_site",
    "change_site",
    "close_month",
    "copy_programme",
    "correct_figure",
    "pass_report",
    "recompute_after_calendar_change",
    "recompute_due_dates",
    "remove_site",
    "return_report",
    "save_report",
    "submit_report",
    "unlock_report",
]
