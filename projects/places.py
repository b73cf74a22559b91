"""Where the boards look: from the top of the user's part of a programme down to one township, and what lies below.

A report counts to the place where it was submitted, so places are found by their numbers in stored paths: a township
that has moved still has its old reports under its old county.
"""

from dataclasses import dataclass, field

from django.db.models import CharField, Count, Func, Min, Value

from organizations.models import Level, Organization
from projects.models import MonthlyReport, Programme
from projects.models.report import place_of


def visible_reports(user, programme: Programme | None) -> "MonthlyReport.objects":
    """Reports in scope, of one programme or of all."""
    reports = MonthlyReport.objects.visible_to(user)
    return reports.filter(site__programme=programme) if programme else reports


def top_of(user, programme: Programme | None) -> Organization:
    """Whose part is shown when nothing is chosen: the user's own, or the programme's when that lies below."""
    own = user.organization
    return programme.organization if programme and own.contains(programme.organization.path) else own


def below(node: Organization, prefix: str = "") -> Func:
    """The number, as text, of the organisation right below `node` in a report's place; "" for the node's own.
    `prefix` leads to the report, as in "report__"."""
    # The path begins with a slash, so its first part is empty.
    return Func(
        place_of(prefix),
        Value("/"),
        Value(len(node.ancestor_ids) + 2),
        function="split_part",
        output_field=CharField(),
    )


@dataclass
class Child:
    """An organisation below another: how many sites it has, and its only site where it is a village or unit."""

    organization: Organization
    sites: int
    site_id: int


def children_of(reports, node: Organization) -> list[Child]:
    """The organisations right below `node` to which reports count, by code; two queries."""
    rows = (
        reports.at(node)
        .order_by()
        .values(child=below(node))
        .annotate(sites=Count("site", distinct=True), first=Min("site_id"))
    )
    found = {int(row["child"]): row for row in rows if row["child"]}
    organizations = Organization.objects.filter(pk__in=found).order_by("level", "code")
    return [Child(each, found[each.pk]["sites"], found[each.pk]["first"]) for each in organizations]


@dataclass
class Places:
    """`top`, the chosen organisation, the way between them, and the organisations below the chosen one."""

    top: Organization
    chosen: Organization
    trail: list[Organization] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)

    @classmethod
    def find(cls, reports, top: Organization, number: int) -> "Places | None":
        """Six queries at most; None when no report of the user's counts to the organisation of that number."""
        if number in {0, top.pk}:
            return cls(top, top, children=children_of(reports, top))
        chosen = Organization.objects.filter(pk=number).first()
        if chosen is None or not reports.at(top).at(chosen).exists():
            return None
        ids = chosen.ancestor_ids
        # A township that has moved away hangs nowhere below `top`; the way to it is short.
        between = ids[ids.index(top.pk) + 1 :] if top.pk in ids else [chosen.pk]
        trail = list(Organization.objects.filter(pk__in=between).order_by("level"))
        return cls(top, chosen, trail, children_of(reports.at(top), chosen))

    @property
    def is_lowest(self) -> bool:
        """Below a township there are only sites."""
        return self.chosen.level >= Level.TOWNSHIP

    @property
    def choices(self) -> list[tuple[str, str]]:
        """For a drop-down: the whole, the way down, and what lies below with its number of sites."""
        divisions = [] if self.is_lowest else [c for c in self.children if c.organization.level <= Level.TOWNSHIP]
        indent = "　" * (len(self.trail) + 1)
        return [
            (str(self.top.pk), f"{self.top}（全部）"),
            *((str(node.pk), "　" * depth + node.name) for depth, node in enumerate(self.trail, 1)),
            *((str(c.organization.pk), f"{indent}{c.organization.name}（{c.sites}）") for c in divisions),
        ]
