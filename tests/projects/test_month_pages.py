"""The grid of all of a cadre's sites: the same data and rules as the page of each."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from organizations.models import Level
from projects.actions import ReportContent, approve_site, return_report, save_report
from projects.models import MonthlyReport
from projects.sheet import report_sheet
from projects.states import ReportStatus
from tests import factories
from tests.projects.conftest import fill_in, submit

pytestmark = pytest.mark.django_db
EDIT = reverse("projects:month_edit", args=[2026, 11])
CHECK = reverse("projects:month_check", args=[2026, 11])
SUBMIT = reverse("projects:month_submit", args=[2026, 11])


@pytest.fixture
def more_sites(programme, tree, city_staff):
    """more_sites(4): so many further sites in the cadre's township; their reports of November."""

    def make(count: int) -> list[MonthlyReport]:
        programme.creation_types.update(quota=99)
        villages = [
            factories.organization(f"示例{number}村", level=Level.VILLAGE, parent=tree.township)
            for number in range(count)
        ]
        sites = [approve_site(factories.site(programme, village), by=city_staff) for village in villages]
        return [site.reports.get(month__month=11) for site in sites]

    return make


def test_the_receipt_leads_to_the_next_report_of_the_month(report, more_sites, cadre, login):
    other = more_sites(1)[0]
    sent, address = submit(report, by=cadre), reverse("projects:report_edit", args=[other.pk])
    assert f'href="{address}">填下一份：{other.site}</a>' in receipt_of(login(cadre), sent)
    assert "填下一份" not in receipt_of(login(cadre), submit(other, by=cadre))


def receipt_of(client, report: MonthlyReport) -> str:
    return client.get(reverse("projects:report_receipt", args=[report.pk])).content.decode()


def test_a_month_that_is_sent_needs_neither_form_nor_script(report, cadre, login):
    client = login(cadre)
    assert "js/report.js" in client.get(EDIT).content.decode()
    submit(report, by=cadre)
    page = client.get(EDIT).content.decode()
    assert "11月的月报都交了" in page
    assert ("js/report.js" in page, "一起填</h1>" in page) == (False, False)


def test_both_pages_write_the_same_report(report, more_sites, cadre, login):
    other = more_sites(1)[0]
    line = report_sheet(report).money[0]
    data = {f"r{report.pk}-version": 0, f"r{report.pk}-{line.key}": "3.5万", f"r{other.pk}-problems": "没有"}
    data |= {f"r{other.pk}-version": 0}
    assert login(cadre).post(EDIT, data).url == EDIT
    assert report.figures.get().value == 35000
    other.refresh_from_db()
    assert other.problems == "没有"


def test_an_error_in_one_row_keeps_the_others(report, more_sites, cadre, login):
    other = more_sites(1)[0]
    line = report_sheet(report).figures[0]
    data = {f"r{report.pk}-{line.key}": "三场", f"r{other.pk}-needs": "水管", f"r{other.pk}-version": 0}
    response = login(cadre).post(EDIT, data)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="三场"' in page
    assert "“三场”不是数字" in page
    other.refresh_from_db()
    assert other.needs == "水管"


def test_a_stale_row_is_told_and_keeps_what_was_typed(report, cadre, login):
    save_report(report, by=cadre, version=0, content=ReportContent(texts={"problems": "别处写的"}))
    data = {f"r{report.pk}-version": 0, f"r{report.pk}-problems": "这里写的", f"initial-r{report.pk}-problems": ""}
    response = login(cadre).post(EDIT, data)
    page = response.content.decode()
    assert response.status_code == 409
    assert "另一处填的是“别处写的”" in page
    assert "这里写的" in page
    report.refresh_from_db()
    assert report.problems == "别处写的"
    login(cadre).post(EDIT, data | {f"r{report.pk}-version": report.version})
    report.refresh_from_db()
    assert report.problems == "这里写的"


def test_those_that_are_complete_are_sent_each_with_its_result(report, more_sites, cadre, login):
    other, third = more_sites(2)
    saved = [fill_in(row, by=cadre) for row in (report, other)]
    client = login(cadre)
    page = client.get(CHECK).content.decode()
    assert "3 份里有 2 份填齐了" in page
    data = {"report": [row.pk for row in (*saved, third)]} | {f"version_{row.pk}": row.version for row in saved}
    page = client.post(SUBMIT, data | {f"version_{third.pk}": 0}).content.decode()
    assert "已提交 2 份，共 3 份" in page
    assert "请填写“教育培训（场次）”，没有就填 0。" in page
    status = dict(MonthlyReport.objects.filter(month=report.month).values_list("pk", "status"))
    assert status == {
        report.pk: ReportStatus.COUNTY_REVIEW,
        other.pk: ReportStatus.COUNTY_REVIEW,
        third.pk: ReportStatus.NOT_STARTED,
    }


def test_the_check_shows_all_that_was_typed_with_last_month_and_what_is_out_of_the_ordinary(report, cadre, login):
    october = report.site.reports.get(month=date(2026, 10, 1))
    submit(october, by=cadre, value=Decimal(1), percent=70)
    saved = fill_in(report, by=cadre, value=Decimal(4), percent=60)
    texts = ReportContent(texts={"problems": "雨天停工", "needs": "请派老师", "next_plan": "办一期班"})
    save_report(saved, by=cadre, version=saved.version, content=texts)
    for url in [CHECK, reverse("projects:report_check", args=[report.pk])]:
        page = login(cadre).get(url).content.decode()
        for words in ["雨天停工", "请派老师", "办一期班"]:
            assert words in page
        assert "▲ 异常</b> “建设阶段任务”本期末 60%，低于上期末的 70%。" in page
        assert "您的说明：按计划开展" in page
        assert "填报人说明" not in page
    page = login(cadre).get(CHECK).content.decode()
    assert '<span class="muted small">上期末 70%</span>' in page
    assert '<span class="muted small">上月 1，+3</span>' in page


def test_a_second_click_tells_the_same(report, cadre, login):
    saved = fill_in(report, by=cadre)
    client, data = login(cadre), {"report": saved.pk, f"version_{saved.pk}": saved.version}
    first, second = (client.post(SUBMIT, data).content.decode() for _ in range(2))
    assert "已提交 1 份，共 1 份" in first
    assert "已提交 1 份，共 1 份" in second
    assert report.submissions.count() == 1


def test_a_version_that_was_changed_since_is_not_sent(report, cadre, login):
    saved = fill_in(report, by=cadre)
    save_report(saved, by=cadre, version=saved.version, content=ReportContent(texts={"needs": "刚刚加的"}))
    page = login(cadre).post(SUBMIT, {"report": saved.pk, f"version_{saved.pk}": saved.version}).content.decode()
    assert "又有改动" in page
    report.refresh_from_db()
    assert report.status == ReportStatus.DRAFT


def test_other_peoples_reports_are_out_of_reach(report, programme, tree, city_staff, neighbour, login):
    client = login(neighbour)
    assert report.site.name not in client.get(EDIT).content.decode()
    client.post(EDIT, {f"r{report.pk}-version": 0, f"r{report.pk}-problems": "越界"})
    assert client.post(SUBMIT, {"report": report.pk, f"version_{report.pk}": 0}).status_code == 422
    report.refresh_from_db()
    assert (report.problems, report.status) == ("", ReportStatus.NOT_STARTED)


@pytest.mark.parametrize("url", [EDIT, CHECK])
def test_only_cadres_fill_in(report, county_reviewer, city_staff, leader, login, url):
    for user in [county_reviewer, city_staff, leader]:
        assert login(user).get(url).status_code == 403


@pytest.mark.parametrize("month", [(2026, 12), (2026, 13), (2026, 0), (1, 1), (99999, 1)])
def test_there_are_no_such_months(report, cadre, login, month):
    assert login(cadre).get(reverse("projects:month_edit", args=month)).status_code == 404


def test_one_site_or_thirty_the_same_queries(report, more_sites, cadre, login, count_queries):
    client = login(cadre)
    client.get(EDIT)
    few = [count_queries(lambda: client.get(EDIT)), count_queries(lambda: client.get(CHECK))]
    for row in [report, *more_sites(29)]:
        fill_in(row, by=cadre, value=Decimal(7))
    assert [count_queries(lambda: client.get(EDIT)), count_queries(lambda: client.get(CHECK))] == few


def test_a_report_that_came_back_says_why_in_the_grid(report, cadre, county_reviewer, login):
    sent = submit(report, by=cadre)
    remarks = {"attachments": "请补签到表", "next_plan": "写具体些"}
    return_report(sent, by=county_reviewer, version=sent.version, reason="请补材料", remarks=remarks)
    page = login(cadre).get(EDIT).content.decode()
    assert "<b>退回：</b>请补材料；下月计划：写具体些；照片和文件：请补签到表</span>" in page
