"""Every verb that changes programmes, sites and reports. Pages, admin, bulk actions and commands all call these."""

from projects.actions.attachments import add_attachment, add_visit_attachment, remove_attachment
from projects.actions.calendar import recompute_due_dates, remove_calendar_exception, save_calendar_exceptions
from projects.actions.deadlines import close_month, correct_figure, unlock_report
from projects.actions.evidence import add_evidence, remove_evidence
from projects.actions.lights import change_light_rule, offer_usual_lights
from projects.actions.locking import StaleReportError
from projects.actions.meetings import finish_meeting, save_meeting
from projects.actions.programmes import copy_programme, offer_usual_words
from projects.actions.records import add_record, add_records, change_record, remove_record
from projects.actions.rectifications import (
    ask_extension,
    close_rectification,
    grant_extension,
    raise_rectification,
    refuse_extension,
    return_rectification,
    submit_rectification,
)
from projects.actions.reminders import mark_seen, send_due_reminders, urge_report
from projects.actions.reports import ReportContent, save_report, submit_report
from projects.actions.reviews import (
    keep_open,
    open_report,
    pass_report,
    pass_report_in_batch,
    return_report,
    withdraw_report,
)
from projects.actions.sites import add_site, approve_site, change_site, remove_site
from projects.actions.visits import add_visit, change_visit, remove_visit

__all__ = [
    "ReportContent",
    "StaleReportError",
    "add_attachment",
    "add_evidence",
    "add_record",
    "add_records",
    "add_site",
    "add_visit",
    "add_visit_attachment",
    "approve_site",
    "ask_extension",
    "change_light_rule",
    "change_record",
    "change_site",
    "change_visit",
    "close_month",
    "close_rectification",
    "copy_programme",
    "correct_figure",
    "finish_meeting",
    "grant_extension",
    "keep_open",
    "mark_seen",
    "offer_usual_lights",
    "offer_usual_words",
    "open_report",
    "pass_report",
    "pass_report_in_batch",
    "raise_rectification",
    "recompute_due_dates",
    "refuse_extension",
    "remove_attachment",
    "remove_calendar_exception",
    "remove_evidence",
    "remove_record",
    "remove_site",
    "remove_visit",
    "return_rectification",
    "return_report",
    "save_calendar_exceptions",
    "save_meeting",
    "save_report",
    "send_due_reminders",
    "submit_rectification",
    "submit_report",
    "unlock_report",
    "urge_report",
    "withdraw_report",
]
