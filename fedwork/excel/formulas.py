"""Evaluates the few formulas that our own sheets contain: SUM of cells and ranges, SUMIF by a word, one + and one /."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from openpyxl.utils import cols_from_range

_PAIR = re.compile(r"([A-Z]+\d+)([+/])([A-Z]+\d+)")
_SUM_IF = re.compile(r'SUMIF\(([A-Z0-9:]+),"([^"]*)",([A-Z0-9:]+)\)')


def evaluate(
    name: str, formulas: Mapping[str, str], values: Mapping[str, Decimal], words: Mapping[str, str] | None = None
) -> Decimal:
    """What the cell `name` comes to. `formulas` are texts like "=SUM(F7:F9)", `values` the plain numbers, `words` the
    texts that a SUMIF asks for; any other cell counts as nothing. Raises ValueError for a formula of another shape."""
    if name not in formulas:
        return values.get(name, Decimal(0))
    formula = formulas[name].removeprefix("=")
    if match := _SUM_IF.fullmatch(formula):
        pairs = zip(_cells(match[1]), _cells(match[3]), strict=True)
        cells = [cell for asked, cell in pairs if (words or {}).get(asked) == match[2]]
    elif formula.startswith("SUM(") and formula.endswith(")"):
        cells = _cells(formula[4:-1])
    else:
        return _pair(formula, formulas, values)
    return sum((evaluate(cell, formulas, values, words) for cell in cells), Decimal(0))


def _pair(formula: str, formulas: Mapping[str, str], values: Mapping[str, Decimal]) -> Decimal:
    pair = _PAIR.fullmatch(formula)
    if not pair:
        raise ValueError(f"unknown formula {formula}")
    left, sign, right = pair.groups()
    first, second = evaluate(left, formulas, values), evaluate(right, formulas, values)
    return first + second if sign == "+" else first / second


def _cells(parts: str) -> Iterator[str]:
    """The cells of "F6,F10" or "F7:F9" or "H7:K7"."""
    for part in parts.split(","):
        for column in cols_from_range(part):
            yield from column
