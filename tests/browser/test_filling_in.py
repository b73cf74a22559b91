"""Filling in as it goes wrong in offices: networks that fail, tabs that close, two people on one report."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from dateutil.relativedelta import relativedelta
from django.urls import reverse

from fedwork import clock
from organizations.models import Level, Role
from projects.actions import ReportContent, approve_site, save_report
from projects.models import MonthlyReport
from projects.sheet import report_sheet
from projects.states import ReportStatus
from projects.views.autosave import as_typed
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def this_month() -> date:
    return clock.today().replace(day=1)


@pytest.fixture
def sites(tree, city_staff, this_month):
    """Five approved sites in the cadre's township, in the third month of their programme."""
    programme = factories.programme(tree.city, first_month=this_month - relativedelta(months=2))
    villages = [
        factories.organization(f"示例{number}村", level=Level.VILLAGE, parent=tree.township) for number in "一二三四五"
    ]
    return [approve_site(factories.site(programme, village), by=city_staff) for village in villages]


@pytest.fixture
def report(sites, this_month):
    return sites[0].reports.get(month=this_month)


def open_report(page, report) -> None:
    """Ends when the page is live: what this machine kept is back in its fields and on its way."""
    page.goto(reverse("projects:report_edit", args=[report.pk]))
    page.wait_for_selector("input[enterkeyhint=next]")


def told(page, words: str) -> None:
    page.wait_for_selector(f".savebar .state:has-text('{words}')")


def stored(report) -> dict:
    fresh = MonthlyReport.objects.select_related("site__programme").get(pk=report.pk)
    return report_sheet(fresh).stored()


def type_into(page, key: str, text: str) -> None:
    page.fill(f"#id_{key}", text)


def test_what_is_not_understood_is_one_tap_away(page, sign_in, report, cadre):
    sign_in(page, cadre)
    open_report(page, report)
    key = report_sheet(report).activities[0].key
    type_into(page, key, "很多")
    page.keyboard.press("Tab")
    told(page, "有 1 处没有看懂，还没有保存")
    page.click(".savebar .state button")
    assert page.evaluate("document.activeElement.id") == f"id_{key}"


def test_a_nil_report_asks_for_its_reason_alone(page, sign_in, report, cadre):
    sign_in(page, cadre)
    open_report(page, report)
    key = report_sheet(report).activities[0].key
    page.check("#id_is_nil")
    told(page, "已保存")
    assert (page.is_visible(f"#id_{key}"), page.is_visible("#id_problems")) == (False, True)
    open_report(page, report)
    assert page.is_hidden(f"#id_{key}")
    page.uncheck("#id_is_nil")
    assert page.is_visible(f"#id_{key}")


def paste(page, selector: str, text: str) -> None:
    page.evaluate(
        """([selector, text]) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const target = document.querySelector(selector);
          target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        [selector, text],
    )


def test_every_field_saves_itself_and_comes_back_as_understood(page, sign_in, report, cadre):
    sign_in(page, cadre)
    open_report(page, report)
    key = report_sheet(report).money[0].key
    type_into(page, key, "１.２万元")
    page.keyboard.press("Tab")
    told(page, "已保存")
    assert page.input_value(f"#id_{key}") == "12000"
    assert page.inner_text(f"[data-cumulative={key}]") == "12,000"
    assert stored(report)[key] == Decimal(12000)
    assert page.evaluate("localStorage.length") == 0


def test_what_is_not_understood_says_so_at_its_field_and_the_rest_is_kept(page, sign_in, axe, report, cadre):
    sign_in(page, cadre)
    open_report(page, report)
    first, second = (line.key for line in report_sheet(report).activities)
    type_into(page, first, "三场")
    type_into(page, second, "40")
    page.keyboard.press("Tab")
    told(page, "有 1 处没有看懂")
    assert "不是数字" in page.inner_text(f"#id_{first}_error")
    assert stored(report)[first] is None
    assert stored(report)[second] == 40
    assert axe(page) == []
    type_into(page, first, "3")
    page.keyboard.press("Tab")
    told(page, "已保存")
    assert page.query_selector(f"#id_{first}_error") is None


def test_without_network_nothing_is_lost_and_it_is_sent_by_itself_later(page, sign_in, report, cadre, console_problems):
    sign_in(page, cadre)
    open_report(page, report)
    page.context.set_offline(True)
    type_into(page, "problems", "断网时写的")
    type_into(page, "needs", "断网时写的第二项")
    told(page, "网络中断，已存在本机 2 项")
    page.click("button:has-text('核对并提交')")
    told(page, "网络中断")
    page.context.set_offline(False)
    told(page, "已保存")
    assert (stored(report)["problems"], stored(report)["needs"]) == ("断网时写的", "断网时写的第二项")
    assert {problem.split(" (")[0] for problem in console_problems} <= {
        "error Failed to load resource: net::ERR_INTERNET_DISCONNECTED"
    }
    console_problems.clear()


def test_a_killed_tab_and_a_cut_network_at_random_points_lose_nothing(
    page, new_context, sign_in, report, cadre, console_problems
):
    """Types as people do and, after random fields, cuts the network, restores it, or kills the tab."""
    sign_in(page, cadre)
    context, rng = page.context, Random(20261122)
    sheet = report_sheet(report)
    wanted = {line.key: str(rng.randint(1, 400)) for line in sheet.figures}
    wanted |= {task.percent_key: str(rng.randint(0, 99)) for task in sheet.open_tasks}
    wanted |= {"problems": "路上停电。\n晚上补填。", "needs": "无", "next_plan": "继续培训"}
    kills = cuts = 0
    open_report(page, report)
    for key, text in rng.sample(sorted(wanted.items()), len(wanted)):
        type_into(page, key, text)
        chance = rng.random()
        if chance < 0.3:
            context.set_offline(True)
            cuts += 1
        elif chance < 0.7:
            kills += 1
            # The page is gone before it could send; a tab can be opened again only with the network up.
            page.close(run_before_unload=False)
            context.set_offline(False)
            page = context.new_page()
            open_report(page, report)
    assert kills
    assert cuts
    context.set_offline(False)
    open_report(page, report)
    told(page, "已保存")
    assert page.evaluate("localStorage.length") == 0
    found = stored(report)
    assert {key: as_typed(found[key]) for key in wanted} == wanted
    console_problems.clear()


def test_an_expired_session_leads_through_sign_in_and_back(page, sign_in, report, cadre, console_problems):
    sign_in(page, cadre)
    open_report(page, report)
    page.context.clear_cookies()
    type_into(page, "problems", "还没有保存就断了")
    page.keyboard.press("Tab")
    told(page, "登录已过期，重新登录后继续，不会丢失")
    page.click(".savebar .state a")
    page.fill("[name=username]", cadre.username)
    page.fill("[name=password]", factories.PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/edit/")
    told(page, "已保存")
    assert stored(report)["problems"] == "还没有保存就断了"
    console_problems.clear()


def test_two_tabs_on_different_fields_both_go_through(page, sign_in, report, cadre):
    sign_in(page, cadre)
    other = page.context.new_page()
    open_report(page, report)
    open_report(other, report)
    type_into(page, "problems", "第一个窗口")
    page.keyboard.press("Tab")
    told(page, "已保存")
    type_into(other, "needs", "第二个窗口")
    other.keyboard.press("Tab")
    told(other, "已保存")
    assert (stored(report)["problems"], stored(report)["needs"]) == ("第一个窗口", "第二个窗口")


@pytest.mark.parametrize("choice", ["已存的", "您这里填的"])
def test_two_people_on_one_field_choose_between_both_values(
    page, new_context, sign_in, tree, axe, report, cadre, console_problems, choice
):
    colleague = factories.user("colleague", role=Role.CADRE, organization=tree.township)
    key = report_sheet(report).activities[0].key
    sign_in(page, cadre)
    open_report(page, report)
    other = new_context(viewport=DESKTOP).new_page()
    sign_in(other, colleague)
    open_report(other, report)
    type_into(page, key, "5")
    page.keyboard.press("Tab")
    told(page, "已保存")
    type_into(other, key, "7")
    other.keyboard.press("Tab")
    told(other, "有 1 处两边填的不一样")
    assert stored(report)[key] == 5
    assert "示例cadre" in other.inner_text(".chooser")
    assert axe(other) == []
    other.click(f".chooser button:has-text('{choice}')")
    told(other, "已保存" if choice == "您这里填的" else "")
    other.wait_for_selector(".chooser", state="detached")
    other.reload()
    assert other.input_value(f"#id_{key}") == ("5" if choice == "已存的" else "7")
    console_problems.clear()  # the answer 409


def test_typed_in_a_closed_tab_and_changed_elsewhere_meanwhile(page, sign_in, report, cadre, console_problems):
    sign_in(page, cadre)
    open_report(page, report)
    page.context.set_offline(True)
    type_into(page, "problems", "关掉的窗口里写的")
    told(page, "网络中断")
    page.close()
    content = ReportContent(texts={"problems": "别处写的"})
    save_report(report, by=cadre, version=0, content=content)
    page = page.context.browser.contexts[0].new_page()
    page.context.set_offline(False)
    open_report(page, report)
    page.wait_for_selector(".chooser:has-text('别处写的'):has-text('关掉的窗口里写的')")
    assert stored(report)["problems"] == "别处写的"
    page.click(".chooser button:has-text('您这里填的')")
    told(page, "已保存")
    assert stored(report)["problems"] == "关掉的窗口里写的"
    console_problems.clear()


def test_a_submitted_report_takes_nothing_more_and_says_why(page, sign_in, report, cadre, console_problems):
    sign_in(page, cadre)
    open_report(page, report)
    MonthlyReport.objects.filter(pk=report.pk).update(
        status=ReportStatus.COUNTY_REVIEW, round=1, submitted_at=clock.now(), submitted_by=cadre
    )
    type_into(page, "problems", "太迟了")
    page.keyboard.press("Tab")
    told(page, "提交，不能再改")
    console_problems.clear()


def test_what_is_out_of_the_ordinary_asks_for_a_line_of_reason(
    page, sign_in, report, cadre, county_reviewer, city_staff
):
    line = report_sheet(report).activities[1]
    before = report.site.reports.get(month=report.month - relativedelta(months=1))
    MonthlyReport.objects.filter(pk=before.pk).update(
        status=ReportStatus.ACCEPTED, round=1, submitted_at=clock.now(), submitted_by=cadre, accepted_at=clock.now()
    )
    before.figures.create(measure=line.measure, value=Decimal(20))
    sign_in(page, cadre)
    open_report(page, report)
    type_into(page, line.key, "90")
    page.keyboard.press("Tab")
    page.wait_for_selector(".odd:has-text('由上月的 20 变为 90')")
    page.fill(f"#id_why_{line.key}", "集中办了三期班")
    page.keyboard.press("Tab")
    told(page, "已保存")
    report.refresh_from_db()
    assert report.explanations == {line.key: "集中办了三期班"}
    page.click(f".entry[data-key={line.key}] .same")
    page.wait_for_selector(f".entry[data-key={line.key}] .carried")
    told(page, "已保存")
    assert page.query_selector(".odd") is None
    report.refresh_from_db()
    assert report.carried == [line.key]


def test_five_sites_on_a_small_phone_with_few_taps(page, sign_in, axe, overflow, sites, cadre, this_month):
    """Issue 3: at most 25 taps, and nothing typed but the new figures."""
    taps = []

    def tap(selector: str) -> None:
        page.click(selector)
        taps.append(selector)

    page.set_viewport_size(PHONE)
    sign_in(page, cadre)
    tap(f"a:has-text('{this_month.month}月的一起填')")
    assert (axe(page), overflow(page)) == ([], 0)
    tap(".grid .entry[data-key^=percent] input:not([type=hidden])")
    for _ in range(5):
        for figure in ["60", "60", "4", "4", "4"]:  # two tasks and three measures
            page.keyboard.type(figure)
            page.keyboard.press("Enter")
    tap("[data-fill-plans]")
    told(page, "已保存")
    tap("button:has-text('核对并提交')")
    page.wait_for_selector("text=5 份里有 5 份填齐了")
    assert (axe(page), overflow(page)) == ([], 0)
    tap("button:has-text('提交勾选的月报')")
    page.wait_for_selector("h1:has-text('已提交 5 份')")
    assert len(taps) <= 25
    reports = MonthlyReport.objects.filter(month=this_month)
    assert {report.status for report in reports} == {ReportStatus.COUNTY_REVIEW}


def test_signing_out_leaves_nothing_half_typed_behind(page, sign_in, report, cadre, console_problems):
    sign_in(page, cadre)
    open_report(page, report)
    page.route("**/autosave/", lambda route: route.abort())
    type_into(page, "problems", "不再要的草稿")
    told(page, "网络中断")
    assert page.evaluate("localStorage.length") == 1
    page.click("button:has-text('退出')")
    page.wait_for_url("**/login/**")
    assert page.evaluate("localStorage.length") == 0
    console_problems.clear()


def test_without_javascript_it_is_a_plain_form(new_context, sign_in, report, cadre):
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, cadre)
    page.goto(reverse("projects:report_edit", args=[report.pk]))
    sheet = report_sheet(report)
    for key in [*(task.percent_key for task in sheet.open_tasks), *(line.key for line in sheet.figures)]:
        type_into(page, key, "12")
    type_into(page, "next_plan", "继续培训")
    page.click("button:has-text('核对并提交')")
    page.click("form button:has-text('提交给肥西县妇联')")
    page.wait_for_selector("h1:has-text('已提交')")


def test_the_grid_without_javascript_is_a_plain_form(new_context, sign_in, sites, cadre, this_month):
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, cadre)
    page.click(f"a:has-text('{this_month.month}月的一起填')")
    for field in page.query_selector_all(".grid input.num"):
        field.fill("12")
    for field in page.query_selector_all(".grid textarea[name$=next_plan]"):
        field.fill("继续培训")
    page.click("button:has-text('核对并提交')")
    page.wait_for_selector("text=5 份里有 5 份填齐了")
    page.uncheck("input[name=report] >> nth=0")
    page.click("button:has-text('提交勾选的月报')")
    page.wait_for_selector("h1:has-text('已提交 4 份')")


def test_a_block_from_a_spreadsheet_is_shown_filled_in_and_taken_back(page, sign_in, axe, sites, cadre, this_month):
    sign_in(page, cadre)
    page.goto(reverse("projects:month_edit", args=[this_month.year, this_month.month]))
    cells = ".grid tbody tr:nth-child({}) td.entry:nth-of-type({}) > input:not([type=hidden])"
    paste(page, cells.format(1, 3), "3\t１２０\r\n4\t5\r\n")
    page.wait_for_selector("dialog[open] h2:has-text('粘贴会改动 4 格')")
    assert axe(page) == []
    page.click("dialog button:has-text('填入')")
    told(page, "已保存")
    filled = [page.input_value(cells.format(row, column)) for row in (1, 2) for column in (3, 4)]
    assert filled == ["3", "120", "4", "5"]
    page.click("button:has-text('撤销粘贴')")
    told(page, "已保存")
    assert [page.input_value(cells.format(row, 3)) for row in (1, 2)] == ["", ""]
    assert stored(sites[0].reports.get(month=this_month))["problems"] == ""


def test_enter_goes_down_the_column_as_in_a_spreadsheet(page, sign_in, sites, cadre, this_month):
    sign_in(page, cadre)
    page.goto(reverse("projects:month_edit", args=[this_month.year, this_month.month]))
    page.click(".grid tbody tr:nth-child(1) td:nth-of-type(2) > input:not([type=hidden])")
    page.keyboard.press("Enter")
    row = "document.activeElement.closest('tr').rowIndex"
    assert (page.evaluate(row), page.evaluate("document.activeElement.closest('td').cellIndex")) == (2, 2)


def test_a_pasted_cell_may_have_lines_of_its_own(page, sign_in, sites, cadre, this_month):
    """Excel and WPS put such a cell between quotes and double its own."""
    sign_in(page, cadre)
    page.goto(reverse("projects:month_edit", args=[this_month.year, this_month.month]))
    cells = ".grid tbody tr:nth-child({}) textarea[name$={}]"
    paste(page, cells.format(1, "problems"), '"路上停电。\n讲""安全""课"\t无\r\n“没有”\t"要车"\r\n')
    page.wait_for_selector("dialog[open] h2:has-text('粘贴会改动 4 格')")
    page.click("dialog button:has-text('填入')")
    told(page, "已保存")
    filled = [page.input_value(cells.format(row, name)) for row in (1, 2) for name in ("problems", "needs")]
    assert filled == ['路上停电。\n讲"安全"课', "无", "“没有”", '"要车"']


def test_what_nobody_came_back_for_leaves_the_machine_after_a_week(page, sign_in, cadre):
    page.goto("/login/")
    page.evaluate(
        """() => {
          const day = 24 * 3600 * 1000;
          for (const [key, days] of [["report-1-1", 8], ["report-1-2", 6]])
            localStorage.setItem(key, JSON.stringify({ at: Date.now() - days * day, fields: {} }));
          localStorage.setItem("report-1-3", "nothing of ours");
          localStorage.setItem("review-keys", "off");
        }"""
    )
    sign_in(page, cadre)
    assert sorted(page.evaluate("Object.keys(localStorage)")) == ["report-1-2", "review-keys"]
