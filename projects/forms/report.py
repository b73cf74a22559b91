from typing import NamedTuple

from django import forms

from fedwork.numbers import NumberField, posted_integer
from projects.actions import ReportContent, pass_report, return_report, save_report
from projects.comparison import Comparison
from projects.forms.fieldwise import FieldwiseForm, one_line_end
from projects.models import MonthlyReport, ReviewDecision
from projects.reopening import apply_return
from projects.sheet import TEXTS, Anomaly, FigureLine, Sheet, TaskLine
from projects.states import Verdict

REMARK, REMARK_LENGTH = "remark_", 500


class Entry(NamedTuple):
    """One field as the pages show it: with what is out of the ordinary and the field for the line of reason, if any.
    A figure that is counted from records has no field of its own; `remark` is what the last return said of it."""

    key: str
    field: forms.BoundField | None
    is_carried: bool = False
    anomaly: Anomaly | None = None
    why: forms.BoundField | None = None
    remark: str = ""


class ReportForm(FieldwiseForm):
    """The shape of a monthly report's input, of a whole page or of some of its fields. Everything is optional here: a
    draft may be half empty, and what is missing is told by the sheet before submission.

    Field names are the sheet's keys, and "why_" + key for a line of reason.
    """

    is_nil = forms.BooleanField(label="本月零报告（没有任何进展和活动）", required=False, show_hidden_initial=True)

    def __init__(self, *args, sheet: Sheet, **kwargs):
        self.sheet = sheet
        self.carried = sheet.carried()
        kwargs.setdefault("initial", sheet.stored())
        super().__init__(*args, **kwargs)
        for task in sheet.open_tasks:
            self._add_task(task)
        for line in sheet.figures:
            self._add_figure(line)
        for name, label in TEXTS:
            self._add_text(name, label)
        apply_return(self, sheet.report)

    def _add_task(self, task: TaskLine) -> None:
        self.fields[task.percent_key] = NumberField(
            label=f"{task.item.name} 本期末进度", unit="%", max_value=100, required=False, show_hidden_initial=True
        )
        self.fields[task.done_key] = forms.DateField(
            label=f"{task.item.name} 完成日期",
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": "请按 2026-11-20 的样子填写日期。"},
            show_hidden_initial=True,
        )
        self._add_why(task.percent_key, task.item.name)

    def _add_figure(self, line: FigureLine) -> None:
        self._add_why(line.key, str(line.measure))
        if line.is_counted:
            return
        self.fields[line.key] = NumberField(
            label=str(line.measure),
            unit=line.measure.unit,
            decimal_places=line.measure.decimal_places,
            required=False,
            show_hidden_initial=True,
        )

    def _add_why(self, key: str, label: str) -> None:
        self.fields[f"why_{key}"] = forms.CharField(
            label=f"{label} 的原因", required=False, max_length=200, show_hidden_initial=True
        )

    def _add_text(self, name: str, label: str) -> None:
        self.fields[name] = forms.CharField(
            label=label,
            required=False,
            max_length=MonthlyReport._meta.get_field(name).max_length,
            widget=forms.Textarea(attrs={"rows": 4}),
            error_messages={"max_length": "最多 %(limit_value)d 个字，现在有 %(show_value)d 个字，请删减。"},
            show_hidden_initial=True,
        )
        # The browser would cut a long paste without a word; the sentence above says what is too much.
        self.fields[name].widget.attrs.pop("maxlength", None)

    def save(self, *, by, version: int) -> MonthlyReport:
        """What was changed and understood goes through `save_report`; raises its refusals."""
        return save_report(self.sheet.report, by=by, version=version, content=self.content(), base=self.base())

    def content(self) -> ReportContent:
        touched, data = self.touched(), self.cleaned_data
        tasks, last = self.sheet.open_tasks, self.sheet.last_values()
        posted = set(self.data.getlist(self.add_prefix("carried")))
        return ReportContent(
            is_nil=data["is_nil"] if "is_nil" in touched else None,
            texts={name: one_line_end(data[name]) for name, _ in TEXTS if name in touched},
            figures={line.measure.pk: data[line.key] for line in self.sheet.figures if line.key in touched},
            percents={task.item.pk: _whole(data[task.percent_key]) for task in tasks if task.percent_key in touched},
            done_on={task.item.pk: data[task.done_key] for task in tasks if task.done_key in touched},
            explanations={name[4:]: data[name] for name in touched if name.startswith("why_")},
            carried={key for key in posted & touched if key in last and data[key] == last[key]},
        )

    def entry(self, key: str, anomaly: Anomaly | None) -> Entry:
        why = self[f"why_{key}"] if anomaly else None
        if key not in self.fields:
            return Entry(key, None, anomaly=anomaly, why=why, remark=self.sheet.report.remarks.get(key, ""))
        return Entry(key, self[key], key in self.carried, anomaly, why)

    def text_entry(self, name: str) -> Entry:
        return Entry(name, self[name])

    def task_rows(self) -> list[tuple]:
        return [
            (task, self.entry(task.percent_key, task.anomaly), self[task.done_key]) for task in self.sheet.open_tasks
        ]

    def activity_rows(self) -> list[tuple]:
        return [(line, self.entry(line.key, line.anomaly)) for line in self.sheet.activities]

    def money_rows(self) -> list[tuple]:
        return [(line, self.entry(line.key, line.anomaly)) for line in self.sheet.money]

    def text_entries(self) -> list[Entry]:
        return [self.text_entry(name) for name, _ in TEXTS]


class DecisionForm(forms.Form):
    """A reviewer's decision, with room for a remark on each line of what was submitted: "remark_<key>". Whether it may
    be taken is for the action to say."""

    verdict = forms.ChoiceField(choices=Verdict, error_messages={"required": "请选择通过或退回。"})
    version = forms.CharField(required=False)
    reason = forms.CharField(
        label="意见",
        required=False,
        max_length=ReviewDecision._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3, "aria-describedby": "id_reason_hint"}),
        error_messages={"max_length": "意见最多 %(limit_value)d 个字，现在有 %(show_value)d 个字，请删减。"},
    )

    def __init__(self, *args, comparison: Comparison, **kwargs):
        self.comparison = comparison
        super().__init__(*args, **kwargs)
        self.fields["reason"].widget.attrs.pop("maxlength", None)
        for row in comparison.rows:
            field = self.fields[REMARK + row.key] = forms.CharField(
                label=f"对“{row.label}”的批注",
                required=False,
                max_length=REMARK_LENGTH,
                # Beside its line, far from the buttons: the attribute makes it part of the decision all the same.
                widget=forms.Textarea(attrs={"rows": 2, "form": "decision"}),
                error_messages={"max_length": f"对“{row.label}”的批注最多 {REMARK_LENGTH} 个字，请删减。"},
            )
            field.widget.attrs.pop("maxlength", None)

    @property
    def verdict_given(self) -> Verdict:
        return Verdict(self.cleaned_data["verdict"])

    def lines(self) -> list[tuple]:
        """(section, [(row, remark field)]) as the page shows them."""
        return [(part, [(row, self[REMARK + row.key]) for row in part.rows]) for part in self.comparison.sections]

    def remarks(self) -> dict[str, str]:
        """What was pinned to fields, by key."""
        texts = {row.key: self.cleaned_data[REMARK + row.key] for row in self.comparison.rows}
        return {key: text.replace("\r\n", "\n") for key, text in texts.items() if text}

    def unplaced(self) -> list[str]:
        """Remarks that were typed on lines which the report no longer has: shown, so that nothing typed is lost."""
        posted = {name: text for name, text in self.data.items() if name.startswith(REMARK) and name not in self.fields}
        return [text for text in posted.values() if text.strip()]

    def typed(self) -> list[str]:
        """Everything that was typed, for those to whom the report is no longer open to decide."""
        texts = [self[name].value() for name in self.fields if name == "reason" or name.startswith(REMARK)]
        return [text for text in texts if text and text.strip()] + self.unplaced()

    def decide(self, report: MonthlyReport, *, by) -> MonthlyReport:
        """Through the action; raises its refusals, and ValidationError for a form that cannot be understood."""
        if not self.is_valid():
            raise forms.ValidationError([message for messages in self.errors.values() for message in messages])
        act = {Verdict.PASSED: pass_report, Verdict.RETURNED: return_report}[self.verdict_given]
        version = posted_integer(self.cleaned_data["version"])
        reason = self.cleaned_data["reason"].replace("\r\n", "\n")
        return act(report, by=by, version=version, reason=reason, remarks=self.remarks())


def _whole(number) -> int | None:
    return None if number is None else int(number)
