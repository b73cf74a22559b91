"""Where the implementation plans of a programme stand: the newest version of each place, and which have none."""

from dataclasses import dataclass, field

from organizations.models import Organization
from projects.groups import sites_by_county
from projects.models import ImplementationPlan, Programme, ProjectSite
from projects.states import Mark

MISSING = Mark("没有方案", "bad")


@dataclass
class PlanPlace:
    """A place that has to have a plan: `latest` is its newest version, `valid` the one that holds."""

    organization: Organization
    site: ProjectSite | None = None
    versions: list[ImplementationPlan] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(self.site or self.organization)

    @property
    def latest(self) -> ImplementationPlan | None:
        return self.versions[0] if self.versions else None

    @property
    def valid(self) -> ImplementationPlan | None:
        return next((plan for plan in self.versions if plan.is_approved), None)

    @property
    def mark(self) -> Mark:
        return self.latest.mark if self.latest else MISSING


@dataclass
class PlanBoard:
    top: PlanPlace | None
    counties: list[tuple[PlanPlace | None, Organization, list[PlanPlace]]]

    @property
    def places(self) -> list[PlanPlace]:
        below = [place for own, _, sites in self.counties for place in [own, *sites]]
        return [place for place in [self.top, *below] if place]

    def of_sites(self, ids: set[int]) -> list[tuple[PlanPlace | None, Organization, list[PlanPlace]]]:
        """The counties of these sites, each with them alone: for one page of many."""
        found = [
            (own, county, [place for place in sites if place.site.pk in ids]) for own, county, sites in self.counties
        ]
        return [(own, county, sites) for own, county, sites in found if sites]

    @property
    def gaps(self) -> list[str]:
        return [f"{place.name}还没有批准的实施方案（{place.mark.word}）" for place in self.places if not place.valid]

    @property
    def approved_count(self) -> int:
        return sum(place.valid is not None for place in self.places)


def plan_board(programme: Programme, user, county: Organization | None = None) -> PlanBoard:
    """What the user sees of it; three queries."""
    sites = ProjectSite.objects.visible_to(user).approved().filter(programme=programme).by_county()
    if county:
        sites = sites.filter(organization__path__startswith=county.path)
    sites = list(sites.as_rows())
    versions, by_county = _versions(programme, user), sites_by_county(sites)
    counties = [
        (
            _place(node, None, versions) if _is_seen(node, user) else None,
            node,
            [_place(site.organization, site, versions) for site in its],
        )
        for node, its in by_county.items()
    ]
    is_top_seen = county is None and _is_seen(programme.organization, user)
    return PlanBoard(_place(programme.organization, None, versions) if is_top_seen else None, counties)


def _is_seen(place: Organization, user) -> bool:
    return place.path.startswith(user.scope_path)


def _versions(programme: Programme, user) -> dict[int, list[ImplementationPlan]]:
    """By organisation, the newest first."""
    found: dict[int, list[ImplementationPlan]] = {}
    plans = ImplementationPlan.objects.visible_to(user).filter(programme=programme)
    for plan in plans.defer("tasks", "steps", "measures").order_by("-number"):
        found.setdefault(plan.organization_id, []).append(plan)
    return found


def _place(organization: Organization, site: ProjectSite | None, versions: dict) -> PlanPlace:
    return PlanPlace(organization, site, versions.get(organization.pk, []))
