"""The allocation table as an official Excel form (forms 3.1)."""

from collections.abc import Callable
from decimal import Decimal

from fedwork.excel import EPOCH, Column, Form, Group, Kind, Line, write_form
from funding.amounts import WAN
from funding.sheet import Sheet, Unit

ANNEX = "附件 1"
SIGNATURE = "　　".join(
    ["制表人：　　　　　　", "审核人：　　　　　　", "单位负责人：　　　　　　", "填报日期：　　　　年　　月　　日"]
)


def allocation_columns(sheet: Sheet) -> list[Column]:
    in_wan = sheet.unit == Unit.WAN
    number_format = "#,##0.00" if in_wan or sheet.has_fen else "#,##0"

    def amount(key: str, heading: str, *, formula: str = "", span: str = "", width: float = 10.5) -> Column:
        def getter(row) -> Decimal:
            # 万元 keeps all digits in the cell and rounds in its format, so the totals are the rounded true ones.
            return getattr(row, key) / WAN if in_wan else getattr(row, key)

        return Column(heading, getter, Kind.NUMBER, width, key, span, number_format, formula)

    return [
        Column("序号", lambda line: str(line.position), Kind.CENTRE, 5.5, "position"),
        Column(
            "县（市、区）", lambda line: line.county_name, width=12 if sheet.has_matching else 24, key="county_name"
        ),
        Column("乡镇（街道）", lambda line: line.township_name, width=12, key="township_name"),
        Column("村（社区、基地）", lambda line: line.village_name, width=21.5, key="village_name"),
        Column("创建类型", lambda line: line.creation_type, Kind.CENTRE, 13, "creation_type"),
        amount("province", sheet.table.fund_name, width=10.5 if sheet.has_matching else 16),
        *(_matching_columns(amount) if sheet.has_matching else []),
        Column("备注", lambda line: line.remark, Kind.CENTRE, 15, "remark"),
    ]


def _matching_columns(amount: Callable[..., Column]) -> list[Column]:
    matching = "配套资金"
    return [
        amount("matching", "小计", formula="SUM({county}:{social})", span=matching),
        amount("county", "县级", span=matching),
        amount("township", "乡镇（街道）", span=matching),
        amount("village", "村（社区）", span=matching),
        amount("social", "社会", span=matching, width=9),
        amount("total", "合计", formula="{province}+{matching}", width=11.5),
        Column("配套比例", lambda row: row.ratio, Kind.NUMBER, 9.5, "ratio", "", "0.00%", "{matching}/{province}"),
    ]


def allocation_form(sheet: Sheet, *, has_total_first: bool = False) -> Form:
    """The sums of the counties are added up here, those of the whole by the database; the writer compares both with
    its formulas."""
    groups = [
        Group(
            Line({"position": county.numeral, "county_name": county.name, "creation_type": "小计"}, county.sums),
            county.lines,
        )
        for county in sheet.counties
    ]
    return Form(
        tab="资金分配表",
        annex=ANNEX,
        title=sheet.title,
        above=(f"编制单位：{sheet.table.unit_name}（盖章）", sheet.document_line, f"单位：{sheet.unit_name}"),
        columns=allocation_columns(sheet),
        groups=groups,
        total=Line({"position": "合计", "county_name": f"{sheet.sums.sites} 个"}, sheet.sums),
        notes=[f"{'　　' if place else '注：'}{note}" for place, note in enumerate(sheet.notes)],
        signature=SIGNATURE,
        has_total_first=has_total_first,
        made_at=sheet.table.issued_at or EPOCH,
    )


def allocation_workbook(sheet: Sheet, *, has_total_first: bool = False) -> bytes:
    """Raises fedwork.excel.FormulaMismatchError when a total of the workbook differs from the database."""
    return write_form(allocation_form(sheet, has_total_first=has_total_first))
