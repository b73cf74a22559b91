"""The roll-up of a month (form 3.3, county and city): by county and creation type, or by type and site.

Everything is added up by the database for the rows that are shown, with the same queries for one site and for ten
thousand. As known at a moment: what is accepted later, and how a division is called later, changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.utils import timezone

from organizations.models import Level, Organization
from projects.effective import amounts
from projects.models import CreationType, Measure, ProgressLine, ProjectSite, ScheduleItem
from projects.models.replan import plan_at
from projects.models.report import accepted_by, standing
from projects.places import Places, below
from projects.states import SUBMITTED

STATES = ["due", "submitted", "accepted"]
DIRECT = "本级直属"
PLANNED = ["starts_on", "due_on", "milestone_on", "milestone_percent"]  # what the expected percent of a task hangs on


@dataclass
class Sums:
    """What a line of the roll-up says; lines add up. `month` and `total` hold 本月 and 累计 by measure.

    `reached` and `expected` are percents added up over the tasks, so that no average of averages comes about.
    """

    due: int = 0
    submitted: int = 0
    accepted: int = 0
    tasks: int = 0
    reached: int = 0
    expected: int = 0
    month: Counter = field(default_factory=Counter)
    total: Counter = field(default_factory=Counter)

    def __iadd__(self, other: "Sums") -> "Sums":
        for name in [*STATES, "tasks", "reached", "expected"]:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        # Counter.update adds, and unlike + it keeps what comes to nothing.
        self.month.update(other.month)
        self.total.update(other.total)
        return self

    @classmethod
    def over(cls, parts) -> "Sums":
        sums = cls()
        for part in parts:
            sums += part
        return sums

    @property
    def reached_percent(self) -> Decimal | None:
        """The average over all tasks of the sites, to one decimal; None without tasks."""
        return self._average(self.reached)

    @property
    def expected_percent(self) -> Decimal | None:
        return self._average(self.expected)

    @property
    def is_lagging(self) -> bool:
        return self.reached < self.expected

    def _average(self, total: int) -> Decimal | None:
        return (Decimal(total) / self.tasks).quantize(Decimal("0.1")) if self.tasks else None


@dataclass(frozen=True)
class Line:
    """`leads_to` narrows the list of reports down to the line."""

    label: str
    sums: Sums
    leads_to: dict
    site_id: int | None = None


@dataclass(frozen=True)
class Group:
    """Lines with their 小计; `drill` is the place whose own roll-up has more to say."""

    label: str
    lines: list[Line]
    leads_to: dict
    drill: int | None = None

    @property
    def sums(self) -> Sums:
        return Sums.over(line.sums for line in self.lines)


@dataclass(frozen=True)
class Rollup:
    month: date
    moment: datetime
    unreviewed: bool
    measures: list[Measure]
    groups: list[Group]
    by_site: bool

    @property
    def total(self) -> Sums:
        return Sums.over(group.sums for group in self.groups)

    @property
    def scope_words(self) -> str:
        return "含已提交、尚未审核通过的月报" if self.unreviewed else "只计审核通过的月报，不含未审"


def rollup(reports, places: Places, *, month: date, moment: datetime, unreviewed: bool = False) -> Rollup:
    """`reports` of one programme that count to `places.chosen`. Above the counties by place and type, from a county
    on by type and site; nine queries at most."""
    by_site = places.chosen.level >= Level.COUNTY
    count = _Count(reports.filter(month__lte=month), places.chosen, month, moment, unreviewed, by_site)
    cells = count.cells()
    kinds = {kind.pk: kind for kind in CreationType.objects.filter(pk__in={kind for _, kind in cells})}
    groups = _by_kind(cells, kinds) if by_site else _by_place(cells, kinds, count.names())
    programme = next((kind.programme_id for kind in kinds.values()), None)
    measures = list(Measure.objects.filter(programme=programme))
    return Rollup(month, moment, unreviewed, measures, list(groups), by_site)


@dataclass
class _Count:
    """Adds up for each (child, kind): the child is the place right below `node`, or the site."""

    reports: object
    node: Organization
    month: date
    moment: datetime
    unreviewed: bool
    by_site: bool

    def __post_init__(self):
        self.due = self.reports.filter(standing(self.moment)["due"]).order_by()
        self.this_month = self.due.filter(month=self.month)
        self.day = min(self.month + relativedelta(day=31), timezone.localdate(self.moment))

    def keys(self, prefix: str = "") -> dict:
        child = F(f"{prefix}site_id") if self.by_site else below(self.node, prefix)
        return {"child": child, "kind": F(f"{prefix}site__creation_type_id")}

    def counts(self, prefix: str = "") -> Q:
        """Whether a report counts; `prefix` leads to it, as in "report__"."""
        if self.unreviewed:
            return Q(**{f"{prefix}status__in": sorted(SUBMITTED)})
        return accepted_by(self.moment, prefix)

    def cells(self) -> dict[tuple[int, int], Sums]:
        cells: defaultdict[tuple[int, int], Sums] = defaultdict(Sums)
        for row in self._states():
            cells[_key(row)] += Sums(*(row[name] for name in STATES))
        for row in self._tasks():
            expected = ScheduleItem(**{name: row[name] for name in PLANNED}).expected_percent(self.day)
            cells[_key(row)] += Sums(tasks=row["tasks"], reached=row["reached"] or 0, expected=expected * row["tasks"])
        for row in self._figures():
            month, total = {row["measure"]: row["in_month"]}, {row["measure"]: row["in_all"]}
            cells[_key(row)] += Sums(month=Counter(month if row["in_month"] is not None else {}), total=Counter(total))
        return cells

    def _states(self):
        states = {name: Count("pk", filter=standing(self.moment)[name]) for name in STATES}
        return self.this_month.values(**self.keys()).annotate(**states)

    def _tasks(self):
        """All tasks of the sites by window, and what the last counted report says of them; nothing said is 0."""
        task = "site__stages__items"
        said = ProgressLine.objects.filter(
            self.counts("report__"), item=OuterRef(task), percent__isnull=False, report__month__lte=self.month
        )
        latest = Subquery(said.order_by("-report__month").values("percent")[:1])
        nodes = {name: F(f"{task}__{name}") for name in ["milestone_on", "milestone_percent"]}
        windows = self.this_month.filter(site__stages__items__isnull=False).values(
            **self.keys(), **plan_at(self.moment, task), **nodes
        )
        return windows.annotate(tasks=Count(task), reached=Sum(latest))

    def _figures(self) -> Iterator[dict]:
        """A figure counts to the place of its own report; corrections known by then change it."""
        for rows in amounts(self.due.filter(self.counts()), moment=self.moment):
            yield from rows.values("measure", **self.keys("report__")).annotate(
                in_month=Sum("amount", filter=Q(report__month=self.month)), in_all=Sum("amount")
            )

    def names(self) -> dict[int, str]:
        """The places, by code, each called as most of its sites' papers call it: by one of the names that it has or
        had. (The papers of a site that has moved here carry the name of another.)"""
        rows = self.due.values(child=below(self.node), name=F("site__county_name"))
        by_place = defaultdict(list)
        for row in rows.annotate(sites=Count("site", distinct=True)):
            by_place[int(row["child"] or 0)].append((row["sites"], row["name"]))
        places = Organization.objects.filter(pk__in=by_place).prefetch_related("former_names")
        return {place.pk: _name(place, by_place[place.pk]) for place in places.order_by("level", "code")}


def _name(place: Organization, frozen: list[tuple[int, str]]) -> str:
    own = {place.name, *(former.name for former in place.former_names.all())}
    return max((sites, name) for sites, name in [*frozen, (0, place.name)] if name in own)[1]


def _key(row: dict) -> tuple[int, int]:
    """A node's own reports, of sites right at it, have no child: 0."""
    return int(row["child"] or 0), row["kind"]


def _by_place(cells: dict, kinds: dict[int, CreationType], names: dict[int, str]) -> Iterator[Group]:
    for place, label in [*names.items(), (0, DIRECT)]:
        found = sorted((kind for child, kind in cells if child == place), key=lambda pk: _rank(kinds[pk]))
        leads_to = {"under": place} if place else {}
        lines = [Line(kinds[pk].name, cells[place, pk], leads_to | {"kind": pk}) for pk in found]
        if lines:
            yield Group(label, lines, leads_to, drill=place or None)


def _by_kind(cells: dict, kinds: dict[int, CreationType]) -> Iterator[Group]:
    sites = ProjectSite.objects.filter(pk__in={site for site, _ in cells}).order_by("organization__code", "pk")
    for kind in sorted(kinds.values(), key=_rank):
        lines = [
            Line(site.name, cells[site.pk, kind.pk], {"site": site.pk}, site.pk)
            for site in sites
            if (site.pk, kind.pk) in cells
        ]
        yield Group(kind.name, lines, {"kind": kind.pk})


def _rank(kind: CreationType) -> tuple[int, int]:
    return kind.position, kind.pk
