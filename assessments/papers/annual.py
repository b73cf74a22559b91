"""年度考核情况表 of the units below one, with the veto's mark."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from assessments.annual import Unit
from fedwork.excel import Block, Box, Kind, Paper, head

COLUMNS = [
    ("序号", 6),
    ("被考核单位", 18),
    ("项目点", 8),
    ("通过", 8),
    ("不通过", 8),
    ("年度考核得分", 12),
    ("一票否决", 14),
    ("否决依据", 34),
    ("提出、核准", 22),
    ("申诉和答复", 34),
    ("结果", 10),
]


def annual_paper(units: Sequence[Unit], *, title: str, place: str, now: datetime) -> Paper:
    body = [_row(number, unit) for number, unit in enumerate(units, 1)]
    rule = f"否决触发条件：{units[0].rule}" if units else ""
    return Paper(
        tab="年度考核",
        title=f"{title}年度考核情况表",
        widths=[width for _, width in COLUMNS],
        above=[[f"考核单位：{place}妇联（盖章）", rule, f"数据截至 {timezone.localtime(now):%Y-%m-%d %H:%M}"]],
        blocks=[Block([[head(words) for words, _ in COLUMNS], *body])],
        notes=["说明：项目工作实行一票否决，否决核准以后，不论得分，结果为“否决”。"],
        signature=[["单位负责人（签字）：", "审核人：", "填表人：", "日期：　　年　　月　　日"]],
        landscape=True,
        repeats=True,
        made_at=now,
    )


def _row(number: int, unit: Unit) -> list[Box]:
    item = unit.assessment
    numbers = [unit.sites, unit.passed, unit.failed]
    told = [Box(value, Kind.NUMBER, number_format="0") for value in numbers]
    if item is None:
        return [Box(f"{number}", Kind.CENTRE), Box(f"{unit.organization}"), *told, *[Box("") for _ in COLUMNS[5:]]]
    people = "、".join(f"{person}" for person in [item.veto_by, item.veto_decided_by] if person)
    appeal = "；".join(filter(None, [item.appeal, item.appeal_answer]))
    veto = item.get_veto_display() if item.veto_by_id else ""
    return [
        Box(f"{number}", Kind.CENTRE),
        Box(f"{unit.organization}"),
        *told,
        Box(item.total, Kind.NUMBER, number_format="General"),
        Box(veto, Kind.CENTRE),
        Box(item.veto_basis),
        Box(people, Kind.CENTRE),
        Box(appeal),
        Box(item.result, Kind.CENTRE, is_bold=item.is_vetoed),
    ]
