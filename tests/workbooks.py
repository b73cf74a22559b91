"""Our workbooks computed again by others: LibreOffice where it is installed, and always a small reader of our own that
knows nothing of the writer. It takes no stored results: what a cell comes to is worked out from the formulas."""

import io
import re
import shutil
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter, range_boundaries

TOKEN = re.compile(r"\s*(?:(\d+\.?\d*)|([A-Z]+\d+:[A-Z]+\d+)|([A-Z]+\d+)|([A-Z]+)\(|([-+*/(),]))")
Reader = Callable[[str], Decimal | str | None]


class Sheet:
    """The first sheet: `sheet("F7")` is its number, its words, or None."""

    def __init__(self, workbook: bytes):
        self.cells = openpyxl.load_workbook(io.BytesIO(workbook)).active

    def __call__(self, name: str) -> Decimal | str | None:
        content = self.cells[name].value
        if isinstance(content, str) and content.startswith("="):
            return Formula(content[1:], self).value()
        return Decimal(str(content)) if isinstance(content, int | float) else content

    def row_of(self, words: str, column: str = "A") -> int:
        return next(cell.row for cell in self.cells[column] if cell.value == words)


class Formula:
    """sum := product ([+-] product)*, product := part ([*/] part)*, part := number, cell, SUM(...), (sum), -part"""

    def __init__(self, words: str, sheet: Reader):
        self.tokens, self.sheet, self.place = TOKEN.findall(words), sheet, 0
        assert not TOKEN.sub("", words).strip(), words

    def value(self) -> Decimal:
        found = self.sum()
        assert self.place == len(self.tokens)
        return found

    def next_sign(self, signs: str) -> str:
        if self.place < len(self.tokens) and self.tokens[self.place][4] and self.tokens[self.place][4] in signs:
            self.place += 1
            return self.tokens[self.place - 1][4]
        return ""

    def sum(self) -> Decimal:
        found = self.product()
        while sign := self.next_sign("+-"):
            found += self.product() if sign == "+" else -self.product()
        return found

    def product(self) -> Decimal:
        found = self.part()
        while sign := self.next_sign("*/"):
            found = found * self.part() if sign == "*" else found / self.part()
        return found

    def part(self) -> Decimal:
        if self.next_sign("-"):
            return -self.part()
        if self.next_sign("("):
            return self.closed(self.sum())
        number, area, cell, function, _ = self.tokens[self.place]
        self.place += 1
        if function:
            assert function == "SUM", function
            return self.added()
        return Decimal(number) if number else sum(map(self.number, cells_of(area))) if area else self.number(cell)

    def added(self) -> Decimal:
        found = self.sum()
        while self.next_sign(","):
            found += self.sum()
        return self.closed(found)

    def closed(self, found: Decimal) -> Decimal:
        assert self.next_sign(")")
        return found

    def number(self, name: str) -> Decimal:
        """A text or an empty cell counts as nothing, as in a SUM."""
        found = self.sheet(name)
        return found if isinstance(found, Decimal) else Decimal(0)


def cells_of(area: str) -> list[str]:
    left, top, right, bottom = range_boundaries(area)
    return [f"{get_column_letter(column)}{row}" for row in range(top, bottom + 1) for column in range(left, right + 1)]


def by_libreoffice(workbooks: dict[str, bytes], folder: Path) -> dict[str, Reader]:
    """All in one run, computed anew: the results that we stored are taken out first. Empty without LibreOffice."""
    program = shutil.which("soffice")
    if program is None:
        return {}
    for name, content in workbooks.items():
        bare = openpyxl.load_workbook(io.BytesIO(content))  # keeps formulas only
        bare.save(folder / f"{name}.xlsx")
    out, profile = folder / "out", f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    files = [folder / f"{name}.xlsx" for name in workbooks]
    command = [program, profile, "--headless", "--convert-to", "xlsx", "--outdir", out, *files]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return {name: computed(out / f"{name}.xlsx") for name in workbooks}


def computed(file: Path) -> Reader:
    sheet = openpyxl.load_workbook(file, data_only=True).active

    def read(name: str) -> Decimal | str | None:
        content = sheet[name].value
        return Decimal(str(content)) if isinstance(content, int | float) else content

    return read


def readers(workbooks: dict[str, bytes], folder: Path) -> list[dict[str, Reader]]:
    """Whoever is there to compute: our own reader, and LibreOffice where it is installed."""
    found = by_libreoffice(workbooks, folder)
    return [{name: Sheet(content) for name, content in workbooks.items()}, *([found] if found else [])]
