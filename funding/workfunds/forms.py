"""What is typed about 工作经费: the filters, the grid in which a county enters for its units, the reason of a reversal."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django import forms

from fedwork import clock
from fedwork.dates import DayInput
from fedwork.numbers import LARGEST, NumberField
from funding.actions import Deposit, Headcount
from funding.models import WorkFundEntry
from organizations.models import Organization

DAY_ERRORS = {"invalid": "请按 2026-11-20 的样子填写日期。"}
DAY_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"]
WOMEN = "women"
WHAT = [*WorkFundEntry.Kind.choices, (WOMEN, "妇女人数")]


class YearForm(forms.Form):
    """The present year unless another is chosen."""

    year = forms.TypedChoiceField(label="年度", coerce=int, required=False, empty_value=None)

    def __init__(self, data):
        today = clock.today()
        super().__init__({"year": today.year} | data.dict())
        self.fields["year"].choices = [(year, f"{year}年") for year in range(today.year + 1, today.year - 6, -1)]
        self.fields["year"].error_messages["invalid_choice"] = "没有这一年，请重新选择。"

    @property
    def chosen_year(self) -> int:
        self.is_valid()
        return self.cleaned_data.get("year") or clock.today().year


class WhatForm(YearForm):
    """What the grid takes: budgets, arrivals or numbers of women."""

    what = forms.ChoiceField(label="登记", choices=WHAT, required=False)

    def __init__(self, data):
        super().__init__(data)
        self.data.setdefault("what", WHAT[0][0])

    @property
    def chosen_what(self) -> str:
        self.is_valid()
        return self.cleaned_data.get("what") or WHAT[0][0]


@dataclass(frozen=True)
class GridRow:
    unit: Organization  # with `due`, `budgeted`, `arrived`
    cells: list[forms.BoundField]


class WorkFundGrid(forms.Form):
    """One row a unit. Day and number on top stand for the rows in which none is typed; an empty row enters nothing."""

    happened_on = forms.DateField(
        label="日期",
        required=False,
        widget=DayInput,
        error_messages=DAY_ERRORS,
        help_text="各行没有另填的，都用这个日期",
    )
    number = forms.CharField(label="文号", required=False, max_length=60, help_text="各行没有另填的，都用这个文号")
    batch = forms.UUIDField(widget=forms.HiddenInput, error_messages={"invalid": "请刷新页面再登记。"})

    def __init__(self, data=None, *, units: list[Organization], year: int, what: str):
        super().__init__(data, initial={"batch": uuid.uuid4(), "happened_on": clock.today()})
        self.units, self.year, self.what = units, year, what
        if what == WOMEN:
            del self.fields["happened_on"]
            self.fields["number"].label, self.fields["number"].help_text = "人数来源", "如：2025年统计年鉴"
        elif what == WorkFundEntry.Kind.ARRIVED:
            self.fields["number"].label = "凭证号"
        for unit in units:
            self._add(unit)
        for name, each in self.fields.items():
            if "-" in name:
                each.widget.attrs["aria-label"] = each.label

    def _add(self, unit: Organization) -> None:
        name, label = f"unit{unit.pk}", unit.name
        places = 0 if self.what == WOMEN else 2
        initial = unit.women if self.what == WOMEN and unit.women else None
        self.fields[f"{name}-amount"] = NumberField(
            label=f"{label} {self.amount_name}",
            required=False,
            decimal_places=places,
            max_value=int(LARGEST),
            initial=None if initial is None else Decimal(initial),
        )
        if self.what != WOMEN:
            self.fields[f"{name}-day"] = forms.DateField(
                label=f"{label} 日期",
                required=False,
                input_formats=DAY_FORMATS,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
                error_messages=DAY_ERRORS,
            )
        self.fields[f"{name}-number"] = forms.CharField(
            label=f"{label} {self.fields['number'].label}", required=False, max_length=60
        )

    @property
    def amount_name(self) -> str:
        return "妇女人数" if self.what == WOMEN else "金额（元）"

    @property
    def headings(self) -> list[str]:
        days = [] if self.what == WOMEN else ["日期"]
        return [self.amount_name, *days, str(self.fields["number"].label)]

    @property
    def top(self) -> list[forms.BoundField]:
        return [self[name] for name in ["happened_on", "number"] if name in self.fields]

    def rows(self) -> list[GridRow]:
        parts = ["amount", "number"] if self.what == WOMEN else ["amount", "day", "number"]
        return [GridRow(unit, [self[f"unit{unit.pk}-{part}"] for part in parts]) for unit in self.units]

    def clean(self) -> dict:
        for unit in self.units:
            if self._typed(unit) is None:
                continue
            if not self._or_top(unit, "number"):
                self.add_error(f"unit{unit.pk}-number", f"请填{self.fields['number'].label}。")
            if self.what != WOMEN and not self._or_top(unit, "day"):
                self.add_error(f"unit{unit.pk}-day", "请填日期。")
        return self.cleaned_data

    def _typed(self, unit: Organization) -> Decimal | None:
        """None for a row that enters nothing, a number of women that stands there already too."""
        typed = self.cleaned_data.get(f"unit{unit.pk}-amount")
        is_old = self.what == WOMEN and typed == unit.women and not self.cleaned_data.get(f"unit{unit.pk}-number")
        return None if is_old else typed

    def _or_top(self, unit: Organization, part: str):
        top = {"day": "happened_on", "number": "number"}[part]
        return self.cleaned_data.get(f"unit{unit.pk}-{part}") or self.cleaned_data.get(top)

    def deposits(self) -> Iterator[Deposit]:
        for unit in self.units:
            if self.what != WOMEN and (amount := self._typed(unit)) is not None:
                key = uuid.uuid5(self.cleaned_data["batch"], str(unit.pk))
                day, number = self._or_top(unit, "day"), self._or_top(unit, "number")
                yield Deposit(unit, self.year, self.what, amount, day, number, key=key)

    def counts(self) -> Iterator[Headcount]:
        for unit in self.units:
            if self.what == WOMEN and (women := self._typed(unit)) is not None:
                yield Headcount(unit, self.year, int(women), self._or_top(unit, "number"))


class ReversalForm(forms.Form):
    reason = forms.CharField(label="冲正原因", max_length=200, error_messages={"required": "冲正要写明原因。"})
