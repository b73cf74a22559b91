"""Forms of several blocks, read back with openpyxl."""

import io
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import pytest

from fedwork.excel import Block, Box, FormulaMismatchError, Kind, Paper, head, write_paper

SUM = "{a}+{b}"


def paper(*blocks, **options) -> Paper:
    return Paper(tab="表", title="示例表", widths=[20, 10, 10, 10], blocks=blocks, **options)


def opened(content: bytes, **options):
    return openpyxl.load_workbook(io.BytesIO(content), **options).active


def block(total=Decimal(5), **options) -> Block:
    boxes = [Box("甲"), Box(2, Kind.NUMBER, name="a"), Box(Decimal(3), Kind.NUMBER, name="b")]
    return Block([[head("项目"), head("数", across=3)], [*boxes, Box(total, Kind.NUMBER, formula=SUM)]], **options)


def test_blocks_stand_below_each_other():
    sheet = opened(write_paper(paper(block(caption="一、"), Block([[Box("文", across=4)]], "二、", heading_rows=0))))
    assert [row[0] for row in sheet.values] == ["示例表", "一、", "项目", "甲", "二、", "文"]
    merged = {str(cells) for cells in sheet.merged_cells.ranges}
    assert merged == {"A1:D1", "A2:D2", "B3:D3", "A5:D5", "A6:D6"}


def test_formulas_carry_their_results_and_are_compared():
    content = write_paper(paper(block()))
    assert (opened(content)["D3"].value, opened(content, data_only=True)["D3"].value) == ("=B3+C3", 5)
    with pytest.raises(FormulaMismatchError):
        write_paper(paper(block(Decimal(6))))


def test_a_formula_may_look_ahead_and_without_a_value_the_cell_stays_empty():
    ahead = Block([[Box(7, Kind.NUMBER, formula="SUM({x},{y})"), Box(None, formula="{x}+{nowhere}")]], heading_rows=1)
    below = Block([[Box(3, name="x"), Box(4, name="y")]])
    sheet = opened(write_paper(paper(ahead, below)))
    assert (sheet["A2"].value, sheet["B2"].value) == ("=SUM(A3,B3)", None)


def test_sums_by_a_word():
    rows = [[Box(word, name=f"w{place}"), Box(place, name=f"n{place}")] for place, word in enumerate("甲乙甲")]
    total = [Box("甲"), Box(2, formula='SUMIF({w0}:{w2},"甲",{n0}:{n2})')]
    assert opened(write_paper(paper(Block([*rows, total]))))["B5"].value == '=SUMIF(A2:A4,"甲",B2:B4)'


def test_high_boxes_push_what_follows_aside():
    rows = [[Box("高", down=2), Box("一")], [Box("二")], [Box("下")]]
    sheet = opened(write_paper(paper(Block(rows))))
    assert [row[:2] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        ("高", "一"),
        (None, "二"),
        ("下", None),
    ]


def test_text_stays_text():
    sheet = opened(write_paper(paper(Block([[Box("=1+1"), Box("@SUM(A1)"), Box("\x07铃")]]))))
    assert [cell.value for cell in sheet[2]][:3] == ["=1+1", "@SUM(A1)", "铃"]
    assert {cell.data_type for cell in sheet[2][:3]} == {"s"}


def test_one_page_unless_the_heading_repeats():
    one, many = opened(write_paper(paper(block()))), opened(write_paper(paper(block(), repeats=True, landscape=True)))
    assert (one.page_setup.fitToHeight, one.page_setup.orientation, one.print_title_rows) == (1, "portrait", None)
    assert (many.page_setup.fitToHeight, many.page_setup.orientation, many.print_title_rows) == (
        0,
        "landscape",
        "$2:$2",
    )


def test_the_same_paper_gives_the_same_bytes():
    made_at = datetime(2026, 6, 20, tzinfo=UTC)
    assert write_paper(paper(block(), made_at=made_at)) == write_paper(paper(block(), made_at=made_at))


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [(Decimal("1234.5"), "#,##0.00", "1,234.50"), (12, "", "12"), (Decimal("0.591"), "0.0%", "59.1%"), (None, "", "")],
)
def test_numbers_on_the_page(value, number_format, shown):
    assert Box(value, number_format=number_format).shown == shown
