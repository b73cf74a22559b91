"""The workbooks themselves, read back with openpyxl."""

import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import attrgetter, itemgetter

import openpyxl
import pytest

from fedwork.excel import Column, Form, FormulaMismatchError, Group, Kind, Line, write_form, write_list, write_template
from fedwork.excel.form import lines_needed
from fedwork.excel.formulas import evaluate


def opened(content: bytes, **options):
    return openpyxl.load_workbook(io.BytesIO(content), **options)


@dataclass
class Money:
    name: str
    first: Decimal
    second: Decimal

    @property
    def total(self) -> Decimal:
        return self.first + self.second


def form(rows, *, sums: Money, **options) -> Form:
    columns = [
        Column("名称", attrgetter("name"), key="name"),
        Column("甲", attrgetter("first"), Kind.NUMBER, key="first", span="来源", number_format="#,##0"),
        Column("乙", attrgetter("second"), Kind.NUMBER, key="second", span="来源"),
        Column("合计", attrgetter("total"), Kind.NUMBER, key="total", formula="SUM({first}:{second})"),
    ]
    return Form(
        tab="表",
        title="示例表",
        columns=columns,
        groups=[Group(Line({"name": "一组"}, sums), rows)],
        total=Line({"name": "合计"}, sums),
        above=("编制单位：甲", "合妇〔2026〕1号", "单位：元"),
        **options,
    )


ROWS = [Money("a", Decimal(1), Decimal("2.50")), Money("b", Decimal(3), Decimal(4))]
SUMS = Money("", Decimal(4), Decimal("6.50"))


class TestForm:
    def test_title_unit_line_and_two_row_heading(self):
        sheet = opened(write_form(form(ROWS, sums=SUMS))).active
        assert (sheet["A1"].value, sheet["A2"].value, sheet["D2"].value) == ("示例表", "编制单位：甲", "单位：元")
        assert [cell.value for cell in sheet[3]] == ["名称", "来源", None, "合计"]
        assert [cell.value for cell in sheet[4]] == [None, "甲", "乙", None]
        merged = {str(cells) for cells in sheet.merged_cells.ranges}
        assert {"A1:D1", "A3:A4", "B3:C3", "D3:D4"} <= merged

    def test_totals_are_formulas_that_carry_their_results(self):
        content = write_form(form(ROWS, sums=SUMS))
        formulas, results = opened(content).active, opened(content, data_only=True).active
        assert [cell.value for cell in formulas[5]] == ["一组", "=SUM(B6:B7)", "=SUM(C6:C7)", "=SUM(B5:C5)"]
        assert [cell.value for cell in formulas[8]] == ["合计", "=SUM(B5)", "=SUM(C5)", "=SUM(B8:C8)"]
        assert [cell.value for cell in results[8]] == ["合计", 4, 6.5, 10.5]

    def test_a_total_that_differs_from_the_database_is_refused(self):
        with pytest.raises(FormulaMismatchError):
            write_form(form(ROWS, sums=Money("", Decimal(4), Decimal("6.51"))))

    def test_prints_on_a4_one_page_wide_with_heading_and_page_numbers(self):
        sheet = opened(write_form(form(ROWS, sums=SUMS))).active
        assert (int(sheet.page_setup.paperSize), sheet.page_setup.orientation) == (9, "landscape")
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$3:$4"
        assert sheet.freeze_panes == "A5"
        assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"

    def test_the_same_form_gives_the_same_bytes_stamped_with_its_time(self):
        made_at = datetime(2026, 6, 20, 1, 2, 4, tzinfo=UTC)
        first, second = [write_form(form(ROWS, sums=SUMS, made_at=made_at)) for _ in range(2)]
        assert first == second
        properties = opened(first).properties
        assert properties.modified == properties.created == made_at.replace(tzinfo=None)
        times = {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(first)).infolist()}
        assert times == {(2026, 6, 20, 1, 2, 4)}

    def test_text_that_looks_like_a_formula_stays_text(self):
        rows = [Money(text, Decimal(0), Decimal(0)) for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\x07铃"]]
        sheet = opened(write_form(form(rows, sums=Money("", Decimal(0), Decimal(0))))).active
        cells = [sheet.cell(row, 1) for row in range(6, 11)]
        assert [cell.value for cell in cells] == ["=1+1", "+1", "-1", "@SUM(A1)", "铃"]
        assert {cell.data_type for cell in cells} == {"s"}


def test_long_names_get_a_higher_row():
    assert [lines_needed("桥冲村", 21.5), lines_needed("六家畈社区村民委员会" * 3, 21.5)] == [1, 3]


class TestFormulas:
    VALUES = {"A1": Decimal(6), "A2": Decimal(4), "B1": Decimal("0.5")}

    @pytest.mark.parametrize(
        ("formula", "value"),
        [
            ("=SUM(A1:A2)", "10"),
            ("=SUM(A1,B1)", "6.5"),
            ("=SUM(A1:B2)", "10.5"),
            ("=A1+B1", "6.5"),
            ("=A1/A2", "1.5"),
            ("=A1-A2-B1+A1", "7.5"),
        ],
    )
    def test_known_shapes(self, formula, value):
        assert evaluate("C1", {"C1": formula}, self.VALUES) == Decimal(value)

    def test_formulas_build_on_each_other(self):
        assert evaluate("C2", {"C1": "=SUM(A1:A2)", "C2": "=C1+B1"}, self.VALUES) == Decimal("10.5")

    def test_anything_else_is_refused(self):
        with pytest.raises(ValueError, match="unknown formula"):
            evaluate("C1", {"C1": "=HYPERLINK(A1)"}, self.VALUES)


class TestList:
    def test_values_keep_their_type_and_codes_stay_text(self):
        columns = [
            Column("代码", itemgetter(0), Kind.CODE),
            Column("数量", itemgetter(1), Kind.NUMBER),
            Column("日期", itemgetter(2), Kind.DATE),
        ]
        sheet = opened(write_list(columns, [["340123105200", 3, date(2026, 6, 1)]], title="项目/点")).active
        assert [cell.value for cell in sheet[1]] == ["代码", "数量", "日期"]
        assert [cell.value for cell in sheet[2]] == ["340123105200", 3, datetime(2026, 6, 1)]
        assert (sheet["A2"].data_type, sheet["A2"].number_format) == ("s", "@")
        assert sheet.title == "项目点"

    def test_times_are_those_of_the_office(self):
        at = datetime(2026, 6, 1, 16, 30, tzinfo=UTC)
        sheet = opened(write_list([Column("时间", itemgetter(0), Kind.TIME)], [[at]], title="表")).active
        assert sheet["A2"].value == datetime(2026, 6, 2, 0, 30)


class TestTemplate:
    def test_text_columns_drop_downs_and_notes(self):
        content = write_template(
            ["代码", "类型", "金额"],
            rows=[["0340", "镇", Decimal(5)]],
            numbers=["金额"],
            choices={"类型": ["镇", "乡"]},
            note_rows=["一行一个"],
        )
        book = opened(content)
        sheet = book.active
        assert [cell.value for cell in sheet[2]] == ["0340", "镇", 5]
        assert [sheet.column_dimensions[letter].number_format for letter in "ABC"] == ["@", "@", "General"]
        (rule,) = sheet.data_validations.dataValidation
        assert (rule.formula1, str(rule.sqref)) == ("选项!$A$1:$A$2", "B2:B1000")
        assert [cell.value for cell in book["选项"]["A"]] == ["镇", "乡"]
        assert book["选项"].sheet_state == "hidden"
        assert book["填写说明"]["A1"].value == "一行一个"
