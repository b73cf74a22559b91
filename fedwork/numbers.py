"""Numbers as people type them: full-width digits, commas, spaces, 元 and 万元."""

import re
import unicodedata
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

_NUMBER = re.compile(r"(-?\d+(?:\.\d*)?|-?\.\d+)(万元|万|元)?")
# Where thousands separators may stand: a comma between digits, written either way.
_NOISE = str.maketrans("", "", " ,，、\t\u3000¥￥")
LARGEST = Decimal("999999999999.99")  # what Decimal(14, 2) holds


def parse_number(text: str, *, decimal_places: int = 0) -> Decimal:
    """`text` as an exact Decimal, 万 and 万元 multiplied out; raises ValueError with a Chinese sentence.

    "１，２００" -> 1200, "3.5万元" -> 35000. More decimals than asked for are refused, never rounded.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_NOISE)
    match = _NUMBER.fullmatch(plain)
    if not match:
        raise ValueError(f"“{text.strip()}”不是数字，请填写数字。")
    number = Decimal(match[1]) * (10_000 if (match[2] or "").startswith("万") else 1)
    if abs(number) > LARGEST:
        raise ValueError("数字太大，请核对。")
    exact = number.quantize(Decimal(1).scaleb(-decimal_places))
    if exact != number:
        raise ValueError("最多保留两位小数。" if decimal_places else "这里要填整数，不能有小数。")
    return exact


def parse_amount(text: str) -> Decimal:
    """An amount in yuan (元), to the fen."""
    return parse_number(text, decimal_places=2)


def plain_number(number: Decimal | None) -> str:
    """As shown in an input: no separators, no superfluous zeros; empty for None."""
    if number is None:
        return ""
    return f"{number.normalize():f}" if number != number.to_integral() else f"{number:.0f}"


def grouped_number(number: Decimal | None) -> str:
    """As shown in a table: 12,345.5; empty for None."""
    return "" if number is None else f"{Decimal(plain_number(number)):,}"


def posted_integer(text: str | None) -> int:
    """A row number or version as a page posts it; -1, which no row has, for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else -1


class NumberField(forms.CharField):
    """A text input that understands the office's way of writing numbers; cleans to Decimal or None.

    `unit` may be typed after the number: 100%, 12人, 3 场次.
    """

    def __init__(self, *, decimal_places: int = 0, max_value: int | None = None, unit: str = "", **kwargs):
        self.decimal_places, self.unit = decimal_places, unit
        self.max_value = max_value
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "num"})
        )
        super().__init__(max_length=30, **kwargs)

    def prepare_value(self, value):
        return plain_number(value) if isinstance(value, Decimal) else value

    def has_changed(self, initial, data) -> bool:
        """A hidden initial value comes back as text; "20000" and Decimal("20000.00") are the same amount.
        Empty is as it was, also where something has to be filled in: a row of a formset that nobody touched."""
        if data in self.empty_values and initial in self.empty_values:
            return False
        try:
            return self.clean(data) != (self.clean(initial) if isinstance(initial, str) else initial)
        except ValidationError:
            return True

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        bare = unicodedata.normalize("NFKC", text).strip().removesuffix(self.unit)
        try:
            number = parse_number(bare, decimal_places=self.decimal_places)
        except ValueError as error:
            raise ValidationError(str(error)) from None
        if number < 0:
            raise ValidationError("不能填负数。")
        if self.max_value is not None and number > self.max_value:
            raise ValidationError(f"不能大于 {self.max_value}。")
        return number
