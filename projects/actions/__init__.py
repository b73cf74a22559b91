"""Every verb that changes programmes, sites and reports. Pages, admin, bulk actions and commands all call these."""

from projects.actions.archive import (
    Filing,
    add_annexes,
    add_to_archive,
    change_filing,
    export_archive,
    remove_from_archive,
)
from projects.actions.attachments import (
    add_attachment,
    add_meeting_attachment,
    add_training_attachment,
    add_visit_attachment,
    add_worklog_attachment,
    remove_attachment,
)
from projects.actions.bulletins import save_bulletin
from projects.actions.calendar import recompute_due_dates, remove_calendar_exception, save_calendar_exceptions
from projects.actions.calendar_feeds import renew_feed, stop_feed
from projects.actions.changes import ask_change, comment_change, grant_change, refuse_change
from projects.actions.deadlines import close_month, correct_figure, unlock_report
from projects.actions.duties import assign_contacts, remove_duty, save_duty
from projects.actions.evidence import add_evidence, remove_evidence
from projects.actions.groups import (
    appoint_members,
    correct_member,
    disband_group,
    establish_group,
    leave_group,
    take_over,
)
from projects.actions.lights import change_light_rule, offer_usual_lights
from projects.actions.locking import StaleReportError
from projects.actions.meetings import finish_meeting, save_meeting
from projects.actions.nominations import (
    decline_nomination,
    pass_check,
    propose_site,
    recommend_site,
    record_check,
    return_nomination,
    save_nomination,
    submit_nomination,
)
from projects.actions.notes import add_note, add_to_worklog, change_note, remove_note
from projects.actions.plans import approve_plan, return_plan, save_plan, submit_plan
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
from projects.actions.replans import ask_replan, grant_replan, refuse_replan, replan, replan_all
from projects.actions.reports import ReportContent, save_report, submit_report
from projects.actions.reviews import (
    keep_open,
    open_report,
    pass_report,
    pass_report_in_batch,
    return_report,
    withdraw_report,
)
from projects.actions.schedule import complete_stage, confirm_plan, move_stage, reopen_stage
from projects.actions.sites import add_site, approve_site, change_site, remove_site
from projects.actions.standards import next_version, publish_standard
from projects.actions.trainings import record_attendance, remove_training, save_training
from projects.actions.visits import add_visit, change_visit, remove_visit

__all__ = [
    "Filing",
    "ReportContent",
    "StaleReportError",
    "add_annexes",
    "add_attachment",
    "add_evidence",
    "add_meeting_attachment",
    "add_note",
    "add_record",
    "add_records",
    "add_site",
    "add_to_archive",
    "add_to_worklog",
    "add_training_attachment",
    "add_visit",
    "add_visit_attachment",
    "add_worklog_attachment",
    "appoint_members",
    "approve_plan",
    "approve_site",
    "ask_change",
    "ask_extension",
    "ask_replan",
    "assign_contacts",
    "change_filing",
    "change_light_rule",
    "change_note",
    "change_record",
    "change_site",
    "change_visit",
    "close_month",
    "close_rectification",
    "comment_change",
    "complete_stage",
    "confirm_plan",
    "copy_programme",
    "correct_figure",
    "correct_member",
    "decline_nomination",
    "disband_group",
    "establish_group",
    "export_archive",
    "finish_meeting",
    "grant_change",
    "grant_extension",
    "grant_replan",
    "keep_open",
    "leave_group",
    "mark_seen",
    "move_stage",
    "next_version",
    "offer_usual_lights",
    "offer_usual_words",
    "open_report",
    "pass_check",
    "pass_report",
    "pass_report_in_batch",
    "propose_site",
    "publish_standard",
    "raise_rectification",
    "recommend_site",
    "recompute_due_dates",
    "record_attendance",
    "record_check",
    "refuse_change",
    "refuse_extension",
    "refuse_replan",
    "remove_attachment",
    "remove_calendar_exception",
    "remove_duty",
    "remove_evidence",
    "remove_from_archive",
    "remove_note",
    "remove_record",
    "remove_site",
    "remove_training",
    "remove_visit",
    "renew_feed",
    "reopen_stage",
    "replan",
    "replan_all",
    "return_nomination",
    "return_plan",
    "return_rectification",
    "return_report",
    "save_bulletin",
    "save_calendar_exceptions",
    "save_duty",
    "save_meeting",
    "save_nomination",
    "save_plan",
    "save_report",
    "save_training",
    "send_due_reminders",
    "stop_feed",
    "submit_nomination",
    "submit_plan",
    "submit_rectification",
    "submit_report",
    "take_over",
    "unlock_report",
    "urge_report",
    "withdraw_report",
]
