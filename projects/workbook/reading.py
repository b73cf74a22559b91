"""Reads a workbook that came back: whether it is ours and of this month, and what stands in its open cells."""

import unicodedata
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError

from fedwork.excel import HEADING_ROWS, RECORDS
from fedwork.numbers import plain_number
from fedwork.uploads import read_tabs
from projects.workbook.layout import KIND, VERSION, heading_names

MAX_ROWS = 20_000
LONGEST = 4000  # more than any field takes; what is longer is refused by the form all the same
DOWNLOAD_AGAIN = "请在本页重新下载模板，把内容复制过去再上传。"
NOT_OURS = f"这不是从本系统下载的月报填报表。{DOWNLOAD_AGAIN}"


@dataclass
class Row:
    """One site's line as it came back. `base` is what its fields held when the workbook was made."""

    report: int
    version: int
    line: int
    base: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)


@dataclass
class Upload:
    """`refused` are sentences on lines that can't be placed. JSON values throughout, see `packed`."""

    month: str
    rows: list[Row]
    refused: list[str]

    def packed(self) -> dict:
        return asdict(self)

    @classmethod
    def unpacked(cls, data: dict) -> "Upload":
        return cls(data["month"], [Row(**row) for row in data["rows"]], data["refused"])


def read_upload(file, *, user, month: date) -> Upload:
    """Raises ValidationError with a sentence that says what to do for a workbook as a whole."""
    tabs = read_tabs(file, max_rows=MAX_ROWS)
    records = [row + [None] * 5 for row in tabs.get(RECORDS) or [[]]]
    _check_head(records[0], user, month)
    try:
        return _Reader(tabs, records).read(f"{month:%Y-%m}")
    except (IndexError, KeyError, TypeError, ValueError) as error:  # somebody has been at the hidden tab
        raise ValidationError(NOT_OURS) from error


def _check_head(head: list, user, month: date) -> None:
    kind, version, of_month, _, scope = head[:5]
    if kind != KIND:
        raise ValidationError(NOT_OURS)
    if version != VERSION:
        raise ValidationError(f"这是旧版的模板，表格后来改过。{DOWNLOAD_AGAIN}")
    if of_month != f"{month:%Y-%m}":
        raise ValidationError(
            f"这是 {_text(of_month)[:7]} 的填报表，这里填报的是 {month:%Y-%m}，请到那个月的页面上传。"
        )
    if scope != user.scope_path:
        raise ValidationError(f"这份填报表是别的单位下载的，里面不是您的项目点。{DOWNLOAD_AGAIN}")


class _Reader:
    """The visible tabs, read with what the hidden one says of them."""

    def __init__(self, tabs: dict[str, list[list]], records: list[list]):
        self.tabs = tabs
        self.headings = {row[1]: [cell for cell in row[3:] if cell is not None] for row in records if row[0] == "tab"}
        self.reports = {(row[1], row[2]): (int(row[3]), int(row[4])) for row in records if row[0] == "report"}
        if any(not 0 < pk < 2**63 for pk, _ in self.reports.values()):
            raise ValueError("no such report")
        self.fields: dict[int, list[tuple[int, str, str]]] = {}
        for row in records:
            if row[0] == "field":
                self.fields.setdefault(int(row[1]), []).append((int(row[2]), str(row[3]), _text(row[4])))
        self.refused: list[str] = []

    def read(self, month: str) -> Upload:
        rows = [row for tab in self.headings for row in self._rows(tab)]
        if not rows and not self.refused:
            raise ValidationError(f"表里没有项目点。{DOWNLOAD_AGAIN}")
        return Upload(month, rows, self.refused)

    def _rows(self, tab: str):
        lines = self.tabs.get(tab, [])
        expected = self.headings[tab]
        upper, lower = (lines[row - 1] if len(lines) >= row else [] for row in HEADING_ROWS)
        found = heading_names([_text(cell) for cell in upper], [_text(cell) for cell in lower])
        if found[: len(expected)] != [_text(cell) for cell in expected]:
            raise ValidationError(f"“{tab}”表的列被增删或改过名，对不上了。{DOWNLOAD_AGAIN}")
        taken = set()
        for number, line in enumerate(lines[HEADING_ROWS[1] :], HEADING_ROWS[1] + 1):
            code = _text(line[0] if line else None)
            if code and self._is_placed(tab, code, taken, number):
                yield self._row(self.reports[tab, code], line, number)
            elif not code and any(_text(cell) for cell in line):
                self.refused.append(f"第 {number} 行没有项目点代码，不知道是哪个项目点的。")

    def _is_placed(self, tab: str, code: str, taken: set, number: int) -> bool:
        if code in taken:
            self.refused.append(f"第 {number} 行：项目点代码 {code[:30]} 重复，只看第一次出现的那行。")
            return False
        if (tab, code) not in self.reports:
            self.refused.append(f"第 {number} 行：{code[:30]} 不是这份填报表里的项目点。")
            return False
        taken.add(code)
        return True

    def _row(self, report: tuple[int, int], line: list, number: int) -> Row:
        row = Row(*report, number)
        for column, key, base in self.fields.get(row.report, []):
            value = line[column] if column < len(line) else None
            row.base[key], row.typed[key] = base, _typed(key, value)
        return row


def _typed(key: str, value) -> str:
    text = _text(value)[:LONGEST]
    # The form's fields understand full-width numbers; dates they take as the office types them.
    return unicodedata.normalize("NFKC", text) if key.startswith("done_") else text


def _text(value) -> str:
    """A cell as somebody would have typed it."""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return plain_number(Decimal(str(value))) if abs(value) < 1e15 else str(value)
    return str(value if value is not None else "").replace("_x000D_", "").replace("\r\n", "\n").strip()
