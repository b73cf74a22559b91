"""The filters above the ledgers of activities, publicity and visits."""

from django import forms

from fedwork.dates import DayInput
from projects.forms.filters import ProgressForm
from projects.forms.records import INVALID_DAY
from projects.models import (
    Activity,
    ActivityKind,
    Festival,
    GuidanceVisit,
    LedBy,
    Publicity,
    PublicityChannel,
    VisitLevel,
)


class PeriodForm(ProgressForm):
    since = forms.DateField(label="自", required=False, widget=DayInput, error_messages={"invalid": INVALID_DAY})
    until = forms.DateField(label="至", required=False, widget=DayInput, error_messages={"invalid": INVALID_DAY})
    choices: tuple = ()  # names of the further filters

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        for name in self.choices:
            self.fields[name].error_messages["invalid_choice"] = "没有这一项，请重新选择。"

    def in_period(self, records):
        if since := self.chosen("since"):
            records = records.filter(happened_on__gte=since)
        if until := self.chosen("until"):
            records = records.filter(happened_on__lte=until)
        return records

    def narrowed(self, records):
        """By place, period and every further filter."""
        records = self.in_period(records.current().filter(site__in=self.sites().order_by().values("pk")))
        for name in self.choices:
            if value := self.chosen(name):
                records = records.filter(**{name: value})
        return records


class ActivityLedgerForm(PeriodForm):
    kind = forms.ModelChoiceField(None, label="类别", required=False, empty_label="全部")
    festival = forms.ChoiceField(label="节日", required=False, choices=[("", "全部"), *Festival.choices])
    choices = ("kind", "festival")

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        self.fields["kind"].queryset = ActivityKind.objects.filter(programme=self.programme)

    def records(self):
        found = self.narrowed(Activity.objects).select_related("site", "kind")
        return found.order_by("-happened_on", "-pk")


class PublicityLedgerForm(PeriodForm):
    channel = forms.ModelChoiceField(None, label="渠道", required=False, empty_label="全部")
    choices = ("channel",)

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        self.fields["channel"].queryset = PublicityChannel.objects.filter(programme=self.programme)

    def records(self):
        found = self.narrowed(Publicity.objects).select_related("site", "channel")
        return found.order_by("-happened_on", "-pk")


class VisitLedgerForm(PeriodForm):
    level = forms.ChoiceField(label="哪一级", required=False, choices=[("", "全部"), *VisitLevel.choices])
    led_by = forms.ChoiceField(label="带队", required=False, choices=[("", "全部"), *LedBy.choices])
    choices = ("level", "led_by")

    def records(self):
        return self.narrowed(GuidanceVisit.objects).select_related("site").order_by("-happened_on", "-pk")

    def in_place(self):
        """Whatever level and lead are chosen: the table has them all."""
        sites = self.sites().order_by().values("pk")
        return self.in_period(GuidanceVisit.objects.current().filter(site__in=sites))
