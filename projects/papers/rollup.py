"""Form 3.3, 项目进度月报汇总表, landscape: each line in two rows, 本月 and 累计, so that it goes on A4."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby

from django.utils import timezone

from fedwork.excel import Block, Box, Kind, Paper, head
from projects.models import Measure, Programme
from projects.rollup import STATES, Group, Rollup, Sums

SIGNATURE = ["单位负责人（签字）：", "审核人：", "填表人：", "联系电话：", "填报日期：　　年　　月　　日"]
NOTES = [
    "说明：1. 应报为批准的项目点数；平均进度为各项目点全部任务完成百分比的平均数，序时为同日按时间应达到的平均数。",
    "2. 本月、累计只加计入的月报；累计为批次开始以来各月之和。小计＝本组各行之和，合计＝各小计之和。",
]
ROWS = {"month": "本月", "total": "累计"}


def rollup_paper(rollup: Rollup, programme: Programme, place: str) -> Paper:
    """Raises nothing; `write_paper` compares its formulas with what the database has added up."""
    month = f"{rollup.month.year}年{rollup.month.month}月"
    moment = timezone.localtime(rollup.moment)
    until = f"数据截至 {moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M:%S}，{rollup.scope_words}"
    return Paper(
        tab=f"{rollup.month:%Y-%m}汇总",
        title="项目进度月报汇总表",
        widths=_widths(rollup),
        above=[[f"填报单位：{place}妇联（盖章）", f"{programme.name}　报告期：{month}", "单位：元"], [until]],
        blocks=[Block([*_heading(rollup), *_body(rollup)], heading_rows=2)],
        signature=[SIGNATURE],
        notes=NOTES,
        landscape=True,
        repeats=True,
        made_at=rollup.moment,
    )


def _widths(rollup: Rollup) -> list[float]:
    return [4.5, 14, 18 if rollup.by_site else 13, 5.5, 5.5, 5.5, 7, 7, 6, *(_width(each) for each in rollup.measures)]


def _width(measure: Measure) -> float:
    return 13 if measure.decimal_places else 7.5


def _heading(rollup: Rollup) -> list[list[Box]]:
    first = ["创建类型", "项目点"] if rollup.by_site else ["县（市、区）", "创建类型"]
    words = ["序号", *first, "应报", "已报", "已审", "平均进度%", "序时%", ""]
    units = [head(f"（{measure.unit}）") for measure in rollup.measures]
    shared = [(name, len(list(each))) for name, each in groupby(rollup.measures, key=lambda measure: measure.name)]
    names = [head(name, across=number) for name, number in shared]
    return [[head(word, down=2) for word in words] + names, units]


def _body(rollup: Rollup) -> Iterator[list[Box]]:
    number = 0
    for place, group in enumerate(rollup.groups):
        yield from _group_rows(rollup, place, group)
        for line_place, line in enumerate(group.lines):
            number += 1
            words = [Box(str(number), Kind.CENTRE, down=2), Box("", down=2), Box(line.label, down=2)]
            yield from _rows(rollup, words, line.sums, f"{place}_{line_place}", {})
    yield from _total_rows(rollup)


def _group_rows(rollup: Rollup, place: int, group: Group) -> Iterator[list[Box]]:
    """Sums over the lines that follow, by range: there may be more of them than a list of cells may have."""
    first, last = f"{place}_0", f"{place}_{len(group.lines) - 1}"
    formulas = {name: f"SUM({{{name}{first}}}:{{{name}{last}}})" for name in STATES}
    for measure in rollup.measures:
        figures = f"{{month{measure.pk}_{first}}}:{{total{measure.pk}_{last}}}"
        for row, word in ROWS.items():
            key = f"{row}{measure.pk}_"
            formulas[key] = f'SUMIF({{month_{first}}}:{{total_{last}}},"{word}",{figures})'
    words = [
        Box(group.label, across=2, down=2, is_bold=True),
        Box("小计", Kind.CENTRE, down=2, is_bold=True),
    ]
    yield from _rows(rollup, words, group.sums, str(place), formulas)


def _total_rows(rollup: Rollup) -> Iterator[list[Box]]:
    keys = [*STATES, *(f"{row}{measure.pk}_" for measure in rollup.measures for row in ROWS)]
    places = range(len(rollup.groups))
    formulas = {key: "SUM({})".format(",".join(f"{{{key}{place}}}" for place in places)) for key in keys}
    yield from _rows(rollup, [Box("合计", Kind.CENTRE, across=3, down=2, is_bold=True)], rollup.total, "", formulas)


def _rows(rollup: Rollup, words: list[Box], sums: Sums, name: str, formulas: dict[str, str]) -> Iterator[list[Box]]:
    """The two rows of a line: `formulas` by key where it is a sum of others."""
    bold = bool(formulas)

    def number(key: str, value, **options) -> Box:
        formula = formulas.get(key, "")
        return Box(value, Kind.NUMBER, is_bold=bold, name=f"{key}{name}", formula=formula, **options)

    states = [number(key, getattr(sums, key), down=2) for key in STATES]
    percents = [sums.reached_percent, sums.expected_percent]
    progress = [Box(value, Kind.NUMBER, down=2, is_bold=bold, number_format="0.0") for value in percents]
    for row, word in ROWS.items():
        figures = [
            number(f"{row}{measure.pk}_", _figure(sums, row, measure, bold=bold), number_format=_format(measure))
            for measure in rollup.measures
        ]
        kind = Box(word, Kind.CENTRE, is_bold=bold, name=f"{row}_{name}")
        yield [*(words + states + progress if row == "month" else []), kind, *figures]


def _figure(sums: Sums, row: str, measure: Measure, *, bold: bool) -> Decimal | None:
    """Empty where no report says anything; a sum then is 0."""
    return getattr(sums, row).get(measure.pk, Decimal(0) if bold else None)


def _format(measure: Measure) -> str:
    return "#,##0.00" if measure.decimal_places else "#,##0"
