"""资金台账登记簿: the entries of all sites in one's scope, narrowed down, with the totals of what is shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet

from fedwork.excel import Column, Kind, LongList, Sum
from fedwork.numbers import plain_number
from funding.models import LedgerEntry, SpendingPurpose
from funding.states import EntryKind, FundSource
from organizations.models import User
from projects.models import ProjectSite

MOST_ROWS = 200_000  # of one file: a minute on a slow machine
MONEY, IN_KIND = "资金", "实物"


@dataclass(frozen=True)
class KindTotal:
    """Of one kind: what stands, reversals taken off, yuan."""

    kind: EntryKind
    money: Decimal
    in_kind: Decimal


def totals(entries: QuerySet) -> list[KindTotal]:
    """In the order of the kinds, those that there are. One query."""
    found: dict[EntryKind, dict[bool, Decimal]] = {}
    for row in entries.totals():
        found.setdefault(EntryKind(row["kind"]), {})[row["is_in_kind"]] = row["total"]
    nothing = Decimal(0)
    return [
        KindTotal(kind, found[kind].get(False, nothing), found[kind].get(True, nothing))
        for kind in EntryKind
        if kind in found
    ]


def page_rows(entries: QuerySet, keys: list[int]) -> list[LedgerEntry]:
    """The entries of a page with what the list shows of each, in the order of `keys`. One query."""
    around = ["site", "purpose", "recorded_by", "reverses", "reversal"]
    found = entries.model.objects.select_related(*around).in_bulk(keys)
    return [found[key] for key in keys]


FIELDS = ["pk", "happened_on", "site_id", "kind", "source", "is_in_kind", "purpose_id", "voucher_number", "memo"]
FIELDS += ["amount", "reverses_id", "reversal__pk", "recorded_by_id", "recorded_at"]


@dataclass(frozen=True)
class Row:
    """One entry as the file shows it."""

    number: int
    values: dict
    site: ProjectSite
    purpose: str
    recorded_by: str

    @property
    def signed(self) -> Decimal:
        return -self.values["amount"] if self.values["reverses_id"] else self.values["amount"]

    @property
    def reversal(self) -> str:
        """Whether it is one, or has one."""
        if self.values["reverses_id"]:
            return f"冲正第 {self.values['reverses_id']} 笔"
        return f"已由第 {self.values['reversal__pk']} 笔冲正" if self.values["reversal__pk"] else ""


class RegisterFile:
    """Reads the entries once, in pieces, and adds up what it reads: rows and totals come from the same moment."""

    def __init__(self, entries: QuerySet):
        self.entries = entries.order_by("happened_on", "pk")
        self.sums: dict[tuple[str, bool], Decimal] = {}

    def rows(self) -> Iterator[Row]:
        """Three small queries for the names, one for all entries."""
        names = ["county_name", "township_name", "name"]
        entries = self.entries.order_by()
        sites = ProjectSite.objects.only(*names).filter(pk__in=entries.values("site")).in_bulk()
        people = {user.pk: str(user) for user in User.objects.filter(pk__in=entries.values("recorded_by"))}
        purposes = {purpose.pk: purpose.name for purpose in SpendingPurpose.objects.all()}
        for number, values in enumerate(self.entries.values(*FIELDS).iterator(chunk_size=5000), 1):
            site, purpose = sites[values["site_id"]], purposes.get(values["purpose_id"], "")
            row = Row(number, values, site, purpose, people[values["recorded_by_id"]])
            place = values["kind"], values["is_in_kind"]
            self.sums[place] = self.sums.get(place, Decimal(0)) + row.signed
            yield row

    def foot(self) -> list[Sum]:
        return [
            Sum(
                {"site": f"{kind.label}合计", "kind": kind.label, "form": form},
                "amount",
                f'SUMIFS({{amount}},{{kind}},"{kind.label}",{{form}},"{form}")',
                self.sums[kind.value, is_in_kind],
            )
            for kind in EntryKind
            for is_in_kind, form in [(False, MONEY), (True, IN_KIND)]
            if (kind.value, is_in_kind) in self.sums
        ]

    def paper(self, *, place: str, scope: str) -> LongList:
        title = f"{place}妇女专项资金台账登记簿"
        return LongList("台账登记簿", title, columns(), self.rows(), (scope, "单位：元"), self.foot)


def columns() -> list[Column]:
    kinds, sources = dict(EntryKind.choices), dict(FundSource.choices)

    def value(heading: str, name: str, kind: Kind, width: float, *, key: str = "") -> Column:
        return Column(heading, lambda row: row.values[name], kind, width, key or name)

    return [
        Column("序号", lambda row: row.number, Kind.CENTRE, 7, "number"),
        value("日期", "happened_on", Kind.DATE, 12),
        Column("县（市、区）", lambda row: row.site.county_name, Kind.TEXT, 12, "county"),
        Column("乡镇（街道）", lambda row: row.site.township_name, Kind.TEXT, 13, "township"),
        Column("项目点", lambda row: row.site.name, Kind.TEXT, 22, "site"),
        Column("类别", lambda row: kinds[row.values["kind"]], Kind.CENTRE, 7, "kind"),
        Column("资金来源", lambda row: sources[row.values["source"]], Kind.CENTRE, 13, "source"),
        Column("形式", lambda row: IN_KIND if row.values["is_in_kind"] else MONEY, Kind.CENTRE, 7, "form"),
        Column("金额", lambda row: row.signed, Kind.NUMBER, 14, "amount", number_format="#,##0.00"),
        Column("用途", lambda row: row.purpose, Kind.CENTRE, 11, "purpose"),
        value("凭证号", "voucher_number", Kind.TEXT, 23),
        value("摘要", "memo", Kind.TEXT, 32),
        Column("冲正", lambda row: row.reversal, Kind.TEXT, 18, "reversal"),
        Column("登记人", lambda row: row.recorded_by, Kind.TEXT, 10, "recorded_by"),
        value("登记时间", "recorded_at", Kind.TIME, 16),
        value("台账号", "pk", Kind.CENTRE, 8),
    ]


def with_amount(entries: QuerySet, least: Decimal | None, most: Decimal | None) -> QuerySet:
    if least is not None:
        entries = entries.filter(amount__gte=least)
    return entries if most is None else entries.filter(amount__lte=most)


def in_state(entries: QuerySet, state: str) -> QuerySet:
    """`standing`: neither reversed nor a reversal; `reversed`: both rows of what was reversed."""
    if state == "standing":
        return entries.standing()
    return entries.filter(Q(reverses__isnull=False) | Q(reversal__isnull=False)) if state == "reversed" else entries


def with_voucher(entries: QuerySet, words: str) -> QuerySet:
    return entries.filter(voucher_number__icontains=words.strip()) if words.strip() else entries


def scope_in_words(form, count: int) -> str:
    """What was chosen, as the paper says it."""
    parts = [f"{field.label}：{form.shown(field.name)}" for field in form.visible_fields() if form.shown(field.name)]
    return f"{'；'.join(parts) or '全部'}；共 {count} 笔"


def typed(value) -> str:
    return plain_number(value) if isinstance(value, Decimal) else str(value)
