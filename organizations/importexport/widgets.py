"""Cells to values and back. What can't be read raises ValueError with a Chinese sentence."""

import re
from datetime import date, datetime

from import_export.widgets import Widget

from fedwork.numbers import parse_amount
from organizations.models import Level, Organization


def cell_text(value) -> str:
    """The cell as people see it: a code that Excel made a number comes back as its digits."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


class TextWidget(Widget):
    def clean(self, value, row=None, **kwargs) -> str:
        return cell_text(value)

    def render(self, value, obj=None, **kwargs) -> str:
        return "" if value is None else str(value)


class ChoiceWidget(TextWidget):
    """A model's choices by their Chinese labels."""

    def __init__(self, choices: type):
        super().__init__()
        self.values = {label: value for value, label in choices.choices}
        self.labels = {value: label for label, value in self.values.items()}

    def clean(self, value, row=None, **kwargs):
        text = cell_text(value)
        if text and text not in self.values:
            raise ValueError(f"“{text}”不在可选范围内，可填：{'、'.join(self.values)}。")
        return self.values.get(text)

    def render(self, value, obj=None, **kwargs) -> str:
        return self.labels.get(value, "")


class DateWidget(TextWidget):
    """2026-07-01, 2026/7/1, 2026.7.1, 2026年7月1日 or a date cell."""

    def clean(self, value, row=None, **kwargs) -> date | None:
        if isinstance(value, datetime):
            return value.date()
        text = cell_text(value)
        if not text:
            return None
        parts = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text)
        try:
            return date(*map(int, parts.groups()))
        except (AttributeError, ValueError):
            raise ValueError(f"“{text}”不是日期，请写成 2026-07-01 的样子。") from None

    def render(self, value, obj=None, **kwargs):
        return value if kwargs.get("force_native_type") else TextWidget.render(self, value)


class AmountWidget(TextWidget):
    """Yuan (元) as Decimal; full-width digits, commas and 万元 are understood."""

    def clean(self, value, row=None, **kwargs):
        text = cell_text(value)
        return parse_amount(text) if text else None

    def render(self, value, obj=None, **kwargs):
        return value if kwargs.get("force_native_type") else TextWidget.render(self, value)


class NamedWidget(TextWidget):
    """A row of a small table by the Chinese name in `field`. `rows(row, user)` gives the queryset to look in."""

    def __init__(self, rows, field: str = "name"):
        super().__init__()
        self.rows, self.field = rows, field

    def clean(self, value, row=None, *, user=None, **kwargs):
        text = cell_text(value)
        if not text:
            return None
        found = list(self.rows(row, user).filter(**{self.field: text})[:2])
        if len(found) != 1:
            raise ValueError(f"找不到“{text}”，请核对。" if not found else f"有几个“{text}”，无法确定是哪一个。")
        return found[0]

    def render(self, value, obj=None, **kwargs) -> str:
        return "" if value is None else str(getattr(value, self.field))


class OrganizationWidget(TextWidget):
    """An organisation of the user's subtree by its code.

    Codes clash across levels (东莞, 中山, 儋州, 金门): `levels` narrows the search, and so does the column named
    `level_heading` where the list has one.
    """

    def __init__(self, levels=tuple(Level), level_heading: str = ""):
        super().__init__()
        self.levels, self.level_heading = list(levels), level_heading

    def clean(self, value, row=None, *, user=None, **kwargs) -> Organization | None:
        code = cell_text(value)
        if not code:
            return None
        level = cell_text((row or {}).get(self.level_heading))
        levels = [choice for choice in self.levels if not level or choice.label == level]
        nodes = Organization.objects.visible_to(user) if user else Organization.objects.none()
        found = list(nodes.filter(code=code, level__in=levels)[:2])
        if not found:
            raise ValueError(f"您的管辖范围内没有代码为“{code}”的组织。")
        if len(found) > 1:
            hint = f"请在“{self.level_heading}”一列写明层级。" if self.level_heading else "请改用管理页面单独录入。"
            raise ValueError(f"代码“{code}”在几个层级上都有，{hint}")
        return found[0]

    def render(self, value, obj=None, **kwargs) -> str:
        return "" if value is None else value.code
