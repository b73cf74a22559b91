"""A cadre on a phone establishes the working group of a site and changes its head; a plan goes up and comes back."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from projects.actions import approve_site
from projects.models import ImplementationPlan, LeadingGroup
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(programme, tree, city_staff):
    return approve_site(factories.site(programme, tree.village), by=city_staff)


@pytest.fixture
def today():
    """The live server goes by the real clock."""
    return timezone.localdate()


def test_a_cadre_establishes_the_team_and_changes_its_head(new_context, sign_in, cadre, site, today, axe, overflow):
    page = new_context(viewport=PHONE).new_page()
    sign_in(page, cadre)
    page.goto("/groups/")
    expect(page.get_by_text("还没有成立项目工作组")).to_be_visible()
    assert (axe(page), overflow(page)) == ([], 0)
    page.click("text=登记工作组")
    established_on = today - timedelta(days=30)
    page.fill("[name=established_on]", established_on.isoformat())
    page.fill("[name=post]", "党总支书记")
    page.fill("[name=members]", "妇联主席")
    page.click("main button.primary")
    expect(page.get_by_text("要写单位和职务").first).to_be_visible()
    page.fill("[name=members]", "小井庄村 妇联主席\n小井庄村 会计")
    assert (axe(page), overflow(page)) == ([], 0)
    page.click("main button.primary")
    expect(page.get_by_role("heading", name=f"{site}项目工作组")).to_be_visible()
    page.click("text=办理接任")
    page.fill("[name=unit]", "小井庄村")
    page.fill("[name=post]", "第一书记")
    page.click("main button.primary")
    expect(page.get_by_text("前任到前一天为止")).to_be_visible()
    assert (axe(page), overflow(page)) == ([], 0)
    heads = LeadingGroup.objects.get().members.filter(role="head").order_by("from_on")
    assert [(row.post, row.from_on) for row in heads] == [("党总支书记", established_on), ("第一书记", today)]


def test_a_plan_goes_up_comes_back_and_is_approved(new_context, sign_in, cadre, county_reviewer, site, axe, overflow):
    writer, reviewer = new_context(viewport=PHONE).new_page(), new_context(viewport=DESKTOP).new_page()
    sign_in(writer, cadre)
    writer.goto("/plans/")
    writer.click("text=现在编制")
    for name in ["tasks", "steps", "measures"]:
        writer.fill(f"[name={name}]", f"示例内容 {name}")
    writer.click("main button.primary")
    assert (axe(writer), overflow(writer)) == ([], 0)
    writer.click("button:text-is('报批')")
    sign_in(reviewer, county_reviewer)
    reviewer.goto("/plans/")
    reviewer.click(f"main a:has-text('{site}')")
    reviewer.click("button:text-is('退回')")
    expect(reviewer.get_by_text("退回要写原因").first).to_be_visible()
    reviewer.fill("[name=note]", "请写明分工")
    reviewer.click("button:text-is('退回')")
    writer.reload()
    expect(writer.get_by_text("请写明分工")).to_be_visible()
    writer.get_by_role("link", name="修改", exact=True).click()
    writer.fill("[name=measures]", "书记抓总，妇联主席抓日常")
    writer.click("main button.primary")
    writer.click("button:text-is('报批')")
    reviewer.reload()
    assert (axe(reviewer), overflow(reviewer)) == ([], 0)
    reviewer.click("button:text-is('批准')")
    expect(reviewer.locator("main .head .tag")).to_have_text("已批准")
    assert ImplementationPlan.objects.get().approved_by == county_reviewer
