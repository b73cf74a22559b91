"""The organisation of a programme as it stood on a day: the city's group with its office, the counties', the sites'
working groups, and in words what is missing (S0: 各县区、及项目点分别成立领导组和项目工作组)."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field
from datetime import date

from organizations.models import Level, Organization
from projects.models import GroupKind, GroupMember, GroupRole, LeadingGroup, Programme, ProjectSite


@dataclass
class Roster:
    """A group with those who sat in it on a day, the head first."""

    group: LeadingGroup
    members: list[GroupMember] = field(default_factory=list)
    office: "Roster | None" = None

    @property
    def head(self) -> GroupMember | None:
        return next((member for member in self.members if member.is_lead), None)

    def by_post(self) -> "Roster":
        """Without the names of the people, for those who answer to the group but don't sit in it."""
        members = [copy(member) for member in self.members]
        for member in members:
            member.name = ""
        return Roster(self.group, members, self.office and self.office.by_post())

    def in_role(self, role: GroupRole) -> list[GroupMember]:
        return [member for member in self.members if member.role == role]

    @property
    def deputies(self) -> list[GroupMember]:
        return self.in_role(GroupRole.DEPUTY)

    @property
    def plain_members(self) -> list[GroupMember]:
        return self.in_role(GroupRole.MEMBER)


@dataclass
class SiteTeam:
    site: ProjectSite
    team: Roster | None


@dataclass
class CountyNode:
    """`is_seen` is whether the county's own group lies in the user's scope."""

    county: Organization
    group: Roster | None
    teams: list[SiteTeam]
    is_seen: bool = True

    @property
    def gaps(self) -> list[str]:
        found = [f"{self.county}还没有成立领导小组"] if self.is_seen and not self.group else []
        return found + [f"{each.site}还没有成立项目工作组" for each in self.teams if not each.team]

    @property
    def team_count(self) -> int:
        return sum(each.team is not None for each in self.teams)


@dataclass
class Chart:
    """`top` is who runs the programme; its group is shown to those whose scope it lies in. `above` are the leading groups
    over the sites shown that lie outside it, by their posts alone: whoever sees a site may know who leads its project."""

    programme: Programme
    day: date
    top: Organization
    group: Roster | None
    counties: list[CountyNode]
    is_top_seen: bool
    above: list[Roster] = field(default_factory=list)

    @property
    def places(self) -> list[Organization]:
        """Where leading groups stand: above the sites."""
        return [self.top, *(node.county for node in self.counties)]

    @property
    def gaps(self) -> list[str]:
        """What keeps the preparation from being complete."""
        found = []
        if self.is_top_seen and not self.group:
            found.append(f"{self.top}还没有成立领导小组")
        elif self.is_top_seen and not self.group.office:
            found.append(f"{self.top}领导小组还没有设办公室")
        return found + [gap for county in self.counties for gap in county.gaps]

    @property
    def team_count(self) -> int:
        return sum(county.team_count for county in self.counties)

    @property
    def site_count(self) -> int:
        return sum(len(county.teams) for county in self.counties)

    @property
    def seen_counties(self) -> list[CountyNode]:
        return [county for county in self.counties if county.is_seen]

    @property
    def group_count(self) -> int:
        """Of the counties."""
        return sum(county.group is not None for county in self.seen_counties)


def group_chart(programme: Programme, user, day: date, county: Organization | None = None) -> Chart:
    """What the user sees of it, of one county or of all; six queries."""
    sites = ProjectSite.objects.visible_to(user).approved().filter(programme=programme).by_county()
    if county:
        sites = sites.filter(organization__path__startswith=county.path)
    sites = list(sites.as_rows())
    rosters = rosters_of(LeadingGroup.objects.visible_to(user).filter(programme=programme), day)
    by_place = {(roster.group.organization_id, roster.group.kind): roster for roster in rosters}
    counties = sites_by_county(sites)
    return Chart(
        programme,
        day,
        top=programme.organization,
        group=by_place.get((programme.organization_id, GroupKind.GROUP)),
        counties=[_county(node, its, by_place, user) for node, its in counties.items()],
        is_top_seen=county is None and programme.organization.path.startswith(user.scope_path),
        above=_above([programme.organization, *counties], programme, user, day) if sites else [],
    )


def _above(places: list[Organization], programme: Programme, user, day: date) -> list[Roster]:
    """From the top down."""
    hidden = [place for place in places if not place.path.startswith(user.scope_path)]
    groups = LeadingGroup.objects.filter(programme=programme, kind=GroupKind.GROUP, organization__in=hidden)
    rosters = sorted(rosters_of(groups, day), key=lambda roster: roster.group.organization.level)
    return [roster.by_post() for roster in rosters]


def counties_of(sites: Iterable[ProjectSite]) -> list[Organization]:
    """The counties above the sites, by code; needs `organization` of the sites. One query."""
    ids = {pk for site in sites for pk in site.organization.ancestor_ids}
    return list(Organization.objects.filter(pk__in=ids, level=Level.COUNTY).order_by("code"))


def sites_by_county(sites: Iterable[ProjectSite]) -> dict[Organization, list[ProjectSite]]:
    """The counties above the sites, by code, each with its sites in their order. One query."""
    counties = {county.pk: (county, []) for county in counties_of(sites)}
    for site in sites:
        for pk in site.organization.ancestor_ids:
            if pk in counties:
                counties[pk][1].append(site)
    return dict(counties.values())


def _county(node: Organization, sites: list[ProjectSite], by_place: dict, user) -> CountyNode:
    return CountyNode(
        node,
        by_place.get((node.pk, GroupKind.GROUP)),
        [SiteTeam(site, by_place.get((site.organization_id, GroupKind.TEAM))) for site in sites],
        is_seen=node.path.startswith(user.scope_path),
    )


def rosters_of(groups, day: date) -> list[Roster]:
    """The groups (a queryset) that stood on the day with their members; an office hangs at its group, too.
    Two queries."""
    found = {group.pk: Roster(group) for group in groups.on(day).select_related("organization", "site", "programme")}
    for member in sorted(GroupMember.objects.on(day).filter(group__in=list(found)), key=lambda row: row.rank):
        found[member.group_id].members.append(member)
    for roster in found.values():
        if roster.group.parent_id in found:
            found[roster.group.parent_id].office = roster
    return list(found.values())


def roster_of(group: LeadingGroup, day: date) -> Roster:
    """Also of a group that didn't stand then: nobody sat in it."""
    around = LeadingGroup.objects.filter(pk=group.pk) | LeadingGroup.objects.filter(parent=group)
    return next((roster for roster in rosters_of(around, day) if roster.group.pk == group.pk), Roster(group))
