"""The completeness board and the matrix of sites and months as Excel."""

from datetime import datetime

from django.utils import timezone

from fedwork.excel import Block, Box, Column, Kind, Paper, head, write_list
from projects.completeness import COLUMNS, RATES, Board, Counts
from projects.progress import Matrix

NOTES = [
    "说明：应报为到数据截至时已开始的月份；按时为首次提交不晚于截止时间，后来被退回不影响；被退为曾被退回的份数。",
    "已报率、按时率、已审率＝该项÷应报，被退率＝被退÷已报。",
]


def board_paper(board: Board, *, title: str, period: str, now: datetime) -> Paper:
    moment = timezone.localtime(now)
    headings = ["序号", board.heading, *COLUMNS.values(), *(rate for _, _, rate in RATES)]
    rows = [
        [Box(str(place + 1), Kind.CENTRE), Box(row.label), *_counts(row.counts, str(place))]
        for place, row in enumerate(board.rows)
    ]
    last = len(board.rows) - 1
    sums = {column: f"SUM({{{column}0}}:{{{column}{last}}})" for column in COLUMNS} if board.rows else {}
    total = [Box("合计", Kind.CENTRE, across=2, is_bold=True), *_counts(board.total, "", sums)]
    return Paper(
        tab="报送情况",
        title=title,
        widths=[6, 24, *[9] * len(COLUMNS), *[10] * len(RATES)],
        above=[[f"报告期：{period}", f"数据截至 {moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"]],
        blocks=[Block([[head(word) for word in headings], *rows, total])],
        notes=NOTES,
        landscape=True,
        repeats=True,
        made_at=now,
    )


def _counts(counts: Counts, name: str, formulas: dict[str, str] | None = None) -> list[Box]:
    """The numbers, and beside them the rates as formulas over them."""
    bold = formulas is not None
    numbers = [
        Box(getattr(counts, key), Kind.NUMBER, name=f"{key}{name}", formula=(formulas or {}).get(key, ""), is_bold=bold)
        for key in COLUMNS
    ]
    return numbers + [_rate(counts, part, whole, name, bold=bold) for part, whole, _ in RATES]


def _rate(counts: Counts, part: str, whole: str, name: str, *, bold: bool) -> Box:
    formula = f"{{{part}{name}}}/{{{whole}{name}}}"
    return Box(counts.share(part, whole), Kind.NUMBER, formula=formula, number_format="0.0%", is_bold=bold)


def matrix_workbook(matrix: Matrix, title: str) -> bytes:
    """One row per site, the state of each month in a word."""
    columns = [
        Column("县（市、区）", lambda row: row.site.county_name, width=16),
        Column("项目点", lambda row: row.site.name, width=26),
        *(
            Column(f"{month:%Y-%m}", lambda row, place=place: row.cells[place].word, Kind.CENTRE, 12)
            for place, month in enumerate(matrix.months)
        ),
    ]
    rows = [row for _, rows in matrix.counties for row in rows]
    return write_list(columns, rows, title=title)
