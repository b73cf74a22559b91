from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fedwork import clock
from organizations.actions import move_organization
from organizations.models import Level, Role
from projects.actions import approve_site, pass_report, return_report
from projects.sheet import report_sheet
from projects.states import ReportStatus
from tests import factories
from tests.projects.conftest import NOON, submit

pytestmark = pytest.mark.django_db
QUEUE = reverse("admin:projects_monthlyreport_changelist")


def item(report) -> str:
    return reverse("admin:projects_monthlyreport_change", args=[report.pk])


def decide(client, report, verdict: str, *, reason="", version=None):
    url = reverse("admin:projects_monthlyreport_decide", args=[report.pk])
    version = report.version if version is None else version
    return client.post(url, {"verdict": verdict, "reason": reason, "version": version})


@pytest.fixture
def sent(report, cadre):
    return submit(report, by=cadre)


@pytest.fixture
def second_sent(site, cadre):
    """October's report, submitted an hour later."""
    with clock.set_to(NOON + timedelta(hours=1)):
        return submit(site.reports.get(month=date(2026, 10, 1)), by=cadre)


def test_the_queue_shows_what_waits_for_the_own_desk_oldest_first(
    sent, second_sent, county_reviewer, city_staff, login
):
    response = login(county_reviewer).get(QUEUE)
    assert list(response.context["cl"].result_list) == [sent, second_sent]
    assert "等我审核（2）" in response.content.decode()
    at_city = login(city_staff).get(QUEUE)
    assert list(at_city.context["cl"].result_list) == []
    assert "等我审核（0）" in at_city.content.decode()


def test_filters_carry_their_counts(sent, site, county_reviewer, login):
    client = login(county_reviewer)
    page = client.get(QUEUE).content.decode()
    for label in ["审核中（1）", "已退回（0）", "逾期未报（5）", "已通过（0）", "全部（6）"]:
        assert label in page
    overdue = client.get(QUEUE, {"state": "overdue"}).context["cl"].result_list
    assert {report.month.month for report in overdue} == {6, 7, 8, 9, 10}


def test_the_county_passes_and_gets_the_next(sent, second_sent, county_reviewer, login):
    response = decide(login(county_reviewer), sent, "passed")
    assert response.url == item(second_sent)
    sent.refresh_from_db()
    assert sent.status == ReportStatus.CITY_REVIEW


def test_after_the_last_one_the_queue_says_so(sent, county_reviewer, login):
    response = login(county_reviewer).post(
        reverse("admin:projects_monthlyreport_decide", args=[sent.pk]),
        {"verdict": "passed", "version": sent.version},
        follow=True,
    )
    assert "没有别的月报等您审核了" in response.content.decode()


def test_skipping_goes_round_the_queue(sent, second_sent, county_reviewer, login):
    client, url = login(county_reviewer), reverse("admin:projects_monthlyreport_next")
    assert client.get(url, {"after": sent.pk}).url == item(second_sent)
    assert client.get(url, {"after": second_sent.pk}).url == item(sent)
    assert client.get(url, {"after": "x" * 30}).url == item(sent)


def test_a_return_without_reason_keeps_the_page(sent, county_reviewer, login):
    response = decide(login(county_reviewer), sent, "returned", reason=" ")
    assert response.status_code == 422
    assert "退回要写明原因，或者在要改的项上写批注。" in response.content.decode()
    sent.refresh_from_db()
    assert sent.status == ReportStatus.COUNTY_REVIEW


def test_the_resubmission_is_shown_against_the_version_last_seen(sent, cadre, county_reviewer, login):
    returned = return_report(sent, by=county_reviewer, version=sent.version, reason="人次不符")
    again = submit(returned, by=cadre, value=Decimal(8))
    response = login(county_reviewer).get(item(again))
    comparison = response.context["comparison"]
    changed = {row.label: (row.seen, row.now) for row in comparison.rows if row.is_changed}
    assert changed == {"教育培训 场次": ("3", "8"), "教育培训 人次": ("3", "8"), "本月支出 元": ("3", "8")}
    page = response.content.decode()
    assert "第 1 次提交之后有 3 处改动" in page
    assert "人次不符" in page


def test_the_city_compares_with_what_the_city_saw(sent, cadre, county_reviewer, city_staff, login):
    returned = return_report(sent, by=county_reviewer, version=sent.version, reason="人次不符")
    again = submit(returned, by=cadre, value=Decimal(8))
    at_city = pass_report(again, by=county_reviewer, version=again.version)
    assert login(city_staff).get(item(at_city)).context["comparison"].seen is None


def test_last_month_stands_beside_this_month(site, cadre, county_reviewer, login):
    submit(site.reports.get(month=date(2026, 10, 1)), by=cadre, value=Decimal(5))
    november = submit(site.reports.get(month=date(2026, 11, 1)), by=cadre, value=Decimal(7))
    rows = login(county_reviewer).get(item(november)).context["comparison"].rows
    assert [(row.last_month, row.now) for row in rows if row.label == "教育培训 场次"] == [("5", "7")]


def test_the_second_of_two_reviewers_is_told(sent, county_reviewer, tree, login):
    colleague = factories.user("county2", role=Role.COUNTY_REVIEWER, organization=tree.county)
    decide(login(county_reviewer), sent, "passed")
    response = decide(login(colleague), sent, "returned", reason="请补签到表")
    page = response.content.decode()
    assert response.status_code == 409
    assert "示例county已于 2026-11-22 12:00 作出“县级审核通过”的决定" in page


def test_batch_approval_asks_first_and_answers_row_by_row(sent, second_sent, county_reviewer, login):
    client = login(county_reviewer)
    chosen = {"action": "pass_selected", "_selected_action": [sent.pk, second_sent.pk]}
    question = client.post(QUEUE, chosen)
    assert "确认通过这 2 份月报" in question.content.decode()
    sent.refresh_from_db()
    assert sent.status == ReportStatus.COUNTY_REVIEW
    # Somebody else returns the second one before the confirmation.
    return_report(second_sent, by=county_reviewer, version=second_sent.version, reason="再核对")
    versions = {f"version_{sent.pk}": sent.version, f"version_{second_sent.pk}": second_sent.version}
    page = client.post(QUEUE, chosen | versions | {"confirmed": "1"}).content.decode()
    assert "已通过 1 份，共 2 份" in page
    assert "作出“县级审核退回”的决定" in page
    sent.refresh_from_db()
    assert sent.status == ReportStatus.CITY_REVIEW


def test_a_row_changed_after_the_question_is_not_passed_in_the_batch(sent, county_reviewer, login):
    data = {"action": "pass_selected", "_selected_action": [sent.pk], f"version_{sent.pk}": sent.version - 1}
    page = login(county_reviewer).post(QUEUE, data | {"confirmed": "1"}).content.decode()
    assert "已通过 0 份，共 1 份" in page


def test_reports_outside_the_subtree_do_not_exist(sent, other_reviewer, login):
    client = login(other_reviewer)
    assert client.get(item(sent)).status_code == 404
    assert decide(client, sent, "passed").status_code == 404
    page = client.post(QUEUE, {"action": "pass_selected", "_selected_action": [sent.pk], "confirmed": "1"})
    assert sent.site.name not in page.content.decode()
    sent.refresh_from_db()
    assert sent.status == ReportStatus.COUNTY_REVIEW


def test_an_auditor_reads_and_decides_nothing(sent, auditor, login):
    client = login(auditor)
    assert "审核决定" not in client.get(item(sent)).content.decode()
    assert decide(client, sent, "passed").status_code == 403
    sent.refresh_from_db()
    assert sent.status == ReportStatus.COUNTY_REVIEW


def test_a_cadre_has_no_desk_in_the_admin(sent, cadre, leader, login):
    for user in [cadre, leader]:
        assert login(user).get(QUEUE).status_code in {302, 403}
        assert decide(login(user), sent, "passed").status_code in {302, 403}
    sent.refresh_from_db()
    assert sent.status == ReportStatus.COUNTY_REVIEW


def test_a_decision_is_a_post(sent, county_reviewer, login):
    url = reverse("admin:projects_monthlyreport_decide", args=[sent.pk])
    assert login(county_reviewer).get(url).status_code == 405


def test_the_queue_takes_the_same_queries_for_one_report_and_thirty(
    sent, tree, programme, cadre, city_staff, county_reviewer, login, django_assert_num_queries
):
    client = login(county_reviewer)
    with CaptureQueriesContext(connection) as one:
        client.get(QUEUE)
    programme.creation_types.update(quota=99)
    for number in range(29):
        village = factories.organization(f"示例{number}村", level=Level.VILLAGE, parent=tree.township)
        site = approve_site(factories.site(programme, village), by=city_staff)
        submit(site.reports.get(month=date(2026, 11, 1)), by=cadre)
    with django_assert_num_queries(len(one)):
        page = client.get(QUEUE)
    assert len(page.context["cl"].result_list) == 30


@pytest.mark.parametrize("verdict", ["", "approve", "passed\x00"])
def test_what_is_no_decision_decides_nothing(sent, county_reviewer, login, verdict):
    assert decide(login(county_reviewer), sent, verdict).status_code in {400, 422}
    sent.refresh_from_db()
    assert sent.status == ReportStatus.COUNTY_REVIEW


@pytest.mark.parametrize("reason", ["长" * 1001, "原因\x00"])
def test_a_reason_that_cannot_be_kept_is_refused_and_stays_on_the_page(sent, county_reviewer, login, reason):
    response = decide(login(county_reviewer), sent, "returned", reason=reason)
    assert response.status_code in {400, 422}
    sent.refresh_from_db()
    assert sent.status == ReportStatus.COUNTY_REVIEW


def test_a_month_that_was_given_back_says_nothing_as_last_month(site, cadre, county_reviewer, login):
    october = submit(site.reports.get(month=date(2026, 10, 1)), by=cadre, value=Decimal(5))
    return_report(october, by=county_reviewer, version=october.version, reason="请核对")
    november = submit(site.reports.get(month=date(2026, 11, 1)), by=cadre, value=Decimal(7))
    rows = login(county_reviewer).get(item(november)).context["comparison"].rows
    assert {row.last_month for row in rows} == {None}


def test_line_ends_alone_are_no_change(sent, report, cadre, county_reviewer, login):
    returned = return_report(sent, by=county_reviewer, version=sent.version, reason="请核对")
    line = "第一行\n第二行"
    once = submit(returned, by=cadre, next_plan=line)
    again = return_report(once, by=county_reviewer, version=once.version, reason="再核对")
    data = {"version": again.version, "next_plan": line.replace("\n", "\r\n"), "problems": "", "needs": ""}
    sheet = report_sheet(again)
    data |= {task.percent_key: "60" for task in sheet.open_tasks} | {line.key: "3" for line in sheet.figures}
    client = login(cadre)
    client.post(reverse("projects:report_edit", args=[again.pk]), data)
    again.refresh_from_db()
    client.post(reverse("projects:report_submit", args=[again.pk]), {"version": again.version})
    comparison = login(county_reviewer).get(item(again)).context["comparison"]
    assert [row.label for row in comparison.rows if row.is_changed] == []


def test_the_reviewer_sees_what_is_worth_a_second_look(site, cadre, county_reviewer, login):
    submit(site.reports.get(month=date(2026, 10, 1)), by=cadre, value=Decimal(10), percent=80)
    november = submit(site.reports.get(month=date(2026, 11, 1)), by=cadre, value=Decimal(16), percent=60)
    page = login(county_reviewer).get(item(november)).content.decode()
    assert "“建设阶段任务”本期末 60%，低于上期末的 80%。" in page
    assert "“教育培训（场次）”由上月的 10 变为 16，相差一半以上。" in page


def test_an_auditor_is_offered_no_batch(sent, auditor, login):
    page = login(auditor).get(QUEUE, {"state": "due"}).content.decode()
    assert "通过所选月报" not in page


def test_a_county_keeps_what_was_accepted_when_the_township_moves(
    sent, second_sent, tree, cadre, county_reviewer, other_reviewer, city_staff, login
):
    at_city = pass_report(sent, by=county_reviewer, version=sent.version)
    pass_report(at_city, by=city_staff, version=at_city.version)
    move_organization(tree.township, parent=tree.other_county, by=city_staff)
    seen = {user: login(user).get(item(sent)).status_code for user in [county_reviewer, other_reviewer]}
    assert seen == {county_reviewer: 200, other_reviewer: 200}
    waiting = {user: login(user).get(item(second_sent)).status_code for user in [county_reviewer, other_reviewer]}
    assert waiting == {county_reviewer: 404, other_reviewer: 200}


@pytest.mark.parametrize("month", ["2026-11", "2026-10"])
def test_the_queue_by_month(sent, second_sent, county_reviewer, login, month):
    found = login(county_reviewer).get(QUEUE, {"month": month}).context["cl"].result_list
    assert [f"{report.month:%Y-%m}" for report in found] == [month]


@pytest.mark.parametrize("month", ["99999-01", "0-1", "2026-13", "x", "2026-11-01"])
def test_a_bent_month_filters_nothing(sent, county_reviewer, login, month):
    assert list(login(county_reviewer).get(QUEUE, {"month": month}).context["cl"].result_list) == [sent]


def test_the_filters_offer_and_find_what_lies_in_the_own_part(
    sent, tree, programme, county_reviewer, city_staff, other_reviewer, login
):
    elsewhere = factories.organization("芜湖市", level=Level.CITY, parent=tree.province)
    factories.programme(elsewhere, name="2026年外市项目")
    page = login(county_reviewer).get(QUEUE).content.decode()
    assert "2026年外市项目" not in page
    assert f"?programme__id__exact={programme.pk}" in page
    assert "长丰县" not in page
    client = login(city_staff)

    def found(query: str) -> int:
        return len(client.get(f"{QUEUE}?state=due&{query}").context["cl"].result_list)

    assert found(f"programme__id__exact={programme.pk}") == 6
    assert found(f"county={tree.county.pk}") == 6
    assert found(f"county={tree.other_county.pk}") == 0
    assert found(f"county={elsewhere.pk}") == 0
    assert found("county=x&programme__id__exact=²") == 6


def test_an_empty_queue_says_that_nothing_waits(sent, city_staff, login):
    page = login(city_staff).get(QUEUE).content.decode()
    assert "没有等您审核的月报" in page
    assert 'href="?state=due">看全部月报' in page
    assert "没有等您审核的月报" not in login(city_staff).get(QUEUE, {"state": "returned"}).content.decode()


def test_what_the_queue_hides_is_found_in_all(sent, city_staff, login):
    """It waits for the county, so the city's own queue is empty."""
    client, home = login(city_staff), reverse("admin:projects_monthlyreport_changelist")
    page = client.get(home, {"q": "小井庄"}).content.decode()
    assert "没有符合条件的月报" in page
    assert "在全部里查找“小井庄”" in page
    assert "批量办理" not in page
    everything = client.get(home, {"q": "小井庄", "state": "due"})
    assert str(sent.site) in everything.content.decode()
    assert 'href="?q=%E5%B0%8F%E4%BA%95%E5%BA%84&amp;state=due"' in page
    nothing = client.get(home, {"q": "没有这个", "state": "due"}).content.decode()
    assert "在全部里查找" not in nothing
    assert 'href="?state=due">不查找' in nothing
    assert "在全部里查找" in client.get(home, {"q": "没有这个", "state": "due", "month": "2026-06"}).content.decode()
