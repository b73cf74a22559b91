"""What is written around the annual assessment of a unit."""

from decimal import Decimal

from django import forms

from assessments.forms.scores import PointsField
from assessments.models import AnnualAssessment, AnnualTrigger
from fedwork.numbers import NumberField


def _long(label: str, **options) -> forms.CharField:
    return forms.CharField(label=label, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), **options)


class Step(forms.Form):
    """Each step says which version of the assessment was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    button = ""

    def __init__(self, data=None, *, item: AnnualAssessment | None = None, **kwargs):
        kwargs["initial"] = {"version": item.version if item else 0} | kwargs.get("initial", {})
        super().__init__(data, auto_id=f"id_{type(self).__name__}_%s", **kwargs)


class AssessForm(Step):
    total = PointsField(most=Decimal(100), label="年度考核得分", help_text="满分 100，以 0.5 分为一档")
    remark = _long("考核意见", required=False)
    field_order = ["total", "remark"]
    button = "保存得分"


class ProposeForm(Step):
    basis = forms.CharField(label="否决依据", max_length=300, help_text="触发的是哪一条，涉及哪些项目点")
    evidence = _long("证据", help_text="验收评审表、督查通报、整改台账等")
    field_order = ["basis", "evidence"]
    button = "提出否决"


class DecideForm(Step):
    is_confirmed = forms.TypedChoiceField(
        label="核准",
        choices=[("yes", "核准，结果为否决"), ("no", "不核准")],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )
    note = forms.CharField(label="核准意见", max_length=300, required=False)
    field_order = ["is_confirmed", "note"]
    button = "提交核准"


class AppealForm(Step):
    text = _long("申诉的理由")
    field_order = ["text"]
    button = "提交申诉"


class AppealAnswerForm(Step):
    is_lifted = forms.TypedChoiceField(
        label="核查结果",
        choices=[("no", "维持否决"), ("yes", "撤销否决")],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )
    answer = _long("答复")
    field_order = ["is_lifted", "answer"]
    button = "答复申诉"


class RuleForm(forms.Form):
    trigger = forms.ChoiceField(label="否决触发条件", choices=AnnualTrigger, widget=forms.RadioSelect)
    percent = NumberField(label="不通过的比例（%）", unit="%", max_value=100, help_text="只在按比例时用")
