from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from fedwork import clock
from fedwork.numbers import grouped_number
from projects.counting import Counted, counts_of
from projects.models import Attachment, Measure, MonthlyReport, ScheduleItem
from projects.models.attachment import ATTACHMENTS
from projects.sheet.lines import Anomaly, FigureLine, TaskLine

TEXTS = [("problems", "存在问题及原因"), ("needs", "需协调事项"), ("next_plan", "下月计划")]


@dataclass
class Sheet:
    report: MonthlyReport
    tasks: list[TaskLine]
    figures: list[FigureLine]
    pending_months: list[date] = field(default_factory=list)
    coming: list[ScheduleItem] = field(default_factory=list)  # tasks of later stages that begin next month

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
    def counted(self) -> list[FigureLine]:
        return [line for line in self.figures if line.is_counted]

    @cached_property
    def money(self) -> list[FigureLine]:
        return [line for line in self.figures if line.measure.section == Measure.Section.MONEY]

    @cached_property
    def moved(self) -> list[tuple[FigureLine, Counted]]:
        """The lines of a report that was sent whose records say something else by now: the ledger goes on."""
        if self.report.is_editable:
            return []
        now = counts_of(self.report, [line.measure for line in self.counted])
        pairs = [(line, now[line.measure.pk]) for line in self.counted if line.measure.pk in now]
        return [(line, counted) for line, counted in pairs if counted.value != line.value]

    @property
    def asks_activities(self) -> bool:
        """Whether any of them is to be typed."""
        return not all(line.is_counted for line in self.activities)

    @property
    def asks_money(self) -> bool:
        return not all(line.is_counted for line in self.money)

    @cached_property
    def attachments(self) -> list[Attachment]:
        """Photos and files that were not removed; `load_attachments` fetches those of many sheets at once."""
        return list(self.report.attachments.of_sheets())

    def stored(self) -> dict[str, object]:
        """Every field by its key, as the row and its lines have it."""
        values = {name: getattr(self.report, name) for name in ["is_nil", *(name for name, _ in TEXTS)]}
        for task in self.open_tasks:
            values[task.percent_key], values[task.done_key] = task.percent, task.done_on
        values |= {line.key: line.value for line in self.figures}
        return values | {f"why_{key}": text for key, text in self.report.explanations.items()}

    def in_words(self, key: str) -> str:
        """The stored value of a field as it is read."""
        value = self.stored().get(key)
        if isinstance(value, bool):
            return "是" if value else "否"
        return grouped_number(value) if isinstance(value, Decimal) else str("" if value is None else value)

    def anomalies(self) -> list[Anomaly]:
        """What is out of the ordinary. It doesn't stand against submission once a line of reason is given."""
        if self.report.is_nil:
            return []
        return [line.anomaly for line in [*self.open_tasks, *self.figures] if line.anomaly]

    def explained(self) -> list[tuple[Anomaly, str]]:
        """Each anomaly with the line of reason given for it, empty when there is none."""
        return [(anomaly, self.report.explanations.get(anomaly.key, "")) for anomaly in self.anomalies()]

    def last_values(self) -> dict[str, object]:
        """What 同上月 fills in, by key: last month's figures, and the percents that stood at its end."""
        values = {line.key: line.last for line in self.figures if line.last is not None and not line.is_counted}
        return values | {task.percent_key: task.last_percent for task in self.open_tasks}

    def carried(self) -> set[str]:
        """The keys that were taken over from last month and still say the same."""
        stored, last = self.stored(), self.last_values()
        return {key for key in self.report.carried if key in last and stored[key] == last[key]}

    def suggested_plan(self) -> str:
        """下月计划 as the schedule has it: what is due or under way next month, and what is left over."""
        report = self.report
        if report.month >= report.site.programme.last_month:
            return ""
        undone = [task.item for task in self.open_tasks if task.reached < 100] + self.coming
        return "\n".join(f"{number}. {self._plan_line(item)}" for number, item in enumerate(undone, 1))

    def _plan_line(self, item: ScheduleItem) -> str:
        day = f"{item.due_on.month}月{item.due_on.day}日"
        if item.due_on <= self.report.month_end:
            return f"继续完成“{item.name}”（原计划 {day}）。"
        return f"推进“{item.name}”，计划 {day}完成。"

    def entries(self) -> list[dict]:
        """The report in words: what a submission keeps, and what reviewers compare. Values are text."""
        if self.report.is_nil:
            return list(self._entries())
        notes = {
            anomaly.key: {"warning": anomaly.sentence, "explanation": reason} for anomaly, reason in self.explained()
        }
        carried = self.carried()
        return [
            entry | notes.get(entry["key"], {}) | ({"carried": True} if entry["key"] in carried else {})
            for entry in self._entries()
        ]

    def _entries(self) -> Iterator[dict]:
        report = self.report
        yield {"key": "is_nil", "section": "报告", "label": "零报告", "value": "是" if report.is_nil else "否"}
        if not report.is_nil:
            for task in self.tasks:
                yield _entry(task.percent_key, "工作进度", task.item.name, _percent_in_words(task))
            for line in self.figures:
                label = f"{line.measure.name} {line.measure.unit}"
                entry = _entry(line.key, line.measure.get_section_display(), label, grouped_number(line.value))
                counted = line.is_counted
                yield entry | ({"records": line.origin.records, "source": line.measure.source} if counted else {})
        for name, label in TEXTS:
            yield _entry(name, "问题与计划", label, getattr(report, name))
        yield _entry(ATTACHMENTS, "照片和文件", "照片和文件", "\n".join(row.in_words for row in self.attachments))

    def errors(self) -> list[tuple[str, str]]:
        """What stands against submission: (field key, Chinese sentence), all at once, in the order of the page."""
        report, errors = self.report, []
        if report.is_nil:
            if not report.problems.strip():
                errors.append(("problems", "零报告请在“存在问题及原因”里写明本月没有进展的原因。"))
            if any(line.value for line in self.counted):
                errors.append(
                    ("is_nil", "本月已有工作记录或资金往来，不是零报告：请去掉“本月零报告”的勾，或者移除记错的记录。")
                )
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
        return errors + self.unexplained()

    def unexplained(self) -> list[tuple[str, str]]:
        """The anomalies without a line of reason, as errors of their fields for it."""
        return [
            (f"why_{anomaly.key}", f"{anomaly.sentence}请改正，或者写一句原因。")
            for anomaly, reason in self.explained()
            if not reason
        ]


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
    if task.percent == 100 and task.evidence_missing:
        asked = f"{task.item.evidence}）{task.item.evidence_count} 份，现在有 {task.attached} 份"
        yield task.evidence_key, f"“{name}”已完成，要上传佐证材料（{asked}：请在“照片和文件”里附到这项任务。"
