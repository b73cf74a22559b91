from django import forms

from fedwork.numbers import NumberField, posted_integer
from projects.actions import ReportContent, pass_report, return_report
from projects.comparison import Comparison
from projects.models import MonthlyReport, ReviewDecision
from projects.sheet import TEXTS, Sheet
from projects.states import Verdict

REMARK, REMARK_LENGTH = "remark_", 500


class ReportForm(forms.Form):
    """The shape of a monthly report's input. Everything is optional here: a draft may be half empty, and what is
    missing is told by the sheet before submission. Field names are the sheet's keys."""

    is_nil = forms.BooleanField(label="本月零报告（没有任何进展和活动）", required=False)

    def __init__(self, *args, sheet: Sheet, **kwargs):
        self.sheet = sheet
        kwargs.setdefault("initial", self._initial(sheet))
        super().__init__(*args, **kwargs)
        for task in sheet.open_tasks:
            name = task.item.name
            self.fields[task.percent_key] = NumberField(
                label=f"{name} 本期末进度", unit="%", max_value=100, required=False
            )
            self.fields[task.done_key] = forms.DateField(
                label=f"{name} 完成日期",
                required=False,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                error_messages={"invalid": "请按 2026-11-20 的样子填写日期。"},
            )
        for line in sheet.figures:
            self.fields[line.key] = NumberField(
                label=str(line.measure),
                unit=line.measure.unit,
                decimal_places=line.measure.decimal_places,
                required=False,
            )
        for name, label in TEXTS:
            field = MonthlyReport._meta.get_field(name)
            self.fields[name] = forms.CharField(
                label=label,
                required=False,
                max_length=field.max_length,
                widget=forms.Textarea(attrs={"rows": 4}),
                error_messages={"max_length": "最多 %(limit_value)d 个字，现在有 %(show_value)d 个字，请删减。"},
            )
            # The browser would cut a long paste without a word; the sentence above says what is too much.
            self.fields[name].widget.attrs.pop("maxlength", None)

    @staticmethod
    def _initial(sheet: Sheet) -> dict:
        report = sheet.report
        initial = {name: getattr(report, name) for name in ["is_nil", *(name for name, _ in TEXTS)]}
        for task in sheet.open_tasks:
            initial[task.percent_key], initial[task.done_key] = task.percent, task.done_on
        return initial | {line.key: line.value for line in sheet.figures}

    def content(self) -> ReportContent:
        """What was typed and understood. A field in error is left out, so that its stored value stays."""
        data = self.cleaned_data
        understood = [task for task in self.sheet.open_tasks if {task.percent_key, task.done_key} <= data.keys()]
        return ReportContent(
            is_nil=data["is_nil"],
            # Browsers end lines in two characters; one will do, and keeps texts comparable.
            texts={name: data[name].replace("\r\n", "\n") for name, _ in TEXTS if name in data},
            figures={line.measure.pk: data[line.key] for line in self.sheet.figures if line.key in data},
            percents={task.item.pk: _whole(data[task.percent_key]) for task in understood},
            done_on={task.item.pk: data[task.done_key] for task in understood},
        )

    def task_rows(self) -> list[tuple]:
        return [(task, self[task.percent_key], self[task.done_key]) for task in self.sheet.open_tasks]

    def activity_rows(self) -> list[tuple]:
        return [(line, self[line.key]) for line in self.sheet.activities]

    def money_rows(self) -> list[tuple]:
        return [(line, self[line.key]) for line in self.sheet.money]

    def text_fields(self) -> list:
        return [self[name] for name, _ in TEXTS]


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
