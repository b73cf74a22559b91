"""A receipt entered on a phone with two shots of the camera, and the pages around it in real Chromium."""

import pytest

from funding.models import EntryFile
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE
from tests.funding.cast import approved_site

pytestmark = pytest.mark.django_db(transaction=True)


def shot(red: int) -> list[dict]:
    data = factories.picture(size=(400, 300), colour=(red, 90, 90))
    return [{"name": f"凭证{red}.jpg", "mimeType": "image/jpeg", "buffer": data}]


def test_a_receipt_with_two_shots(page, sign_in, tree, programme, city_staff, axe, overflow):
    site = approved_site(programme, tree.village, 20000, 20000, 10000, 5000, by=city_staff)
    sign_in(page, city_staff)
    page.set_viewport_size(PHONE)
    page.goto(f"/funds/sites/{site.pk}/add/")
    page.select_option("[name=kind]", "arrived")
    page.select_option("[name=source]", "county")
    page.fill("[name=amount]", "1.2万")
    page.fill("[name=voucher_number]", "记-1")
    for red in [10, 90, 200]:
        page.set_input_files(".camera input", shot(red))
    page.click("[aria-label='不要 凭证90.jpg']")
    assert (axe(page), overflow(page)) == ([], 0)
    page.click(".savebar .primary")
    page.wait_for_selector("text=扫描件 2 个")
    assert [scan.name for scan in EntryFile.objects.order_by("pk")] == ["凭证10.jpg", "凭证200.jpg"]
    page.click("th a:has-text('县级到位')")
    page.wait_for_selector(".files img >> nth=1")
    assert (axe(page), overflow(page)) == ([], 0)
    for path in ["register/", "reallocations/", f"sites/{site.pk}/reallocate/", f"import/{programme.pk}/"]:
        page.goto(f"/funds/{path}")
        assert (path, axe(page), overflow(page)) == (path, [], 0)
    page.set_viewport_size(DESKTOP)
    page.goto("/funds/register/")
    assert (axe(page), overflow(page)) == ([], 0)
