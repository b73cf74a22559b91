"""Boards, roll-up, list of reports and form 3.3 on a desk and on a phone; form 3.3 on paper."""

import re
from datetime import datetime

import pytest
from django.utils import timezone

from fedwork import clock
from projects.actions import approve_site
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE
from tests.projects.conftest import submit

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture
def report(tree, cadre, city_staff):
    """Last year's programme: all its months have begun whenever the test runs. November is submitted."""
    programme = factories.programme(tree.city, year=2025)
    with clock.set_to(timezone.make_aware(datetime(2025, 11, 22, 12))):
        approve_site(factories.site(programme, tree.far_village), by=city_staff)
        site = approve_site(factories.site(programme, tree.village), by=city_staff)
        return submit(site.reports.get(month=datetime(2025, 11, 1)), by=cadre)


@SIZES
@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/boards/",
        "/boards/?under={county}",
        "/progress/",
        "/rollup/",
        "/rollup/?under={county}&unreviewed=on&month=2025-11",
        "/reports/",
        "/reports/{report}/print/",
        "/reports/{report}/print/?empty=1",
    ],
)
def test_pages(page, size, address, leader, report, tree, sign_in, axe, overflow):
    page.set_viewport_size(size)
    sign_in(page, leader)
    page.goto(address.format(report=report.pk, county=tree.county.pk))
    assert page.locator("h1").count() == 1
    assert (overflow(page), axe(page)) == (0, [])


def test_from_the_number_to_its_reports(page, leader, report, sign_in):
    sign_in(page, leader)
    page.locator("main").get_by_role("link", name="报送情况").click()
    row = page.get_by_role("row", name="肥西县")
    row.get_by_role("link", name="1", exact=True).first.click()
    assert "共 1 份" in page.locator("main").inner_text()
    assert page.locator(".rows li").count() == 1
    assert page.locator(".chip[aria-current]").inner_text() == "已报 1"


def test_form_3_3_goes_on_one_sheet_of_a4(page, leader, report, sign_in):
    sign_in(page, leader)
    page.goto(f"/reports/{report.pk}/print/")
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    assert re.search(rb"/MediaBox\s*\[0 0 59[45][.\d]* 84[12]", pdf)
