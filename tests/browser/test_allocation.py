"""City staff type commitments, draw up, issue; the county downloads its part. In real Chromium."""

import io
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse

from fedwork import clock
from funding.models import AllocationTable
from tests.browser.conftest import PHONE
from tests.funding.cast import demo_sites

pytestmark = pytest.mark.django_db(transaction=True)


def saved(page, unit: str):
    page.get_by_label("单位").select_option(label=unit)
    with page.expect_download() as download:
        page.click("text=下载 Excel")
    return openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()), data_only=True).active


def row_of(sheet, words: str) -> list:
    return [cell.value for row in sheet.iter_rows() if row[0].value == words for cell in row]


def test_from_the_commitments_to_the_countys_workbook(
    page, sign_in, axe, overflow, tree, programme, city_staff, county_reviewer
):
    demo_sites(tree, programme, by=city_staff)
    sign_in(page, city_staff)
    page.goto(reverse("admin:funding_commitment_list"))
    assert axe(page) == []
    page.click(f"text={programme.name}")
    assert axe(page) == []
    cell = page.get_by_label("庐城镇塔山社区 县级")
    row = page.locator("tr", has_text="庐城镇塔山社区")
    cell.fill("４，９９９")
    row.locator("text=未达最低配套 1 万元").wait_for()
    assert row.locator("output").inner_text() == "9,999"
    assert page.locator("[data-sum=total]").inner_text() == "681,599"
    cell.fill("0.5万元")
    row.locator("text=未达 1:1").wait_for()
    page.click("text=保存")
    page.wait_for_selector("text=没有变动")

    page.goto(reverse("admin:funding_commitment_list"))
    page.click("text=编制分配表")
    page.wait_for_selector("text=已按现有数据编制")
    assert axe(page) == []
    assert page.locator("tr.total").inner_text().split() == [
        *["合计", "19", "个", "570,000", "681,600", "285,000", "251,000", "101,600", "44,000", "1,251,600", "119.58%"]
    ]
    page.click("a:text-is('下达')")
    assert axe(page) == []
    page.click("text=确认下达")
    page.click("a:text('文号：请填写文号。')")
    page.keyboard.type("合妇(2026)12号")
    page.get_by_label("集体决策会议").fill("市妇联2026年第6次党组会议")
    page.get_by_label("决策日期").fill(f"{clock.today()}")
    page.get_by_label("参会岗位").fill("主席、副主席、发展部部长")
    page.click("text=确认下达")
    page.wait_for_selector("text=已下达，这一版从此不再改动")
    assert row_of(saved(page, "元"), "合计")[5:12] == [
        570000,
        681600,
        285000,
        251000,
        101600,
        44000,
        1251600,
    ]
    assert row_of(saved(page, "万元"), "合计")[11] == 125.16

    page.context.clear_cookies()
    sign_in(page, county_reviewer)
    page.set_viewport_size(PHONE)
    page.goto(reverse("funding:table_list"))
    assert (axe(page), overflow(page)) == ([], 0)
    page.click("text=合肥市2026年示例建设项目资金分配表")
    page.wait_for_url(AllocationTable.objects.get().get_absolute_url())
    assert (axe(page), overflow(page)) == ([], 0)
    assert row_of(saved(page, "元"), "合计")[1:7] == ["3 个", None, None, None, 90000, 128000]
