"""Reviewing in real Chromium: remarks pinned to fields, keys, who else is looking, and taking a submission back."""

import pytest
from dateutil.relativedelta import relativedelta
from django.urls import reverse

from fedwork import clock
from organizations.models import Role
from projects.actions import ReportContent, approve_site, save_report, submit_report
from projects.models import MonthlyReport, ReviewDecision, ReviewOpening
from projects.sheet import report_sheet
from projects.states import ReportStatus
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.django_db(transaction=True)
QUEUE = reverse("admin:projects_monthlyreport_changelist")


@pytest.fixture
def waiting(tree, city_staff, cadre) -> list[MonthlyReport]:
    """Last month's report and this month's, sent in this order."""
    this_month = clock.today().replace(day=1)
    programme = factories.programme(tree.city, first_month=this_month - relativedelta(months=2))
    site = approve_site(factories.site(programme, tree.village), by=city_staff)
    months = [this_month - relativedelta(months=1), this_month]
    return [send(site.reports.get(month=month), cadre) for month in months]


def send(report: MonthlyReport, cadre) -> MonthlyReport:
    sheet = report_sheet(report)
    content = ReportContent(
        texts={"next_plan": "继续开展培训"},
        figures={line.measure.pk: 3 for line in sheet.figures},
        percents={task.item.pk: 60 for task in sheet.open_tasks},
        explanations=dict.fromkeys(sheet.stored(), "按计划开展"),
    )
    saved = save_report(report, by=cadre, version=report.version, content=content)
    return submit_report(saved, by=cadre, version=saved.version)


def item(report) -> str:
    return reverse("admin:projects_monthlyreport_change", args=[report.pk])


def ready(page) -> None:
    """Keys count from here; the first moments after a page came are nobody's decision."""
    page.wait_for_selector("#decision[data-ready]")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_remarks_go_to_the_fields_and_only_these_open(
    page, new_context, sign_in, axe, overflow, waiting, cadre, county_reviewer, viewport
):
    def looks_right(at) -> None:
        assert (axe(at), overflow(at)) == ([], 0)

    first = waiting[0]
    figure = report_sheet(first).figures[0]
    county = new_context(viewport=viewport).new_page()
    sign_in(county, county_reviewer)
    county.goto(QUEUE)
    looks_right(county)
    county.click("text=开始审核")
    county.wait_for_url(f"**{item(first)}")
    ready(county)
    line = county.locator(f"#row_{figure.key}")
    line.locator("summary").click()
    county.keyboard.type("与签到表不符，请核对。")
    assert county.inner_text("#remark-count") == "1 处批注"
    assert county.locator("button:has-text('退回并下一条')").is_visible()
    looks_right(county)
    county.click("button:has-text('通过并下一条')")
    county.wait_for_selector("text=写了批注就要退回")
    assert line.locator("textarea").input_value() == "与签到表不符，请核对。"
    county.click("button:has-text('退回并下一条')")
    county.wait_for_url(f"**{item(waiting[1])}")

    page.set_viewport_size(viewport)
    sign_in(page, cadre)
    page.click("a:has-text('与签到表不符')")
    page.wait_for_selector("input[enterkeyhint=next]")
    looks_right(page)
    page.click(".returned a:has-text('教育培训 场次')")
    assert page.evaluate("document.activeElement.id") == f"id_{figure.key}"
    assert page.is_disabled("#id_next_plan")
    assert page.inner_text(f"[data-key={figure.key}] .returned-remark") == "批注：与签到表不符，请核对。"
    page.fill(f"#id_{figure.key}", "4")
    page.click("button:has-text('核对并提交')")
    page.click("form button:has-text('提交给肥西县妇联')")
    page.wait_for_selector("text=到肥西县妇联打开为止")
    looks_right(page)

    county.goto(item(first))
    assert county.inner_text("ins") == "改为 4"
    county.check("text=只看改动（1）")
    shown = county.locator("tr.line:visible td:first-child")
    assert shown.count() == 1
    assert "教育培训 场次" in shown.inner_text()
    looks_right(county)

    page.click("button:has-text('撤回')")
    page.wait_for_selector("text=不能再撤回")
    looks_right(page)


def test_a_submission_taken_back_is_with_the_cadre_again(page, sign_in, axe, waiting, cadre):
    sign_in(page, cadre)
    page.goto(waiting[1].get_absolute_url())
    page.click("button:has-text('撤回')")
    page.wait_for_selector("text=已撤回，审核人看不到了")
    page.goto(waiting[1].get_absolute_url())
    assert "这次不算提交" in page.inner_text(".rounds")
    assert axe(page) == []


def test_the_queue_by_keys(page, sign_in, waiting, county_reviewer):
    first, second = waiting
    sign_in(page, county_reviewer)
    page.goto(item(first))
    ready(page)
    page.keyboard.press("n")
    page.wait_for_url(f"**{item(second)}")
    ready(page)
    page.keyboard.press("k")
    page.wait_for_url(f"**{item(first)}")
    ready(page)
    page.keyboard.press("r")  # nothing is written yet: to the reason instead
    assert page.evaluate("document.activeElement.name") == "reason"
    page.keyboard.type("prnjk")
    assert page.input_value("[name=reason]") == "prnjk"
    assert not ReviewDecision.objects.exists()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.wait_for_url(f"**{item(second)}")
    ready(page)
    page.keyboard.press("P")
    page.wait_for_selector("text=没有别的月报等您审核了")
    taken = ReviewDecision.objects.order_by("id").values_list("submission__report", "verdict", "reason")
    assert list(taken) == [(first.pk, "returned", "prnjk"), (second.pk, "passed", "")]


def test_a_hurried_second_key_does_not_decide_the_next_one(page, sign_in, waiting, county_reviewer):
    sign_in(page, county_reviewer)
    page.goto(item(waiting[0]))
    ready(page)
    page.keyboard.press("p")
    page.wait_for_url(f"**{item(waiting[1])}")
    assert not page.get_attribute("#decision", "data-ready")
    page.keyboard.press("p")
    ready(page)
    assert ReviewDecision.objects.count() == 1


def test_keys_can_be_switched_off(page, sign_in, waiting, county_reviewer):
    sign_in(page, county_reviewer)
    page.goto(item(waiting[0]))
    page.click("text=键盘操作")
    page.uncheck("text=用这些按键")
    page.reload()
    ready(page)
    page.keyboard.press("p")
    page.keyboard.press("n")
    page.wait_for_load_state()
    assert page.url.endswith(item(waiting[0]))
    assert not ReviewDecision.objects.exists()


def test_what_was_typed_is_not_left_behind_without_a_word(page, sign_in, waiting, county_reviewer):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    sign_in(page, county_reviewer)
    page.goto(item(waiting[0]))
    page.fill("[name=reason]", "还没有写完")
    with page.expect_event("dialog"):
        page.locator("#skip").click(no_wait_after=True)
    assert asked == ["beforeunload"]
    assert page.input_value("[name=reason]") == "还没有写完"


def test_two_reviewers_at_one_report(page, new_context, sign_in, waiting, county_reviewer, tree):
    colleague = factories.user("county2", role=Role.COUNTY_REVIEWER, organization=tree.county)
    sign_in(page, county_reviewer)
    page.clock.install()
    page.goto(item(waiting[0]))
    other = new_context(viewport=DESKTOP).new_page()
    sign_in(other, colleague)
    other.goto(item(waiting[0]))
    assert other.inner_text("#present") == "肥西县妇联 示例county 正在看这份月报（刚刚）"
    page.clock.fast_forward(61_000)
    page.wait_for_selector("#present:has-text('示例county2 正在看这份月报')")
    other.click("button:has-text('通过并下一条')")
    other.wait_for_url(f"**{item(waiting[1])}")
    page.fill("[name=reason]", "人次不符")
    page.clock.fast_forward(61_000)
    page.wait_for_selector("#gone:has-text('示例county2已于')")
    page.click("button:has-text('退回并下一条')")
    page.wait_for_selector("text=您写的下面这些没有送出")
    assert "人次不符" in page.inner_text("main")
    waiting[0].refresh_from_db()
    assert waiting[0].status == ReportStatus.CITY_REVIEW
    assert ReviewOpening.objects.filter(report=waiting[0]).count() == 2


def test_without_scripts_everything_can_be_decided(new_context, sign_in, waiting, county_reviewer):
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, county_reviewer)
    page.goto(item(waiting[0]))
    line = page.locator("#row_next_plan")
    line.locator("summary").click()
    line.locator("textarea").fill("请写明时间和地点")
    page.click("button:has-text('退回并下一条')")
    page.wait_for_url(f"**{item(waiting[1])}")
    assert ReviewDecision.objects.get().remarks[0]["text"] == "请写明时间和地点"
