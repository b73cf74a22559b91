"""Evaluates the few formulas that our own sheets contain: SUM of cells and ranges, SUMIF by a word, sums and differences of cells, one / by a cell or a sum of two."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from openpyxl.utils import cols_from_range

_QUOTIENT = re.compile(r"([A-Z]+\d+)/(?:([A-Z]+\d+)|\(([A-Z]+\d+)\+([A-Z]+\d+)\))")
_CHAIN = re.compile(r"[A-Z]+\d+([+-][A-Z]+\d+)+")
_LINK = re.compile(r"([+-]?)([A-Z]+\d+)")
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
        return _plain(formula, formulas, values)
    return sum((evaluate(cell, formulas, values, words) for cell in cells), Decimal(0))


def _plain(formula: str, formulas: Mapping[str, str], values: Mapping[str, Decimal]) -> Decimal:
    """ "F6/G6", "F6/(G6+H6)" or "F6+G6-H6"."""
    if quotient := _QUOTIENT.fullmatch(formula):
        first, *rest = (evaluate(cell, formulas, values) for cell in quotient.groups() if cell)
        return first / sum(rest)
    if not _CHAIN.fullmatch(formula):
        raise ValueError(f"unknown formula {formula}")
    links = _LINK.findall(formula)
    return sum((evaluate(cell, formulas, values) * (-1 if sign == "-" else 1) for sign, cell in links), Decimal(0))


def _cells(parts: str) -> Iterator[str]:
    """The cells of "F6,F10" or "F7:F9" or "H7:K7"."""
    for part in parts.split(","):
        for column in cols_from_range(part):
            yield from column
