"""Form 3.3 of one report: page and workbook from the same description, filled in, nil and empty."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from projects.actions import pass_report, save_report, submit_report
from projects.actions.reports import ReportContent
from projects.papers.report import report_paper
from projects.sheet import report_sheet
from tests.projects.conftest import submit

pytestmark = pytest.mark.django_db


def url(name: str, report, query: str = "") -> str:
    return reverse(f"projects:report_{name}", args=[report.pk]) + query


@pytest.fixture
def accepted(site, cadre, county_reviewer, city_staff):
    """October, accepted: 40 % of each task, 2 of each figure."""
    sent = submit(site.reports.get(month=date(2026, 10, 1)), by=cadre, value=Decimal(2), percent=40)
    passed = pass_report(sent, by=county_reviewer, version=sent.version)
    return pass_report(passed, by=city_staff, version=passed.version)


@pytest.fixture
def sent(report, accepted, cadre):
    """November, submitted: 60 % and 3."""
    return submit(report, by=cadre, value=Decimal("3"), percent=60)


def workbook(client, report, query: str = "", **options):
    content = client.get(url("excel", report, query)).content
    return openpyxl.load_workbook(io.BytesIO(content), **options).active


def rows_from(sheet, heading: str) -> list[list]:
    """The rows of the block under `heading` (the first cell of its heading row), without the empty cells of merges."""
    rows = [[value for value in row if value is not None] for row in sheet.values]
    start = next(number for number, row in enumerate(rows) if row and row[0] == heading)
    end = next(number for number in range(start, len(rows)) if not rows[number] or "、" in str(rows[number][0])[:2])
    return rows[start + 1 : end]


def test_head_and_foot(login, leader, sent, cadre):
    cadre.phone = "0551-00000000"
    cadre.save()
    cells = {value for row in workbook(login(leader), sent).values for value in row if isinstance(value, str)}
    for words in [
        "项目进度月报表",
        "填报单位：山南镇妇联（盖章）",
        "报告期：2026年11月",
        "项目点：山南镇小井庄村",
        "类型：示范村",
        f"编号：{sent.receipt_number}",
        f"填表人：{cadre.full_name}",
        "联系电话：0551-00000000",
        "填报日期：2026年11月22日",
        "审核人：",
    ]:
        assert words in cells
        assert words in login(leader).get(url("print", sent)).content.decode()


def test_who_checked(login, leader, accepted, county_reviewer):
    assert f"审核人：{county_reviewer.full_name}" in login(leader).get(url("print", accepted)).content.decode()


def test_the_end_of_the_month_is_the_last_end_and_the_month(login, leader, sent):
    client = login(leader)
    results, formulas = workbook(client, sent, data_only=True), workbook(client, sent)
    # Plan at the end of November 100 %, by the day of the report (145 of 153 days) 95 %.
    assert rows_from(results, "工作内容")[-1] == ["建设阶段任务", "11月30日", 100, 40, 20, 60, 95, "是"]
    assert rows_from(formulas, "工作内容")[-1][5].startswith("=D")
    assert rows_from(results, "活动内容") == [["教育培训", "场次", 2, 3, 5], ["教育培训", "人次", 2, 3, 5]]
    assert [row[-1][0] for row in rows_from(formulas, "活动内容")] == ["=", "="]


def test_page_and_workbook_say_the_same(login, leader, sent):
    client = login(leader)
    paper = client.get(url("print", sent)).context["paper"]
    values = [list(row) for row in workbook(client, sent, data_only=True).values]
    for box in [box for block in paper.blocks for row in block.rows for box in row if box.value not in ("", None)]:
        assert any(box.value in row for row in values)


def test_payment_progress(report, accepted, programme, cadre):
    programme.measures.create(section="money", name="省级资金到位", unit="元", position=1)
    sheet = report_sheet(submit(report, by=cadre, value=Decimal(40)))
    (row,) = [row for row in report_paper(sheet).blocks[2].rows if row[0].value == "累计到位合计"]
    # Spent 2 + 40, arrived 40.
    assert (row[2].value, row[4].shown) == (Decimal(40), "105.0%")


def test_the_empty_form_leaves_the_month_to_the_pen(login, cadre, report, accepted):
    client = login(cadre)
    sheet = workbook(client, report, "?empty=1")
    assert rows_from(sheet, "工作内容")[-1] == ["建设阶段任务", "11月30日", 100, 40]
    assert rows_from(sheet, "活动内容")[0] == ["教育培训", "场次", 2]
    page = client.get(url("print", report, "?empty=1")).content.decode()
    assert "编号：</span>" in page
    assert "填报日期：</span>" in page
    december = report.site.reports.get(month=date(2026, 12, 1))
    assert client.get(url("print", december, "?empty=1")).status_code == 200


def test_a_nil_report(login, cadre, report, accepted):
    content = ReportContent(is_nil=True, texts={"problems": "农忙", "needs": "", "next_plan": "开班"})
    saved = save_report(report, by=cadre, version=report.version, content=content)
    sent = submit_report(saved, by=cadre, version=saved.version)
    sheet = workbook(login(cadre), sent, data_only=True)
    assert "报告期：2026年11月（零报告）" in {value for row in sheet.values for value in row}
    assert rows_from(sheet, "活动内容")[0] == ["教育培训", "场次", 2, 0, 2]
    assert rows_from(sheet, "工作内容")[-1][3:6] == [40, 0, 40]


def test_one_portrait_page_and_the_same_bytes(login, leader, sent):
    client = login(leader)
    sheet = workbook(client, sent)
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
        "portrait",
        1,
        1,
    )
    assert client.get(url("excel", sent)).content == client.get(url("excel", sent)).content


@pytest.mark.parametrize("name", ["print", "excel"])
def test_who_may(login, report, neighbour, other_reviewer, system_admin, leader, name):
    for user, status in [(neighbour, 404), (other_reviewer, 404), (system_admin, 403), (leader, 200)]:
        assert login(user).get(url(name, report)).status_code == status
    assert login(leader).post(url(name, report)).status_code == 405


def test_the_report_leads_to_its_form(login, leader, report):
    assert f'href="{url("print", report)}"' in login(leader).get(report.get_absolute_url()).content.decode()
