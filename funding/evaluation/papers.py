"""项目支出绩效自评表: described once for page and workbook; the rate and the total are formulas."""

from decimal import Decimal
from itertools import groupby

from django.utils import timezone

from fedwork import clock
from fedwork.excel import Block, Box, Kind, Paper, head
from funding.amounts import is_whole
from funding.evaluation.reading import EvaluationView, Row
from funding.models.evaluation import EXECUTION_POINTS, Dimension

WIDTHS = [9, 12, 25, 13, 13, 8, 9, 27]
SIGNATURE = ["填报人：", "单位负责人（签字）：", "联系电话：", "填报日期：　　　　年　　月　　日"]
NOTES = [
    "注：1. 满分 100 分：预算执行 10 分、产出指标 50 分、效益指标 30 分、满意度指标 10 分；未得满分的写明偏差原因和改进措施。",
    "　　2. 年初预算数取首次下达的分配表，全年预算数取最近一次下达的分配表，全年执行数取台账支出，执行率＝全年执行数÷全年预算数。",
]


def evaluation_paper(view: EvaluationView) -> Paper:
    evaluation = view.evaluation
    moment = timezone.localtime(evaluation.confirmed_at or clock.now())
    state = "" if evaluation.is_confirmed else "（草稿）"
    return Paper(
        tab="绩效自评表",
        title=f"{evaluation.programme.year}年度项目支出绩效自评表{state}",
        widths=WIDTHS,
        above=[
            [
                f"填报单位：{evaluation.organization.name}妇女联合会（盖章）",
                f"第 {evaluation.number} 版，数据截至 {moment.year}年{moment.month}月{moment.day}日",
                "单位：元",
            ]
        ],
        blocks=[_top(view), _indicators(view)],
        notes=NOTES,
        signature=[SIGNATURE],
        made_at=moment,
    )


def _top(view: EvaluationView) -> Block:
    evaluation, execution = view.evaluation, view.execution
    programme = evaluation.programme
    amounts = [execution.initial, execution.full, execution.executed]
    number_format = "#,##0" if all(map(is_whole, amounts)) else "#,##0.00"

    def amount(value: Decimal, name: str, **options) -> Box:
        return Box(value, Kind.NUMBER, name=name, number_format=number_format, **options)

    rows = [
        [head("项目名称", across=2), Box(programme.name, across=6)],
        [
            head("主管部门", across=2),
            Box(f"{programme.organization.name}妇女联合会", across=2),
            head("实施单位", across=2),
            Box(f"{evaluation.organization.name}妇女联合会", across=2),
        ],
        [
            head("项目资金", across=2, down=2),
            *map(head, ["年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分"]),
        ],
        [
            amount(execution.initial, "initial"),
            amount(execution.full, "full"),
            amount(execution.executed, "executed"),
            Box(EXECUTION_POINTS, Kind.NUMBER, name="points0", number_format="0"),
            Box(execution.rate, Kind.NUMBER, formula="{executed}/{full}", number_format="0.00%"),
            _points(execution.score, "score0"),
        ],
        [head("偏差原因分析及改进措施", across=2), Box(evaluation.execution_reason, across=6)],
        [head("年度总体目标", across=2), Box(programme.goals, across=6)],
        [head("目标完成情况", across=2), Box(evaluation.achieved, across=6)],
    ]
    return Block(rows, heading_rows=0)


def _points(value: Decimal | None, name: str, **options) -> Box:
    shown = "" if value is None else value.normalize() if is_whole(value) else value
    return Box(
        shown, Kind.NUMBER, name=name, number_format="0" if value is None or is_whole(value) else "0.00", **options
    )


def _indicators(view: EvaluationView) -> Block:
    words = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"]
    rows, number = [[head(word) for word in words]], 1
    for dimension, group in groupby(view.rows, key=lambda row: row.line.dimension):
        members = list(group)
        for seconds, found in groupby(members, key=lambda row: row.line.second):
            for place, row in enumerate(same := list(found)):
                boxes = [head(seconds, down=len(same))] if place == 0 else []
                rows.append([*boxes, *_row(row, number)])
                number += 1
        points = sum(row.line.points for row in members)
        first = len(rows) - len(members)
        rows[first].insert(0, head(f"{Dimension(dimension).label}（{points.normalize():f} 分）", down=len(members)))
    return Block([*rows, _total(view, number - 1)])


def _row(row: Row, number: int) -> list[Box]:
    line = row.line
    return [
        Box(line.name),
        Box(line.target, Kind.CENTRE),
        Box(row.actual, Kind.CENTRE),
        _points(line.points, f"points{number}"),
        _points(row.score, f"score{number}"),
        Box(line.reason),
    ]


def _total(view: EvaluationView, last: int) -> list[Box]:
    points = sum((row.line.points for row in view.rows), EXECUTION_POINTS)

    def total(value: Decimal | None, key: str) -> Box:
        formula = f"SUM({{{key}0}},{{{key}1}}:{{{key}{last}}})" if last else f"SUM({{{key}0}})"
        return _points(value, f"{key}all", is_bold=True, formula=formula)

    words = "" if view.total is not None else "还有没填的"
    label = Box("总分", Kind.CENTRE, across=5, is_bold=True)
    return [label, total(points, "points"), total(view.total, "score"), Box(words)]
