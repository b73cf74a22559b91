"""整改事项 from the city's desk to the cadre's phone and back; a meeting whose open item is in the next pack."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from fedwork import clock
from projects.actions import approve_site, raise_rectification, save_meeting
from projects.models import Meeting, Rectification
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE
from tests.projects.followup import new_item

NARROW = {**PHONE, "width": 360}
SIZES = pytest.mark.parametrize("size", [DESKTOP, NARROW], ids=["desktop", "phone"])


@pytest.fixture
def site(tree, city_staff):
    """Of last year's programme, so that its months have begun whenever the test runs."""
    programme = factories.programme(tree.city, year=clock.today().year - 1)
    return approve_site(factories.site(programme, tree.village), by=city_staff)


def item_of(site, by, **fields) -> Rectification:
    today = clock.today()
    given = {"found_on": today, "due_on": today + timedelta(days=14)}
    return raise_rectification(new_item(site, **given | fields), by=by)


def meeting_of(site, by, **fields) -> Meeting:
    given = {"held_on": clock.today(), "place": "市妇联会议室", "chaired_by": "市妇联分管领导", "pack_at": clock.now()}
    return save_meeting(Meeting(programme=site.programme, **given | fields), posts=[], by=by)


@SIZES
def test_pages(page, size, site, city_staff, sign_in, axe, overflow):
    item, meeting = item_of(site, city_staff), meeting_of(site, city_staff)
    page.set_viewport_size(size)
    sign_in(page, city_staff)
    addresses = [
        "/rectifications/",
        "/rectifications/add/",
        f"/rectifications/add/?site={site.pk}",
        item.get_absolute_url(),
        "/meetings/",
        f"/meetings/add/?programme={site.programme_id}",
        meeting.get_absolute_url(),
        f"{meeting.get_absolute_url()}pack/",
    ]
    for address in addresses:
        page.goto(address)
        assert page.locator("h1").count() == 1
        assert (address, overflow(page), axe(page)) == (address, 0, [])


def test_raised_at_the_desk_put_right_on_a_phone_and_closed(
    page, new_context, site, city_staff, cadre, sign_in, axe, overflow, tmp_path
):
    page.set_viewport_size(DESKTOP)
    sign_in(page, city_staff)
    page.get_by_role("link", name="整改事项").click()
    page.get_by_role("link", name="交办整改").click()
    page.get_by_label("项目点").select_option(str(site.pk))
    page.get_by_role("button", name="下一步").click()
    page.get_by_label("来源", exact=True).select_option("inspection")
    page.get_by_label("问题类别").select_option("venue")
    page.get_by_label("问题描述").fill("活动室没有挂牌")
    page.get_by_label("整改要求").fill("挂牌并拍照")
    page.get_by_role("button", name="交办").click()
    expect(page.locator(".messages")).to_contain_text("山南镇填报员整改")
    address = page.url

    phone = new_context(viewport=NARROW).new_page()
    sign_in(phone, cadre)
    expect(phone.locator("#menu a", has_text="整改事项").locator(".count")).to_have_text("1")
    phone.locator(".rows a", has_text="活动室没有挂牌").click()
    photo = tmp_path / "挂牌.jpg"
    photo.write_bytes(factories.picture())
    phone.locator(".pick input[multiple]").first.set_input_files(photo)
    expect(phone.locator(".files img")).to_have_count(1)
    assert (overflow(phone), axe(phone)) == (0, [])
    phone.get_by_label("整改情况").fill("牌子已挂好")
    phone.get_by_role("button", name="报送，请求复核").click()
    expect(phone.locator(".messages")).to_contain_text("等待复核")
    expect(phone.locator(".attach")).to_have_count(0)

    page.goto(address)
    expect(page.locator(".files img")).to_have_count(1)
    page.get_by_label("复核意见").fill("照片清楚，已挂牌")
    page.get_by_role("button", name="复核通过，销号").click()
    expect(page.locator(".messages")).to_contain_text("已复核销号")
    assert Rectification.objects.get().is_closed


def test_what_a_meeting_decided_is_in_the_next_pack_and_prints(page, site, city_staff, leader, sign_in):
    first = meeting_of(site, city_staff)
    item_of(site, city_staff, source="meeting", meeting=first, problem="配套资金没有到账")
    second = meeting_of(site, city_staff)
    sign_in(page, leader)
    page.goto(f"{first.get_absolute_url()}pack/")
    assert "配套资金没有到账" not in page.locator("main").inner_text()
    page.goto(f"{second.get_absolute_url()}pack/")
    expect(page.get_by_role("region", name="未销号的整改事项")).to_contain_text("配套资金没有到账")
    with page.expect_download() as download:
        page.get_by_role("link", name="督查情况通报（Word）").click()
    assert download.value.suggested_filename.endswith(".docx")
