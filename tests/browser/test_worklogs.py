"""On a phone: a cadre writes the day's log with a photo in one screen; after the lock only an addition is offered."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from fedwork import clock
from projects.actions import approve_site
from projects.models import WorkLog
from tests import factories
from tests.browser.conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(tree, city_staff):
    """Of a programme that runs now, by the real clock of the live server."""
    this_month = clock.today().replace(day=1)
    programme = factories.programme(tree.city, year=this_month.year, first_month=this_month)
    return approve_site(factories.site(programme, tree.village), by=city_staff)


def test_a_log_with_a_photo_and_an_addition(page, sign_in, cadre, site, axe, overflow):
    page.set_viewport_size(PHONE)
    sign_in(page, cadre)
    page.goto("/worklogs/")
    expect(page.get_by_text("还没有写")).to_be_visible()
    assert (axe(page), overflow(page)) == ([], 0)
    page.get_by_role("link", name="写日志").click()
    assert (axe(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#error-summary")).to_contain_text("请填写工作内容。")
    page.get_by_label("工作内容").fill("走访三户，通知周三的培训")
    photo = {"name": "走访.jpg", "mimeType": "image/jpeg", "buffer": factories.picture()}
    page.get_by_label("照片").set_input_files(photo)
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".files .name")).to_have_text("走访.jpg")
    expect(page.get_by_role("link", name="修改", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="补记")).to_have_count(0)
    assert (axe(page), overflow(page)) == ([], 0)
    WorkLog.objects.update(recorded_at=clock.now() - timedelta(days=3, minutes=1))
    page.reload()
    expect(page.get_by_text("这篇日志已锁定。")).to_be_visible()
    expect(page.get_by_role("link", name="修改", exact=True)).to_have_count(0)
    page.get_by_label("补记内容").fill("另有两户愿意报名")
    page.get_by_role("button", name="补记").click()
    expect(page.locator("#additions")).to_contain_text("另有两户愿意报名")
    assert (axe(page), overflow(page)) == ([], 0)
    log = WorkLog.objects.get()
    assert (log.site, log.content, log.additions.count()) == (site, "走访三户，通知周三的培训", 1)
    day = log.happened_on
    page.goto(f"/worklogs/sites/{site.pk}/{day.year}/{day.month}/")
    expect(page.get_by_role("region", name="工作日志")).to_contain_text("补记")
    assert (axe(page), overflow(page)) == ([], 0)
