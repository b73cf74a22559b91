"""落实情况: due, budgeted and arrived by place, added up by the database for what lies right below a place.

One query for the sums, whatever the number of villages. Decimal yuan.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal

from django.db.models import (
    Case,
    CharField,
    Count,
    DecimalField,
    F,
    FilteredRelation,
    Func,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from funding.amounts import yuan
from funding.models import WorkFundEntry, WorkFundStandard
from funding.models.posted import SIGNED
from funding.models.workfund import LEVELS
from organizations.models import Level, Organization
from projects.states import Mark

NOTHING = Decimal(0)
YUAN = DecimalField(max_digits=20, decimal_places=2)
OWN_NAMES = {Level.COUNTY: "县本级", Level.TOWNSHIP: "乡镇（街道）本级"}


@dataclass
class Sums:
    """Of one level below a place, or of all. `unknown` are units whose number of women nobody has entered: nothing of
    theirs is in `due`. What one unit got beyond its due fills nobody else's arrears."""

    units: int = 0
    women: int = 0
    unknown: int = 0
    due: Decimal = NOTHING
    budgeted: Decimal = NOTHING
    arrived: Decimal = NOTHING
    arrears: Decimal = NOTHING
    unbudgeted: Decimal = NOTHING

    @classmethod
    def of(cls, row: Mapping) -> "Sums":
        return cls(**{each.name: row[f"sum_{each.name}"] or each.default for each in fields(cls)})

    def __iadd__(self, other: "Sums") -> "Sums":
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self

    @property
    def rate(self) -> Decimal | None:
        """落实率＝到位÷应落实"""
        return self.arrived / self.due if self.due else None

    @property
    def words(self) -> str:
        """The arrears as a sentence says them."""
        missing = f"{self.unknown} 个单位没有妇女人数，未计应落实" if self.unknown else ""
        if not self.arrears:
            return missing or ("已足额落实" if self.due else "")
        words = f"尚欠 {yuan(self.arrears)} 元"
        if self.unbudgeted:
            is_all = self.unbudgeted == self.arrears
            words += "，都没有列入预算" if is_all else f"，其中 {yuan(self.unbudgeted)} 元未列入预算"
        return f"{words}；{missing}" if missing else words

    @property
    def mark(self) -> Mark:
        if self.arrears:
            return Mark("部分到位", "warn") if self.arrived else Mark("没有到位", "bad")
        return Mark("人数未填", "wait") if self.unknown else Mark("足额落实", "ok")


@dataclass
class Row:
    """What lies right below the place with all below it; `is_own` is the place's own money alone."""

    organization: Organization
    label: str
    is_own: bool = False
    parts: dict[Level, Sums] = field(default_factory=dict)

    @property
    def total(self) -> Sums:
        return _together(self.parts.values())


@dataclass
class WorkFundBoard:
    place: Organization
    year: int
    rows: list[Row]
    standards: list[WorkFundStandard]

    @property
    def levels(self) -> list[Level]:
        return [level for level in LEVELS if level >= self.place.level]

    def sum_of(self, level: Level) -> Sums:
        return _together(row.parts[level] for row in self.rows if level in row.parts)

    @property
    def total(self) -> Sums:
        return _together(row.total for row in self.rows)


def _together(parts) -> Sums:
    sums = Sums()
    for part in parts:
        sums += part
    return sums


def standards_of(year: int, place: Organization) -> list[WorkFundStandard]:
    """Those that hold in the year at the place or below it, the first that fits an organisation being its own: the
    nearer to it, then for its kind, then the newest."""
    known = WorkFundStandard.objects.filter(since_year__lte=year).filter(
        Q(organization__in=place.ancestor_ids) | Q(organization__path__startswith=place.path)
    )
    newest: dict[tuple, WorkFundStandard] = {}
    for standard in known.select_related("organization", "kind").order_by("since_year"):
        newest[standard.organization_id, standard.level, standard.kind_id] = standard
    return sorted(newest.values(), key=lambda one: (-len(one.organization.path), one.level, one.kind_id is None))


def units(place: Organization, year: int, standards: list[WorkFundStandard]):
    """The organisations that are due something at the place or below it, those that exist at the end of the year, each
    with `women`, `is_unknown`, `due`, `budgeted`, `arrived`."""
    there = Organization.objects.within(place.path).filter(level__in=LEVELS).open_on(date(year, 12, 31)).order_by()
    counted = FilteredRelation("women_counts", condition=Q(women_counts__year=year))
    found = there.annotate(count=counted).annotate(women=F("count__women"), due=_due(standards))
    return found.annotate(
        is_unknown=Case(When(_per_woman(standards) & Q(women=None), then=1), default=0),
        budgeted=_entered(WorkFundEntry.Kind.BUDGETED, year),
        arrived=_entered(WorkFundEntry.Kind.ARRIVED, year),
    )


def _fits(standard: WorkFundStandard) -> Q:
    fits = Q(path__startswith=standard.organization.path, level=standard.level)
    return fits & Q(kind=standard.kind_id) if standard.kind_id else fits


def _due(standards: list[WorkFundStandard]) -> Case:
    women = Coalesce(F("women"), 0)
    cases = [
        When(_fits(one), then=Value(one.amount, YUAN) * women if one.is_per_woman else Value(one.amount, YUAN))
        for one in standards
    ]
    return Case(*cases, default=Value(NOTHING, YUAN), output_field=YUAN)


def _per_woman(standards: list[WorkFundStandard]) -> Q:
    """Whose first fitting standard counts women."""
    asked, earlier = Q(pk__in=[]), Q(pk__in=[])
    for one in standards:
        if one.is_per_woman:
            asked |= _fits(one) & ~earlier
        earlier |= _fits(one)
    return asked


def _entered(kind: str, year: int) -> Coalesce:
    entries = WorkFundEntry.objects.filter(organization=OuterRef("pk"), year=year, kind=kind).order_by()
    total = entries.values("organization").annotate(total=Sum(SIGNED)).values("total")
    return Coalesce(Subquery(total), Value(NOTHING, YUAN), output_field=YUAN)


def work_fund_board(place: Organization, year: int) -> WorkFundBoard:
    """Four queries at most."""
    standards = standards_of(year, place)
    # The path begins with a slash, so its first part is empty.
    depth = Value(len(place.ancestor_ids) + 2)
    below = Func(F("path"), Value("/"), depth, function="split_part", output_field=CharField())
    zero = Value(NOTHING, YUAN)
    rows = (
        units(place, year, standards)
        .annotate(below=below)
        .values("below", "level")
        .annotate(
            sum_units=Count("pk"),
            sum_women=Sum("women"),
            sum_unknown=Sum("is_unknown"),
            sum_due=Sum("due"),
            sum_budgeted=Sum("budgeted"),
            sum_arrived=Sum("arrived"),
            sum_arrears=Sum(Greatest(F("due") - F("arrived"), zero)),
            sum_unbudgeted=Sum(Greatest(F("due") - Greatest(F("budgeted"), F("arrived")), zero)),
        )
    )
    parts: dict[str, dict[Level, Sums]] = {}
    for row in rows:
        parts.setdefault(row["below"], {})[Level(row["level"])] = Sums.of(row)
    return WorkFundBoard(place, year, list(_rows(place, parts)), standards)


def _rows(place: Organization, parts: dict[str, dict[Level, Sums]]):
    if own := parts.pop("", None):
        yield Row(place, OWN_NAMES.get(place.level, place.name), is_own=True, parts=own)
    for node in Organization.objects.filter(pk__in=parts).order_by("level", "code"):
        yield Row(node, node.name, parts=parts[str(node.pk)])
