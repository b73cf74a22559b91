"""Days, months and moments as people enter them: the browser's own pickers, and what they type where there is none."""

import re
import unicodedata
from datetime import date, datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

_MONTH = re.compile(r"(\d{4})[-/.年]?(\d{1,2})(?:[-/.月]0?1日?|月)?")


_MOMENT = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{6}))?)?)?")


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs={"class": "vDateField", **(attrs or {})}, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """A day and a time to the minute; a browser without such a picker shows a text field."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs={"class": "moment", **(attrs or {})}, format="%Y-%m-%dT%H:%M")


class MonthInput(forms.DateInput):
    """Sends YYYY-MM; a browser without a month picker shows a text field."""

    input_type = "month"

    def __init__(self, attrs=None):
        super().__init__(attrs={"class": "vDateField", "placeholder": "如 2026-06", **(attrs or {})}, format="%Y-%m")


class MonthField(forms.Field):
    """A month; cleans to its first day. Understands 2026-06, 2026/6, 2026年6月 and full-width digits."""

    widget = MonthInput

    def to_python(self, value) -> date | None:
        text = unicodedata.normalize("NFKC", str(value or "")).replace(" ", "")
        if not text:
            return None
        match = _MONTH.fullmatch(text)
        try:
            return date(int(match[1]), int(match[2]), 1)
        except (TypeError, ValueError):
            raise ValidationError("请填写年月，如 2026-06。") from None

    def has_changed(self, initial, data) -> bool:
        try:
            return self.to_python(data) != (initial and initial.replace(day=1))
        except ValidationError:
            return True


class MomentField(forms.Field):
    """A moment of the office's clock: 2026-11-22 12:00, to the second where seconds are given; a day alone means its
    beginning. Cleans to an aware datetime."""

    def to_python(self, value) -> datetime | None:
        text = " ".join(unicodedata.normalize("NFKC", str(value or "")).split())
        if not text:
            return None
        match = _MOMENT.fullmatch(text)
        try:
            return timezone.make_aware(datetime(*(int(part or 0) for part in match.groups())))  # noqa: DTZ001
        except (AttributeError, ValueError, OverflowError):
            raise ValidationError("请填写时间，如 2026-11-22 12:00。") from None
