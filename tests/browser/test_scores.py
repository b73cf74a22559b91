"""A site scores itself on a tablet, the county follows with the evidence and the site's own score beside each item."""

import re

import pytest
from playwright.sync_api import expect

from assessments.models import Criterion, ScoreRound
from projects.actions import approve_site
from tests import factories
from tests.assessments import cast
from tests.browser.conftest import PHONE

TABLET = {"width": 820, "height": 1100}


@pytest.fixture
def site(tree, city_staff):
    """Of last year's programme, so that its months have begun whenever the test runs."""
    programme = factories.programme(tree.city, year=2025)
    site = approve_site(factories.site(programme, tree.village), by=city_staff)
    cast.published(site.creation_type, by=city_staff)
    return site


def test_scored_on_a_tablet_and_seen_by_the_county(
    page, new_context, site, cadre, county_reviewer, sign_in, axe, overflow
):
    page.set_viewport_size(TABLET)
    sign_in(page, cadre)
    page.goto(f"/scores/sites/{site.pk}/")
    page.get_by_role("button", name="开始自评").click()
    cards = {each.code: page.locator(f"#card_{each.pk}") for each in Criterion.objects.all()}
    assert (overflow(page), axe(page)) == (0, [])
    for group in cards["A1"].locator(".choice").all()[:2]:
        group.get_by_role("button", name="符合", exact=True).click()
    expect(page.locator(".savebar .state")).to_contain_text("已保存")
    expect(cards["A1"].locator("output")).to_have_text("未评")
    cards["A1"].locator(".choice").last.get_by_role("button", name="不符合").click()
    expect(cards["A1"].locator("output")).to_have_text("20")
    cards["A2"].get_by_role("button", name="没有扣分的情况").click()
    expect(cards["A2"].locator("output")).to_have_text("20")
    cards["A2"].get_by_role("button", name="加一处").click()
    expect(cards["A2"].locator("output")).to_have_text("19.5")
    first, last = (page.locator(".score-part", has=cards[code]) for code in ["A1", "C1"])
    expect(first.locator(".progress-words")).to_have_text("已评 2/2，得 39.5 分")
    expect(cards["C1"]).to_be_hidden()
    page.get_by_role("button", name="下一条未评").click()
    expect(cards["C1"].get_by_role("button", name="合格", exact=True)).to_be_focused()
    last.locator("summary").first.click()
    page.get_by_role("button", name="核对并提交").click()
    expect(page.locator("#errors")).to_contain_text("G1 示例内容 G1：还没有评。")
    page.get_by_role("link", name="G1 示例内容 G1").click()
    for code in cast.PASSED_OR_NOT:
        page.locator(".score-part", has=cards[code]).evaluate("part => { part.open = true; }")
        cards[code].get_by_role("button", name="合格", exact=True).click()
    expect(page.locator("[data-summary]")).to_have_text("9 条已评完，总分 65.5 分，合格")
    page.get_by_role("button", name="核对并提交").click()
    page.get_by_role("button", name="提交自评").click()
    expect(page.locator(".messages")).to_contain_text("已提交自评：65.5 分，合格")

    county = new_context(viewport=PHONE).new_page()
    sign_in(county, county_reviewer)
    county.goto(f"/scores/sites/{site.pk}/")
    assert (overflow(county), axe(county)) == (0, [])
    county.get_by_role("button", name="开始县评").click()
    expect(county.locator(f"#card_{Criterion.objects.get(code='A2').pk}")).to_contain_text("自评 19.5 分")
    assert (overflow(county), axe(county)) == (0, [])
    assert ScoreRound.objects.submitted().get().total == 65.5


def test_the_pages_beside(page, site, cadre, city_staff, sign_in, axe, overflow):
    cast.scored(site, 1, by=cadre)
    rubric = site.creation_type.rubrics.get()
    page.set_viewport_size(PHONE)
    sign_in(page, city_staff)
    addresses = ["/scores/", f"/scores/sites/{site.pk}/print/", f"/scores/sites/{site.pk}/province/"]
    addresses += [
        f"/rubrics/{rubric.pk}/",
        f"/rubrics/{rubric.pk}/points/",
        f"/admin/assessments/rubric/{rubric.pk}/copy/",
    ]
    found = {}
    for address in addresses:
        status = page.goto(address).status
        found[address] = (status, overflow(page), axe(page))
    assert found == dict.fromkeys(addresses, (200, 0, []))
    for address in [f"/scores/sites/{site.pk}/print/", f"/rubrics/{rubric.pk}/"]:
        page.goto(address)
        printed = page.pdf(prefer_css_page_size=True)
        assert re.findall(rb"/MediaBox ?\[0 0 (8\d\d)", printed), address  # A4 lies on its long side
