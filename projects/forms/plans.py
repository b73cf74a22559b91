"""What people write into an implementation plan, and about it."""

from django import forms

from projects.models import ImplementationPlan
from projects.models.plan import SECTIONS


class PlanForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"invalid": "请刷新页面再办。"})

    class Meta:
        model = ImplementationPlan
        fields = [*SECTIONS, "document_number"]
        widgets = {name: forms.Textarea(attrs={"rows": 8}) for name in SECTIONS}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        for name in SECTIONS:
            self.fields[name].widget.attrs.pop("maxlength", None)
            self.fields[name].error_messages["max_length"] = (
                "最多 %(limit_value)d 个字，现在有 %(show_value)d 个字，请删减。"
            )

    def _post_clean(self) -> None:
        """The fields go onto the plan; whether the whole of it is right is for the action to say."""
        if not self.errors:
            self.instance = forms.models.construct_instance(self, self.instance, self._meta.fields)


class DecisionForm(forms.Form):
    note = forms.CharField(label="意见", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"invalid": "请刷新页面再办。"})
