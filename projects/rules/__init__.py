"""Who may do what with programmes, sites and reports. Pure functions; scope itself is `visible_to`."""

from projects.rules.base import can_view_in_admin, can_view_projects, desk_of
from projects.rules.meetings import can_manage_meeting, can_view_meeting_pack, can_view_meetings
from projects.rules.programmes import can_manage_programme, can_manage_stage
from projects.rules.rectifications import (
    can_answer_rectification,
    can_close_rectification,
    can_decide_extension,
    can_raise_rectification,
    can_review_rectification,
)
from projects.rules.reports import (
    can_correct_figure,
    can_fill_in_report,
    can_fill_in_reports,
    can_receive_reminders,
    can_review_report,
    can_unlock_report,
    can_urge,
    can_urge_report,
    can_view_stuck,
)
from projects.rules.sites import can_approve_site, can_approve_sites, can_manage_site, can_remove_site
from projects.rules.visits import can_change_visit, can_record_visit, visit_level_of

__all__ = [
    "can_answer_rectification",
    "can_approve_site",
    "can_approve_sites",
    "can_change_visit",
    "can_close_rectification",
    "can_correct_figure",
    "can_decide_extension",
    "can_fill_in_report",
    "can_fill_in_reports",
    "can_manage_meeting",
    "can_manage_programme",
    "can_manage_site",
    "can_manage_stage",
    "can_raise_rectification",
    "can_receive_reminders",
    "can_record_visit",
    "can_remove_site",
    "can_review_rectification",
    "can_review_report",
    "can_unlock_report",
    "can_urge",
    "can_urge_report",
    "can_view_in_admin",
    "can_view_meeting_pack",
    "can_view_meetings",
    "can_view_projects",
    "can_view_stuck",
    "desk_of",
    "visit_level_of",
]
