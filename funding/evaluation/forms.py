"""What is typed in a 绩效自评表: for each indicator what the system can't know."""

from collections.abc import Iterator

from django import forms

from fedwork.numbers import NumberField
from funding.actions import LineInput
from funding.evaluation.reading import EvaluationView, Row


class EvaluationForm(forms.Form):
    achieved = forms.CharField(
        label="年度目标完成情况", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    execution_reason = forms.CharField(
        label="资金执行率偏差原因及改进措施",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="执行率没有得满分时必填",
    )

    def __init__(self, data=None, *, view: EvaluationView):
        evaluation = view.evaluation
        initial = {"achieved": evaluation.achieved, "execution_reason": evaluation.execution_reason}
        super().__init__(data, initial=initial)
        self.view = view
        for row in view.rows:
            self._add(row)

    def _add(self, row: Row) -> None:
        line, name = row.line, f"line{row.line.pk}"
        if line.is_typed:
            self.fields[f"{name}-actual"] = forms.CharField(
                label=f"{line.name} 实际完成值", required=False, max_length=60, initial=line.actual
            )
            self.fields[f"{name}-score"] = NumberField(
                label=f"{line.name} 得分", required=False, decimal_places=2, max_value=line.points, initial=line.score
            )
        self.fields[f"{name}-reason"] = forms.CharField(
            label=f"{line.name} 偏差原因及改进措施",
            required=False,
            max_length=300,
            initial=line.reason,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        for each in ["actual", "score", "reason"]:
            if field := self.fields.get(f"{name}-{each}"):
                field.widget.attrs["aria-label"] = field.label

    def top(self) -> list[forms.BoundField]:
        return [self["achieved"], self["execution_reason"]]

    def rows(self) -> Iterator[tuple[Row, forms.BoundField | None, forms.BoundField | None, forms.BoundField]]:
        for row in self.view.rows:
            name = f"line{row.line.pk}"
            typed = [self[f"{name}-{part}"] if row.line.is_typed else None for part in ["actual", "score"]]
            yield row, *typed, self[f"{name}-reason"]

    def inputs(self) -> list[LineInput]:
        given = self.cleaned_data
        return [
            LineInput(
                pk,
                given.get(f"line{pk}-actual", ""),
                given.get(f"line{pk}-score"),
                given[f"line{pk}-reason"],
            )
            for pk in (row.line.pk for row in self.view.rows)
        ]
