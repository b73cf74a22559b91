"""The working days that differ from what is published. The due dates of reports hang on them, so it stands here."""

from datetime import timedelta

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError

from fedwork.dates import DayInput
from organizations import rules
from organizations.calendar import LAST_YEAR, PUBLISHED, weekday_name
from organizations.modeladmin import ScopedModelAdmin, tag_html
from organizations.models import CalendarException
from projects.actions import remove_calendar_exception, save_calendar_exceptions
from projects.admin.inputs import OfficeInputs

LONGEST = 15  # days entered at once: no holiday is longer


class ExceptionForm(forms.ModelForm):
    """A day. A holiday of several is entered at once by its last day."""

    last_day = forms.DateField(
        label="到", required=False, widget=DayInput, help_text="连续几天的填最后一天（含），只有一天的空着"
    )

    class Meta:
        model = CalendarException
        fields = ["day", "is_workday", "name"]

    def clean(self) -> dict:
        data = super().clean()
        day, last, is_workday = data.get("day"), data.get("last_day"), data.get("is_workday")
        if day and last:
            self._check_span(day, last)
        elif day and PUBLISHED.is_workday(day) == is_workday:
            usual = "上班" if is_workday else "休息"
            raise ValidationError({"day": f"{day:%Y-%m-%d}（{weekday_name(day)}）本来就{usual}，不用调整。"})
        return data

    def _check_span(self, day, last) -> None:
        if not timedelta(0) <= last - day < timedelta(days=LONGEST):
            raise ValidationError({"last_day": f"最后一天应不早于第一天，一次最多 {LONGEST} 天。"})
        taken = CalendarException.objects.filter(day__gt=day, day__lte=last).order_by("day").first()
        if taken:
            raise ValidationError({"last_day": f"这几天里已有调整：{taken}。"})

    def further_days(self) -> list:
        day, last = self.cleaned_data["day"], self.cleaned_data.get("last_day")
        return [day + timedelta(days=number) for number in range(1, (last - day).days + 1)] if last else []


@admin.register(CalendarException)
class CalendarExceptionAdmin(OfficeInputs, ScopedModelAdmin):
    """Each change computes the due dates anew, in the same transaction."""

    may_view = staticmethod(rules.can_view_calendar)
    may_add = may_change = may_delete = staticmethod(rules.can_manage_calendar)
    form = ExceptionForm
    list_display = ["day", "weekday", "kind", "name"]
    actions = None

    @admin.display(description="星期", ordering="day")
    def weekday(self, row: CalendarException) -> str:
        return weekday_name(row.day)

    @admin.display(description="当天", ordering="is_workday")
    def kind(self, row: CalendarException) -> str:
        return tag_html("ok", "上班") if row.is_workday else tag_html("idle", "放假")

    def get_fields(self, request, obj=None) -> list[str]:
        return ["day", "is_workday", "name"] if obj else ["day", "last_day", "is_workday", "name"]

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": "工作日历", "last_year": LAST_YEAR} | (extra_context or {}))

    def save_model(self, request, obj, form, change) -> None:
        days = [] if change else form.further_days()
        further = [CalendarException(day=day, is_workday=obj.is_workday, name=obj.name) for day in days]
        self._tell(request, save_calendar_exceptions([obj, *further], by=request.user))

    def delete_model(self, request, obj) -> None:
        self._tell(request, remove_calendar_exception(obj, by=request.user))

    def log_addition(self, request, obj, message) -> None:
        """Nothing: the actions write the log."""

    log_change = log_addition

    def log_deletions(self, request, queryset) -> None:
        """Nothing either."""

    @staticmethod
    def _tell(request, changed: int) -> None:
        if changed:
            messages.info(request, f"{changed} 份还没有到期的月报，截止时间已随之调整。")
