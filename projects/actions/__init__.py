"""Every verb that changes programmes, sites and reports. Pages, admin, bulk actions and commands all call these."""

from projects.actions.attachments import add_attachment, remove_attachment
from projects.actions.programmes import copy_programme
from projects.actions.reports import ReportContent, pass_report, return_report, save_report, submit_report
from projects.actions.sites import add_site, approve_site, change_site, remove_site

__all__ = [
    "ReportContent",
    "add_attachment",
    "add_site",
    "approve_site",
    "change_site",
    "copy_programme",
    "pass_report",
    "remove_attachment",
    "remove_site",
    "return_report",
    "save_report",
    "submit_report",
]
