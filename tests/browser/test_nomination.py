"""From the township's proposal to the site with its schedule, each at the own desk; the pages at both widths."""

import pytest
from playwright.sync_api import expect

from fedwork import clock
from projects.actions import ask_change
from projects.models import ProjectSite
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE
from tests.projects.nominated import brought_to, new_change, proposed

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
WRITTEN = {
    "项目点名称": "山南镇小井庄村",
    "负责人职务": "村党总支书记",
    "妇女总数（人）": "８２０人",
    "其中：劳动年龄妇女（人）": "510",
    "其中：留守妇女（人）": "140",
    "留守儿童家庭（户）": "46",
    "其中：有技能的妇女（人）": "95",
    "妇女组织（个）": "3",
    "巾帼志愿者（人）": "22",
    "阵地面积（平方米）": "60",
    "现有阵地": "妇女之家一间",
    "主要产业": "蔬菜种植",
    "妇女的需求": "家门口的技能培训",
    "摸底日期": "2026-03-20",
    "摸底人员": "镇妇联副主席",
    "特色和示范作用": "返乡妇女带头办家庭农场",
    "创建内容": "改造妇女之家，办三期培训",
    "预计受益妇女（人）": "300",
    "联系人职务": "村妇联主席",
    "联系电话": "0551-55500001",
}


@pytest.fixture
def programme(tree):
    """Takes nominations whenever the test runs."""
    return factories.programme(tree.city, year=clock.today().year + 1)


@pytest.fixture
def people(cadre, county_reviewer, city_staff) -> dict:
    return {"cadre": cadre, "county": county_reviewer, "city": city_staff}


@SIZES
def test_pages(page, size, programme, tree, people, sign_in, axe, overflow):
    site = proposed(programme, tree.village, by=people["cadre"])
    approved = brought_to(
        "approved",
        proposed(programme, tree.other_village, by=people["county"]),
        **(people | {"cadre": people["county"]}),
    )
    change = ask_change(new_change(approved), by=people["county"])
    page.set_viewport_size(size)

    def look(user, *addresses: str) -> None:
        sign_in(page, user)
        for address in addresses:
            page.goto(address)
            assert page.locator("h1").count() == 1
            assert (address, overflow(page), axe(page)) == (address, 0, [])

    own = f"/nominations/{site.pk}/"
    look(people["cadre"], "/nominations/", "/nominations/add/", own, f"{own}edit/", f"{own}print/")
    page.context.clear_cookies()
    brought_to("recommended", site, **people, rank=2)
    look(
        people["city"], own, "/nominations/board/", "/changes/", change.get_absolute_url(), approved.get_absolute_url()
    )


def test_from_the_township_to_the_approved_site(page, new_context, programme, people, sign_in, axe):
    page.set_viewport_size(DESKTOP)
    sign_in(page, people["cadre"])
    page.get_by_role("link", name="项目申报").click()
    page.get_by_role("link", name="新的申报").click()
    page.get_by_label("创建类型").select_option(label="示范村")
    page.get_by_label("村（社区、基地）").select_option(label="小井庄村")
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("妇女总数（人）").fill("820")
    page.get_by_role("button", name="提交给肥西县妇联").click()
    expect(page.locator("#error-summary")).to_contain_text("还不能提交")
    assert axe(page) == []
    for label, value in WRITTEN.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="提交给肥西县妇联").click()
    expect(page.locator(".messages")).to_contain_text("已提交给肥西县妇联")
    address = page.url

    county = new_context(viewport=DESKTOP).new_page()
    sign_in(county, people["county"])
    expect(county.locator("#menu a", has_text="项目申报").locator(".count")).to_have_text("1")
    county.locator(".rows a", has_text="山南镇小井庄村").click()
    county.get_by_label("推荐理由").fill("基础好，示范性强")
    county.get_by_role("button", name="推荐到市妇联").click()
    expect(county.locator(".messages")).to_contain_text("已推荐")

    city = new_context(viewport=DESKTOP).new_page()
    sign_in(city, people["city"])
    city.goto(address)
    for label, value in {
        "带队人": "市妇联副主席",
        "审核组成员": "发展部",
        "查看地点": "妇女之家",
        "审核情况": "与材料相符",
    }.items():
        city.get_by_label(label, exact=True).fill(value)
    city.get_by_label("通过", exact=True).check()
    city.get_by_role("button", name="登记到点审核").click()
    city.get_by_role("button", name="审核通过，上报省里").click()
    city.locator("#id_ApproveForm_document_number").fill("皖妇〔2027〕8号")
    city.get_by_role("button", name="登记为已批准").click()
    expect(city.locator(".messages")).to_contain_text("已登记省批复")
    site = ProjectSite.objects.get()
    assert (site.is_approved, site.stages.count(), site.reports.count()) == (True, 3, 7)
    city.get_by_role("link", name="项目点", exact=True).last.click()
    expect(city.locator("main")).to_contain_text("建设阶段任务")
