"""Who may do what with claims. Pure functions; scope itself is `visible_to`, the state is the actions' to check."""

from funding.models import Claim
from funding.rules import READERS
from organizations.models import Level, Role
from projects.models import ProjectSite


def can_view_claims(user, obj=None) -> bool:
    return user.is_active and user.role in READERS


def can_write_claims(user, site: ProjectSite | None = None) -> bool:
    """The cadres of the site, at the village or at the township; of one site when it is approved."""
    may = user.is_active and user.role == Role.CADRE
    return may and (site is None or (site.is_approved and _within(user, site)))


def can_check_claim(user, claim: Claim) -> bool:
    """乡镇审核: a cadre at the township who had no hand in writing it."""
    at_township = user.role == Role.CADRE and user.organization.level == Level.TOWNSHIP
    return user.is_active and at_township and _within(user, claim.site) and user.pk not in claim.writer_ids


def can_pay_claim(user, claim: Claim) -> bool:
    """县级审核, payment and taking a payment back: the county's reviewer."""
    at_county = user.is_active and user.role == Role.COUNTY_REVIEWER
    return at_county and _within(user, claim.site) and user.pk not in claim.writer_ids


def can_manage_terms(user, terms=None) -> bool:
    """City staff, for the programmes of their own organisation."""
    is_city = user.is_active and user.role == Role.CITY_STAFF
    return is_city and (terms is None or terms.programme.organization_id == user.organization_id)


def _within(user, site: ProjectSite) -> bool:
    return user.scope_path is not None and site.organization.path.startswith(user.scope_path)
