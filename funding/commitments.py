"""Reading commitments: the programmes with what was promised, and the grid sites x sources in which it is typed."""

from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from fedwork.numbers import NumberField, parse_amount, plain_number
from funding.actions import CommitmentChange
from funding.amounts import MatchingRule, Sums, yuan
from funding.models import AllocationTable
from funding.pledges import pledged_of, pledges
from funding.states import MatchingSource
from projects.models import Programme, ProjectSite
from projects.states import SiteStatus

LARGEST = 9_999_999_999  # what the column holds


def programmes_with_pledges(user) -> QuerySet:
    """Programmes with `approved`, `pledged` (yuan) and `tables` (newest first) of the user's part."""
    own = Q(sites__organization__path__startswith=user.scope_path or "", sites__status=SiteStatus.APPROVED)
    tables = AllocationTable.objects.visible_to(user).order_by("-number")
    return (
        Programme.objects.visible_to(user)
        .annotate(approved=Count("sites", filter=own), pledged=Coalesce(pledged_of(OuterRef("pk"), user), Decimal(0)))
        .prefetch_related(Prefetch("allocation_tables", tables, to_attr="tables"))
    )


def sites_for_grid(programme: Programme, user) -> QuerySet:
    sites = programme.sites.visible_to(user).running().select_related("creation_type", "organization")
    return sites.order_by("organization__code", "pk")


@dataclass(frozen=True)
class GridRow:
    """One site: its cells, what they add up to as typed (yuan, "—" while a cell makes no sense) and the remark."""

    site: ProjectSite
    cells: list[forms.BoundField]
    sum: str
    remark: str
    is_below_floor: bool
    changes: list[str]  # "县级 5,000 → 25,000", against what the grid was opened with


class CommitmentGrid(forms.Form):
    """Sites x four sources. Each cell carries the amount it was opened with, so that only what this person changed
    is written, and not over what somebody else wrote meanwhile."""

    def __init__(self, data=None, *, programme: Programme, sites: list[ProjectSite], is_open: bool = True):
        super().__init__(data)
        self.rule = MatchingRule.of(programme)
        self.sites = sites
        stored = pledges(sites)
        for site in sites:
            for source in MatchingSource:
                self.fields[cell_name(site, source)] = NumberField(
                    label=f"{site.name} {source.label}",
                    decimal_places=2,
                    max_value=LARGEST,
                    required=False,
                    initial=stored[site.pk].get(source),
                    show_hidden_initial=True,
                    disabled=not is_open,
                )
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = field.label
            if self.is_bound and name in self.errors:
                field.widget.attrs["class"] = "num invalid"

    def changes(self) -> list[CommitmentChange]:
        """The cells that differ from what they were opened with, by site."""
        changed = set(self.changed_data)
        found = []
        for site in self.sites:
            sources = [source for source in MatchingSource if cell_name(site, source) in changed]
            amounts = {source: self.cleaned_data[cell_name(site, source)] or Decimal(0) for source in sources}
            seen = {source: self._seen(cell_name(site, source)) for source in sources}
            if amounts:
                found.append(CommitmentChange(site, amounts, seen))
        return found

    def _seen(self, name: str) -> Decimal | None:
        return amount_or_none(self.data.get(self[name].html_initial_name, ""))

    def look_again(self) -> None:
        """After a conflict: what was typed stays, beside it stands what is stored now, so a second save is meant."""
        self.data = {**self.data.dict(), **opened_with(self.sites)}

    def rows(self) -> list[GridRow]:
        return [self._row(site) for site in self.sites]

    def _row(self, site: ProjectSite) -> GridRow:
        cells = [self[cell_name(site, source)] for source in MatchingSource]
        amounts = [amount_or_none(str(cell.value() or "")) for cell in cells]
        if None in amounts:
            return GridRow(site, cells, "—", "", is_below_floor=False, changes=[])
        sums = Sums(1, site.province_amount, *amounts)
        return GridRow(
            site,
            cells,
            yuan(sums.matching),
            self.rule.remark(sums),
            is_below_floor=self.rule.is_below_floor(sums),
            changes=self._changes_of(cells, amounts) if self.is_bound else [],
        )

    def _changes_of(self, cells: list[forms.BoundField], amounts: list[Decimal]) -> list[str]:
        seen = [self._seen(cell.name) for cell in cells]
        return [
            f"{source.label} {yuan(before)} → {yuan(after)}"
            for source, before, after in zip(MatchingSource, seen, amounts, strict=True)
            if before is not None and before != after
        ]

    def total(self) -> str:
        amounts = [amount_or_none(str(cell.value() or "")) for cell in self]
        return "—" if None in amounts else yuan(sum(amounts, Decimal(0)))


def cell_name(site: ProjectSite, source: MatchingSource) -> str:
    return f"site{site.pk}-{source}"


def opened_with(sites: list[ProjectSite]) -> dict[str, str]:
    """The hidden values of a grid that is opened now."""
    stored = pledges(sites)
    return {
        f"initial-{cell_name(site, source)}": plain_number(amount) if (amount := stored[site.pk].get(source)) else ""
        for site in sites
        for source in MatchingSource
    }


def amount_or_none(text: str) -> Decimal | None:
    """Zero for an empty cell, None for one that makes no sense."""
    try:
        return parse_amount(text) if text.strip() else Decimal(0)
    except ValueError:
        return None
