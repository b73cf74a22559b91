"""The workbook of an allocation table against the database, with an evaluation of its formulas of our own."""

import io
import re
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from fedwork.excel import FormulaMismatchError
from funding import actions
from funding.exports import allocation_workbook
from funding.sheet import Sheet, Unit
from organizations.models import Organization
from projects.models import ProjectSite
from tests.funding.cast import issue, pledge

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo_table(demo, city_staff):
    return issue(actions.draft_allocation_table(demo, by=city_staff), by=city_staff)


def workbook(table, user, unit=Unit.YUAN, **options):
    return openpyxl.load_workbook(io.BytesIO(allocation_workbook(Sheet(table, user, unit=unit))), **options).active


def value(sheet, name: str) -> Decimal:
    """What a cell comes to: a number, =SUM(...) of cells and ranges, =a+b or =a/b."""
    content = sheet[name].value
    if not str(content).startswith("="):
        return Decimal(str(content or 0)) if isinstance(content, int | float) else Decimal(0)
    if content.startswith("=SUM("):
        return sum((value(sheet, cell) for part in content[5:-1].split(",") for cell in cells(part)), Decimal(0))
    left, sign, right = re.fullmatch(r"=(\w+)([+/])(\w+)", content).groups()
    return value(sheet, left) + value(sheet, right) if sign == "+" else value(sheet, left) / value(sheet, right)


def cells(part: str):
    left, top, right, bottom = range_boundaries(part)
    for column in range(left, right + 1):
        yield from (f"{openpyxl.utils.get_column_letter(column)}{row}" for row in range(top, bottom + 1))


def row_of(sheet, words: str, column: str = "A") -> int:
    return next(cell.row for cell in sheet[column] if cell.value == words)


AMOUNTS = "FGHIJKL"


def test_the_demo_table_comes_to_the_known_totals(demo_table, city_staff):
    sheet = workbook(demo_table, city_staff)
    total = row_of(sheet, "合计")
    assert sheet[f"B{total}"].value == "19 个"
    assert [value(sheet, f"{letter}{total}") for letter in AMOUNTS] == [
        570000,
        681600,
        285000,
        251000,
        101600,
        44000,
        1251600,
    ]
    assert all(str(sheet[f"{letter}{total}"].value).startswith("=") for letter in "FGHIJKLM")
    assert round(value(sheet, f"M{total}") * 100, 2) == Decimal("119.58")
    assert sheet[f"M{total}"].number_format == "0.00%"


def test_groups_by_county_with_subtotals(demo_table, city_staff):
    sheet = workbook(demo_table, city_staff)
    groups = {cell.offset(column=1).value: cell.row for cell in sheet["A"] if cell.value in list("一二三四五六七八九")}
    assert list(groups) == ["瑶海区", "庐阳区", "蜀山区", "包河区", "长丰县", "肥东县", "肥西县", "庐江县", "巢湖市"]
    matching = {name: value(sheet, f"G{row}") for name, row in groups.items()}
    assert (matching["肥西县"], matching["庐江县"], matching["肥东县"]) == (128000, 30000, 72600)
    assert {sheet[f"E{row}"].value for row in groups.values()} == {"小计"}


def test_the_layout_of_the_official_form(demo_table, city_staff):
    sheet = workbook(demo_table, city_staff)
    day = demo_table.issued_on
    assert (sheet["A1"].value, sheet["A2"].value) == ("附件 1", "合肥市2026年示例建设项目资金分配表")
    assert "A2:N2" in {str(cells) for cells in sheet.merged_cells.ranges}
    above = [cell.value for cell in sheet[3] if cell.value]
    assert above == [
        "编制单位：合肥市妇女联合会（盖章）",
        f"合妇〔2026〕12号　{day.year}年{day.month}月{day.day}日",
        "单位：元",
    ]
    headings = [
        top.value if top.value != "配套资金" else below.value for top, below in zip(sheet[4], sheet[5], strict=True)
    ]
    assert [heading or below.value for heading, below in zip(headings, sheet[5], strict=True)] == [
        "序号",
        "县（市、区）",
        "乡镇（街道）",
        "村（社区、基地）",
        "创建类型",
        "省级专项资金",
        "小计",
        "县级",
        "乡镇（街道）",
        "村（社区）",
        "社会",
        "合计",
        "配套比例",
        "备注",
    ]
    assert "G4:K4" in {str(cells) for cells in sheet.merged_cells.ranges}
    assert sheet.print_title_rows == "$4:$5"
    last = [cell.value for cell in sheet["A"] if cell.value][-3:]
    assert last[0].startswith("注：1. 配套资金为各级承诺数")
    assert last[1].startswith("　　2. 分配方案经党组会议")
    assert re.sub("　+", " ", last[2]) == "制表人： 审核人： 单位负责人： 填报日期： 年 月 日"


def test_remarks(demo_table, city_staff):
    sheet = workbook(demo_table, city_staff)
    remarks = {sheet[f"D{cell.row}"].value: cell.value for cell in sheet["N"][5:] if cell.value}
    assert remarks == dict.fromkeys(
        ["桥冲村", "水湖社区居民委员会", "果树村民委员会", "塔山社区居民委员会", "北大街社区居委会"], "未达 1:1"
    )


def test_wan_keeps_the_digits_and_rounds_once(sites, programme, city_staff):
    for site in sites:
        pledge(site, 10049, 0, 0, 0, by=city_staff)
    table = issue(actions.draft_allocation_table(programme, by=city_staff), by=city_staff)
    sheet = workbook(table, city_staff, Unit.WAN)
    total = row_of(sheet, "合计")
    assert value(sheet, "H7") == Decimal("1.0049")
    assert sheet["H7"].number_format == "#,##0.00"
    # three times 1.00 on paper, but 3.01 in truth
    assert value(sheet, f"H{total}") == Decimal("3.0147")
    notes = [cell.value for cell in sheet["A"] if cell.value and "四舍五入" in str(cell.value)]
    assert notes == ["　　3. 因四舍五入，分项之和与合计可能略有差异。"]
    assert Sheet(table, city_staff, unit=Unit.WAN).total[2] == "3.01"


def test_yuan_with_fen_has_two_decimals_everywhere(sites, programme, city_staff):
    actions.set_commitments(sites[0], {"county": Decimal("20000.50")}, by=city_staff)
    sheet = workbook(actions.draft_allocation_table(programme, by=city_staff), city_staff)
    assert {sheet[f"{letter}7"].number_format for letter in AMOUNTS} == {"#,##0.00"}


def test_a_draft_says_so_and_a_reissue_counts(issued, programme, city_staff):
    second = actions.draft_allocation_table(programme, by=city_staff)
    sheet = workbook(second, city_staff)
    assert sheet["A2"].value == "合肥市2026年示例建设项目资金分配表（第 1 次调整）"
    assert "编制中，尚未下达" in [cell.value for cell in sheet[3]]


def test_the_county_gets_its_own_part(issued, county_reviewer, cadre):
    sheet = workbook(issued, county_reviewer)
    total = row_of(sheet, "合计")
    assert (sheet[f"B{total}"].value, value(sheet, f"G{total}")) == ("2 个", 73000)
    assert [cell.value for cell in sheet["A"] if str(cell.value).isdigit()] == ["2", "3"]
    assert "桥冲村" not in [cell.value for cell in sheet["D"]]
    assert workbook(issued, cadre)[f"B{total - 1}"].value == "1 个"


def test_the_same_bytes_for_ever(issued, tree, sites, city_staff, county_reviewer):
    users = [city_staff, county_reviewer]
    before = [allocation_workbook(Sheet(issued, user, unit=unit)) for user in users for unit in Unit.NAMES]
    Organization.objects.filter(pk=tree.village.pk).update(name="新名村")
    Organization.objects.filter(pk=tree.city.pk).update(name="新名市")
    ProjectSite.objects.update(name="新名项目点", county_name="新名县", province_amount=1)
    type(issued.programme).objects.update(name="新名批次", matching_floor=1)
    pledge(sites[0], 1, 1, 1, 1, by=city_staff)
    issued = type(issued).objects.get(pk=issued.pk)
    assert [allocation_workbook(Sheet(issued, user, unit=unit)) for user in users for unit in Unit.NAMES] == before


def test_a_sum_that_differs_from_the_database_stops_the_export(issued, city_staff):
    sheet = Sheet(issued, city_staff)
    sheet.lines[0].county += 1
    with pytest.raises(FormulaMismatchError):
        allocation_workbook(sheet)


def test_names_that_look_like_formulas_stay_text(sites, programme, city_staff):
    ProjectSite.objects.filter(pk=sites[0].pk).update(village_name="=1+1")
    sheet = workbook(actions.draft_allocation_table(programme, by=city_staff), city_staff)
    cell = sheet.cell(row_of(sheet, "=1+1", "D"), 4)
    assert cell.data_type == "s"
