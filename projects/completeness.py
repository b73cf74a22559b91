"""The completeness board (报送情况): 应报 / 已报 / 按时 / 已审 / 被退 by place, and by month. Computed, never stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from organizations.models import Level
from projects.models.report import counts_of, standing
from projects.places import Places, below

# Column of the board -> its name, and the rate that it gives against another column.
COLUMNS = {"due": "应报", "submitted": "已报", "on_time": "按时", "accepted": "已审", "sent_back": "被退"}
RATES = [
    ("submitted", "due", "已报率"),
    ("on_time", "due", "按时率"),
    ("accepted", "due", "已审率"),
    ("sent_back", "submitted", "被退率"),
]
WHOLE_OF = {part: whole for part, whole, _ in RATES}


@dataclass(frozen=True)
class Counts:
    """How many reports are due, and of those how many came, came in time, were accepted, were ever returned."""

    due: int = 0
    submitted: int = 0
    on_time: int = 0
    accepted: int = 0
    sent_back: int = 0

    @classmethod
    def of(cls, row: Mapping[str, int]) -> "Counts":
        return cls(**{name: row[name] for name in COLUMNS})

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, name) + getattr(other, name) for name in COLUMNS))

    def share(self, part: str, whole: str) -> Decimal | None:
        """None where there is nothing to compare with."""
        return Decimal(getattr(self, part)) / getattr(self, whole) if getattr(self, whole) else None

    def percent(self, part: str) -> Decimal | None:
        """The rate that the column gives, in percent to one decimal; None for 应报, and where nothing is to compare."""
        share = self.share(part, WHOLE_OF[part]) if part in WHOLE_OF else None
        return None if share is None else (100 * share).quantize(Decimal("0.1"))


@dataclass(frozen=True)
class Row:
    """A place or a site. `leads_to` narrows the list of reports down to it; `drill` opens the board one level lower."""

    label: str
    counts: Counts
    leads_to: dict
    drill: int | None = None
    site_id: int | None = None


@dataclass(frozen=True)
class Board:
    rows: list[Row]
    heading: str

    @property
    def total(self) -> Counts:
        return sum((row.counts for row in self.rows), Counts())


def board(reports, places: Places, now: datetime) -> Board:
    """`reports` of the chosen place and months, by what lies below it: organisations, or sites below a township.

    One query beside those of `places`.
    """
    reports = reports.filter(standing(now)["due"]).order_by()
    if places.is_lowest:
        found = (
            reports.values("site_id", "site__name")
            .annotate(**counts_of(now, *COLUMNS))
            .order_by("site__organization__code", "site_id")
        )
        return Board([_site_row(row) for row in found], "项目点")
    by_child = {
        row["child"]: row for row in reports.values(child=below(places.chosen)).annotate(**counts_of(now, *COLUMNS))
    }
    rows = [
        _place_row(child, by_child[key]) for child in places.children if (key := str(child.organization.pk)) in by_child
    ]
    return Board(rows, _heading(places))


def _heading(places: Places) -> str:
    levels = {child.organization.level for child in places.children}
    return Level(min(levels)).label if levels else "单位"


def _site_row(row: dict) -> Row:
    return Row(row["site__name"], Counts.of(row), {"site": row["site_id"]}, site_id=row["site_id"])


def _place_row(child, row: dict) -> Row:
    organization = child.organization
    if organization.level > Level.TOWNSHIP:  # a base of the city's or the county's own is one site
        return Row(organization.name, Counts.of(row), {"site": child.site_id}, site_id=child.site_id)
    return Row(organization.name, Counts.of(row), {"under": organization.pk}, drill=organization.pk)


def trend(reports, now: datetime) -> list[tuple[date, Counts]]:
    """Each month that has begun with its counts; one query."""
    rows = reports.filter(standing(now)["due"]).order_by("month").values("month").annotate(**counts_of(now, *COLUMNS))
    return [(row["month"], Counts.of(row)) for row in rows]
