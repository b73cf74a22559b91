"""City staff set the due rule, unlock a report and close a month; the cadre sees why a report is locked."""

import pytest
from dateutil.relativedelta import relativedelta
from django.urls import reverse

from fedwork import clock
from projects.actions import approve_site
from projects.models import MonthClose, ReportUnlock
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def locked(tree, city_staff):
    """Last month's report of a programme that locks at once."""
    last = clock.today().replace(day=1) - relativedelta(months=1)
    programme = factories.programme(tree.city, first_month=last, lock_days=0)
    site = approve_site(factories.site(programme, tree.village), by=city_staff)
    return site.reports.select_related("site__programme").get(month=last)


def looks_right(page, axe, overflow) -> None:
    """On a desk and on a phone."""
    for size in [DESKTOP, PHONE]:
        page.set_viewport_size(size)
        assert (axe(page), overflow(page)) == ([], 0)
    page.set_viewport_size(DESKTOP)


def test_due_dates_are_shown_while_the_rule_is_chosen(page, sign_in, city_staff, locked):
    sign_in(page, city_staff)
    page.goto(reverse("admin:projects_programme_change", args=[locked.site.programme_id]))
    page.locator("#due-days", has_text="当月 25 日 18:00 截止").wait_for()
    page.select_option("#id_due_kind", "next_month_workday")
    page.locator("#due-days", has_text="填好以后").wait_for()  # no month has 25 working days for certain
    page.fill("#id_report_due_day", "3")
    page.keyboard.press("Tab")
    page.locator("#due-days", has_text="次月第 3 个工作日 18:00 截止").wait_for()


def test_a_locked_report_is_told_unlocked_and_its_month_closed(
    page, new_context, sign_in, axe, overflow, city_staff, cadre, locked
):
    phone = new_context(viewport=PHONE).new_page()
    sign_in(phone, cadre)
    phone.locator("li", has_text="已锁定").click()
    phone.locator(".banner", has_text="请联系合肥市妇联解锁").wait_for()
    assert (axe(phone), overflow(phone)) == ([], 0)

    sign_in(page, city_staff)
    page.goto(reverse("admin:projects_monthlyreport_change", args=[locked.pk]))
    page.click("text=解锁这份月报")
    looks_right(page, axe, overflow)
    page.fill("#id_reason", "停电三天，同意补报")
    page.click("main form button.primary")
    page.locator(".banner", has_text="已解锁").wait_for()
    assert ReportUnlock.objects.get().report == locked
    phone.goto(reverse("projects:report_edit", args=[locked.pk]))
    assert phone.url.endswith("/edit/")

    page.goto(reverse("admin:projects_monthclose_changelist"))
    looks_right(page, axe, overflow)
    page.locator("tr", has_text=locked.month_label).get_by_text("月结…").click()
    looks_right(page, axe, overflow)
    page.click(f"button:has-text('月结{locked.month_label}')")
    page.locator("tr", has_text=locked.month_label).get_by_text("已月结").wait_for()
    assert MonthClose.objects.get().month == locked.month


def test_the_working_calendar(page, sign_in, axe, overflow, city_staff):
    sign_in(page, city_staff)
    page.goto("/admin/organizations/calendarexception/add/")
    looks_right(page, axe, overflow)
    page.fill("#id_day", "2099-10-01")
    page.fill("#id_last_day", "2099-10-07")
    page.fill("#id_name", "国庆节放假")
    page.click("input[name=_save]")
    page.locator("#result_list", has_text="2099年10月7日").wait_for()
    looks_right(page, axe, overflow)
