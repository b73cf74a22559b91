from django import forms

from assessments.actions.vetoes import veto_items
from assessments.hints import Hint
from projects.models import ProjectSite


def _text(label: str, longest: int, **options) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, widget=forms.Textarea(attrs={"rows": 5}), **options)


class ProposeForm(forms.Form):
    item = forms.ModelChoiceField(None, label="情形", empty_label="请选择")
    evidence = _text("事实和证据", 2000, help_text="什么时候、什么事、凭什么认定；材料在下面上传")

    def __init__(self, *args, site: ProjectSite, hint: Hint | None = None, **kwargs):
        """`hint` fills it in."""
        if hint:
            kwargs["initial"] = {"item": hint.item, "evidence": hint.evidence}
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = veto_items(site)


class ExplainForm(forms.Form):
    explanation = _text("情况说明", 2000)


class DecideForm(forms.Form):
    is_confirmed = forms.TypedChoiceField(
        label="认定",
        choices=[("yes", "成立：一票否决，结果为不通过"), ("no", "不成立")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    decision = _text("认定理由", 1000)
