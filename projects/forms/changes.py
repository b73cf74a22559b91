"""变更申请: what is asked for, the county's opinion, the decision."""

from django import forms

from fedwork import clock
from organizations.models import Level, Organization
from projects.actions.changes import home_of
from projects.models import ChangeSubject, ProjectSite, SiteChange

LONG = {ChangeSubject.FEATURE, ChangeSubject.CONTENT}


class AskChangeForm(forms.ModelForm):
    """One subject at a time; a unit is chosen, everything else is written."""

    class Meta:
        model = SiteChange
        fields = ["after", "to_organization", "reason"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, data=None, *, site: ProjectSite, subject: ChangeSubject):
        super().__init__(data, instance=SiteChange(site=site, subject=subject))
        self.fields["reason"].widget.attrs.pop("maxlength", None)
        if subject == ChangeSubject.ORGANIZATION:
            del self.fields["after"]
            self._offer_units(site)
        else:
            del self.fields["to_organization"]
            rows = {"rows": 4}
            self.fields["after"].widget = forms.Textarea(attrs=rows) if subject in LONG else forms.TextInput()
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写{field.label}。"

    def _offer_units(self, site: ProjectSite) -> None:
        field = self.fields["to_organization"]
        units = Organization.objects.within(home_of(site).path).filter(level__in=[Level.VILLAGE, Level.UNIT])
        field.queryset = units.open_on(clock.today()).exclude(pk=site.organization_id)
        field.required, field.empty_label = True, "请选择"
        field.error_messages["invalid_choice"] = "没有这一项，请重新选择。"

    def _post_clean(self) -> None:
        """The fields go onto the request; whether the whole of it is right is for the action to say."""
        self.instance = forms.models.construct_instance(self, self.instance, self._meta.fields)


class WordsForm(forms.Form):
    """A sentence or two under a name."""

    name, label = "decision", "审批意见"

    def __init__(self, data=None):
        super().__init__(data, auto_id=f"id_{type(self).__name__}_%s")
        self.fields[self.name] = forms.CharField(
            label=self.label,
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"required": f"请填写{self.label}。"},
        )


class CommentForm(WordsForm):
    name, label = "opinion", "县级意见"


class GrantChangeForm(WordsForm):
    label = "同意的意见"


class RefuseChangeForm(WordsForm):
    label = "不同意的理由"
