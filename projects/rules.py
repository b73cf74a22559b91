"""Who may do what with programmes, sites and reports. Pure functions; scope itself is `visible_to`."""

from organizations.models import Role
from projects.models import (
    GuidanceVisit,
    Meeting,
    MonthlyReport,
    Programme,
    ProgrammeStage,
    ProjectSite,
    Rectification,
    VisitLevel,
)
from projects.states import ReviewDesk

READERS = {Role.CITY_STAFF, Role.COUNTY_REVIEWER, Role.AUDITOR}
ROLE_AT_DESK = {ReviewDesk.COUNTY: Role.COUNTY_REVIEWER, ReviewDesk.CITY: Role.CITY_STAFF}


def desk_of(user) -> ReviewDesk | None:
    """The desk at which the user reviews."""
    return next((desk for desk, role in ROLE_AT_DESK.items() if role == user.role), None)


def can_view_in_admin(user, obj=None) -> bool:
    return user.is_active and user.role in READERS


def can_view_projects(user, obj=None) -> bool:
    """Programmes, sites and progress within scope; system administrators look after accounts, not business data."""
    return user.is_active and user.role != Role.SYSTEM_ADMIN


def can_manage_programme(user, obj: Programme | None = None) -> bool:
    """City staff set up their own city's programmes; the province's they only see."""
    return user.is_active and user.role == Role.CITY_STAFF and (obj is None or _within(user, obj.organization))


def can_manage_stage(user, obj: ProgrammeStage | None = None) -> bool:
    return can_manage_programme(user, obj and obj.programme)


def can_manage_site(user, obj: ProjectSite | None = None) -> bool:
    """Who runs the programme enters and approves its sites. An approved one is frozen; what follows is reported."""
    if obj is None:
        return can_manage_programme(user)
    return can_manage_programme(user, obj.programme) and not obj.is_approved and _within(user, obj.organization)


def can_remove_site(user, obj: ProjectSite | None = None) -> bool:
    """A nomination that was withdrawn may go, one by one; what has been approved stays."""
    return obj is not None and can_manage_site(user, obj)


def can_approve_sites(user) -> bool:
    """Whose work it is to approve; whether one site can be approved is `can_approve_site`."""
    return can_manage_site(user)


def can_approve_site(user, site: ProjectSite) -> bool:
    return can_manage_site(user, site)


def can_fill_in_report(user, report: MonthlyReport) -> bool:
    """A cadre of the township or village writes the reports of the sites in the own subtree."""
    return user.is_active and user.role == Role.CADRE and _in_scope(user, report)


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


def visit_level_of(user) -> VisitLevel | None:
    """In whose name the user visits sites."""
    levels = {Role.CITY_STAFF: VisitLevel.CITY, Role.COUNTY_REVIEWER: VisitLevel.COUNTY}
    return levels.get(user.role) if user.is_active else None


def can_record_visit(user, site: ProjectSite) -> bool:
    """Who visits writes the note: city staff and county reviewers, each in the own part of the tree."""
    return visit_level_of(user) is not None and site.is_approved and _within(user, site.organization)


def can_change_visit(user, visit: GuidanceVisit) -> bool:
    """The post that went there, not only the person."""
    return can_record_visit(user, visit.site) and visit.level == visit_level_of(user)


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


def can_raise_rectification(user, site: ProjectSite | None = None) -> bool:
    """交办 by those who review; of one site when it lies in scope and takes part."""
    may = user.is_active and desk_of(user) is not None
    return may and (site is None or (site.is_approved and _within(user, site.organization)))


def can_answer_rectification(user, item: Rectification) -> bool:
    """The post that answers for it, whoever holds the post."""
    is_post = (user.role, user.organization_id) == (item.role, item.organization_id)
    return user.is_active and is_post and _within(user, item.site.organization)


def can_review_rectification(user, item: Rectification) -> bool:
    """复核: the level that raised it, and the city in any case; never the post that answers for it."""
    at_desk = desk_of(user) in {item.desk, ReviewDesk.CITY}
    answers = (user.role, user.organization_id) == (item.role, item.organization_id)
    return user.is_active and at_desk and not answers and _within(user, item.site.organization)


def can_decide_extension(user, item: Rectification) -> bool:
    """More time is given by somebody else than who asked for it."""
    return can_review_rectification(user, item) and user.pk != item.asked_by_id


def can_close_rectification(user, item: Rectification) -> bool:
    """销号 by somebody else than who put it right."""
    return can_review_rectification(user, item) and user.pk != item.submitted_by_id


def can_view_meetings(user) -> bool:
    """Those who look over the whole; a meeting's decisions reach the cadres as 整改事项."""
    return can_view_stuck(user)


def can_view_meeting_pack(user, meeting: Meeting) -> bool:
    """The pack names the sites of every county: it is for those whose scope is the whole programme."""
    return can_view_meetings(user) and _within(user, meeting.programme.organization)


def can_manage_meeting(user, obj: Meeting | None = None) -> bool:
    """Who runs the programme calls its meetings and keeps their minutes."""
    return can_manage_programme(user, obj and obj.programme)


def _in_scope(user, report: MonthlyReport) -> bool:
    return _within(user, report.site.organization)


def _within(user, organization) -> bool:
    return user.scope_path is not None and organization.path.startswith(user.scope_path)
