"""On a phone: a cadre writes down an activity and finds it in the report; the city writes down a visit on the spot."""

from datetime import date

import pytest
from playwright.sync_api import expect

from fedwork import clock
from projects.actions import approve_site
from projects.models import Activity, GuidanceVisit, Measure
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 360, "height": 780}


@pytest.fixture
def site(tree, city_staff):
    """Of a programme that runs now, by the real clock of the live server."""
    this_month = clock.today().replace(day=1)
    programme = factories.programme(tree.city, year=this_month.year, first_month=this_month)
    factories.counted(programme.measures.get(unit="人次"), Measure.Source.PERSON_TIMES, "教育培训")
    return approve_site(factories.site(programme, tree.village), by=city_staff)


def test_an_activity_is_in_the_report(page, sign_in, cadre, site, axe, overflow):
    page.set_viewport_size(PHONE)
    sign_in(page, cadre)
    page.goto("/records/")
    page.get_by_role("link", name=site.name).click()
    page.get_by_role("link", name="记活动").click()
    assert (axe(page), overflow(page)) == ([], 0)
    page.get_by_label("类别").select_option(label="教育培训")
    page.get_by_label("活动名称").fill("家政培训")
    page.get_by_role("button", name="保存并加照片").click()
    expect(page.locator("#error-summary")).to_contain_text("月报的“教育培训（人次）”按这一项计数")
    page.get_by_label("人次").fill("４２")
    page.get_by_role("button", name="保存并加照片").click()
    photo = {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": factories.picture()}
    page.locator(".attach input[multiple][accept*=webp]").set_input_files(photo)
    expect(page.locator(".files .name")).to_have_text("现场.jpg")
    assert (axe(page), overflow(page)) == ([], 0)
    made = Activity.objects.get()
    assert (made.sessions, made.person_times, made.attachments.count()) == (1, 42, 1)
    page.goto(f"/reports/{made.report.pk}/edit/")
    row = page.locator(".counted", has_text="来自 1 条工作记录")
    expect(row).to_contain_text("42")
    assert (axe(page), overflow(page)) == ([], 0)
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("工作记录")
    assert (axe(page), overflow(page)) == ([], 0)


def test_a_visit_on_the_spot(page, sign_in, city_staff, site, axe, overflow):
    page.set_viewport_size(PHONE)
    sign_in(page, city_staff)
    page.goto("/visits/")
    assert (axe(page), overflow(page)) == ([], 0)
    page.get_by_role("link", name="待访").click()
    page.get_by_label("到点人员").fill("市妇联发展部")
    page.get_by_label("村“两委”").check()
    page.get_by_label("妇女之家").check()
    for heading in ["活动", "硬件"]:
        page.get_by_label(heading, exact=True).fill("符合要求")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("#error-summary")).to_contain_text("请填写资料。")
    assert (axe(page), overflow(page)) == ([], 0)
    page.get_by_label("资料", exact=True).fill("签到表缺两期，请补齐")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已保存调研指导")).to_be_visible()
    assert (axe(page), overflow(page)) == ([], 0)
    visit = GuidanceVisit.objects.get()
    assert (visit.happened_on, visit.interlocutors, visit.on_files) == (
        clock.today(),
        ["village"],
        "签到表缺两期，请补齐",
    )
    assert isinstance(visit.happened_on, date)
    page.goto("/visits/")
    expect(page.get_by_role("link", name="已访")).to_be_visible()
