"""The filters above the lists of the project pages. What can't be understood filters nothing and says so."""

from datetime import date, datetime
from functools import cached_property
from typing import ClassVar

from django import forms
from django.utils import timezone

from fedwork import clock
from fedwork.dates import MomentField, MonthField
from fedwork.numbers import posted_integer
from organizations.models import Level, Organization
from projects.models import CreationType, Programme, ProjectSite
from projects.models.report import standing
from projects.places import Places, top_of, visible_reports
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


class PlaceFields(forms.Form):
    programme = forms.ModelChoiceField(None, label="批次", required=False, empty_label=None)
    month = forms.ChoiceField(label="报告期", required=False)
    under = forms.ChoiceField(label="范围", required=False)


class PlaceForm(PlaceFields):
    """Programme, month and place of the boards; one programme at a time, the current one unless another is chosen."""

    all_months = "全部月份"

    def __init__(self, data, *, user):
        super().__init__(dict(data.items()))
        self.user = user
        self.fields["programme"].queryset = Programme.objects.visible_to(user).select_related("organization")
        self.fields["month"].choices = [("", self.all_months)] + [(f"{m:%Y-%m}", month_name(m)) for m in self.months]
        self.fields["under"].choices = self.places.choices
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = "没有这一项，请重新选择。"
        # What is shown stands in the drop-downs, also where nothing was chosen.
        if self.programme and not self.data.get("programme"):
            self.data["programme"] = self.programme.pk

    @cached_property
    def programme(self) -> Programme | None:
        return self._chosen_programme or self.fields["programme"].queryset.current(self.user, clock.today())

    @cached_property
    def _chosen_programme(self) -> Programme | None:
        """Asked before the form is validated: the choices of the other fields hang on it."""
        try:
            return self.fields["programme"].clean(self.data.get("programme"))
        except forms.ValidationError:
            return None

    @cached_property
    def months(self) -> list[date]:
        """The programme's months that have begun, the newest first."""
        months = self.programme.months() if self.programme else []
        return [month for month in reversed(months) if month <= clock.today()]

    @cached_property
    def reports(self):
        """The reports in scope of the programme, in all months and places."""
        return visible_reports(self.user, self.programme)

    @cached_property
    def places(self) -> Places:
        top = top_of(self.user, self.programme)
        number = posted_integer(self.data.get("under"))
        return Places.find(self.reports, top, max(0, number)) or Places.find(self.reports, top, 0)

    @cached_property
    def now(self) -> datetime:
        """Until when the page knows what happened."""
        return clock.now()

    @property
    def month_chosen(self) -> date | None:
        return MonthField(required=False).clean(self.chosen("month"))

    def chosen(self, name: str):
        self.is_valid()
        return self.cleaned_data.get(name)

    def here(self):
        """The reports that count to the chosen place."""
        return self.reports.at(self.places.top).at(self.places.chosen)

    def query(self, **changes) -> dict:
        """What is chosen, for an address: {programme, month, under}; a change to None leaves a name out."""
        month = self.month_chosen
        chosen = {
            "programme": self.programme and self.programme.pk,
            "month": month and f"{month:%Y-%m}",
            "under": self.places.chosen.pk,
        }
        return {name: value for name, value in (chosen | changes).items() if value is not None}


def month_name(month: date) -> str:
    return f"{month.year}年{month.month}月"


class ProgressForm(PlaceForm):
    """The matrix shows all months at once."""

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        del self.fields["month"]

    def sites(self):
        """The approved sites of the programme in the place, counties together."""
        sites = ProjectSite.objects.visible_to(self.user).approved().filter(programme=self.programme)
        return sites.filter(organization__path__contains=f"/{self.places.chosen.pk}/").by_county()


class RecordFilterForm(ProgressForm):
    """One month of the records, the newest that has begun unless another is chosen."""

    field_order = ["programme", "month", "under"]

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        self.fields["month"] = forms.ChoiceField(label="月份", required=False)
        self.fields["month"].choices = [(f"{month:%Y-%m}", month_name(month)) for month in self.months]
        self.order_fields(self.field_order)
        if self.months and not self.data.get("month"):
            self.data["month"] = f"{self.months[0]:%Y-%m}"


class MomentForm(PlaceForm):
    """The month as it was known at a moment (`as_of`); the present unless one is given."""

    as_of = MomentField(
        label="数据截至",
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "空着即现在", "autocomplete": "off", "size": 18}),
    )

    @cached_property
    def now(self) -> datetime:
        return self.chosen("as_of") or clock.now()

    @property
    def moment_text(self) -> str:
        """`now` as `as_of` takes it, exactly."""
        return f"{timezone.localtime(self.now).replace(tzinfo=None)}"

    def clean_as_of(self) -> datetime | None:
        moment = self.cleaned_data["as_of"]
        if moment and moment > clock.now():
            raise forms.ValidationError("不能晚于现在。")
        return moment

    def query(self, **changes) -> dict:
        return super().query(**{"as_of": self.moment_text if self.chosen("as_of") else None} | changes)


class RollupForm(MomentForm):
    """One month at a time, the last one that has ended unless another is chosen."""

    unreviewed = forms.BooleanField(label="含未审", required=False)
    field_order = ["programme", "month", "under", "as_of", "unreviewed"]

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        self.fields["month"].choices = self.fields["month"].choices[1:]
        ended = [month for month in self.months if month < clock.today().replace(day=1)]
        if self.months and not self.data.get("month"):
            self.data["month"] = f"{(ended or self.months)[0]:%Y-%m}"

    def clean(self) -> dict:
        if self.cleaned_data.get("as_of") and self.cleaned_data.get("unreviewed"):
            self.cleaned_data["unreviewed"] = False
            self.add_error("unreviewed", "看过去某一时点时，只计当时已通过的月报。")
        return self.cleaned_data

    def query(self, **changes) -> dict:
        return super().query(**{"unreviewed": "on" if self.chosen("unreviewed") else None} | changes)


class ReportFilterForm(MomentForm):
    """The list of reports; beside what one chooses there, it understands what the boards' numbers ask for.

    `until` adds the months before the chosen one, `kind` and `site` narrow down, `state` is a key of STATES.
    """

    state = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    kind = forms.ModelChoiceField(None, required=False, widget=forms.HiddenInput)
    site = forms.ModelChoiceField(None, required=False, widget=forms.HiddenInput)
    until = forms.BooleanField(required=False, widget=forms.HiddenInput)

    # Taken over into the addresses of the page as they came.
    ASKED = ("under", "state", "kind", "site", "until")
    STATES: ClassVar[dict[str, str]] = {
        "due": "应报",
        "submitted": "已报",
        "on_time": "按时",
        "accepted": "已通过",
        "counted": "已提交待审和已通过",
        "waiting": "审核中",
        "returned": "退回未改",
        "sent_back": "曾被退回",
        "overdue": "逾期未报",
    }

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        self.fields["programme"].empty_label = "全部批次"
        self.fields["as_of"].widget = forms.HiddenInput()
        self.fields["state"].choices = [("", ""), *self.STATES.items()]
        self.fields["kind"].queryset = CreationType.objects.filter(programme__in=self.fields["programme"].queryset)
        self.fields["site"].queryset = ProjectSite.objects.filter(reports__in=self.reports).distinct()

    @cached_property
    def programme(self) -> Programme | None:
        return self._chosen_programme

    @cached_property
    def months(self) -> list[date]:
        return list(
            self.reports.begun(clock.today()).order_by("-month").values_list("month", flat=True).distinct()[:36]
        )

    def query(self, **changes) -> dict:
        chosen = {name: self.data.get(name) or None for name in self.ASKED if self.chosen(name)}
        return super().query(**{"under": None} | chosen | changes)

    @property
    def subject(self) -> str:
        """What the address asks for beyond the visible filters, in words."""
        month = self.month_chosen
        parts = [
            self.chosen("site"),
            self.chosen("kind"),
            f"到{month_name(month)}为止各月" if self.chosen("until") and month else None,
        ]
        return "，".join(str(part) for part in parts if part)

    def here(self):
        """Everything in scope unless a place is asked for, also what counts to where a site has moved away from."""
        return super().here() if self.chosen("under") else self.reports

    def apply(self):
        """The reports that are asked for, in every state."""
        reports = self.here().filter(standing(self.now)["due"])
        if month := self.month_chosen:
            reports = reports.filter(month__lte=month) if self.chosen("until") else reports.filter(month=month)
        if kind := self.chosen("kind"):
            reports = reports.filter(site__creation_type=kind)
        if site := self.chosen("site"):
            reports = reports.filter(site=site)
        return reports
