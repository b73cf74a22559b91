"""Form 3.3, 项目进度月报表, of one report: blocks A to D, filled in or empty, for the page and for Excel."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils import timezone

from fedwork.excel import EPOCH, Block, Box, Kind, Paper, head
from projects.models import MonthlyReport, ReviewDecision
from projects.sheet import FigureLine, Sheet, TaskLine, reported_on
from projects.states import Verdict

WIDTHS = (27, 12, 8, 9, 9, 9, 9, 9)
NOTES = [
    "填报说明：1. 本期末累计＝上期末累计＋本月；活动和资金的上期末累计只计审核通过的月份。",
    "2. 计划%为到本期末按日程应达到的进度；序时进度%为到填报之日按时间应达到的进度，本期末累计低于序时进度的为滞后。",
    "3. 资金单位为元；支付进度＝累计支出÷累计到位。没有发生的填 0，全月没有进展的写明原因，作零报告。",
]
ARRIVED, SPENT = "到位", "支出"  # what the names of money measures are known by


def report_paper(sheet: Sheet, *, is_empty: bool = False) -> Paper:
    """The form of `sheet`; an empty one gives what is known (tasks, dates, 上期末) and leaves the month to the pen."""
    report = sheet.report
    return Paper(
        tab=f"{report.month:%Y-%m}月报",
        title="项目进度月报表",
        widths=WIDTHS,
        above=_above(report, is_empty=is_empty),
        blocks=[
            _progress(sheet, is_empty=is_empty),
            _activities(sheet, is_empty=is_empty),
            _money(sheet, is_empty=is_empty),
            _texts(report, is_empty=is_empty),
        ],
        signature=_signatures(report, is_empty=is_empty),
        notes=NOTES,
        made_at=report.submitted_at or EPOCH,
    )


def _above(report: MonthlyReport, *, is_empty: bool) -> list[list[str]]:
    site = report.site
    unit = f"{site.township_name}妇联" if site.township_name else site.village_name
    number = "" if is_empty or not report.round else report.receipt_number
    nil = "（零报告）" if report.is_nil and not is_empty else ""
    return [
        [f"填报单位：{unit}（盖章）", f"报告期：{report.month_label}{nil}"],
        [f"项目点：{site.name}", f"类型：{site.creation_type}", f"编号：{number}"],
    ]


def _number(value: Decimal | int | None, **options) -> Box:
    return Box(value, Kind.NUMBER, **options)


def _progress(sheet: Sheet, *, is_empty: bool) -> Block:
    words = "工作内容 计划完成时间 计划% 上期末累计% 本月完成% 本期末累计% 序时进度% 是否滞后"
    rows = [[head(word) for word in words.split()]]
    for task in sheet.tasks:
        rows.append(_task_row(task, sheet.report, is_empty=is_empty))
    return Block(rows, caption="一、工作进度")


def _task_row(task: TaskLine, report: MonthlyReport, *, is_empty: bool) -> list[Box]:
    item, day, key = task.item, reported_on(report), task.item.pk
    is_open = is_empty and not task.is_settled
    is_blank = is_open or (task.percent is None and not task.is_settled and not report.is_nil)
    return [
        Box(item.name),
        Box(f"{item.due_on.month}月{item.due_on.day}日", Kind.CENTRE),
        _number(item.expected_percent(report.month_end)),
        _number(task.last_percent, name=f"last{key}"),
        _number(None if is_blank else task.this_month, name=f"month{key}"),
        _number(None if is_blank else task.reached, formula=f"{{last{key}}}+{{month{key}}}"),
        _number(None if is_open else item.expected_percent(day)),
        Box("" if is_blank else "是" if item.is_lagging(task.reached, day) else "否", Kind.CENTRE),
    ]


def _activities(sheet: Sheet, *, is_empty: bool) -> Block:
    """Persons and events are whole numbers; three columns each, as wide as money."""
    rows = [
        _figure_head("活动内容"),
        *(_figure_row(line, sheet.report, is_empty=is_empty) for line in sheet.activities),
    ]
    return Block(rows, caption="二、活动开展情况")


def _figure_head(words: str) -> list[Box]:
    return [head(words), head("单位"), *(head(word, across=2) for word in ["上期末累计", "本月", "本期末累计"])]


def _figure_row(line: FigureLine, report: MonthlyReport, *, is_empty: bool) -> list[Box]:
    value = Decimal(0) if report.is_nil else line.value
    is_blank, key = is_empty or value is None, line.key
    shape = "#,##0.00" if line.measure.decimal_places else "#,##0"
    return [
        Box(line.measure.name),
        Box(line.measure.unit, Kind.CENTRE),
        _number(line.earlier, across=2, name=f"last_{key}", number_format=shape),
        _number(None if is_blank else value, across=2, name=f"month_{key}", number_format=shape),
        _number(
            None if is_blank else line.earlier + value,
            across=2,
            name=f"total_{key}",
            formula=f"{{last_{key}}}+{{month_{key}}}",
            number_format=shape,
        ),
    ]


def _money(sheet: Sheet, *, is_empty: bool) -> Block:
    rows = [_figure_head("资金项目"), *(_figure_row(line, sheet.report, is_empty=is_empty) for line in sheet.money)]
    return Block([*rows, *_payment(sheet, is_empty=is_empty)], caption="三、资金到位和使用（元）")


def _payment(sheet: Sheet, *, is_empty: bool) -> Iterator[list[Box]]:
    """支付进度＝累计支出÷累计到位, where the programme's measures tell both."""
    arrived = [line for line in sheet.money if ARRIVED in line.measure.name]
    spent = [line for line in sheet.money if SPENT in line.measure.name]
    if not arrived or len(spent) != 1:
        return
    is_blank = is_empty or (any(line.value is None for line in arrived + spent) and not sheet.report.is_nil)
    total, out = sum(line.cumulative for line in arrived), spent[0].cumulative
    sums = "SUM({})".format(",".join(f"{{total_{line.key}}}" for line in arrived))
    yield [
        Box("累计到位合计"),
        Box("元", Kind.CENTRE),
        _number(None if is_blank else total, across=2, name="arrived", formula=sums, number_format="#,##0.00"),
        Box("支付进度", Kind.CENTRE, across=2),
        _number(
            None if is_blank or not total else out / total,
            across=2,
            formula=f"{{total_{spent[0].key}}}/{{arrived}}",
            number_format="0.0%",
        ),
    ]


def _texts(report: MonthlyReport, *, is_empty: bool) -> Block:
    parts = [("存在问题及原因", report.problems), ("需协调事项", report.needs), ("下月计划", report.next_plan)]
    rows = [
        [Box(label, Kind.CENTRE, is_bold=True), Box("" if is_empty else text, across=len(WIDTHS) - 1, lines=3)]
        for label, text in parts
    ]
    return Block(rows, caption="四、问题和计划", heading_rows=0)


def _signatures(report: MonthlyReport, *, is_empty: bool) -> list[list[str]]:
    names = [["单位负责人（签字）：", "审核人：", "填表人："], ["联系电话：", "填报日期："]]
    if is_empty or not report.submitted_at:
        return names
    by, day = report.submitted_by, timezone.localdate(report.submitted_at)
    values = [["", _checked_by(report), by.full_name], [by.phone, f"{day.year}年{day.month}月{day.day}日"]]
    return [[name + value for name, value in zip(*pair, strict=True)] for pair in zip(names, values, strict=True)]


def _checked_by(report: MonthlyReport) -> str:
    """Who passed this round first: the county, or the city where it alone reviews."""
    passed = ReviewDecision.objects.filter(
        submission__report=report, submission__round=report.round, verdict=Verdict.PASSED
    )
    decision = passed.select_related("decided_by").first()
    return decision.decided_by.full_name if decision else ""
