"""The month's reports by Excel in real Chromium, on a phone as at the desk."""

import pytest
from openpyxl import load_workbook

from projects.sheet import report_sheet
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_report_journey import report  # noqa: F401, the fixture
from tests.projects.test_workbook import put

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_down_and_up_and_confirmed(page, sign_in, axe, overflow, report, cadre, tmp_path, viewport):  # noqa: F811
    page.set_viewport_size(viewport)
    sign_in(page, cadre)
    page.goto(f"/reports/months/{report.month.year}/{report.month.month}/")
    page.click("a:has-text('用 Excel 填报')")
    with page.expect_download() as download:
        page.click("a:has-text('填报表')")
    file = tmp_path / "填报表.xlsx"
    download.value.save_as(file)
    book = load_workbook(file)
    for typed in ["三场", 3]:
        assert (axe(page), overflow(page)) == ([], 0)
        put(book, typed, "教育培训（场次）/本月")
        book.save(file)
        page.set_input_files("#id_file", file)
        page.click("button:has-text('上传并预览')")
        page.wait_for_selector("text=预览，还没有写入")
    assert (axe(page), overflow(page)) == ([], 0)
    page.click("button:has-text('确认写入 1 个项目点')")
    page.wait_for_selector("text=已写入 1 个项目点的月报草稿")
    assert (axe(page), overflow(page)) == ([], 0)
    assert report_sheet(report).figures[0].value == 3
