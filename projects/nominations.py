"""Read models of 申报: what waits for whom, what one person can do with a nomination, and the board of types and
counties. Computed, never stored."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from organizations.models import Level, Organization, Role
from projects import rules
from projects.models import (
    CreationType,
    Nomination,
    NominationStep,
    NominationVerb,
    Programme,
    ProjectSite,
    Recommendation,
    SiteChange,
    SiteCheck,
)
from projects.states import NEXT_STATUS, ReviewDesk, SiteStatus

# How far a nomination has come at least; a declined one has come to nothing.
REACHED = {
    "recommended": [SiteStatus.RECOMMENDED, SiteStatus.CHECKED, SiteStatus.APPROVED],
    "checked": [SiteStatus.CHECKED, SiteStatus.APPROVED],
    "approved": [SiteStatus.APPROVED],
}


def to_do(user) -> QuerySet[ProjectSite]:
    """Nominations that wait for the user: at the own desk, or returned to those who write them."""
    sites, desk = ProjectSite.objects.visible_to(user), rules.desk_of(user)
    if desk == ReviewDesk.COUNTY:
        return sites.filter(status=SiteStatus.SUBMITTED).exclude(county_name="")
    if desk == ReviewDesk.CITY:
        own = sites.filter(programme__organization__path__startswith=user.scope_path)
        of_no_county = Q(status=SiteStatus.SUBMITTED, county_name="")
        return own.filter(Q(status__in=[SiteStatus.RECOMMENDED, SiteStatus.CHECKED]) | of_no_county)
    if user.role == Role.CADRE:
        return sites.filter(Exists(NominationStep.objects.filter(site=OuterRef("pk"))), status=SiteStatus.PROPOSED)
    return sites.none()


def changes_to_do(user) -> QuerySet[SiteChange]:
    """Requests that wait for the user's decision."""
    if rules.desk_of(user) != ReviewDesk.CITY:
        return SiteChange.objects.none()
    own = SiteChange.objects.visible_to(user).asked().exclude(asked_by=user)
    return own.filter(site__programme__organization__path__startswith=user.scope_path)


def load_last_steps(sites: Iterable[ProjectSite]) -> None:
    """`site.last_step`: the latest of each, or None; one query."""
    steps = NominationStep.objects.filter(site__in=sites).order_by("site_id", "-made_at", "-pk").distinct("site_id")
    last = {step.site_id: step for step in steps}
    for site in sites:
        site.last_step = last.get(site.pk)


def tasks_of(user, limit: int) -> list[ProjectSite]:
    """For the workbench: what waits, each with its `last_step`; two queries."""
    sites = list(to_do(user).select_related("creation_type").order_by("programme", "organization__code", "pk")[:limit])
    if sites:
        load_last_steps(sites)
    return sites


@dataclass(frozen=True)
class Doing:
    """What the user can do with a nomination now, and on whom it lies."""

    writes: bool = False
    recommends: bool = False
    checks: bool = False
    passes: bool = False
    approves: bool = False
    sends_back: bool = False
    waits_for: str = ""


def doing(site: ProjectSite, user, *, has_passed_check: bool) -> Doing:
    checks = site.status == SiteStatus.RECOMMENDED and rules.can_check_site(user, site)
    return Doing(
        writes=site.status == SiteStatus.PROPOSED and rules.can_write_nomination(user, site),
        recommends=site.status == SiteStatus.SUBMITTED and rules.can_recommend_site(user, site),
        checks=checks,
        passes=checks and has_passed_check,
        approves=site.status == SiteStatus.CHECKED and rules.can_approve_site(user, site),
        sends_back=rules.can_send_back_site(user, site),
        waits_for=waits_for(site),
    )


def waits_for(site: ProjectSite) -> str:
    """On whom it lies now, in words; empty when it is over."""
    writing = site.township_name or site.village_name
    city = f"{site.programme.organization}妇联"
    return {
        SiteStatus.PROPOSED: f"等{writing}填写并提交",
        SiteStatus.SUBMITTED: f"等{recommending(site)}推荐",
        SiteStatus.RECOMMENDED: f"等{city}到点审核",
        SiteStatus.CHECKED: f"等省里批复，由{city}登记",
    }.get(site.status, "")


def recommending(site: ProjectSite) -> str:
    return f"{site.county_name or site.programme.organization}妇联"


@dataclass(frozen=True)
class Stop:
    """One stop of the way, for the line on top of the page: 已过, 正在 or 未到."""

    label: str
    tag: str


def way(site: ProjectSite) -> list[Stop]:
    """填报 → 县推荐 → 市审核 → 省批复 → 已批准, marked up to where the nomination is."""
    labels = ["填写材料", "县推荐", "市审核", "省批复"]
    statuses = list(NEXT_STATUS)
    if site.is_approved:
        return [Stop(label, "ok") for label in labels]
    place = statuses.index(site.status) if site.status in statuses else -1
    return [
        Stop(label, "ok" if number < place else "wait" if number == place else "idle")
        for number, label in enumerate(labels)
    ]


def ranked_beside(site: ProjectSite) -> list[Recommendation]:
    """What the same county has recommended of the same type, by rank."""
    county = Organization.objects.filter(pk__in=site.organization.ancestor_ids, level=Level.COUNTY).first()
    beside = Recommendation.objects.filter(
        creation_type=site.creation_type_id, organization=county or site.programme.organization
    )
    return list(beside.select_related("site").order_by("rank"))


def next_rank(beside: list[Recommendation]) -> int:
    """The first one that is free."""
    taken = {each.rank for each in beside}
    return next(rank for rank in range(1, len(taken) + 2) if rank not in taken)


# The board


@dataclass
class Numbers:
    """How many nominations came how far. What was declined counts as proposed only."""

    proposed: int = 0
    recommended: int = 0
    checked: int = 0
    approved: int = 0

    def add(self, status: str) -> None:
        self.proposed += 1
        for name, statuses in REACHED.items():
            setattr(self, name, getattr(self, name) + (status in statuses))

    @property
    def all(self) -> list[tuple[str, int]]:
        return [("all", self.proposed)] + [(name, getattr(self, name)) for name in REACHED]


@dataclass
class BoardRow:
    """`county` is None for the units that lie in none."""

    county: Organization | None
    by_type: dict[int, Numbers]
    total: Numbers = field(default_factory=Numbers)


@dataclass
class Board:
    types: list[CreationType]
    rows: list[BoardRow]
    total: BoardRow
    empty_counties: list[Organization]
    missing_types: list[CreationType]  # of which nothing is on its way or approved
    checked_sites: int
    passed_first: int

    @property
    def first_pass_percent(self) -> int | None:
        """一次性通过率, rounded down: 100 means all."""
        return 100 * self.passed_first // self.checked_sites if self.checked_sites else None


def nomination_board(programme: Programme, user) -> Board:
    """Types against counties, as far as the user sees; four queries."""
    types = list(programme.creation_types.all())
    counties = Organization.objects.visible_to(user).within(programme.organization.path).filter(level=Level.COUNTY)
    rows = {county.pk: _row(county, types) for county in counties}
    rows[None], total, running = _row(None, types), _row(None, types), set()
    seen = ProjectSite.objects.visible_to(user).filter(programme=programme).order_by()
    for path, kind, status in seen.values_list("organization__path", "creation_type", "status"):
        row = rows[next((int(part) for part in path.split("/") if part and int(part) in rows), None)]
        for numbers in [row.by_type[kind], row.total, total.by_type[kind], total.total]:
            numbers.add(status)
        running |= {kind} if status != SiteStatus.DECLINED else set()
    passed = _first_visits(seen)
    empty = [row.county for row in rows.values() if row.county and not row.total.proposed]
    return Board(
        types=types,
        rows=[row for row in rows.values() if row.total.proposed],
        total=total,
        empty_counties=[county for county in empty if not county.is_closed],
        missing_types=[kind for kind in types if kind.pk not in running],
        checked_sites=len(passed),
        passed_first=sum(passed),
    )


def _first_visits(sites: QuerySet[ProjectSite]) -> list[bool]:
    """Whether the first 到点审核 of each passed."""
    firsts = SiteCheck.objects.filter(site__in=sites).order_by("site_id", "recorded_at", "pk").distinct("site_id")
    return list(firsts.values_list("is_passed", flat=True))


def _row(county: Organization | None, types: list[CreationType]) -> BoardRow:
    return BoardRow(county, {kind.pk: Numbers() for kind in types})


@dataclass(frozen=True)
class Dossier:
    """All of one nomination, for its page and for the 申报审核表."""

    site: ProjectSite
    nomination: Nomination
    recommendation: Recommendation | None
    checks: list[SiteCheck]
    steps: list[NominationStep]

    @property
    def has_passed_check(self) -> bool:
        """What the next step is built on: the last visit passed."""
        return bool(self.checks) and self.checks[-1].is_passed

    def last(self, verb: NominationVerb) -> NominationStep | None:
        return next((step for step in reversed(self.steps) if step.verb == verb), None)


def dossier(site: ProjectSite) -> Dossier:
    """Four queries."""
    return Dossier(
        site=site,
        nomination=Nomination.objects.filter(site=site).first() or Nomination(site=site),
        recommendation=Recommendation.objects.filter(site=site).select_related("organization").first(),
        checks=list(site.checks.select_related("recorded_by")),
        steps=list(site.nomination_steps.select_related("made_by__organization")),
    )
