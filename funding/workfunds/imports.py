"""工作经费 as an Excel list of all units of a place: a template with their codes, and the reading of what comes back.

All or nothing: a line that can't be placed or understood refuses the file, with a sentence for each such line.
"""

import hashlib
import uuid
from datetime import date, datetime

from django import forms
from django.core.exceptions import ValidationError

from fedwork.excel import write_template
from fedwork.numbers import parse_amount, parse_number
from fedwork.uploads import read_csv, read_workbook
from funding.actions import Deposit, Headcount
from funding.imports import text_of
from funding.models import WorkFundEntry
from funding.workfunds.forms import DAY_FORMATS

MAX_ROWS = 5000
CODE, LEVEL, NAME = "代码", "级别", "单位"
WOMEN = ["妇女人数", "人数来源"]
ENTRIES = {
    WorkFundEntry.Kind.BUDGETED: ["列入预算（元）", "预算日期", "预算文号"],
    WorkFundEntry.Kind.ARRIVED: ["到位（元）", "到位日期", "凭证号"],
}
HEADINGS = [CODE, LEVEL, NAME, *WOMEN, *(name for names in ENTRIES.values() for name in names)]
NOTES = [
    "一行一个单位，代码、级别、单位三列请勿改动；不涉及的行可以删去，没有的格空着。",
    "金额单位为元，可以写 20000、20,000、2万；日期写 2026-03-20；填了金额就要填日期和文号（凭证号）。",
    "填写的是新增的一笔：已经登记过的预算和到位不要再填。妇女人数再填即更新。",
    "上传后全部写入或者全部不写入；有一行不对，会逐行说明，改好再传。同一个文件传两次不会重复登记。",
]


def work_fund_template(units) -> bytes:
    """`units` with `women`."""
    blanks = [None] * (len(HEADINGS) - 4)
    rows = [[unit.code, unit.get_level_display(), unit.name, unit.women, *blanks] for unit in units]
    numbers = [WOMEN[0], *(names[0] for names in ENTRIES.values())]
    return write_template(HEADINGS, rows=rows, numbers=numbers, note_rows=NOTES, title="工作经费")


def read_work_funds(file, units, year: int) -> tuple[list[Deposit], list[Headcount]]:
    """Raises ValidationError with what is wrong in each line."""
    data = file.read()
    file.seek(0)
    read = read_csv if file.name.lower().endswith(".csv") else read_workbook
    headings, *lines = read(file, max_rows=MAX_ROWS) or [[]]
    places = {text_of(heading): place for place, heading in reversed(list(enumerate(headings)))}
    if missing := [name for name in HEADINGS if name != NAME and name not in places]:
        raise ValidationError(f"表头缺少这些列：{'、'.join(missing)}。请用本页的模板。")
    reader = Reader(
        {(unit.code, unit.get_level_display()): unit for unit in units}, year, hashlib.sha256(data).digest()
    )
    for number, line in enumerate(lines, 2):
        reader.read(number, {name: line[places[name]] for name in HEADINGS if name in places})
    if reader.errors or not (reader.deposits or reader.counts):
        raise ValidationError(reader.errors or ["文件里没有填写金额或人数的行。"])
    return reader.deposits, reader.counts


class Reader:
    """Takes one line after the other; what is wrong is collected."""

    def __init__(self, units: dict, year: int, digest: bytes):
        self.units, self.year = units, year
        self.namespace = uuid.UUID(bytes=digest[:16])  # the same file gives the same keys
        self.deposits: list[Deposit] = []
        self.counts: list[Headcount] = []
        self.errors: list[str] = []

    def read(self, number: int, line: dict) -> None:
        code = text_of(line[CODE])
        filled = [name for name, value in line.items() if name not in {CODE, LEVEL, NAME} and text_of(value)]
        if not filled or (filled == [WOMEN[0]] and not text_of(line[WOMEN[1]])):
            return  # the template's own number of women without a source is what stands there already
        unit = self.units.get((code, text_of(line[LEVEL])))
        if unit is None:
            self.errors.append(f"第 {number} 行：代码 {code or '（空）'} 和级别不是本地的单位。")
            return
        try:
            self._take(unit, line, number)
        except ValueError as error:
            self.errors.append(f"第 {number} 行（{unit.name}）：{error}")

    def _take(self, unit, line: dict, number: int) -> None:
        women, source = (text_of(line[name]) for name in WOMEN)
        if source:
            if not women:
                raise ValueError("填了人数来源，没有填妇女人数。")
            self.counts.append(Headcount(unit, self.year, int(parse_number(women)), source))
        for kind, names in ENTRIES.items():
            amount, day, document = (line[name] for name in names)
            if text_of(amount):
                key = uuid.uuid5(self.namespace, f"{self.year} {number} {kind}")
                self.deposits.append(self._deposit(unit, kind, names, amount, day, document, key))
            elif text_of(day) or text_of(document):
                raise ValueError(f"填了{names[1]}或{names[2]}，没有填{names[0]}。")

    def _deposit(self, unit, kind, names, amount, day, document, key) -> Deposit:
        if not text_of(document):
            raise ValueError(f"请填{names[2]}。")
        return Deposit(
            unit, self.year, kind, parse_amount(text_of(amount)), _day(day, names[1]), text_of(document), key=key
        )


def _day(value, name: str) -> date:
    if isinstance(value, datetime):
        return value.date()
    try:
        return forms.DateField(input_formats=DAY_FORMATS).clean(text_of(value))
    except ValidationError:
        raise ValueError(f"{name}请按 2026-03-20 的样子填写。") from None
