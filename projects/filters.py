"""The filters above the lists of the project pages. What can't be understood filters nothing and says so."""

from functools import cached_property

from django import forms

from fedwork import clock
from organizations.models import Level, Organization
from projects.models import CreationType, Programme, ProjectSite
from projects.states import SiteStatus


class ScopeForm(forms.Form):
    """Programme and county, as far as the user sees them."""

    programme = forms.ModelChoiceField(None, label="批次", required=False, empty_label="全部批次")
    county = forms.ModelChoiceField(None, label="县（市、区）", required=False, empty_label="全部")

    def __init__(self, data, *, user):
        super().__init__(data)
        self.fields["programme"].queryset = Programme.objects.visible_to(user)
        self.fields["county"].queryset = Organization.objects.visible_to(user).filter(level=Level.COUNTY)
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.error_messages["invalid_choice"] = "没有这一项，请重新选择。"

    def chosen(self, name: str):
        """The cleaned value, None when nothing (or nothing that makes sense) was chosen."""
        self.is_valid()
        return self.cleaned_data.get(name)


class SiteFilterForm(ScopeForm):
    kind = forms.ChoiceField(label="创建类型", required=False)
    status = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *SiteStatus.choices])
    q = forms.CharField(label="名称、代码或拼音首字母", required=False, max_length=60)

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        types = CreationType.objects.filter(programme__in=self.fields["programme"].queryset)
        self.fields["kind"].choices = [("", "全部"), *((name, name) for name in types.names())]

    def apply(self, sites):
        """`sites` (a ProjectSite queryset) narrowed down."""
        if programme := self.chosen("programme"):
            sites = sites.filter(programme=programme)
        if county := self.chosen("county"):
            sites = sites.filter(organization__path__startswith=county.path)
        if kind := self.chosen("kind"):
            sites = sites.filter(creation_type__name=kind)
        if status := self.chosen("status"):
            sites = sites.filter(status=status)
        return sites.search(self.chosen("q") or "")


class ProgressForm(ScopeForm):
    """One programme at a time: the current one unless another is chosen."""

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        self.user = user
        self.fields["programme"].empty_label = None

    @cached_property
    def programme(self) -> Programme | None:
        return self.chosen("programme") or self.fields["programme"].queryset.current(self.user, clock.today())

    def sites(self, user):
        """The approved sites in scope of the programme and the county, counties together."""
        sites = ProjectSite.objects.visible_to(user).approved().filter(programme=self.programme)
        if county := self.chosen("county"):
            sites = sites.filter(organization__path__startswith=county.path)
        return sites.by_county()
