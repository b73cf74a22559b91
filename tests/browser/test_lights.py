"""A red site explains itself; the city tries another rule on past months, confirms it, and the page explains itself
anew. And the pages of lights and counties on a desk and on a phone."""

from datetime import datetime

import pytest
from django.utils import timezone

from fedwork import clock
from projects.actions import approve_site
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE
from tests.projects.lights import only, set_rule

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(tree, city_staff):
    """Of last year's programme, in which nothing was ever reported."""
    programme = factories.programme(tree.city, year=2025)
    only(programme, "reports_overdue", "task_overdue")
    set_rule(programme, "reports_overdue", yellow=1)
    with clock.set_to(timezone.make_aware(datetime(2025, 6, 2, 9))):
        return approve_site(factories.site(programme, tree.village), by=city_staff)


def test_a_rule_is_changed_with_a_preview_and_the_page_explains_itself(
    page, sign_in, axe, overflow, site, city_staff, leader
):
    sign_in(page, city_staff)
    page.goto(site.get_absolute_url())
    assert "任务逾期：1 天起亮黄灯，15 天起亮红灯" in page.locator("#light").inner_text()
    page.locator("#light").get_by_text("月月报逾期未报").wait_for()

    page.goto("/admin/projects/lightrule/")
    page.get_by_role("link", name="修改任务逾期的界限").click()
    page.get_by_label("黄灯界限").fill("900")
    page.get_by_label("红灯界限").fill("")
    page.get_by_role("button", name="预览").click()
    page.locator("table.effects", has_text="2025年7月底").wait_for()
    page.locator(".effects summary").first.click()
    page.locator(".effects", has_text="红 → ").get_by_role("link", name=site.name).first.wait_for()
    for size in [DESKTOP, PHONE]:
        page.set_viewport_size(size)
        assert (axe(page), overflow(page)) == ([], 0)
    page.set_viewport_size(DESKTOP)
    page.get_by_label("原因").fill("去年的任务不再按逾期看")
    page.get_by_role("button", name="确认修改").click()
    page.locator(".messages", has_text="900 天起亮黄灯").wait_for()
    assert "去年的任务不再按逾期看" in page.locator("main").inner_text()

    page.goto(site.get_absolute_url())
    said = page.locator("#light").inner_text()
    assert "任务逾期" not in said
    assert "月报逾期未报：1 份起亮黄灯" in said
    assert "黄灯" in page.locator("#light header").inner_text()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages(page, size, leader, site, tree, sign_in, axe, overflow):
    page.set_viewport_size(size)
    sign_in(page, leader)
    for address in ["/lights/", f"/counties/{tree.county.pk}/", site.get_absolute_url()]:
        page.goto(address)
        assert page.locator("h1").count() == 1
        assert (overflow(page), axe(page)) == (0, [])
    page.locator(".anchors").get_by_role("link", name="要办的事").click()
    assert page.locator("#due-title").is_visible()
    assert page.url.endswith("#due")
