"""失分分析表."""

from datetime import datetime

from django.utils import timezone

from assessments.losses import BY_CRITERION, Loss, Losses
from fedwork.excel import Block, Box, Kind, Paper, head

WIDTHS = [44, 16, 10, 10, 10, 10, 12, 12]
HEADINGS = ["评分项目点", "失分项目点", "应得分", "失分", "点均失分", "失分率"]


def losses_paper(found: Losses, *, title: str, scope: str, now: datetime) -> Paper:
    return Paper(
        tab="失分分析",
        title=f"{title}考核失分分析",
        widths=WIDTHS,
        above=[[scope, f"数据截至 {timezone.localtime(now):%Y-%m-%d %H:%M}"]],
        blocks=[Block([_heading(what), *map(_row, rows)], caption=caption) for caption, what, rows in found.tables],
        notes=["说明：失分率＝失分÷应得分；不适用的条目不计。"],
        landscape=True,
        repeats=True,
        made_at=now,
    )


def _heading(what: str) -> list[Box]:
    """Only criteria belong to a section."""
    first = [head(what), head("考核项目")] if what == BY_CRITERION else [head(what, across=2)]
    return [*first, *map(head, HEADINGS)]


def _row(row: Loss) -> list[Box]:
    numbers = [(row.sites, "0"), (row.losing, "0"), (row.most, "0.0"), (row.lost, "0.0"), (row.each, "0.00")]
    return [
        *([Box(row.label), Box(row.group, Kind.CENTRE)] if row.group else [Box(row.label, across=2)]),
        *(Box(value, Kind.NUMBER, number_format=shape) for value, shape in numbers),
        Box(row.percent / 100, Kind.NUMBER, number_format="0.0%"),
    ]
