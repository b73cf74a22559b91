"""申报: who proposes, writes, recommends, checks, decides; 变更申请: who asks and who decides."""

from organizations.models import Organization, Role
from projects.models import ProjectSite, SiteChange
from projects.rules.base import READERS, within
from projects.rules.programmes import can_manage_programme
from projects.rules.sites import can_approve_site
from projects.states import SiteStatus

PROPOSERS = {Role.CADRE, Role.COUNTY_REVIEWER}


def can_propose_site(user, organization: Organization | None = None) -> bool:
    """Township, village or county name units of the own subtree; the city enters its at the desk."""
    return user.is_active and user.role in PROPOSERS and (organization is None or within(user, organization))


def can_write_nomination(user, site: ProjectSite) -> bool:
    """Survey and statement, and the submission: who may propose the unit, or who runs the programme."""
    return can_propose_site(user, site.organization) or _runs(user, site)


def can_recommend_site(user, site: ProjectSite) -> bool:
    """The county; of a unit that lies in no county, the city that runs the programme."""
    if not site.county_name:
        return _runs(user, site)
    return user.is_active and user.role == Role.COUNTY_REVIEWER and within(user, site.organization)


def can_check_site(user, site: ProjectSite) -> bool:
    """到点审核 and what follows from it."""
    return _runs(user, site)


DECIDES = {
    SiteStatus.SUBMITTED: can_recommend_site,
    SiteStatus.RECOMMENDED: can_check_site,
    SiteStatus.CHECKED: can_approve_site,
}


def can_send_back_site(user, site: ProjectSite) -> bool:
    """Return or decline: the desk on which the nomination lies."""
    return site.status in DECIDES and DECIDES[site.status](user, site)


def can_view_nomination_board(user) -> bool:
    """Quotas and the spread over counties: those who decide, and those who look."""
    return user.is_active and user.role in READERS | {Role.LEADER}


def can_ask_change(user, site: ProjectSite | None = None) -> bool:
    """Township, village or county ask for a change of an approved site."""
    if site is None:
        return can_propose_site(user)
    return site.is_approved and can_propose_site(user, site.organization)


def can_comment_change(user, change: SiteChange) -> bool:
    """县级意见 is not needed; nobody gives it about their own request."""
    may = user.is_active and user.role == Role.COUNTY_REVIEWER and user.pk != change.asked_by_id
    return may and within(user, change.site.organization)


def can_decide_change(user, change: SiteChange) -> bool:
    """Who runs the programme, and nobody about their own request."""
    return _runs(user, change.site) and user.pk != change.asked_by_id


def _runs(user, site: ProjectSite) -> bool:
    return can_manage_programme(user, site.programme) and within(user, site.organization)
