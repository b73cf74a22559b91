from datetime import date
from decimal import Decimal

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organizations.models import Level
from projects.actions import ReportContent, approve_site, return_report, save_report
from projects.models import MonthlyReport
from projects.sheet import report_sheet
from projects.states import ReportStatus
from tests import factories
from tests.projects.conftest import fill_in, submit

pytestmark = pytest.mark.django_db


def url(name: str, report: MonthlyReport) -> str:
    return reverse(f"projects:report_{name}", args=[report.pk])


def posted(report: MonthlyReport, *, figure="3", **changes) -> dict:
    """A complete form as a browser would send it."""
    sheet = report_sheet(report)
    data = {"version": report.version, "problems": "", "needs": "", "next_plan": "继续开展培训"}
    data |= {task.percent_key: "60" for task in sheet.tasks}
    data |= {line.key: figure for line in sheet.figures}
    return data | changes


def test_a_cadre_fills_in_checks_and_submits(report, cadre, login):
    client = login(cadre)
    response = client.post(url("edit", report), posted(report, figure="１，２００", check="1"))
    assert response.url == url("check", report)
    assert "1,200" in client.get(response.url).content.decode()
    report.refresh_from_db()
    response = client.post(url("submit", report), {"version": report.version})
    assert response.url == url("receipt", report)
    report.refresh_from_db()
    assert report.status == ReportStatus.COUNTY_REVIEW
    assert report.receipt_number in client.get(response.url).content.decode()


def test_submitting_after_the_session_ended_leads_back_to_the_check(report, cadre, login):
    client = login(cadre)
    Session.objects.all().delete()
    headers = {"referer": f"http://testserver{url('check', report)}"}
    response = client.post(url("submit", report), {"version": report.version}, headers=headers)
    response = client.post(response.url, {"username": cadre.username, "password": factories.PASSWORD})
    assert response.url == url("check", report)


def test_money_is_understood_in_wan(report, cadre, login):
    line = report_sheet(report).money[0]
    login(cadre).post(url("edit", report), posted(report, **{line.key: "3.55万元"}))
    assert report.figures.get(measure=line.measure).value == Decimal("35500")


def test_what_is_not_understood_stays_in_the_form_and_the_rest_is_saved(report, cadre, login):
    line = report_sheet(report).activities[0]
    client = login(cadre)
    response = client.post(url("edit", report), posted(report, **{line.key: "三场"}))
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="三场"' in page
    assert f'<a href="#id_{line.key}">教育培训（场次）：“三场”不是数字' in page
    assert report.figures.count() == 2
    report.refresh_from_db()
    assert f'name="version" value="{report.version}"' in page


def test_the_check_page_lists_what_is_missing_with_links_and_no_submit_button(report, cadre, login):
    saved = save_report(report, by=cadre, version=0, content=ReportContent())
    page = login(cadre).get(url("check", saved)).content.decode()
    line = report_sheet(saved).figures[0]
    assert f'href="{url("edit", saved)}#id_{line.key}">请填写“教育培训（场次）”' in page
    assert "提交给肥西县妇联</button>" not in page


def test_submitting_an_incomplete_report_is_refused(report, cadre, login):
    saved = save_report(report, by=cadre, version=0, content=ReportContent())
    response = login(cadre).post(url("submit", saved), {"version": saved.version})
    assert response.status_code == 422
    saved.refresh_from_db()
    assert saved.status == ReportStatus.DRAFT


def test_a_second_submit_leads_to_the_same_receipt(report, cadre, login):
    saved = fill_in(report, by=cadre)
    client, data = login(cadre), {"version": saved.version}
    first = client.post(url("submit", saved), data)
    second = client.post(url("submit", saved), data)
    assert first.url == second.url == url("receipt", report)
    assert report.submissions.count() == 1


def test_two_tabs_the_second_save_is_told_and_loses_nothing(report, cadre, login):
    client = login(cadre)
    opened = posted(report)
    client.post(url("edit", report), opened | {"problems": "第一个窗口"})
    response = client.post(url("edit", report), opened | {"problems": "第二个窗口"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "已存的是“第一个窗口”，您填的是“第二个窗口”" in page
    report.refresh_from_db()
    assert report.problems == "第一个窗口"
    client.post(url("edit", report), opened | {"problems": "第二个窗口", "version": report.version})
    report.refresh_from_db()
    assert report.problems == "第二个窗口"


@pytest.mark.parametrize("version", ["", "abc", "9" * 30, "-1"])
def test_a_bent_version_is_a_conflict_not_a_crash(report, cadre, login, version):
    response = login(cadre).post(url("edit", report), posted(report, version=version))
    assert response.status_code == 409


def test_a_returned_report_shows_the_reason(report, cadre, county_reviewer, login):
    sent = submit(report, by=cadre)
    return_report(sent, by=county_reviewer, version=sent.version, reason="培训人次与签到表不符")
    client = login(cadre)
    assert "培训人次与签到表不符" in client.get(url("edit", report)).content.decode()
    assert "培训人次与签到表不符" in client.get(url("detail", report)).content.decode()


def test_last_month_stands_beside_the_field(site, cadre, login):
    submit(site.reports.get(month=date(2026, 10, 1)), by=cadre, value=Decimal(42))
    page = login(cadre).get(url("edit", site.reports.get(month=date(2026, 11, 1)))).content.decode()
    assert '<span class="only-phone">上月 </span>42</span>' in page


@pytest.mark.parametrize("name", ["detail", "edit", "check", "receipt"])
def test_the_neighbour_finds_nothing(report, neighbour, other_reviewer, login, name):
    for user in [neighbour, other_reviewer]:
        assert login(user).get(url(name, report)).status_code == 404


@pytest.mark.parametrize("name", ["edit", "check", "receipt"])
def test_who_sees_but_does_not_fill_in_is_refused(report, county_reviewer, city_staff, leader, login, name):
    for user in [county_reviewer, city_staff, leader]:
        assert login(user).get(url(name, report)).status_code == 403
        assert login(user).get(url("detail", report)).status_code == 200


def test_submission_is_a_post(report, cadre, neighbour, leader, login):
    assert login(cadre).get(url("submit", report)).status_code == 405
    assert login(neighbour).post(url("submit", report)).status_code == 404
    assert login(leader).post(url("submit", report)).status_code == 403


def test_a_submitted_report_is_no_longer_edited(report, cadre, login):
    sent = submit(report, by=cadre)
    client = login(cadre)
    assert client.get(url("edit", sent)).url == sent.get_absolute_url()
    client.post(url("edit", sent), posted(sent, problems="事后改的"))
    sent.refresh_from_db()
    assert sent.problems == ""


def test_posting_every_model_field_changes_only_the_declared_ones(report, cadre, login):
    every = {field.name: "1" for field in MonthlyReport._meta.concrete_fields}
    login(cadre).post(url("edit", report), posted(report) | every | {"version": 0, "is_nil": ""})
    report.refresh_from_db()
    assert report.status == ReportStatus.DRAFT
    assert (report.round, report.site_id, report.submitted_by, report.month) == (
        0,
        report.site.pk,
        None,
        date(2026, 11, 1),
    )


def test_the_list_shows_the_months_that_have_begun(site, cadre, login):
    page = login(cadre).get(reverse("projects:report_list")).content.decode()
    assert "共 6 份" in page
    assert "2026年12月" not in page


def test_pages_take_the_same_queries_for_one_site_and_thirty(
    site, report, tree, programme, cadre, city_staff, login, django_assert_num_queries
):
    client = login(cadre)
    client.get(reverse("projects:report_list"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("projects:report_list"))
        client.get(reverse("workbench"))
    programme.creation_types.update(quota=99)
    for number in range(29):
        village = factories.organization(f"示例{number}村", level=Level.VILLAGE, parent=tree.township)
        approve_site(factories.site(programme, village), by=city_staff)
    with django_assert_num_queries(len(one)):
        client.get(reverse("projects:report_list"))
        client.get(reverse("workbench"))


def test_a_number_may_carry_its_unit(report, cadre, login):
    sheet = report_sheet(report)
    task, line = sheet.open_tasks[0], sheet.activities[1]
    login(cadre).post(url("edit", report), posted(report, **{task.percent_key: "６０％", line.key: "12人次"}))
    assert report.progress_lines.get(item=task.item).percent == 60
    assert report.figures.get(measure=line.measure).value == 12


def test_a_long_text_is_refused_with_its_length_and_kept_in_the_form(report, cadre, login):
    response = login(cadre).post(url("edit", report), posted(report, needs="字" * 2001))
    page = response.content.decode()
    assert "最多 2000 个字，现在有 2001 个字" in page
    assert "字" * 2001 in page
    assert 'maxlength="2000"' not in page
