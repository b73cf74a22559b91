"""What is written down on a site's day: activities, publicity, guidance visits. Made for a phone."""

from collections.abc import Callable
from datetime import date

from dateutil.relativedelta import relativedelta
from django import forms
from django.core.exceptions import ValidationError

from fedwork import clock
from fedwork.dates import DayInput
from fedwork.numbers import NumberField
from projects.models import Activity, GuidanceVisit, Interlocutor, Measure, Publicity, SiteRecord, Topic
from projects.models.fieldwork import MOST

INVALID_DAY = "请按 2026-11-20 的样子填写日期。"


class RecordForm(forms.ModelForm):
    """`initial` and `month` say where a new record belongs; one that is there knows itself."""

    happened_on = forms.DateField(label="日期", widget=DayInput, error_messages={"invalid": INVALID_DAY})

    def __init__(self, *args, month: date | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for field in self.fields.values():
            is_choice = isinstance(field, forms.ChoiceField)
            field.error_messages["required"] = f"请{'选择' if is_choice else '填写'}{field.label}。"
            if is_choice:
                field.error_messages["invalid_choice"] = "没有这一项，请重新选择。"
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 3
                # The browser would cut a long paste without a word; the form says what is too much.
                field.widget.attrs.pop("maxlength", None)
        self._narrow_days(month or (self.instance.month if self.instance.pk else None))

    def _narrow_days(self, month: date | None) -> None:
        """The picker offers the days of the month that have come."""
        last = min(clock.today(), month + relativedelta(day=31)) if month else clock.today()
        given = {"max": last.isoformat()} | ({"min": month.isoformat()} if month else {})
        self.fields["happened_on"].widget.attrs.update(given)
        if not self.instance.pk:
            self.initial["happened_on"] = last

    def write(self, act: Callable[[SiteRecord], SiteRecord]) -> SiteRecord | None:
        """The record with what was typed, through the action; None when it was refused, the reason in the form."""
        if not self.is_valid():
            return None
        try:
            return act(self.save(commit=False))
        except ValidationError as error:
            self.add_error(None, error)
            return None


class ActivityForm(RecordForm):
    sessions = NumberField(label="场次（次数）", max_value=MOST, unit="场次", required=False)
    person_times = NumberField(label="人次", max_value=MOST, unit="人次", required=False)
    persons = NumberField(label="人数", max_value=MOST, unit="人", required=False)
    cases = NumberField(label="件数", max_value=MOST, unit="件", required=False)
    numbers = ["sessions", "person_times", "persons", "cases"]

    class Meta:
        model = Activity
        fields = [
            "kind",
            "title",
            "happened_on",
            "sessions",
            "person_times",
            "persons",
            "cases",
            "place",
            "festival",
            "head_post",
            "note",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        programme = self.instance.site.programme_id
        self.fields["kind"].queryset = self.fields["kind"].queryset.filter(programme=programme)
        self.fields["kind"].empty_label = "请选择"
        if not self.instance.pk:  # one activity is one session; the other numbers nobody knows yet
            self.initial |= dict.fromkeys(self.numbers, None) | {"sessions": 1}
        self.fields["festival"].choices = [("", "不是节日活动"), *self.fields["festival"].choices[1:]]

    def clean(self) -> dict:
        """What the month's report counts of this kind of work is asked for; everything else is nothing when empty."""
        data = super().clean()
        if kind := data.get("kind"):
            for measure in Measure.objects.filter(kind=kind):
                if measure.source in data and data[measure.source] is None:
                    self.add_error(measure.source, f"月报的“{measure}”按这一项计数，请填写，没有就填 0。")
        for name in self.numbers:
            data[name] = int(data.get(name) or 0)
        return data

    def number_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.numbers]


class PublicityForm(RecordForm):
    # What is typed without it is meant as the web is today.
    link = forms.URLField(
        label="网址",
        max_length=300,
        required=False,
        assume_scheme="https",
        help_text="没有网址的，保存以后拍照或扫描上传",
        error_messages={"invalid": "网址不完整，请从浏览器里整条复制。"},
    )

    class Meta:
        model = Publicity
        fields = ["channel", "title", "happened_on", "link"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        programme = self.instance.site.programme_id
        self.fields["channel"].queryset = self.fields["channel"].queryset.filter(programme=programme)
        self.fields["channel"].empty_label = "请选择"


class VisitForm(RecordForm):
    interlocutors = forms.MultipleChoiceField(
        label="和谁座谈",
        choices=Interlocutor,
        widget=forms.CheckboxSelectMultiple,
    )
    topics = forms.MultipleChoiceField(
        label="了解了什么", choices=Topic, widget=forms.CheckboxSelectMultiple, required=False
    )

    class Meta:
        model = GuidanceVisit
        fields = [
            "happened_on",
            "led_by",
            "visitors",
            "interlocutors",
            "topics",
            "findings",
            "on_activities",
            "on_venue",
            "on_files",
            "follow_up",
        ]

    def guidance_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ["on_activities", "on_venue", "on_files"]]
