"""The filters above the stuck list and the table of days by place."""

from functools import cached_property

from django import forms

from fedwork import clock
from organizations.models import Level
from projects.forms.filters import ScopeForm
from projects.models import Programme
from projects.responsibility import STATUSES_OF_SIDE, Side


class StuckForm(ScopeForm):
    side = forms.ChoiceField(label="现在在谁手里", required=False, choices=[("", "全部"), *Side.choices])

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        self.fields["side"].error_messages["invalid_choice"] = "没有这一项，请重新选择。"

    def apply(self, reports):
        """`reports` (a MonthlyReport queryset) narrowed down."""
        if programme := self.chosen("programme"):
            reports = reports.filter(site__programme=programme)
        if county := self.chosen("county"):
            reports = reports.filter(site__organization__path__startswith=county.path)
        if side := self.chosen("side"):
            reports = reports.filter(status__in=STATUSES_OF_SIDE[side])
        return reports


class ResponsibilityForm(ScopeForm):
    """One programme at a time: the current one unless another is chosen."""

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        self.user = user
        self.fields["programme"].empty_label = None

    @cached_property
    def programme(self) -> Programme | None:
        return self.chosen("programme") or self.fields["programme"].queryset.current(self.user, clock.today())

    @property
    def is_within_county(self) -> bool:
        return self.chosen("county") is not None or self.user.organization.level >= Level.COUNTY

    @property
    def place_word(self) -> str:
        return "乡镇（街道）" if self.is_within_county else "县（市、区）"

    def place_of(self, report) -> str:
        """The place to whose line the report belongs, by the name it had when the site was approved."""
        return report.site.township_name if self.is_within_county else report.site.county_name

    def apply(self, reports):
        reports = reports.filter(site__programme=self.programme)
        if county := self.chosen("county"):
            reports = reports.filter(site__organization__path__startswith=county.path)
        return reports
