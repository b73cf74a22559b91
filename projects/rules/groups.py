"""Leading groups: each place keeps its own; that of a site, who answers for the site or for its county."""

from organizations.models import Level, Organization, Role
from projects.models import LeadingGroup, Programme
from projects.rules.base import within
from projects.rules.programmes import can_manage_programme


def can_manage_teams(user) -> bool:
    """Whose work the sites' teams are; one of them is `can_manage_group`."""
    return user.is_active and user.role in {Role.CADRE, Role.COUNTY_REVIEWER}


def can_manage_group(user, group: LeadingGroup) -> bool:
    if group.site_id:
        return can_manage_teams(user) and within(user, group.organization)
    return speaks_for(user, group.programme, group.organization)


def speaks_for(user, programme: Programme, place: Organization) -> bool:
    """Whether the user's post acts for a place above the sites: who runs the programme, or one of its counties."""
    if place.pk == programme.organization_id:
        return can_manage_programme(user, programme)
    is_county = user.role == Role.COUNTY_REVIEWER and place.level == Level.COUNTY
    return user.is_active and is_county and user.organization_id == place.pk
