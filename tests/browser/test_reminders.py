"""The city urges from the stuck list; the cadre sees it at once."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from fedwork import clock
from projects.actions import approve_site, send_due_reminders
from projects.models import Reminder
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE

WIDTHS = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture
def report(tree, city_staff, cadre):
    """Long overdue today, whatever day it is."""
    cadre.phone = "0551-55500001"
    cadre.save()
    programme = factories.programme(tree.city, year=clock.today().year - 1)
    site = approve_site(factories.site(programme, tree.village), by=city_staff)
    return site.reports.order_by("month").first()


@WIDTHS
def test_urged_in_the_list_and_read_on_the_workbench(
    page, new_context, size, report, city_staff, cadre, sign_in, axe, overflow
):
    page.set_viewport_size(size)
    sign_in(page, city_staff)
    page.goto(reverse("projects:stuck_list"))
    assert (overflow(page), axe(page)) == (0, [])
    page.locator("button", has_text=str(report)).click()
    expect(page.locator(".messages")).to_contain_text(f"已催办“{report}”")
    assert Reminder.objects.get().report == report
    theirs = new_context(viewport=size).new_page()
    sign_in(theirs, cadre)
    expect(theirs.locator(".urged")).to_contain_text("合肥市妇联")
    expect(theirs.locator("#menu .count")).to_have_text("1")
    theirs.locator("#menu a", has_text="提醒").click()
    expect(theirs.locator("#menu .count")).to_have_count(0)
    assert (overflow(theirs), axe(theirs)) == (0, [])


@WIDTHS
def test_the_pages_of_responsibility(page, size, report, city_staff, sign_in, axe, overflow):
    send_due_reminders()
    page.set_viewport_size(size)
    sign_in(page, city_staff)
    item = reverse("admin:projects_monthlyreport_change", args=[report.pk])
    found = {}
    for address in [
        reverse("projects:responsibility"),
        reverse("projects:reminder_list"),
        item,
        f"/reports/{report.pk}/",
    ]:
        page.goto(address)
        found[address] = (overflow(page), axe(page))
    assert found == dict.fromkeys(found, (0, []))
