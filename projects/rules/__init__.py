"""Who may do what with programmes, sites and reports. Pure functions; scope itself is `visible_to`."""

from projects.rules.archive import can_file, can_manage_standard, can_refile, can_unfile
from projects.rules.base import can_view_in_admin, can_view_projects, desk_of
from projects.rules.duties import can_assign_contact, can_manage_duties, can_manage_duty
from projects.rules.groups import can_manage_group, can_manage_teams, speaks_for
from projects.rules.meetings import can_manage_meeting, can_view_meeting_pack, can_view_meetings
from projects.rules.nominations import (
    can_ask_change,
    can_check_site,
    can_comment_change,
    can_decide_change,
    can_propose_site,
    can_recommend_site,
    can_send_back_site,
    can_view_nomination_board,
    can_write_nomination,
)
from projects.rules.notes import can_change_note, can_manage_bulletin, can_write_note, can_write_notes
from projects.rules.plans import can_decide_plan, can_write_plan
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
from projects.rules.schedule import (
    can_ask_replan,
    can_complete_stage,
    can_confirm_plan,
    can_decide_replan,
    can_move_stage,
    can_plan_site,
    can_reopen_stage,
    can_replan,
    can_subscribe,
)
from projects.rules.sites import can_approve_site, can_approve_sites, can_manage_site, can_remove_site
from projects.rules.trainings import can_record_training, training_levels_of
from projects.rules.visits import can_change_visit, can_record_visit, visit_level_of

__all__ = [
    "can_answer_rectification",
    "can_approve_site",
    "can_approve_sites",
    "can_ask_change",
    "can_ask_replan",
    "can_assign_contact",
    "can_change_note",
    "can_change_visit",
    "can_check_site",
    "can_close_rectification",
    "can_comment_change",
    "can_complete_stage",
    "can_confirm_plan",
    "can_correct_figure",
    "can_decide_change",
    "can_decide_extension",
    "can_decide_plan",
    "can_decide_replan",
    "can_file",
    "can_fill_in_report",
    "can_fill_in_reports",
    "can_manage_bulletin",
    "can_manage_duties",
    "can_manage_duty",
    "can_manage_group",
    "can_manage_meeting",
    "can_manage_programme",
    "can_manage_site",
    "can_manage_stage",
    "can_manage_standard",
    "can_manage_teams",
    "can_move_stage",
    "can_plan_site",
    "can_propose_site",
    "can_raise_rectification",
    "can_receive_reminders",
    "can_recommend_site",
    "can_record_training",
    "can_record_visit",
    "can_refile",
    "can_remove_site",
    "can_reopen_stage",
    "can_replan",
    "can_review_rectification",
    "can_review_report",
    "can_send_back_site",
    "can_subscribe",
    "can_unfile",
    "can_unlock_report",
    "can_urge",
    "can_urge_report",
    "can_view_in_admin",
    "can_view_meeting_pack",
    "can_view_meetings",
    "can_view_nomination_board",
    "can_view_projects",
    "can_view_stuck",
    "can_write_nomination",
    "can_write_note",
    "can_write_notes",
    "can_write_plan",
    "desk_of",
    "speaks_for",
    "training_levels_of",
    "visit_level_of",
]
