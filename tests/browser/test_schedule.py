"""A stage gate: what is missing is named, supplied and then let through; the timelines on desktop and phone."""

import pytest
from playwright.sync_api import expect

from fedwork import clock
from projects.actions import approve_site
from projects.models import Stage
from projects.states import StageKind
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture
def site(tree, city_staff):
    """Of last year's programme, so that its stages have begun whenever the test runs."""
    programme = factories.programme(tree.city, year=clock.today().year - 1)
    factories.output(programme.stages.get(kind=StageKind.LAUNCH), "细排进度", "plan")
    factories.task(programme.stages.get(kind=StageKind.BUILD), "志愿服务", rhythm="monthly", evidence="照片")
    return approve_site(factories.site(programme, tree.village), by=city_staff)


@SIZES
def test_pages(page, size, site, city_staff, sign_in, axe, overflow):
    item = site.stages.get(kind=StageKind.BUILD).items.first()
    page.set_viewport_size(size)
    sign_in(page, city_staff)
    addresses = [
        f"/schedule/?programme={site.programme_id}",
        f"/schedule/sites/{site.pk}/",
        f"/schedule/items/{item.pk}/replan/",
        f"/schedule/programmes/{site.programme_id}/replan/",
        "/schedule/replans/",
        "/calendar/",
    ]
    for address in addresses:
        page.goto(address)
        assert page.locator("h1").count() == 1
        assert (address, overflow(page), axe(page)) == (address, 0, [])


def test_a_gate_opens_when_what_is_missing_is_there(page, new_context, site, cadre, county_reviewer, sign_in):
    page.set_viewport_size(DESKTOP)
    sign_in(page, county_reviewer)
    page.goto(site.get_absolute_url())
    gate = page.locator("#stages .now")
    expect(gate).to_contain_text("还没有核对、确认本项目点的日程")
    expect(gate).to_contain_text("由填报岗位办理")
    gate.get_by_role("button", name="确认启动阶段完成").click()
    expect(page.locator(".messages")).to_contain_text("缺“细排进度”")

    phone = new_context(viewport=PHONE).new_page()
    sign_in(phone, cadre)
    phone.goto(site.get_absolute_url())
    phone.get_by_role("button", name="日程已核对，确认").click()
    expect(phone.locator(".messages")).to_contain_text("已确认日程")
    phone.locator("tr", has_text="志愿服务（7月）").get_by_role("link", name="申请调整").click()
    expect(phone.locator("h1")).to_contain_text("申请调整日程")

    page.reload()
    expect(page.locator("#stages .now .tag.ok")).to_have_text("有")
    page.get_by_role("button", name="确认启动阶段完成").click()
    expect(page.locator(".messages")).to_contain_text("启动阶段已确认完成")
    expect(page.locator("#stages .now")).to_contain_text("建设阶段")
    assert Stage.objects.get(site=site, kind=StageKind.LAUNCH).completed_by == county_reviewer
