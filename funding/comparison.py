"""Two versions of an allocation table side by side: sites added, removed and changed, with the sums."""

from dataclasses import dataclass, replace
from decimal import Decimal

from fedwork.excel import EPOCH, Block, Box, Kind, Paper, head
from funding.amounts import AMOUNTS, Sums, is_whole, signed, yuan
from funding.models import AllocationLine, AllocationTable

ADDED, REMOVED, CHANGED = "新增", "减少", "变化"


@dataclass(frozen=True)
class AmountChange:
    """One amount before and after, yuan."""

    label: str
    before: Decimal
    after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.after - self.before

    @property
    def before_text(self) -> str:
        return yuan(self.before)

    @property
    def after_text(self) -> str:
        return yuan(self.after)

    @property
    def texts(self) -> list[str]:
        return [self.before_text, self.after_text, self.difference_text]

    @property
    def difference_text(self) -> str:
        return signed(self.difference)


@dataclass(frozen=True)
class SiteChange:
    kind: str
    site_name: str
    county_name: str
    amounts: list[AmountChange]


@dataclass(frozen=True)
class Comparison:
    sites: list[SiteChange]
    before: Sums
    after: Sums
    fund_name: str
    before_label: str = "上一版"
    after_label: str = "本版"

    @property
    def sum_names(self) -> list[str]:
        """Matching money is not spoken of where there is none."""
        return [*AMOUNTS, "matching", "total"] if self.before.matching or self.after.matching else ["province"]

    @property
    def sums(self) -> list[AmountChange]:
        """The programme's money, the four sources, matching and total, changed or not."""
        return [
            AmountChange(label_of(name, self.fund_name), getattr(self.before, name), getattr(self.after, name))
            for name in self.sum_names
        ]


def label_of(name: str, fund_name: str) -> str:
    extra = {"province": fund_name, "matching": "配套小计", "total": "合计"}
    return extra.get(name) or str(AllocationLine._meta.get_field(name).verbose_name)


def compare(before: list[AllocationLine], after: list[AllocationLine]) -> Comparison:
    """The lines of two versions, matched by site; in the order of the newer version, removed sites last."""
    fund_name = next((line.table.fund_name for line in [*after, *before]), "")
    old, new = {line.site_id: line for line in before}, {line.site_id: line for line in after}
    pairs = [(old.get(line.site_id), line) for line in after]
    pairs += [(line, None) for line in before if line.site_id not in new]
    changes = [_site_change(*pair, fund_name) for pair in pairs]
    return Comparison([change for change in changes if change.amounts], Sums.of(before), Sums.of(after), fund_name)


def compare_versions(before: AllocationTable, after: AllocationTable, user) -> Comparison:
    """The user's part of both. Two queries."""
    parts = [list(version.lines.visible_to(user)) for version in (before, after)]
    return replace(compare(*parts), before_label=before.version_label, after_label=after.version_label)


def comparison_paper(comparison: Comparison, table: AllocationTable) -> Paper:
    """Line by line; 增减 and the sums at the end are formulas."""
    rows = []
    for site in comparison.sites:
        for amount in site.amounts:
            names = [Box(site.county_name), Box(site.site_name), Box(site.kind, Kind.CENTRE), Box(amount.label)]
            rows.append([*names, *_figures(amount, f"r{len(rows)}")])
    rows += _sum_rows(comparison)
    labels = ["县（市、区）", "项目点", "变动", "资金", comparison.before_label, comparison.after_label, "增减"]
    return Paper(
        tab="版本比较",
        title=f"{table.title}版本比较表",
        above=[[f"编制单位：{table.unit_name}", f"{comparison.after_label}与{comparison.before_label}", "单位：元"]],
        widths=[13, 26, 8, 15, 15, 15, 15],
        blocks=[Block([[head(label) for label in labels], *rows])],
        notes=["注：只列有变动的资金；合计是各版全部项目点的合计，包括没有变动的。"],
        repeats=True,
        made_at=table.issued_at or EPOCH,
    )


def _figures(amount: AmountChange, name: str, *, formula: str = "", is_bold: bool = False) -> list[Box]:
    """Before, after and the difference; `formula` gives the first two with {side} in its names."""
    form = "#,##0" if is_whole(amount.before) and is_whole(amount.after) else "#,##0.00"

    def box(side: str, value: Decimal, words: str) -> Box:
        return Box(value, Kind.NUMBER, name=side + name, formula=words, number_format=form, is_bold=is_bold)

    sides = [("b", amount.before), ("a", amount.after)]
    boxes = [box(side, value, formula.replace("@", side)) for side, value in sides]
    return [*boxes, box("d", amount.difference, f"{{a{name}}}-{{b{name}}}")]


def _sum_rows(comparison: Comparison) -> list[list[Box]]:
    names = comparison.sum_names
    formulas = {"matching": "SUM({@county}:{@social})", "total": "{@province}+{@matching}"}
    words = f"合计（{comparison.before.sites} 个，变为 {comparison.after.sites} 个）"
    rows = []
    for name, amount in zip(names, comparison.sums, strict=True):
        first = [Box(words, Kind.CENTRE, across=3, down=len(names), is_bold=True)] if not rows else []
        figures = _figures(amount, name, formula=formulas.get(name, ""), is_bold=True)
        rows.append([*first, Box(amount.label, is_bold=True), *figures])
    return rows


def _site_change(before: AllocationLine | None, after: AllocationLine | None, fund_name: str) -> SiteChange:
    kind = CHANGED if before and after else ADDED if after else REMOVED
    nothing, line = Sums(0), after or before
    amounts = [
        AmountChange(label_of(name, fund_name), getattr(before or nothing, name), getattr(after or nothing, name))
        for name in AMOUNTS
    ]
    return SiteChange(kind, line.site_name, line.county_name, [amount for amount in amounts if amount.difference])
