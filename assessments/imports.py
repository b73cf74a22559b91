"""A 细则表 that comes back: read, each line checked by the model's own rules, nothing written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError

from assessments.methods import Method
from assessments.models import Criterion
from assessments.models.rubric import FULL
from assessments.papers.rubric import (
    CODE,
    CONTENT,
    EVIDENCE,
    HEADINGS,
    METHOD,
    POINTS,
    SECTION,
    SOURCE,
    STANDARD,
    TAG,
    TOTAL,
    WAYS,
)
from assessments.sources import sources
from assessments.sources.registry import SHOWN_ONLY
from fedwork.numbers import parse_number
from fedwork.uploads import read_workbook

MAX_ROWS = 300
REQUIRED = [SECTION, CONTENT, POINTS, METHOD, STANDARD]
POINTS_OF_SECTION = re.compile(r"\s*[（(]\s*[\d.]+\s*分?\s*[）)]\s*$")
METHODS = {method.label: method.value for method in Method}
FIELDS = ["code", "content", "points", "method", "standard", "ways", "evidence", "source", "tag"]


@dataclass
class Read:
    """`sections` as `import_rubric` takes them; `errors` name the line."""

    sections: list[tuple[str, list[Criterion]]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def criteria(self) -> list[Criterion]:
        return [criterion for _, criteria in self.sections for criterion in criteria]

    @property
    def total(self) -> Decimal:
        return sum((criterion.points for criterion in self.criteria if criterion.points), Decimal(0))

    @property
    def is_full(self) -> bool:
        return self.total == FULL

    def packed(self) -> list:
        """JSON values; `unpacked` takes them back."""
        return [
            [name, [[_packed(each, key) for key in FIELDS] for each in criteria]] for name, criteria in self.sections
        ]

    @classmethod
    def unpacked(cls, data: list) -> "Read":
        return cls([(name, [_criterion(dict(zip(FIELDS, row, strict=True))) for row in rows]) for name, rows in data])


def _packed(criterion: Criterion, key: str) -> str:
    return str(getattr(criterion, key))


def _criterion(values: dict[str, str]) -> Criterion:
    return Criterion(**values | {"points": Decimal(values["points"])})


def read_rubric(file) -> Read:
    """Raises ValidationError for a workbook as a whole; what is wrong in a line stands among the errors."""
    rows = read_workbook(file, max_rows=MAX_ROWS)
    start, columns = _heading(rows)
    return _Reader(columns).read(enumerate(rows[start + 1 :], start + 2))


def _heading(rows: list[list]) -> tuple[int, dict[str, int]]:
    """Where the heading stands: the official form has its title and a line above it."""
    for number, row in enumerate(rows[:20]):
        found = {_text(cell).replace("(", "（").replace(")", "）"): place for place, cell in enumerate(row) if cell}
        if CONTENT in found and POINTS in found:
            if missing := [name for name in REQUIRED if name not in found]:
                raise ValidationError(f"表头缺少这些列：{'、'.join(missing)}。请以本页导出的表为模板。")
            return number, {name: found[name] for name in HEADINGS if name in found}
    raise ValidationError("没有找到表头。请以本页导出的细则表为模板，表头要有“考核内容”“分值”等列。")


class _Reader:
    def __init__(self, columns: dict[str, int]):
        self.columns = columns
        self.result = Read()
        self.codes: set[str] = set()

    def read(self, lines: Iterator[tuple[int, list]]) -> Read:
        for number, row in lines:
            cells = {name: _text(row[place]) if place < len(row) else "" for name, place in self.columns.items()}
            if cells.get(CODE) == TOTAL:  # what stands below is said, not scored
                break
            if any(cells.values()):
                self._line(number, cells)
        if not self.result.sections and not self.result.errors:
            raise ValidationError("表里没有考核内容。")
        return self.result

    def _line(self, number: int, cells: dict[str, str]) -> None:
        name = POINTS_OF_SECTION.sub("", cells[SECTION])
        if name and all(name != known for known, _ in self.result.sections):
            self.result.sections.append((name, []))
        if not self.result.sections:
            self.result.errors.append(f"第 {number} 行：缺少考核项目。")
            return
        try:
            criterion = self._checked(cells)
        except ValidationError as error:
            self.result.errors += [f"第 {number} 行：{sentence}" for sentence in error.messages]
        else:
            place = next((rows for known, rows in self.result.sections if known == name), self.result.sections[-1][1])
            place.append(criterion)

    def _checked(self, cells: dict[str, str]) -> Criterion:
        code = cells.get(CODE) or str(len(self.codes) + 1)
        if code in self.codes:
            raise ValidationError(f"序号 {code} 重复。")
        self.codes.add(code)
        criterion = Criterion(
            code=code,
            content=cells[CONTENT],
            points=_points(cells[POINTS]),
            method=_named(cells[METHOD], METHODS, METHOD),
            standard=cells[STANDARD],
            ways=cells.get(WAYS, ""),
            evidence=cells.get(EVIDENCE, ""),
            source=_named(cells.get(SOURCE, "").removesuffix(SHOWN_ONLY), _source_keys(), SOURCE),
            tag=cells.get(TAG, ""),
        )
        criterion.full_clean(exclude=["section"])
        return criterion


def _source_keys() -> dict[str, str]:
    return {source.label: source.key for source in sources().values()}


def _points(text: str) -> Decimal:
    try:
        return parse_number(text.removesuffix("分"), decimal_places=1)
    except ValueError as error:
        raise ValidationError(f"分值{error}") from None


def _named(text: str, names: dict[str, str], heading: str) -> str:
    """The value that goes by this name; empty for an empty cell."""
    if text and text not in names:
        raise ValidationError(f"{heading}“{text[:20]}”没有，可填：{'、'.join(names)}。")
    return names.get(text, "")


def _text(value) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str("" if value is None else value).replace("_x000D_", "").replace("\r\n", "\n").strip()
