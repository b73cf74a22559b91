"""Who gets what at which URL: one table, run in full. A URL without a row fails and prints the row to add.

Each row gives the statuses for the six roles in the order of ROLES: of a GET, or of an empty POST where a GET is not
allowed. A URL with an argument has three rows in one: the object lies in the cadre's township ("inside"), in the county
next door ("next"), in another city ("far").
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone

from assessments.actions import add_evidence_file, copy_rubric, open_round, propose_veto
from assessments.models import (
    Acceptance,
    AnnualAssessment,
    Objection,
    Publication,
    PublishedResult,
    RoundLevel,
    Rubric,
)
from fedwork import clock
from fedwork.received import receive
from funding.actions import (
    Deposit,
    add_entry_file,
    draft_allocation_table,
    enter_work_funds,
    reallocate,
    start_evaluation,
)
from funding.models import Claim, ClaimTerms, EntryFile, Reallocation, WorkFundEntry
from funding.states import EntryKind, FundSource
from organizations.models import AuditEvent, CalendarException, Level, OrganizationKind, Role
from projects.actions import (
    approve_site,
    ask_change,
    ask_replan,
    save_bulletin,
    save_duty,
    save_meeting,
    save_plan,
    save_training,
)
from projects.models import Bulletin, Inspection, Meeting, MonthClose, ScheduleItem, Training
from tests import factories
from tests.assessments import cast
from tests.funding import claims, ledger
from tests.projects.fieldnotes import OF_EACH, noted
from tests.projects.followup import raised
from tests.projects.nominated import new_change
from tests.walk import all_urls, names_with_arguments

ROLES = ["city_staff", "county_reviewer", "cadre", "leader", "auditor", "system_admin"]
PARTS = 4  # so that both cores have a part of it


@dataclass(frozen=True)
class Row:
    """Statuses such as "200 200 403 403 200 200", by role; `next` and `far` only for URLs with an argument."""

    inside: str
    next: str = ""
    far: str = ""
    method: str = "GET"

    def __str__(self) -> str:
        """As it stands in the table."""
        given = {"method": self.method} if self.method != "GET" else {}
        given |= {name: value for name in ["inside", "next", "far"] if (value := getattr(self, name))}
        arguments = ", ".join(f'{name}="{value}"' for name, value in given.items())
        return f"Row({arguments})"


TABLE: dict[str, Row] = {
    # 工作经费, 绩效自评
    "admin:funding_evaluatedprogramme_add": Row(inside="403 403 403 403 403 403"),
    "admin:funding_evaluatedprogramme_change": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:funding_evaluatedprogramme_changelist": Row(inside="200 200 403 403 200 403"),
    "admin:funding_evaluatedprogramme_delete": Row(
        inside="403 403 403 403 403 403", next="403 403 403 403 403 403", far="403 403 403 403 403 403"
    ),
    "admin:funding_evaluatedprogramme_history": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:funding_workfundstandard_add": Row(inside="200 403 403 403 403 403"),
    "admin:funding_workfundstandard_change": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:funding_workfundstandard_changelist": Row(inside="200 200 403 403 200 403"),
    "admin:funding_workfundstandard_delete": Row(
        inside="200 403 403 403 403 403", next="200 403 403 403 403 403", far="404 403 403 403 403 403"
    ),
    "admin:funding_workfundstandard_history": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "funding:evaluation_confirm": Row(
        method="POST", inside="404 302 403 404 403 403", next="404 404 403 404 403 403", far="404 404 403 404 404 403"
    ),
    "funding:evaluation_detail": Row(
        inside="404 200 403 404 200 403", next="404 404 403 404 200 403", far="404 404 403 404 404 403"
    ),
    "funding:evaluation_edit": Row(
        inside="404 200 403 404 403 403", next="404 404 403 404 403 403", far="404 404 403 404 404 403"
    ),
    "funding:evaluation_excel": Row(
        inside="404 200 403 404 200 403", next="404 404 403 404 200 403", far="404 404 403 404 404 403"
    ),
    "funding:evaluation_list": Row(inside="200 200 403 200 200 403"),
    "funding:evaluation_start": Row(
        method="POST", inside="302 302 403 403 403 403", next="302 302 403 403 403 403", far="404 404 403 404 404 403"
    ),
    "funding:workfund_board": Row(inside="200 200 200 200 200 403"),
    "funding:workfund_detail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "funding:workfund_excel": Row(inside="200 200 200 200 200 403"),
    "funding:workfund_grid": Row(
        inside="200 200 403 403 403 403", next="200 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:workfund_import": Row(
        inside="200 200 403 403 403 403", next="200 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:workfund_reverse": Row(
        method="POST", inside="200 200 403 403 403 403", next="200 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:workfund_template": Row(
        inside="200 200 403 403 403 403", next="200 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    # Deadlines: the working calendar, due dates, unlocking, month close, corrections
    "admin:organizations_calendarexception_add": Row(inside="200 403 403 403 403 200"),
    "admin:organizations_calendarexception_change": Row(
        inside="200 403 403 403 200 200", next="200 403 403 403 200 200", far="200 403 403 403 200 200"
    ),
    "admin:organizations_calendarexception_changelist": Row(inside="200 403 403 403 200 200"),
    "admin:organizations_calendarexception_delete": Row(
        inside="200 403 403 403 403 200", next="200 403 403 403 403 200", far="200 403 403 403 403 200"
    ),
    "admin:organizations_calendarexception_history": Row(
        inside="200 403 403 403 200 200", next="200 403 403 403 200 200", far="200 403 403 403 200 200"
    ),
    "admin:projects_monthclose_add": Row(inside="403 403 403 403 403 403"),
    "admin:projects_monthclose_change": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_monthclose_changelist": Row(inside="200 200 403 403 200 403"),
    "admin:projects_monthclose_close": Row(
        inside="200 403 403 403 403 403", next="200 403 403 403 403 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_monthclose_delete": Row(
        inside="403 403 403 403 403 403", next="403 403 403 403 403 403", far="403 403 403 403 403 403"
    ),
    "admin:projects_monthclose_history": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_monthlyreport_correct": Row(
        inside="200 403 403 403 403 403", next="200 404 403 403 403 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_monthlyreport_unlock": Row(
        inside="200 403 403 403 403 403", next="200 404 403 403 403 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_programme_due_preview": Row(inside="200 403 403 403 403 403"),
    # Follow-up: rectifications and meetings
    "projects:meeting_add": Row(inside="404 403 403 403 403 403"),
    "projects:meeting_circular": Row(
        inside="200 403 403 200 200 403", next="200 403 403 200 200 403", far="404 404 403 404 404 403"
    ),
    "projects:meeting_detail": Row(
        inside="200 200 403 200 200 403", next="200 200 403 200 200 403", far="404 404 403 404 404 403"
    ),
    "projects:meeting_edit": Row(
        inside="200 403 403 403 403 403", next="200 403 403 403 403 403", far="404 404 403 404 404 403"
    ),
    "projects:meeting_attach": Row(
        method="POST", inside="302 403 403 403 403 403", next="302 403 403 403 403 403", far="404 404 403 404 404 403"
    ),
    "projects:meeting_finish": Row(
        method="POST", inside="302 403 403 403 403 403", next="302 403 403 403 403 403", far="404 404 403 404 404 403"
    ),
    "projects:meeting_list": Row(inside="200 200 403 200 200 403"),
    "projects:meeting_minutes": Row(
        inside="200 403 403 200 200 403", next="200 403 403 200 200 403", far="404 404 403 404 404 403"
    ),
    "projects:meeting_pack": Row(
        inside="200 403 403 200 200 403", next="200 403 403 200 200 403", far="404 404 403 404 404 403"
    ),
    "projects:rectification_add": Row(inside="200 200 403 403 403 403"),
    "projects:rectification_ask": Row(
        method="POST", inside="403 403 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:rectification_close": Row(
        method="POST", inside="200 403 403 403 403 403", next="200 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:rectification_detail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:rectification_evidence": Row(
        method="POST", inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:rectification_excel": Row(inside="200 200 200 200 200 403"),
    "projects:rectification_grant": Row(
        method="POST", inside="200 403 403 403 403 403", next="200 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:rectification_list": Row(inside="200 200 200 200 200 403"),
    "projects:rectification_refuse": Row(
        method="POST", inside="200 403 403 403 403 403", next="200 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:rectification_return": Row(
        method="POST", inside="200 403 403 403 403 403", next="200 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:rectification_submit": Row(
        method="POST", inside="403 403 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    # Nomination and requests for changes
    "projects:change_add": Row(
        inside="403 200 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:change_comment": Row(
        method="POST", inside="403 422 403 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:change_detail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:change_grant": Row(
        method="POST", inside="422 403 403 403 403 403", next="422 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:change_list": Row(inside="200 200 200 200 200 403"),
    "projects:change_refuse": Row(
        method="POST", inside="422 403 403 403 403 403", next="422 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:nomination_add": Row(inside="403 200 200 403 403 403"),
    "projects:nomination_approve": Row(
        method="POST", inside="422 403 403 403 403 403", next="422 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:nomination_board": Row(inside="200 200 403 200 200 403"),
    "projects:nomination_check": Row(
        method="POST", inside="422 403 403 403 403 403", next="422 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:nomination_decline": Row(
        method="POST", inside="422 422 403 403 403 403", next="422 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:nomination_detail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:nomination_edit": Row(
        inside="302 302 302 403 403 403", next="302 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:nomination_excel": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:nomination_list": Row(inside="200 200 200 200 200 403"),
    "projects:nomination_pass": Row(
        method="POST", inside="422 403 403 403 403 403", next="422 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:nomination_print": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:nomination_recommend": Row(
        method="POST", inside="403 422 403 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:nomination_register": Row(inside="200 200 200 200 200 403"),
    "projects:nomination_return": Row(
        method="POST", inside="422 422 403 403 403 403", next="422 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:nomination_submit": Row(
        method="POST", inside="302 302 302 403 403 403", next="302 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    # Schedule: timelines, stages, re-planning, calendar feeds
    "projects:calendar_feed": Row(
        inside="404 404 404 404 404 404", next="404 404 404 404 404 404", far="404 404 404 404 404 404"
    ),
    "projects:calendar_renew": Row(method="POST", inside="200 200 200 200 200 200"),
    "projects:calendar_settings": Row(inside="200 200 200 200 200 200"),
    "projects:calendar_stop": Row(method="POST", inside="302 302 302 302 302 302"),
    "projects:replan_ask": Row(
        inside="200 200 200 403 403 403", next="200 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:replan_bulk": Row(
        inside="200 403 403 403 403 403", next="200 403 403 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:replan_grant": Row(
        method="POST", inside="302 403 403 403 403 403", next="302 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:replan_list": Row(inside="200 200 200 200 200 403"),
    "projects:replan_refuse": Row(
        method="POST", inside="302 403 403 403 403 403", next="302 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:schedule_board": Row(inside="200 200 200 200 200 403"),
    "projects:schedule_board_excel": Row(inside="200 200 200 200 200 403"),
    "projects:schedule_confirm": Row(
        method="POST", inside="403 302 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:schedule_excel": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:schedule_site": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:stage_complete": Row(
        method="POST", inside="302 302 403 403 403 403", next="302 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:stage_move": Row(
        method="POST", inside="302 403 403 403 403 403", next="302 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:stage_reopen": Row(
        method="POST", inside="302 403 403 403 403 403", next="302 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    # Archive, creation standards, handbook
    "admin:projects_creationstandard_add": Row(inside="200 403 403 403 403 403"),
    "admin:projects_creationstandard_change": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_creationstandard_changelist": Row(inside="200 200 403 403 200 403"),
    "admin:projects_creationstandard_delete": Row(
        inside="403 403 403 403 403 403", next="403 403 403 403 403 403", far="404 403 403 403 403 403"
    ),
    "admin:projects_creationstandard_history": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "projects:archive_add": Row(
        method="POST", inside="422 422 422 403 403 403", next="422 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:archive_annex": Row(
        method="POST", inside="422 403 422 403 403 403", next="422 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:archive_catalogue": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:archive_excel": Row(inside="200 200 200 200 200 403"),
    "projects:archive_item": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:archive_list": Row(inside="200 200 200 200 200 403"),
    "projects:archive_package": Row(
        method="POST", inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:archive_programme": Row(
        inside="200 200 200 200 200 403", next="200 200 200 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:archive_programme_add": Row(
        method="POST", inside="422 403 403 403 403 403", next="422 403 403 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:archive_refile": Row(
        method="POST", inside="422 403 422 403 403 403", next="422 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:archive_remove": Row(
        method="POST", inside="422 403 422 403 403 403", next="422 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:archive_site": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:programme_handbook": Row(
        inside="200 200 200 200 200 403", next="200 200 200 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:programme_standards": Row(
        inside="200 200 200 200 200 403", next="200 200 200 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:standard_detail": Row(
        inside="200 200 200 200 200 403", next="200 200 200 200 200 403", far="404 404 404 404 404 403"
    ),
    # Leading groups, responsibilities, plans
    "admin:projects_duty_add": Row(inside="403 403 403 403 403 403"),
    "admin:projects_duty_change": Row(
        inside="200 200 403 403 200 403", next="200 404 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_duty_changelist": Row(inside="200 200 403 403 200 403"),
    "admin:projects_duty_delete": Row(
        inside="403 403 403 403 403 403", next="403 403 403 403 403 403", far="403 403 403 403 403 403"
    ),
    "admin:projects_duty_history": Row(
        inside="200 200 403 403 200 403", next="200 404 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_implementationplan_add": Row(inside="403 403 403 403 403 403"),
    "admin:projects_implementationplan_change": Row(
        inside="200 200 403 403 200 403", next="200 404 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_implementationplan_changelist": Row(inside="200 200 403 403 200 403"),
    "admin:projects_implementationplan_delete": Row(
        inside="403 403 403 403 403 403", next="403 403 403 403 403 403", far="403 403 403 403 403 403"
    ),
    "admin:projects_implementationplan_history": Row(
        inside="200 200 403 403 200 403", next="200 404 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_leadinggroup_add": Row(inside="403 403 403 403 403 403"),
    "admin:projects_leadinggroup_change": Row(
        inside="200 200 403 403 200 403", next="200 404 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_leadinggroup_changelist": Row(inside="200 200 403 403 200 403"),
    "admin:projects_leadinggroup_delete": Row(
        inside="403 403 403 403 403 403", next="403 403 403 403 403 403", far="403 403 403 403 403 403"
    ),
    "admin:projects_leadinggroup_history": Row(
        inside="200 200 403 403 200 403", next="200 404 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "projects:contact_assign": Row(inside="404 404 403 403 403 403"),
    "projects:duty_add": Row(inside="404 404 403 403 403 403"),
    "projects:duty_edit": Row(
        inside="200 200 403 403 403 403", next="200 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:duty_excel": Row(inside="200 200 200 200 200 403"),
    "projects:duty_list": Row(inside="200 200 200 200 200 403"),
    "projects:duty_print": Row(inside="200 200 200 200 200 403"),
    "projects:duty_remove": Row(
        method="POST", inside="302 302 403 403 403 403", next="302 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:group_add": Row(inside="404 404 404 404 404 403"),
    "projects:group_appoint": Row(
        inside="403 200 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:group_chart": Row(inside="200 200 200 200 200 403"),
    "projects:group_detail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:group_disband": Row(
        inside="403 200 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:group_member_correct": Row(
        inside="403 200 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:group_member_leave": Row(
        inside="403 200 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:group_take_over": Row(
        inside="403 200 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:group_word": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:plan_add": Row(inside="404 404 404 404 404 403"),
    "projects:plan_approve": Row(
        method="POST", inside="422 422 403 403 403 403", next="422 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:plan_detail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:plan_edit": Row(
        inside="403 403 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:plan_list": Row(inside="200 200 200 200 200 403"),
    "projects:plan_print": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:plan_return": Row(
        method="POST", inside="422 422 403 403 403 403", next="422 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:plan_submit": Row(
        method="POST", inside="403 403 422 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:plan_word": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    # Lights, and the pages of site, county and programme
    "admin:projects_lightrule_add": Row(inside="403 403 403 403 403 403"),
    "admin:projects_lightrule_change": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_lightrule_changelist": Row(inside="200 200 403 403 200 403"),
    "admin:projects_lightrule_delete": Row(
        inside="403 403 403 403 403 403", next="403 403 403 403 403 403", far="403 403 403 403 403 403"
    ),
    "admin:projects_lightrule_edit": Row(
        inside="200 403 403 403 403 403", next="200 403 403 403 403 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_lightrule_history": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "projects:county_detail": Row(
        inside="200 200 404 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:light_excel": Row(inside="200 200 200 200 200 403"),
    "projects:light_list": Row(inside="200 200 200 200 200 403"),
    # The ledger: the board of what has arrived, account books, entries
    "admin:funding_ledgerentry_change": Row(
        inside="200 200 403 403 200 403", next="200 404 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:funding_ledgerentry_changelist": Row(inside="200 200 403 403 200 403"),
    "funding:board": Row(inside="200 200 200 200 200 403"),
    "funding:board_excel": Row(inside="200 200 200 200 200 403"),
    "funding:entry_add": Row(
        inside="200 200 403 403 403 403", next="200 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:entry_detail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "funding:entry_reverse": Row(
        method="POST", inside="200 200 403 403 403 403", next="200 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:site_book": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    # The ledger: scans, register, import, reallocations
    "funding:entry_attach": Row(
        method="POST", inside="302 302 403 403 403 403", next="302 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:entry_file": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "funding:entry_file_remove": Row(
        method="POST", inside="403 403 403 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:entry_import": Row(
        inside="200 200 403 403 403 403", next="200 200 403 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:entry_import_confirm": Row(
        method="POST", inside="302 302 403 403 403 403", next="302 302 403 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:entry_import_marked": Row(
        method="POST", inside="302 302 403 403 403 403", next="302 302 403 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:entry_import_template": Row(
        inside="200 200 403 403 403 403", next="200 200 403 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:entry_thumbnail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "funding:reallocation_add": Row(
        inside="200 403 403 403 403 403", next="200 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:reallocation_back": Row(
        method="POST", inside="200 403 403 403 403 403", next="200 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:reallocation_detail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "funding:reallocation_list": Row(inside="200 200 200 200 200 403"),
    "funding:register": Row(inside="200 200 200 200 200 403"),
    "funding:register_excel": Row(inside="200 200 200 200 200 403"),
    # Claims (县级报账); the one at each place came back to its writers
    "admin:funding_claimterms_add": Row(inside="200 403 403 403 403 403"),
    "admin:funding_claimterms_change": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:funding_claimterms_changelist": Row(inside="200 200 403 403 200 403"),
    "admin:funding_claimterms_delete": Row(
        inside="403 403 403 403 403 403", next="403 403 403 403 403 403", far="403 403 403 403 403 403"
    ),
    "admin:funding_claimterms_history": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "funding:claim_add": Row(inside="403 403 302 403 403 403"),
    "funding:claim_attach": Row(
        method="POST", inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:claim_check": Row(
        method="POST", inside="403 403 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:claim_detail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "funding:claim_edit": Row(
        inside="403 403 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:claim_excel": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "funding:claim_file": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "funding:claim_file_remove": Row(
        method="POST", inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:claim_list": Row(inside="200 200 200 200 200 403"),
    "funding:claim_pay": Row(
        method="POST", inside="403 200 403 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:claim_print": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "funding:claim_register": Row(inside="200 200 200 200 200 403"),
    "funding:claim_return": Row(
        method="POST", inside="403 200 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:claim_reverse": Row(
        method="POST", inside="403 200 403 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:claim_submit": Row(
        method="POST", inside="403 403 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:claim_thumbnail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "funding:claim_void": Row(
        method="POST", inside="403 403 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "funding:claim_withdraw": Row(
        method="POST", inside="403 403 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    # Everything else
    "admin:app_list": Row(inside="302 302 403 403 302 302"),
    "admin:autocomplete": Row(inside="403 403 403 403 403 403"),
    "admin:funding_allocationtable_change": Row(
        inside="200 404 403 403 200 403", next="200 404 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:funding_allocationtable_changelist": Row(inside="200 200 403 403 200 403"),
    "admin:funding_allocationtable_discard": Row(
        method="POST", inside="302 404 403 403 403 403", next="302 404 403 403 403 403", far="404 404 403 403 404 403"
    ),
    "admin:funding_allocationtable_draft": Row(
        method="POST", inside="302 403 403 403 403 403", next="302 403 403 403 403 403", far="404 404 403 403 404 403"
    ),
    "admin:funding_allocationtable_issue": Row(
        inside="200 404 403 403 403 403", next="200 404 403 403 403 403", far="404 404 403 403 404 403"
    ),
    "admin:funding_allocationtable_refresh": Row(
        method="POST", inside="302 404 403 403 403 403", next="302 404 403 403 403 403", far="404 404 403 403 404 403"
    ),
    "admin:funding_commitment_edit": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:funding_commitment_sums": Row(
        method="POST", inside="200 403 403 403 403 403", next="200 403 403 403 403 403", far="404 404 403 403 404 403"
    ),
    "admin:funding_commitment_template": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:funding_commitment_upload": Row(
        method="POST", inside="200 403 403 403 403 403", next="200 403 403 403 403 403", far="404 404 403 403 404 403"
    ),
    "admin:funding_commitment_list": Row(inside="200 200 403 403 200 403"),
    "admin:index": Row(inside="200 200 403 403 200 200"),
    "admin:jsi18n": Row(inside="200 200 403 403 200 200"),
    "admin:login": Row(inside="302 302 403 403 302 302"),
    "admin:organizations_auditevent_add": Row(inside="403 403 403 403 403 403"),
    "admin:organizations_auditevent_change": Row(
        inside="200 403 403 403 200 403", next="200 403 403 403 200 403", far="404 403 403 403 404 403"
    ),
    "admin:organizations_auditevent_changelist": Row(inside="200 403 403 403 200 403"),
    "admin:organizations_auditevent_delete": Row(
        inside="403 403 403 403 403 403", next="403 403 403 403 403 403", far="403 403 403 403 403 403"
    ),
    "admin:organizations_auditevent_history": Row(
        inside="200 403 403 403 200 403", next="200 404 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:organizations_organization_add": Row(inside="200 403 403 403 403 200"),
    "admin:organizations_organization_change": Row(
        inside="200 200 403 403 200 200", next="200 404 403 403 200 200", far="404 404 403 403 404 200"
    ),
    "admin:organizations_organization_changelist": Row(inside="200 200 403 403 200 200"),
    "admin:organizations_organization_close": Row(
        inside="200 403 403 403 403 200", next="200 404 403 403 403 200", far="404 404 403 403 404 200"
    ),
    "admin:organizations_organization_delete": Row(
        inside="403 403 403 403 403 403", next="403 403 403 403 403 403", far="403 403 403 403 403 403"
    ),
    "admin:organizations_organization_export": Row(inside="200 200 403 403 200 200"),
    "admin:organizations_organization_export_csv": Row(inside="200 200 403 403 200 200"),
    "admin:organizations_organization_history": Row(
        inside="200 200 403 403 200 200", next="200 404 403 403 200 200", far="404 404 403 403 404 200"
    ),
    "admin:organizations_organization_import": Row(inside="200 403 403 403 403 200"),
    "admin:organizations_organization_import_template": Row(inside="200 403 403 403 403 200"),
    "admin:organizations_organization_move": Row(
        inside="200 403 403 403 403 200", next="200 404 403 403 403 200", far="404 404 403 403 404 200"
    ),
    "admin:organizations_organization_process_import": Row(method="POST", inside="302 403 403 403 403 302"),
    "admin:organizations_organization_reopen": Row(
        inside="200 403 403 403 403 200", next="200 404 403 403 403 200", far="404 404 403 403 404 200"
    ),
    "admin:organizations_organizationkind_add": Row(inside="403 403 403 403 403 200"),
    "admin:organizations_organizationkind_change": Row(
        inside="403 403 403 403 403 200", next="403 403 403 403 403 200", far="403 403 403 403 403 200"
    ),
    "admin:organizations_organizationkind_changelist": Row(inside="403 403 403 403 403 200"),
    "admin:organizations_organizationkind_delete": Row(
        inside="403 403 403 403 403 403", next="403 403 403 403 403 403", far="403 403 403 403 403 403"
    ),
    "admin:organizations_organizationkind_history": Row(
        inside="403 403 403 403 403 200", next="403 403 403 403 403 200", far="403 403 403 403 403 200"
    ),
    "admin:organizations_user_add": Row(inside="200 403 403 403 403 200"),
    "admin:organizations_user_change": Row(
        inside="200 403 403 403 200 200", next="200 403 403 403 200 200", far="404 403 403 403 404 200"
    ),
    "admin:organizations_user_changelist": Row(inside="200 403 403 403 200 200"),
    "admin:organizations_user_delete": Row(
        inside="403 403 403 403 403 403", next="403 403 403 403 403 403", far="403 403 403 403 403 403"
    ),
    "admin:organizations_user_export": Row(inside="200 403 403 403 200 200"),
    "admin:organizations_user_export_csv": Row(inside="200 403 403 403 200 200"),
    "admin:organizations_user_history": Row(
        inside="200 403 403 403 200 200", next="200 404 403 403 200 200", far="404 404 403 403 404 200"
    ),
    "admin:organizations_user_import": Row(inside="200 403 403 403 403 200"),
    "admin:organizations_user_import_template": Row(inside="200 403 403 403 403 200"),
    "admin:organizations_user_process_import": Row(method="POST", inside="302 403 403 403 403 302"),
    "admin:password_change": Row(inside="302 302 403 403 302 302"),
    "admin:projects_monthlyreport_add": Row(inside="403 403 403 403 403 403"),
    "admin:projects_monthlyreport_change": Row(
        inside="200 200 403 403 200 403", next="200 404 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_monthlyreport_changelist": Row(inside="200 200 403 403 200 403"),
    "admin:projects_monthlyreport_decide": Row(
        method="POST", inside="422 422 403 403 403 403", next="422 404 403 403 403 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_monthlyreport_delete": Row(
        inside="403 403 403 403 403 403", next="403 403 403 403 403 403", far="403 403 403 403 403 403"
    ),
    "admin:projects_monthlyreport_history": Row(
        inside="200 200 403 403 200 403", next="200 404 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_monthlyreport_next": Row(inside="302 302 403 403 302 302"),
    "admin:projects_monthlyreport_seen": Row(
        method="POST", inside="200 200 403 403 403 403", next="200 404 403 403 403 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_programme_add": Row(inside="200 403 403 403 403 403"),
    "admin:projects_programme_change": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_programme_changelist": Row(inside="200 200 403 403 200 403"),
    "admin:projects_programme_copy": Row(
        inside="200 403 403 403 403 403", next="200 403 403 403 403 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_programme_delete": Row(
        inside="403 403 403 403 403 403", next="403 403 403 403 403 403", far="403 403 403 403 403 403"
    ),
    "admin:projects_programme_history": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_programmestage_add": Row(inside="403 403 403 403 403 403"),
    "admin:projects_programmestage_change": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_programmestage_changelist": Row(inside="302 302 403 403 302 302"),
    "admin:projects_programmestage_delete": Row(
        inside="403 403 403 403 403 403", next="403 403 403 403 403 403", far="403 403 403 403 403 403"
    ),
    "admin:projects_programmestage_history": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_projectsite_add": Row(inside="200 403 403 403 403 403"),
    "admin:projects_projectsite_approve": Row(
        inside="200 403 403 403 403 403", next="200 404 403 403 403 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_projectsite_change": Row(
        inside="200 200 403 403 200 403", next="200 404 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_projectsite_changelist": Row(inside="200 200 403 403 200 403"),
    "admin:projects_projectsite_delete": Row(
        inside="403 403 403 403 403 403", next="403 403 403 403 403 403", far="403 403 403 403 403 403"
    ),
    "admin:projects_projectsite_export": Row(inside="200 200 403 403 200 403"),
    "admin:projects_projectsite_export_csv": Row(inside="200 200 403 403 200 403"),
    "admin:projects_projectsite_history": Row(
        inside="200 200 403 403 200 403", next="200 404 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:projects_projectsite_import": Row(inside="200 403 403 403 403 403"),
    "admin:projects_projectsite_import_template": Row(inside="200 403 403 403 403 403"),
    "admin:projects_projectsite_process_import": Row(method="POST", inside="302 403 403 403 403 403"),
    "funding:table_detail": Row(
        inside="200 404 404 404 200 403", next="200 404 404 404 200 403", far="404 404 404 404 404 403"
    ),
    "funding:table_download": Row(
        inside="200 404 404 404 200 403", next="200 404 404 404 200 403", far="404 404 404 404 404 403"
    ),
    "funding:table_list": Row(inside="200 200 200 200 200 403"),
    # Tables, reconciliation, what a figure is made of, 专账核算; the table there is a draft with nothing before it
    "funding:table_comparison": Row(
        inside="404 404 404 404 404 403", next="404 404 404 404 404 403", far="404 404 404 404 404 403"
    ),
    "funding:table_letters": Row(
        inside="404 404 404 404 404 403", next="404 404 404 404 404 403", far="404 404 404 404 404 403"
    ),
    "funding:table_note": Row(
        inside="404 404 404 404 404 403", next="404 404 404 404 404 403", far="404 404 404 404 404 403"
    ),
    "funding:reconciliation": Row(inside="200 200 200 200 200 403"),
    "funding:reconciliation_excel": Row(inside="200 200 200 200 200 403"),
    "funding:figure": Row(inside="200 200 200 200 200 403"),
    "funding:bookkeeping_say": Row(
        method="POST", inside="302 302 403 403 403 403", next="302 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "health": Row(inside="200 200 200 200 200 200"),
    "login": Row(inside="302 302 302 302 302 302"),
    "organizations:organization_children": Row(
        inside="200 200 200 200 200 200", next="200 404 404 200 200 200", far="404 404 404 404 404 200"
    ),
    "organizations:organization_detail": Row(
        inside="200 200 200 200 200 200", next="200 404 404 200 200 200", far="404 404 404 404 404 200"
    ),
    "organizations:organization_list": Row(inside="200 200 200 200 200 200"),
    "password_change": Row(inside="200 200 200 200 200 200"),
    # Photos and files
    "projects:attachment_file": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:attachment_remove": Row(
        method="POST", inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:attachment_thumbnail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:report_attachment_add": Row(
        method="POST", inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    # The month's reports by Excel (there is no first month of the year 1)
    "projects:programme_detail": Row(
        inside="200 200 200 200 200 403", next="200 200 200 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:progress": Row(inside="200 200 200 200 200 403"),
    # Filling in
    "projects:month_edit": Row(
        inside="403 403 200 403 403 403", next="403 403 200 403 403 403", far="403 403 200 403 403 403"
    ),
    "projects:month_check": Row(
        inside="403 403 200 403 403 403", next="403 403 200 403 403 403", far="403 403 200 403 403 403"
    ),
    "projects:month_submit": Row(
        method="POST", inside="403 403 422 403 403 403", next="403 403 422 403 403 403", far="403 403 422 403 403 403"
    ),
    "projects:month_upload": Row(
        inside="403 403 200 403 403 403", next="403 403 200 403 403 403", far="403 403 200 403 403 403"
    ),
    "projects:month_workbook": Row(
        inside="403 403 200 403 403 403", next="403 403 200 403 403 403", far="403 403 200 403 403 403"
    ),
    "projects:month_confirm": Row(
        method="POST", inside="403 403 422 403 403 403", next="403 403 422 403 403 403", far="403 403 422 403 403 403"
    ),
    "projects:month_marked": Row(
        method="POST", inside="403 403 422 403 403 403", next="403 403 422 403 403 403", far="403 403 422 403 403 403"
    ),
    "projects:report_autosave": Row(
        method="POST", inside="403 403 409 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:report_check": Row(
        inside="403 403 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:report_detail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:report_edit": Row(
        inside="403 403 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:report_list": Row(inside="200 200 200 200 200 403"),
    "projects:report_receipt": Row(
        inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:report_withdraw": Row(
        method="POST", inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:report_submit": Row(
        method="POST", inside="403 403 409 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:site_detail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:site_list": Row(inside="200 200 200 200 200 403"),
    "projects:site_choices": Row(inside="200 200 200 200 200 403"),
    # Boards, roll-up and form 3.3
    "projects:completeness": Row(inside="200 200 200 200 200 403"),
    "projects:completeness_excel": Row(inside="200 200 200 200 200 403"),
    "projects:progress_excel": Row(inside="200 200 200 200 200 403"),
    "projects:report_excel": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:report_print": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:rollup": Row(inside="200 200 200 200 200 403"),
    "projects:rollup_excel": Row(inside="200 200 200 200 200 403"),
    "workbench": Row(inside="200 200 200 200 200 200"),
    # Reminders, urging, and where reports are stuck
    "projects:reminder_list": Row(inside="200 200 200 403 403 403"),
    "projects:report_urge": Row(
        method="POST", inside="302 403 403 403 403 403", next="302 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:responsibility": Row(inside="200 200 403 200 200 403"),
    "projects:responsibility_download": Row(inside="200 200 403 200 200 403"),
    "projects:stuck_download": Row(inside="200 200 403 200 200 403"),
    "projects:stuck_list": Row(inside="200 200 403 200 200 403"),
    # Trainings, work logs, pairing, bulletins, inspections, ledgers
    "projects:activity_ledger": Row(inside="200 200 200 200 200 403"),
    "projects:activity_ledger_excel": Row(inside="200 200 200 200 200 403"),
    "projects:bulletin_add": Row(inside="200 403 403 403 403 403"),
    "projects:bulletin_detail": Row(
        inside="200 200 200 200 200 403", next="200 200 200 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:bulletin_edit": Row(
        inside="200 403 403 403 403 403", next="200 403 403 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:bulletin_list": Row(inside="200 200 200 200 200 403"),
    "projects:bulletin_word": Row(
        inside="200 200 200 200 200 403", next="200 200 200 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:government_add": Row(inside="200 200 200 403 403 403"),
    "projects:government_edit": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:government_excel": Row(inside="200 200 200 200 200 403"),
    "projects:government_list": Row(inside="200 200 200 200 200 403"),
    "projects:government_remove": Row(
        method="POST", inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:inkind_add": Row(inside="200 200 200 403 403 403"),
    "projects:inkind_edit": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:inkind_excel": Row(inside="200 200 200 200 200 403"),
    "projects:inkind_list": Row(inside="200 200 200 200 200 403"),
    "projects:inkind_remove": Row(
        method="POST", inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:inspection_add": Row(inside="200 200 403 403 403 403"),
    "projects:inspection_detail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:inspection_edit": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:inspection_excel": Row(inside="200 200 200 200 200 403"),
    "projects:inspection_list": Row(inside="200 200 200 200 200 403"),
    "projects:inspection_remove": Row(
        method="POST", inside="403 302 403 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:meeting_excel": Row(inside="200 200 403 200 200 403"),
    "projects:meeting_sign_in": Row(
        inside="200 403 403 200 200 403", next="200 403 403 200 200 403", far="404 404 403 404 404 403"
    ),
    "projects:pairing_add": Row(inside="200 200 200 403 403 403"),
    "projects:pairing_edit": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:pairing_excel": Row(inside="200 200 200 200 200 403"),
    "projects:pairing_list": Row(inside="200 200 200 200 200 403"),
    "projects:pairing_remove": Row(
        method="POST", inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:publicity_ledger": Row(inside="200 200 200 200 200 403"),
    "projects:publicity_ledger_excel": Row(inside="200 200 200 200 200 403"),
    "projects:survey_add": Row(inside="200 200 200 403 403 403"),
    "projects:survey_edit": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:survey_excel": Row(inside="200 200 200 200 200 403"),
    "projects:survey_list": Row(inside="200 200 200 200 200 403"),
    "projects:survey_remove": Row(
        method="POST", inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:training_add": Row(inside="404 404 403 403 403 403"),
    "projects:training_attendance": Row(
        inside="403 200 403 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:training_coverage": Row(inside="200 200 200 200 200 403"),
    "projects:training_coverage_excel": Row(inside="200 200 200 200 200 403"),
    "projects:training_detail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:training_edit": Row(
        inside="403 200 403 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:training_excel": Row(inside="200 200 200 200 200 403"),
    "projects:training_list": Row(inside="200 200 200 200 200 403"),
    "projects:training_attach": Row(
        method="POST", inside="403 302 403 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:training_remove": Row(
        method="POST", inside="403 302 403 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:training_sign_in": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:visit_coverage": Row(inside="200 200 200 200 200 403"),
    "projects:visit_coverage_excel": Row(inside="200 200 200 200 200 403"),
    "projects:worklog_add": Row(inside="200 200 200 403 403 403"),
    "projects:worklog_addition": Row(
        method="POST", inside="403 403 422 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:worklog_attach": Row(
        method="POST", inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:worklog_detail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:worklog_edit": Row(
        inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:worklog_list": Row(inside="200 200 200 200 200 403"),
    "projects:worklog_office_excel": Row(
        inside="200 200 404 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:worklog_office_month": Row(
        inside="200 200 404 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:worklog_remove": Row(
        method="POST", inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:worklog_site_excel": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:worklog_site_month": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    # Records: activities, publicity, guidance visits
    "projects:activity_add": Row(
        inside="403 403 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:activity_attach": Row(
        method="POST", inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:activity_edit": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:activity_remove": Row(
        method="POST", inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:publicity_add": Row(
        inside="403 403 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:publicity_attach": Row(
        method="POST", inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:publicity_edit": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:publicity_remove": Row(
        method="POST", inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:record_list": Row(inside="200 200 200 200 200 403"),
    "projects:record_month": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:record_site": Row(
        inside="302 302 302 302 302 403", next="302 404 404 302 302 403", far="404 404 404 404 404 403"
    ),
    "projects:visit_add": Row(
        inside="200 200 403 403 403 403", next="200 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:visit_attach": Row(
        method="POST", inside="302 403 403 403 403 403", next="302 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:visit_detail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "projects:visit_edit": Row(
        inside="200 403 403 403 403 403", next="200 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "projects:visit_excel": Row(inside="200 200 200 200 200 403"),
    "projects:visit_matrix": Row(inside="200 200 200 200 200 403"),
    "projects:visit_remove": Row(
        method="POST", inside="302 403 403 403 403 403", next="302 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    # Scores: rubrics, rounds, the province's result
    "admin:assessments_rubric_add": Row(inside="200 403 403 403 403 403"),
    "admin:assessments_rubric_change": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:assessments_rubric_changelist": Row(inside="200 200 403 403 200 403"),
    "admin:assessments_rubric_copy": Row(
        inside="200 403 403 403 403 403", next="200 403 403 403 403 403", far="404 404 403 403 404 403"
    ),
    "admin:assessments_rubric_delete": Row(
        inside="200 403 403 403 403 403", next="200 403 403 403 403 403", far="404 403 403 403 403 403"
    ),
    "admin:assessments_rubric_history": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:assessments_rubric_import": Row(
        inside="200 403 403 403 403 403", next="200 403 403 403 403 403", far="404 404 403 403 404 403"
    ),
    "admin:assessments_rubricsection_add": Row(inside="403 403 403 403 403 403"),
    "admin:assessments_rubricsection_change": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "admin:assessments_rubricsection_changelist": Row(inside="302 302 403 403 302 302"),
    "admin:assessments_rubricsection_delete": Row(
        inside="403 403 403 403 403 403", next="403 403 403 403 403 403", far="403 403 403 403 403 403"
    ),
    "admin:assessments_rubricsection_history": Row(
        inside="200 200 403 403 200 403", next="200 200 403 403 200 403", far="404 404 403 403 404 403"
    ),
    "assessments:board": Row(inside="200 200 200 200 200 403"),
    "assessments:province_result": Row(
        inside="200 403 403 403 403 403", next="200 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:round_autosave": Row(
        method="POST", inside="403 403 409 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:round_check": Row(
        inside="403 403 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:round_edit": Row(
        inside="403 403 200 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:round_open": Row(
        method="POST", inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:round_submit": Row(
        method="POST", inside="403 403 409 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:rubric_detail": Row(
        inside="200 200 200 200 200 403", next="200 200 200 200 200 403", far="404 404 404 404 404 403"
    ),
    "assessments:rubric_excel": Row(
        inside="200 200 200 200 200 403", next="200 200 200 200 200 403", far="404 404 404 404 404 403"
    ),
    "assessments:rubric_list": Row(inside="200 200 200 200 200 403"),
    "assessments:rubric_points": Row(
        inside="200 200 200 200 200 403", next="200 200 200 200 200 403", far="404 404 404 404 404 403"
    ),
    "assessments:score_excel": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "assessments:score_print": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "assessments:site_scores": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "assessments:veto_decide": Row(
        method="POST", inside="422 403 403 403 403 403", next="422 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:veto_detail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "assessments:veto_explain": Row(
        method="POST", inside="403 403 422 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:veto_propose": Row(
        inside="200 200 403 403 403 403", next="200 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    # Acceptance: findings, acceptance, results, annual assessment, analysis, dossier
    "assessments:acceptance_conclude": Row(
        method="POST", inside="422 403 403 403 403 403", next="422 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:acceptance_county": Row(
        method="POST", inside="403 422 403 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:acceptance_detail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "assessments:acceptance_excel": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "assessments:acceptance_open": Row(
        method="POST", inside="302 403 403 403 403 403", next="302 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:acceptance_print": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "assessments:acceptance_site": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "assessments:annual_answer": Row(
        method="POST", inside="422 403 404 403 403 403", next="422 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:annual_appeal": Row(
        method="POST", inside="403 422 404 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:annual_assess": Row(
        method="POST", inside="422 403 404 403 403 403", next="422 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:annual_decide": Row(
        method="POST", inside="422 403 404 403 403 403", next="422 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:annual_detail": Row(
        inside="200 200 404 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "assessments:annual_excel": Row(inside="200 200 200 200 200 403"),
    "assessments:annual_list": Row(inside="200 200 200 200 200 403"),
    "assessments:annual_propose": Row(
        method="POST", inside="422 403 404 403 403 403", next="422 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:annual_rule": Row(
        inside="200 403 403 403 403 403", next="200 403 403 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:annual_unit": Row(
        inside="302 403 404 403 403 403", next="302 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:dossier": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "assessments:dossier_package": Row(
        method="POST", inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "assessments:findings_raise": Row(
        inside="403 403 403 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:evidence_file": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "assessments:evidence_file_remove": Row(
        method="POST", inside="403 403 403 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:evidence_thumbnail": Row(
        inside="200 200 200 200 200 403", next="200 404 404 200 200 403", far="404 404 404 404 404 403"
    ),
    "assessments:round_attach": Row(
        method="POST", inside="403 403 403 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:veto_attach": Row(
        method="POST", inside="403 403 302 403 403 403", next="403 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:loss_analysis": Row(inside="200 200 200 200 200 403"),
    "assessments:loss_excel": Row(inside="200 200 200 200 200 403"),
    "assessments:objection_add": Row(
        inside="200 200 200 403 403 403", next="200 200 200 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:objection_answer": Row(
        inside="200 403 403 403 403 403", next="200 404 404 403 403 403", far="404 404 404 404 404 403"
    ),
    "assessments:publication_detail": Row(
        inside="200 200 200 200 200 403", next="200 200 200 200 200 403", far="404 404 404 404 404 403"
    ),
    "assessments:publication_excel": Row(
        inside="200 200 200 200 200 403", next="200 200 200 200 200 403", far="404 404 404 404 404 403"
    ),
    "assessments:result_excel": Row(inside="200 200 200 200 200 403"),
    "assessments:result_list": Row(inside="200 200 200 200 200 403"),
    "assessments:result_publish": Row(
        inside="200 403 403 403 403 403", next="200 403 403 403 403 403", far="404 404 404 404 404 403"
    ),
}

# Which object the argument of a URL names: the first beginning of the name that fits.
OBJECTS = {
    "admin:organizations_calendarexception_": "day_off",
    "admin:projects_creationstandard_": "standard",
    "admin:assessments_rubricsection_": "section",
    "admin:assessments_rubric_": "draft",
    "assessments:rubric_": "rubric",
    "assessments:findings_": "score_round",
    "assessments:acceptance_site": "site",
    "assessments:acceptance_open": "site",
    "assessments:acceptance_": "acceptance",
    "assessments:result_publish": "programme",
    "assessments:publication_": "publication",
    "assessments:objection_add": "publication",
    "assessments:objection_": "objection",
    "assessments:annual_rule": "programme",
    "assessments:annual_unit": "county",
    "assessments:annual_": "annual",
    "assessments:veto_propose": "site",
    "assessments:evidence_": "evidence",
    "assessments:veto_": "veto",
    "assessments:round_open": "site",
    "assessments:round_": "score_round",
    "assessments:": "site",
    "admin:projects_lightrule_": "light_rule",
    "admin:projects_monthclose_close": "programme",
    "admin:projects_monthclose_": "close",
    "admin:funding_allocationtable_draft": "programme",
    "admin:funding_allocationtable_": "table",
    "admin:funding_commitment_": "programme",
    "admin:organizations_organizationkind_": "kind",
    "admin:organizations_user_": "user",
    "admin:organizations_auditevent_": "event",
    "admin:organizations_organization_": "organization",
    "admin:projects_duty_": "duty",
    "admin:projects_implementationplan_": "plan",
    "admin:projects_leadinggroup_": "group",
    "admin:projects_monthlyreport_": "report",
    "admin:projects_projectsite_": "site",
    "admin:projects_programme_": "programme",
    "admin:projects_programmestage_": "stage",
    "admin:funding_claimterms_": "terms",
    "funding:evaluation_start": "programme",
    "funding:evaluation_": "evaluation",
    "admin:funding_evaluatedprogramme_": "programme",
    "funding:workfund_reverse": "work_fund",
    "funding:workfund_": "organization",
    "admin:funding_workfundstandard_": "fund_standard",
    "funding:claim_file": "scan",
    "funding:claim_thumbnail": "scan",
    "funding:claim_": "claim",
    "funding:bookkeeping_": "site",
    "funding:site_book": "site",
    "funding:entry_add": "site",
    "funding:reallocation_add": "site",
    "funding:reallocation_": "reallocation",
    "funding:entry_import": "programme",
    "funding:entry_file": "entry_file",
    "funding:entry_thumbnail": "entry_file",
    "funding:entry_": "entry",
    "admin:funding_ledgerentry_": "entry",
    "funding:table_": "table",
    "organizations:": "organization",
    "projects:schedule_": "site",
    "projects:stage_": "site_stage",
    "projects:replan_ask": "item",
    "projects:replan_bulk": "programme",
    "projects:replan_": "replan",
    "projects:activity_add": "site",
    "projects:activity_": "activity",
    "projects:archive_site": "site",
    "projects:archive_add": "site",
    "projects:archive_catalogue": "site",
    "projects:archive_package": "site",
    "projects:archive_programme": "programme",
    "projects:archive_": "paper",
    "projects:standard_": "standard",
    "projects:attachment_": "attachment",
    "projects:change_add": "site",
    "projects:change_": "change",
    "projects:county_": "county",
    "projects:meeting_": "meeting",
    "projects:nomination_": "site",
    "projects:duty_": "duty",
    "projects:group_member_": "member",
    "projects:group_": "group",
    "projects:plan_": "plan",
    "projects:programme_": "programme",
    "projects:rectification_": "rectification",
    "projects:publicity_add": "site",
    "projects:publicity_": "publicity",
    "projects:record_": "site",
    "projects:report_": "report",
    "projects:site_": "site",
    "projects:visit_add": "site",
    "projects:visit_": "visit",
    "projects:training_": "training",
    "projects:bulletin_": "bulletin",
    "projects:worklog_site_": "site",
    "projects:worklog_office_": "office",
    "projects:worklog_": "worklog",
    "projects:pairing_": "pairing",
    "projects:inkind_": "inkindhelp",
    "projects:government_": "governmentreport",
    "projects:survey_": "awarenesssurvey",
    "projects:inspection_": "inspection",
}


@pytest.fixture
def places(tree, programme, city_staff) -> dict[str, SimpleNamespace]:
    city = factories.organization("芜湖市", level=Level.CITY, parent=tree.province)
    county = factories.organization("湾沚区", level=Level.COUNTY, parent=city)
    township = factories.organization("六郎镇", level=Level.TOWNSHIP, parent=county)
    village = factories.organization("咸保村", level=Level.VILLAGE, parent=township)
    elsewhere = factories.programme(city, name="芜湖项目")
    places = {
        "inside": rows_at(tree.village, programme),
        "next": rows_at(tree.far_village, programme),
        "far": rows_at(village, elsewhere),
    }
    tables = {each: draft_allocation_table(each, by=staff_of(each)) for each in [programme, elsewhere]}
    closes = {each: last_month_closed(each) for each in [programme, elsewhere]}
    meetings = {each: meeting_of(each) for each in [programme, elsewhere]}
    bulletins = {each: bulletin_of(each) for each in [programme, elsewhere]}
    standards = {
        each: factories.standard(each.creation_types.first(), by=staff_of(each)) for each in [programme, elsewhere]
    }
    rubrics = {each: rubrics_of(each) for each in [programme, elsewhere]}
    day_off = CalendarException.objects.create(day=date(2027, 10, 1), name="国庆节放假")
    for place in places.values():
        place.table, place.close = tables[place.programme], closes[place.programme]
        place.day_off, place.standard = day_off, standards[place.programme]
        place.meeting = meetings[place.programme]
        place.bulletin = bulletins[place.programme]
        place.rubric, place.draft = rubrics[place.programme]
        place.section = place.draft.sections.first()
        place.veto = propose_veto(place.site, place.rubric.veto_items.first(), "示例", by=place.approver)
        place.evidence = add_evidence_file(place.veto, by=place.approver, received=receive(factories.upload()))
        place.score_round = open_round(place.site, RoundLevel.SELF, by=place.user)
        _put_results(place)
    return places


def _put_results(place: SimpleNamespace) -> None:
    """An open acceptance, a list with an objection, and the county's annual assessment."""
    now, by, programme = clock.now(), place.approver, place.programme
    place.acceptance = Acceptance.objects.create(site=place.site, opened_at=now, opened_by=by)
    day = clock.today()
    place.publication = programme.publications.first() or Publication.objects.create(
        programme=programme,
        number=1,
        starts_on=day,
        ends_on=day,
        contact="示例",
        published_at=now,
        published_by=by,
    )
    frozen = {"publication": place.publication, "site": place.site, "total": 50, "conclusion": "failed"}
    PublishedResult.objects.create(**frozen)
    place.objection = Objection.objects.create(
        publication=place.publication,
        site=place.site,
        raised_on=day,
        raised_by="示例",
        text="示例",
        recorded_at=now,
        recorded_by=by,
    )
    place.annual = AnnualAssessment.objects.create(
        programme=programme, assessor=place.county.parent, assessed=place.county, total=80, saved_at=now, saved_by=by
    )


def rubrics_of(programme) -> tuple[Rubric, Rubric]:
    """One that is published, and a draft."""
    kind, staff = programme.creation_types.first(), staff_of(programme)
    rubric = cast.published(kind, by=staff)
    return rubric, copy_rubric(rubric, kind, by=staff)


def meeting_of(programme) -> Meeting:
    day = date(programme.year, 8, 27)
    with clock.set_to(timezone.make_aware(datetime(programme.year, 8, 27, 9))):
        meeting = Meeting(programme=programme, held_on=day, place="会议室", chaired_by="分管领导", pack_at=clock.now())
        return save_meeting(meeting, posts=[], by=staff_of(programme))


def bulletin_of(programme) -> Bulletin:
    day = date(programme.year, 6, 30)
    bulletin = Bulletin(programme=programme, number=1, title="简报", issued_on=day, since=day, until=day, lead="动态")
    return save_bulletin(bulletin, by=staff_of(programme))


def notes_of(site, user, reviewer) -> dict:
    """One note of each sort, of the site, and a training of its county."""
    with clock.set_to(timezone.make_aware(datetime(site.programme.year, 6, 9, 9))):
        day = clock.today()
        notes = [noted(model, site, by=reviewer if model is Inspection else user, happened_on=day) for model in OF_EACH]
        training = Training(programme=site.programme, level="county", title="培训", place="县", persons=0)
        training.first_on = training.last_on = day
        save_training(training, sessions=[], kinds=["head"], by=reviewer)
    return {note._meta.model_name: note for note in notes} | {"training": training}


def last_month_closed(programme) -> MonthClose:
    return MonthClose.objects.create(
        programme=programme,
        month=programme.last_month,
        closed_at=timezone.make_aware(datetime(2027, 1, 9, 9)),
        closed_by=staff_of(programme),
    )


def staff_of(programme):
    return programme.organization.users.filter(role=Role.CITY_STAFF).first()


def scanned(entry, *, by) -> EntryFile:
    return add_entry_file(entry, by=by, received=receive(factories.upload()))


def reallocation_of(site, *, by) -> Reallocation:
    """To a village of another township of the county."""
    township = factories.organization("邻镇", level=Level.TOWNSHIP, parent=site.organization.parent.parent)
    village = factories.organization("邻村", level=Level.VILLAGE, parent=township)
    with clock.set_to(timezone.make_aware(datetime(site.programme.year, 6, 1, 9))):
        other = approve_site(factories.site(site.programme, village), by=by)
    paper = {"document_number": "1号", "decided_on": clock.today(), "reason": "示例"}
    return reallocate(FundSource.COUNTY, 100, giver=site, taker=other, by=by, **paper)


def rows_at(village, programme) -> SimpleNamespace:
    """One row of each kind at the village; accounts and organisations are the township's."""
    township = village.parent
    user = factories.user(f"user-{township.pk}", role=Role.CADRE, organization=township)
    approver = factories.user(f"city-{township.pk}", role=Role.CITY_STAFF, organization=programme.organization)
    with clock.set_to(timezone.make_aware(datetime(programme.year, 6, 1, 9))):
        site = approve_site(factories.site(programme, village), by=approver)
    with clock.set_to(timezone.make_aware(datetime(programme.year, 7, 1, 9))):
        rectification = raised(
            site, by=approver, found_on=date(programme.year, 6, 30), due_on=date(programme.year, 8, 3)
        )
        change = ask_change(new_change(site), by=user)
    report = site.reports.order_by("month").first()
    day = report.month.replace(day=8)
    written = {"recorded_by": user, "recorded_at": clock.now()}
    activity, piece, visit = (
        factories.activity(site, day, **written),
        factories.publicity(site, day, **written),
        factories.visit(site, day, level="city", **written),
    )
    for each in [activity, piece, visit]:
        each.save()
    item = ScheduleItem.objects.filter(stage__site=site).last()
    replan = ask_replan(item, by=user, starts_on=item.starts_on, due_on=item.due_on - timedelta(days=1), reason="示例")
    county = township.parent
    reviewer = factories.user(f"county-{township.pk}", role=Role.COUNTY_REVIEWER, organization=county)
    group = factories.team(site, by=user, day=clock.today(), members=[("示例村", "会计")])
    plan = save_plan(factories.plan(programme, village, site=site), by=user)
    duty = save_duty(factories.duty(programme, site=site), by=approver)
    ledger.post(site, EntryKind.COMMITTED, 10_000, by=approver)
    arrived = ledger.post(site, EntryKind.ARRIVED, 5_000, by=approver)
    claim = claims.written(site, by=user)
    for state in ["county", "returned"]:
        Claim.objects.filter(pk=claim.pk).update(state=state, submitted_at=clock.now(), submitted_by=user)
    if not programme.evaluation_indicators.exists():
        factories.evaluation_template(programme)
        factories.work_fund_standard(programme.organization, Level.VILLAGE, basis="per_unit", amount=2_000)
    enter_work_funds([Deposit(township, 2026, "budgeted", 10_000, date(2026, 3, 2), "预〔2026〕1号")], by=reviewer)
    event = AuditEvent.objects.record("操作", user, by=user, organization=township)
    return SimpleNamespace(
        user=user,
        approver=approver,
        organization=township,
        event=event,
        programme=programme,
        light_rule=programme.light_rules.first(),
        county=township.parent,
        stage=programme.stages.first(),
        kind=OrganizationKind.objects.first(),
        site=site,
        report=report,
        attachment=factories.attachment(report, by=user),
        paper=factories.paper(site, by=user),
        rectification=rectification,
        change=change,
        site_stage=site.stages.first(),
        item=item,
        replan=replan,
        activity=activity,
        publicity=piece,
        visit=visit,
        office=county,
        **notes_of(site, user, reviewer),
        group=group,
        member=group.members.get(role="member"),
        plan=plan,
        duty=duty,
        claim=claim,
        entry=arrived,
        entry_file=scanned(arrived, by=approver),
        reallocation=reallocation_of(site, by=approver),
        work_fund=WorkFundEntry.objects.get(organization=township),
        fund_standard=programme.organization.work_fund_standards.first(),
        evaluation=start_evaluation(programme, county, by=reviewer),
        scan=claim.files.get(),
        terms=ClaimTerms.objects.get_or_create(programme=programme)[0],
    )


def paths(place: SimpleNamespace) -> dict[str, str]:
    given = {"app_label": "organizations", "year": 2026, "month": 6, "level": 1}

    def value_of(name: str, argument: str):
        kind = next((kind for start, kind in OBJECTS.items() if name.startswith(start)), None)
        return given.get(argument) or (getattr(place, kind).pk if kind else 1)

    return {name: path for name, path in all_urls(value_of) if not name.startswith("(")}


def statuses(clients: dict, path: str, method: str) -> list[int]:
    return [status(clients[role], path, method) for role in ROLES]


def status(client, path: str, method: str) -> int:
    """What was done is undone, so that each request finds the same rows."""
    with transaction.atomic():
        response = getattr(client, method.lower())(path)
        transaction.set_rollback(True)
    if response.streaming:
        response.getvalue()  # read to the end, the file is closed
    return response.status_code


def row_of(urls: dict[str, str], clients: dict) -> Row:
    """What the URL answers now; `urls` by place."""
    ask = cache(lambda url, method: " ".join(map(str, statuses(clients, url, method))))  # a month's is one everywhere
    method = "POST" if "405" in ask(urls["inside"], "GET") else "GET"
    return Row(method=method, **{place: ask(url, method) for place, url in urls.items()})


@pytest.mark.parametrize("part", range(PARTS))
def test_every_url_answers_as_the_table_says(part, places, request, login):
    clients = {role: login(request.getfixturevalue(role)) for role in ROLES}
    here, wrong, everywhere = {place: paths(rows) for place, rows in places.items()}, [], names_with_arguments()
    for name in sorted(here["inside"])[part::PARTS]:
        if name in {"logout", "admin:logout"}:  # a POST only, see test_sign_in
            continue
        asked = here if name in everywhere else ["inside"]
        found = row_of({place: here[place][name] for place in asked}, clients)
        if TABLE.get(name) != found:
            wrong.append(f'    "{name}": {found},')
    assert not wrong, (
        "These URLs answer otherwise than tests/test_access_table.py says, or have no row there. "
        "Check each line against the rules, then add or correct it in TABLE:\n" + "\n".join(wrong)
    )


def test_no_row_for_a_url_that_is_gone(places):
    assert TABLE.keys() - paths(places["inside"]).keys() == set()
