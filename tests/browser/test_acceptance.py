"""From the self-check to the acceptance: lost points are put right, the county gives its opinion, the city concludes."""

import pytest
from playwright.sync_api import expect

from assessments.models import Acceptance, Criterion, RoundLevel, ScoreRound
from projects.actions import approve_site
from tests import factories
from tests.assessments import cast
from tests.browser.conftest import DESKTOP, PHONE


@pytest.fixture
def site(tree, city_staff):
    """Of last year's programme, so that its months have begun whenever the test runs."""
    programme = factories.programme(tree.city, year=2025)
    site = approve_site(factories.site(programme, tree.village), by=city_staff)
    cast.published(site.creation_type, by=city_staff)
    return site


@pytest.fixture
def desk(new_context, sign_in):
    """desk(user, size): a page at which the user has signed in."""

    def sit_down(user, size):
        page = new_context(viewport=size).new_page()
        sign_in(page, user)
        return page

    return sit_down


def check_oneself(page, site) -> ScoreRound:
    page.goto(f"/scores/sites/{site.pk}/")
    page.get_by_role("button", name="开始自评").click()
    cards = {each.code: page.locator(f"#card_{each.pk}") for each in Criterion.objects.all()}
    expect(cards["A1"].locator(".choice")).to_have_count(3)
    for group, answer in zip(cards["A1"].locator(".choice").all(), ["符合", "符合", "不符合"], strict=True):
        group.get_by_role("button", name=answer, exact=True).click()
    cards["A2"].get_by_role("button", name="没有扣分的情况").click()
    expect(cards["A2"].locator("output")).to_have_text("20")
    for code in cast.PASSED_OR_NOT:
        page.get_by_role("button", name="下一条未评").click()
        cards[code].get_by_role("button", name="合格", exact=True).click()
        expect(cards[code].locator("output")).not_to_have_text("未评")
    expect(page.locator("[data-summary]")).to_contain_text("9 条已评完")
    page.get_by_role("button", name="核对并提交").click()
    page.get_by_role("button", name="提交自评").click()
    expect(page.locator(".messages")).to_contain_text("已提交自评")
    return ScoreRound.objects.get()


def test_from_the_self_check_to_the_acceptance(site, cadre, county_reviewer, city_staff, desk, axe, overflow):
    phone, county, city = desk(cadre, PHONE), desk(county_reviewer, PHONE), desk(city_staff, DESKTOP)
    check_oneself(phone, site)

    county.goto(f"/acceptances/sites/{site.pk}/")
    assert (overflow(county), axe(county)) == (0, [])
    county.get_by_role("link", name="从自评交办").click()
    assert (overflow(county), axe(county)) == (0, [])
    county.get_by_label("A1 示例内容 A1").check()
    county.get_by_role("button", name="交办所选").click()
    expect(county.locator(".messages")).to_contain_text("已交办 1 项整改")

    phone.goto(f"/acceptances/sites/{site.pk}/")
    phone.get_by_role("link", name="ZG").click()
    phone.get_by_label("整改情况").fill("方案已报县妇联备案")
    phone.get_by_role("button", name="报送").click()
    cast.scored(site, RoundLevel.COUNTY, by=county_reviewer)

    city.goto(f"/acceptances/sites/{site.pk}/")
    expect(city.get_by_text("还没有市评。")).to_be_visible()
    county.goto(f"/acceptances/sites/{site.pk}/")
    county.get_by_role("link", name="ZG").click()
    county.get_by_label("复核意见").fill("备案表已看")
    county.get_by_role("button", name="销号").click()
    cast.scored(site, RoundLevel.CITY, by=city_staff)

    city.reload()
    city.get_by_role("button", name="开始验收").click()
    opened = Acceptance.objects.get()
    county.goto(opened.get_absolute_url())
    county.get_by_label("县级意见").fill("自查整改到位，同意报市验收")
    county.get_by_role("button", name="提交县级意见").click()
    expect(county.locator(".messages")).to_contain_text("县级意见已报市级")
    assert overflow(county) == 0

    city.goto(opened.get_absolute_url())
    assert (overflow(city), axe(city)) == (0, [])
    city.get_by_role("radio", name="通过", exact=True).check()
    city.get_by_label("验收组意见").fill("听汇报、看现场、查资料，各项任务完成")
    city.get_by_role("button", name="作出结论").click()
    expect(city.locator(".messages")).to_contain_text("验收结论：通过")
    expect(city.locator(".paper")).to_contain_text("☑通过")
    for address in ["/results/", "/losses/", "/annual/"]:
        city.goto(address)
        assert (address, overflow(city), axe(city)) == (address, 0, [])
