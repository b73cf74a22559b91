"""Who may do what with rubrics and scores. Pure functions over what they are given; scope itself is `visible_to`."""

from assessments.models import (
    Acceptance,
    AcceptanceState,
    AnnualAssessment,
    EvidenceFile,
    RoundLevel,
    Rubric,
    ScoreRound,
    VetoFinding,
)
from assessments.models.evidence import Record
from funding.rules import can_take_out
from organizations.models import Role
from projects.models import ProjectSite
from projects.rules import can_manage_programme, can_raise_rectification, can_view_in_admin, can_view_projects

SCORERS = {
    RoundLevel.SELF: Role.CADRE,
    RoundLevel.COUNTY: Role.COUNTY_REVIEWER,
    RoundLevel.CITY: Role.CITY_STAFF,
    RoundLevel.PROVINCE: Role.CITY_STAFF,
}
can_view_scores = can_view_projects
can_view_rubrics_in_admin = can_view_in_admin


def can_manage_rubric(user, obj: Rubric | None = None) -> bool:
    """City staff, for their own city's programmes; nobody once it is published."""
    if obj is None:
        return can_manage_programme(user)
    return can_manage_programme(user, obj.programme) and not obj.is_published


def can_copy_rubric(user, obj: Rubric) -> bool:
    return can_manage_programme(user, obj.programme)


def can_view_rubric(user, obj: Rubric) -> bool:
    """What is published everybody may read; drafts those who work at the desk."""
    return can_view_projects(user) and (obj.is_published or can_view_in_admin(user))


def level_of(user) -> RoundLevel | None:
    """The first level in whose name the user scores."""
    return next((level for level, role in SCORERS.items() if user.is_active and user.role == role), None)


def can_score(user, site: ProjectSite, level: RoundLevel) -> bool:
    """The level's own post, for a site of its part of the tree. That nobody scores what they scored or reported
    themselves is asked of `hands.of_site`."""
    may = user.is_active and user.role == SCORERS[level] and site.is_approved
    return may and _within(user, site) and (level < RoundLevel.CITY or can_manage_programme(user, site.programme))


def can_raise_findings(user, score_round: ScoreRound) -> bool:
    """Of a submitted round with items of its own, by those who review the site."""
    may = score_round.is_submitted and not score_round.is_by_document
    return may and can_raise_rectification(user, score_round.site)


def can_accept(user, site: ProjectSite) -> bool:
    """The city, for its own programmes."""
    return can_score(user, site, RoundLevel.CITY)


def can_give_county_opinion(user, acceptance: Acceptance) -> bool:
    return acceptance.state == AcceptanceState.COUNTY and can_score(user, acceptance.site, RoundLevel.COUNTY)


def can_publish_results(user, programme) -> bool:
    return can_manage_programme(user, programme)


def can_object(user, site: ProjectSite) -> bool:
    """Those who work with the site record what is said against its result, in writing or on the telephone."""
    return user.is_active and user.role in SCORERS.values() and _within(user, site)


def can_assess(user, assessed) -> bool:
    """S0: 市对县、县对镇、镇对村逐级考核: only the unit right above, by its own working post."""
    works = user.role in {Role.CITY_STAFF, Role.COUNTY_REVIEWER, Role.CADRE}
    return user.is_active and works and assessed.parent_id is not None and user.organization_id == assessed.parent_id


def can_appeal(user, item: AnnualAssessment) -> bool:
    """The assessed unit's own post."""
    works = user.role in {Role.COUNTY_REVIEWER, Role.CADRE}
    return user.is_active and works and user.organization_id == item.assessed_id


def _within(user, site: ProjectSite) -> bool:
    return user.scope_path is not None and site.organization.path.startswith(user.scope_path)


def can_propose_veto(user, site: ProjectSite) -> bool:
    """The county and the city, for a site of their part of the tree."""
    may = user.is_active and user.role in {Role.COUNTY_REVIEWER, Role.CITY_STAFF}
    return may and site.is_approved and _within(user, site)


def can_explain_veto(user, finding: VetoFinding) -> bool:
    """The site's right: its own cadres."""
    return user.is_active and user.role == Role.CADRE and finding.is_open and _within(user, finding.site)


def can_decide_veto(user, finding: VetoFinding) -> bool:
    """The city that runs the programme; never who proposed it."""
    may = can_manage_programme(user, finding.site.programme) and user.pk != finding.proposed_by_id
    return may and finding.is_open and _within(user, finding.site)


def can_attach_evidence(user, record: Record) -> bool:
    """To a veto who proposed it, and the site, as long as it isn't decided; the province's document whoever enters
    its result."""
    if isinstance(record, ScoreRound):
        return record.is_by_document and can_score(user, record.site, RoundLevel.PROVINCE)
    is_proposer = user.pk == record.proposed_by_id and can_propose_veto(user, record.site)
    return (record.is_open and is_proposer) or can_explain_veto(user, record)


def can_take_out_evidence(user, scan: EvidenceFile) -> bool:
    """A slip of the hand, by who sent it: on the same day, and never what a decision rests on."""
    return can_take_out(user, scan) and can_attach_evidence(user, scan.record)
