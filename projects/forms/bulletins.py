"""The period of a bulletin is chosen first; then its text, drawn from the records, is edited."""

from datetime import timedelta

from django import forms

from fedwork import clock
from fedwork.dates import DayInput
from projects.forms.records import INVALID_DAY
from projects.models import Bulletin, Programme

DAY_ERROR = {"invalid": INVALID_DAY}


class PeriodForm(forms.Form):
    programme = forms.ModelChoiceField(None, label="批次", empty_label=None)
    since = forms.DateField(label="所写期间自", widget=DayInput, error_messages=DAY_ERROR)
    until = forms.DateField(label="至", widget=DayInput, error_messages=DAY_ERROR)

    def __init__(self, data, *, user):
        today = clock.today()
        super().__init__(data, initial={"since": today - timedelta(days=30), "until": today})
        programmes = Programme.objects.within(user.scope_path)
        self.fields["programme"].queryset = programmes.select_related("organization")
        self.initial["programme"] = programmes.current(user, today)

    def clean(self) -> dict:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            self.add_error("until", "结束日期不能早于开始日期。")
        if until and until > clock.today():
            self.add_error("until", "只能写到今天。")
        return self.cleaned_data


class BulletinForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"invalid": "请刷新页面再办。"})

    class Meta:
        model = Bulletin
        fields = ["number", "title", "issued_on", "lead", "activities", "publicity", "outlook"]
        widgets = {"issued_on": DayInput}
        error_messages = {"issued_on": DAY_ERROR}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.initial["version"] = self.instance.version
        for name in ["lead", "activities", "publicity", "outlook"]:
            self.fields[name].widget.attrs.pop("maxlength", None)

    def _post_clean(self) -> None:
        """The fields go onto the issue; whether the whole of it is right is for the action to say."""
        for name in [*self._meta.fields, "version"]:
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])
