"""The responsibility table of a programme, and who keeps in touch with its sites (requirement 0-15)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from fedwork import clock
from organizations.models import Organization
from projects.groups import Roster, rosters_of
from projects.models import Addressee, ContactKind, Duty, LeadingGroup, Programme, ProjectSite, SiteContact
from projects.posts import Holder, Posts, people_at


@dataclass
class SiteContacts:
    site: ProjectSite
    city: SiteContact | None = None
    county: SiteContact | None = None

    @property
    def missing(self) -> list[str]:
        by_kind = {ContactKind.CITY: self.city, ContactKind.COUNTY: self.county}
        return [kind.label for kind, contact in by_kind.items() if contact is None]


@dataclass
class DutyTable:
    programme: Programme
    common: list[Duty]
    of_sites: list[Duty]
    sites: list[SiteContacts]

    def of_these(self, ids: set[int]) -> list[Duty]:
        """The rows of these sites alone: for one page of many."""
        return [duty for duty in self.of_sites if duty.site_id in ids]

    @property
    def lacking(self) -> list[SiteContacts]:
        """Sites without a post that keeps in touch with them."""
        return [each for each in self.sites if each.missing]


def duty_table(programme: Programme, user, county: Organization | None = None) -> DutyTable:
    """What the user sees, of one county or of all; three queries."""
    sites = ProjectSite.objects.visible_to(user).approved().filter(programme=programme).by_county()
    duties = Duty.objects.visible_to(user).filter(programme=programme)
    duties = duties.select_related("programme__organization", "site__organization")
    if county:
        sites = sites.filter(organization__path__startswith=county.path)
    rows = list(duties)
    contacts = contacts_of(list(sites))
    wanted = {each.site.pk for each in contacts}
    return DutyTable(
        programme,
        common=[row for row in rows if row.site_id is None],
        of_sites=[row for row in rows if row.site_id in wanted],
        sites=contacts,
    )


def contacts_of(sites: Iterable[ProjectSite]) -> list[SiteContacts]:
    """In the order of the sites; one query."""
    found = {site.pk: SiteContacts(site) for site in sites}
    for contact in SiteContact.objects.filter(site__in=found):
        setattr(found[contact.site_id], contact.kind, contact)
    return list(found.values())


@dataclass
class SitePeople:
    """Everybody who answers for a site: for templates/projects/_site_people.html."""

    contacts: SiteContacts
    team: Roster | None
    holders: list[tuple[str, Holder]] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)


def site_people(site: ProjectSite, day: date | None = None) -> SitePeople:
    """On `day` or today; six queries. The posts are those of the tree, with the people and telephones of now."""
    rosters = rosters_of(LeadingGroup.objects.filter(site=site), day or clock.today())
    return SitePeople(
        contacts=contacts_of([site])[0],
        team=next(iter(rosters), None),
        holders=_holders(site),
        duties=list(site.duties.all()),
    )


def _holders(site: ProjectSite) -> list[tuple[str, Holder]]:
    posts = Posts([site.organization])
    whom = [("填报", Addressee.FILLING_IN), ("县级审核", Addressee.COUNTY), ("市级业务", Addressee.CITY)]
    found = [(label, posts.addressee(addressee, site.organization)) for label, addressee in whom]
    people = people_at({post for _, post in found if post})
    return [(label, Holder(post, people.get(post, []))) for label, post in found]
