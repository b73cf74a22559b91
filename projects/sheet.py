"""The sheet of a monthly report: every line of form 3.3 with last month, this month and the cumulative value.

One read model serves the page, the check before submission, the snapshot of a round, the review and the print, in a
fixed number of queries.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from dateutil.relativedelta import relativedelta

from fedwork import clock
from fedwork.numbers import grouped_number
from projects.effective import effective_values
from projects.models import Measure, MonthlyReport, ProgressLine, ScheduleItem
from projects.states import SUBMITTED, ReportStatus

TEXTS = [("problems", "存在问题及原因"), ("needs", "需协调事项"), ("next_plan", "下月计划")]


@dataclass
class FigureLine:
    """One measure: `last` is last month's value, `earlier` the sum over the accepted months before this one.

    All values are effective: corrections of accepted reports are in.
    """

    measure: Measure
    last: Decimal | None = None
    earlier: Decimal = Decimal(0)
    value: Decimal | None = None

    @property
    def key(self) -> str:
        return f"figure_{self.measure.pk}"

    @property
    def cumulative(self) -> Decimal:
        return self.earlier + (self.value or 0)

    @property
    def change(self) -> Decimal | None:
        """Against last month; None when either is missing."""
        return None if self.value is None or self.last is None else self.value - self.last


@dataclass
class TaskLine:
    """One task: percents are cumulative; `last_percent` stood at the end of the last month that was reported.

    A task that was finished by then is settled: it is shown, and not asked for again.
    """

    item: ScheduleItem
    day: date
    last_percent: int = 0
    last_done_on: date | None = None
    percent: int | None = None
    done_on: date | None = None

    @property
    def percent_key(self) -> str:
        return f"percent_{self.item.pk}"

    @property
    def done_key(self) -> str:
        return f"done_{self.item.pk}"

    @property
    def is_settled(self) -> bool:
        return self.last_percent == 100

    @property
    def finished_on(self) -> date | None:
        return self.last_done_on if self.is_settled else self.done_on

    @property
    def reached(self) -> int:
        return self.last_percent if self.percent is None or self.is_settled else self.percent

    @property
    def this_month(self) -> int:
        return self.reached - self.last_percent

    @property
    def expected(self) -> int:
        return self.item.expected_percent(self.day)

    @property
    def is_lagging(self) -> bool:
        return self.item.is_lagging(self.reached, self.day)

    @property
    def days_overdue(self) -> int:
        return self.item.days_overdue(self.reached, self.day)


@dataclass
class Sheet:
    report: MonthlyReport
    tasks: list[TaskLine]
    figures: list[FigureLine]
    pending_months: list[date] = field(default_factory=list)

    @cached_property
    def open_tasks(self) -> list[TaskLine]:
        return [task for task in self.tasks if not task.is_settled]

    @cached_property
    def settled_tasks(self) -> list[TaskLine]:
        return [task for task in self.tasks if task.is_settled]

    @cached_property
    def activities(self) -> list[FigureLine]:
        return [line for line in self.figures if line.measure.section == Measure.Section.ACTIVITY]

    @cached_property
    def money(self) -> list[FigureLine]:
        return [line for line in self.figures if line.measure.section == Measure.Section.MONEY]

    def warnings(self) -> list[str]:
        """What a second look is worth, in sentences; nothing here stands against submission."""
        if self.report.is_nil:
            return []
        tasks = [warning for task in self.open_tasks for warning in _task_warning(task)]
        return tasks + [warning for line in self.figures for warning in _figure_warning(line)]

    def entries(self) -> list[dict]:
        """The report in words: what a submission keeps, and what reviewers compare. Values are text."""
        return list(self._entries())

    def _entries(self) -> Iterator[dict]:
        report = self.report
        yield {"key": "is_nil", "section": "报告", "label": "零报告", "value": "是" if report.is_nil else "否"}
        if not report.is_nil:
            for task in self.tasks:
                yield _entry(task.percent_key, "工作进度", task.item.name, _percent_in_words(task))
            for line in self.figures:
                label = f"{line.measure.name} {line.measure.unit}"
                yield _entry(line.key, line.measure.get_section_display(), label, grouped_number(line.value))
        for name, label in TEXTS:
            yield _entry(name, "问题与计划", label, getattr(report, name))

    def errors(self) -> list[tuple[str, str]]:
        """What stands against submission: (field key, Chinese sentence), all at once, in the order of the page."""
        report, errors = self.report, []
        if report.is_nil:
            if not report.problems.strip():
                errors.append(("problems", "零报告请在“存在问题及原因”里写明本月没有进展的原因。"))
            return errors
        for task in self.open_tasks:
            errors += _task_errors(task)
        errors += [
            (line.key, f"请填写“{line.measure.name}（{line.measure.unit}）”，没有就填 0。")
            for line in self.figures
            if line.value is None
        ]
        if not report.next_plan.strip() and report.month < report.site.programme.last_month:
            errors.append(("next_plan", "请填写下月计划。"))
        return errors


def _task_warning(task: TaskLine) -> Iterator[str]:
    if task.percent is not None and task.percent < task.last_percent:
        yield f"“{task.item.name}”本期末 {task.percent}%，低于上期末的 {task.last_percent}%。"


def _figure_warning(line: FigureLine) -> Iterator[str]:
    """ux.md: beyond half as much again, or half as little, as last month."""
    if line.last and line.value is not None and abs(line.value - line.last) * 2 > line.last:
        shown = f"{grouped_number(line.last)} 变为 {grouped_number(line.value)}"
        yield f"“{line.measure}”由上月的 {shown}，相差一半以上。"


def _entry(key: str, section: str, label: str, value: str) -> dict:
    return {"key": key, "section": section, "label": label, "value": value}


def _percent_in_words(task: TaskLine) -> str:
    if task.percent is None and not task.is_settled:
        return ""
    done = f"（{task.finished_on.month}月{task.finished_on.day}日完成）" if task.finished_on else ""
    return f"{task.reached}%{done}"


def _task_errors(task: TaskLine) -> Iterator[tuple[str, str]]:
    name = task.item.name
    if task.percent is None:
        yield task.percent_key, f"请填写“{name}”的本期末进度，没有动工就填 0。"
    elif task.percent == 100 and task.done_on is None:
        yield task.done_key, f"“{name}”已完成，请填写完成日期。"
    elif task.percent < 100 and task.done_on is not None:
        yield task.done_key, f"“{name}”尚未完成，不填完成日期。"
    if task.done_on and task.done_on > clock.today():
        yield task.done_key, f"“{name}”的完成日期不能晚于今天。"


def report_sheet(report: MonthlyReport) -> Sheet:
    """Seven queries, whatever the number of tasks, measures and months."""
    earlier = list(
        MonthlyReport.objects.filter(site=report.site_id, month__lt=report.month, status__in=SUBMITTED).order_by(
            "month"
        )
    )
    due = MonthlyReport.objects.filter(site=report.site_id, month__lt=report.month)
    pending = due.exclude(status=ReportStatus.ACCEPTED).order_by("month").values_list("month", flat=True)
    return Sheet(report, _task_lines(report, earlier), _figure_lines(report, earlier), list(pending))


def _figure_lines(report: MonthlyReport, earlier: list[MonthlyReport]) -> list[FigureLine]:
    last_month = report.month - relativedelta(months=1)
    last = next((row.pk for row in earlier if row.month == last_month), None)
    accepted = {row.pk for row in earlier if row.status == ReportStatus.ACCEPTED}
    lines = {m.pk: FigureLine(m) for m in Measure.objects.filter(programme=report.site.programme_id)}
    for (report_id, measure), value in effective_values([report.pk, *(row.pk for row in earlier)]).items():
        line = lines[measure]
        if report_id == report.pk:
            line.value = value
        if report_id == last:
            line.last = value
        if report_id in accepted:
            line.earlier += value
    return list(lines.values())


def _task_lines(report: MonthlyReport, earlier: list[MonthlyReport]) -> list[TaskLine]:
    """Tasks of the stages that run in the month, and what earlier stages left undone."""
    day = min(report.month_end, max(clock.today(), report.month))
    begun = ScheduleItem.objects.filter(stage__site=report.site_id, stage__starts_on__lte=report.month_end)
    lines = {item.pk: TaskLine(item, day) for item in begun.select_related("stage")}
    month_of = {row.pk: row.month for row in earlier} | {report.pk: report.month}
    progress = ProgressLine.objects.filter(report__in=month_of)
    for row in sorted(progress, key=lambda row: month_of[row.report_id]):
        line = lines.get(row.item_id)
        if line and row.report_id == report.pk:
            line.percent, line.done_on = row.percent, row.done_on
        elif line:
            line.last_percent, line.last_done_on = row.percent or 0, row.done_on
    current = [line for line in lines.values() if line.item.stage.ends_on >= report.month]
    left_over = [line for line in lines.values() if line.item.stage.ends_on < report.month and line.last_percent < 100]
    return left_over + current
