"""A monthly report's whole way in real Chromium: filled in, returned by the county, corrected, passed twice."""

import pytest
from dateutil.relativedelta import relativedelta
from django.urls import reverse

from fedwork import clock
from projects.actions import approve_site
from projects.sheet import report_sheet
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.django_db(transaction=True)
QUEUE = reverse("admin:projects_monthlyreport_changelist")


@pytest.fixture
def report(tree, city_staff):
    """This month's report, whatever the day: the third month of the programme, the second of building."""
    this_month = clock.today().replace(day=1)
    programme = factories.programme(tree.city, first_month=this_month - relativedelta(months=2))
    site = approve_site(factories.site(programme, tree.village), by=city_staff)
    return site.reports.get(month=this_month)


def fill_in(page, report, *, sessions: str, plan: str = "继续开展实用技术培训") -> None:
    """Type into every field of the report page, as people type."""
    sheet = report_sheet(report)
    for task in sheet.tasks:
        page.fill(f"#id_{task.percent_key}", "60")
    for line in sheet.figures:
        page.fill(f"#id_{line.key}", "１，２００")
    page.fill(f"#id_{sheet.figures[0].key}", sessions)
    page.fill(f"#id_{sheet.money[0].key}", "0.85万元")
    page.fill("#id_next_plan", plan)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_report_is_returned_once_and_accepted(
    page, new_context, sign_in, axe, overflow, report, cadre, county_reviewer, city_staff, viewport
):
    def looks_right(at) -> None:
        assert (axe(at), overflow(at)) == ([], 0)

    page.set_viewport_size(viewport)
    sign_in(page, cadre)
    looks_right(page)
    page.click(f"a:has-text('{report.month_label}')")
    looks_right(page)
    fill_in(page, report, sessions="三场")
    page.click("button:has-text('核对并提交')")
    page.wait_for_selector("text=“三场”不是数字")
    looks_right(page)
    fill_in(page, report, sessions="3")
    page.click("button:has-text('核对并提交')")
    page.wait_for_selector("h1:has-text('核对')")
    assert "8,500" in page.inner_text("main")
    looks_right(page)
    page.click("form button:has-text('提交给肥西县妇联')")
    page.wait_for_selector("h1:has-text('已提交')")
    looks_right(page)

    county = new_context(viewport=viewport).new_page()
    sign_in(county, county_reviewer)
    county.goto(QUEUE)
    looks_right(county)
    county.click(f"a:has-text('{report.site.name}')")
    looks_right(county)
    county.click("button:has-text('退回')")
    county.wait_for_selector("text=退回要写明原因")
    county.fill("#id_reason", "培训场次与签到表不符，请核对。")
    county.click("button:has-text('退回')")
    county.wait_for_selector("text=没有别的月报等您审核了")

    page.goto("/")
    page.click("a:has-text('培训场次与签到表不符')")
    page.wait_for_selector("text=县级审核退回")
    fill_in(page, report, sessions="2")
    page.click("button:has-text('核对并提交')")
    page.click("form button:has-text('提交给肥西县妇联')")
    page.wait_for_selector("text=第 2 次提交")

    county.goto(QUEUE)
    county.click(f"a:has-text('{report.site.name}')")
    assert county.inner_text("ins") == "改为 2"
    looks_right(county)
    county.click("button:has-text('通过')")
    county.wait_for_selector("text=没有别的月报等您审核了")

    city = new_context(viewport=viewport).new_page()
    sign_in(city, city_staff)
    city.goto(QUEUE)
    city.check("input[name=_selected_action]")
    city.select_option("select[name=action]", label="通过所选月报")
    city.click("button:has-text('执行')")
    city.wait_for_selector("text=确认通过这 1 份月报")
    looks_right(city)
    city.click("button:has-text('通过这 1 份')")
    city.wait_for_selector("text=已通过 1 份，共 1 份")

    page.goto(report.get_absolute_url())
    rounds = page.inner_text(".rounds")
    for words in ["第 1 次提交", "县级审核退回", "第 2 次提交", "县级审核通过", "市级审核通过"]:
        assert words in rounds
    looks_right(page)
