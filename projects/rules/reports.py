"""Monthly reports: filling in, reviewing, opening, urging."""

from organizations.models import Role
from projects.models import MonthlyReport
from projects.rules.base import READERS, ROLE_AT_DESK, within
from projects.rules.programmes import can_manage_programme


def can_fill_in_report(user, report: MonthlyReport) -> bool:
    """A cadre of the township or village writes the reports of the sites in the own subtree."""
    return can_fill_in_reports(user) and _in_scope(user, report)


def can_fill_in_reports(user) -> bool:
    """Whose work it is; whether one report is theirs is `can_fill_in_report`."""
    return user.is_active and user.role == Role.CADRE


def can_review_report(user, report: MonthlyReport) -> bool:
    """The role at the desk on which the report lies; nobody reviews what they submitted or typed."""
    if report.desk is None or user.pk in {report.submitted_by_id, report.saved_by_id}:
        return False
    return user.is_active and user.role == ROLE_AT_DESK[report.desk] and _in_scope(user, report)


def can_unlock_report(user, report: MonthlyReport) -> bool:
    """Who runs the programme opens a locked report, as they close its months."""
    return can_manage_programme(user, report.site.programme) and _in_scope(user, report)


def can_correct_figure(user, report: MonthlyReport) -> bool:
    """补正 by who runs the programme; whether the report is accepted is for the action to say."""
    return can_unlock_report(user, report)


def can_receive_reminders(user) -> bool:
    """The posts to which reminders are addressed."""
    return user.is_active and user.role in {Role.CADRE, Role.COUNTY_REVIEWER, Role.CITY_STAFF}


def can_urge(user) -> bool:
    """催办 is the city's; whether one report may be urged is `can_urge_report`."""
    return user.is_active and user.role == Role.CITY_STAFF


def can_urge_report(user, report: MonthlyReport) -> bool:
    return can_urge(user) and _in_scope(user, report)


def can_view_stuck(user) -> bool:
    """Where reports are stuck and who answers for it: those who review, and those who look."""
    return user.is_active and user.role in READERS | {Role.LEADER}


def _in_scope(user, report: MonthlyReport) -> bool:
    return within(user, report.site.organization)
