"""Where reports are stuck: scope, order, who holds them, and the workbook."""

from datetime import date, datetime
from io import BytesIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from fedwork import clock
from organizations.models import Role
from projects.actions import approve_site, pass_report, return_report
from tests import factories
from tests.projects.conftest import submit
from tests.projects.test_reminders import copies

pytestmark = pytest.mark.django_db
URL, DOWNLOAD = "/stuck/", "/stuck/download/"
ROLES = ["city_staff", "county_reviewer", "leader", "auditor"]


def months(response) -> list[int]:
    return [case.report.month.month for case in response.context["cases"]]


@pytest.fixture
def desks(site, cadre, county_reviewer, city_staff):
    """June accepted, July at the city, August at the county, September returned; October not sent; November not due."""
    june, july, august, september, *_ = site.reports.order_by("month")
    for report in [june, july, august, september]:
        submit(report, by=cadre)
        report.refresh_from_db()
    for report in [june, july]:
        passed = pass_report(report, by=county_reviewer, version=report.version)
    pass_report(june, by=city_staff, version=passed.version)
    return_report(september, by=county_reviewer, version=september.version, reason="请补签到表")
    return site


@pytest.mark.parametrize("role", ROLES)
def test_what_is_past_due_and_not_accepted_longest_first(desks, role, request, login):
    assert months(login(request.getfixturevalue(role)).get(URL)) == [7, 8, 9, 10]


def test_each_case_names_the_post_and_its_people(desks, county_reviewer, login):
    county_reviewer.phone = "0551-55500006"
    county_reviewer.save()
    cases = login(county_reviewer).get(URL).context["cases"]
    assert [str(case.holder.post) for case in cases] == [
        "合肥市市级业务员",
        "肥西县县级审核员",
        "山南镇填报员",
        "山南镇填报员",
    ]
    page = login(county_reviewer).get(URL).content.decode()
    assert '示例county <a href="tel:0551-55500006">0551-55500006</a>' in page


def test_a_post_that_nobody_holds_says_so(desks, cadre, leader, login):
    cadre.is_active = False
    cadre.save()
    assert "该岗位没有在用账号" in login(leader).get(URL).content.decode()


@pytest.mark.parametrize(("side", "found"), [("filling", [10]), ("county", [8]), ("city", [7]), ("rework", [9])])
def test_the_filter_by_holder(desks, leader, login, side, found):
    assert months(login(leader).get(URL, {"side": side})) == found


def test_the_filter_by_county_and_what_makes_no_sense(desks, leader, tree, login):
    client = login(leader)
    assert months(client.get(URL, {"county": tree.county.pk})) == [7, 8, 9, 10]
    empty = client.get(URL, {"county": tree.other_county.pk})
    assert months(empty) == []
    assert "没有符合条件的月报" in empty.content.decode()
    assert "没有这一项，请重新选择。" in client.get(URL, {"side": "nobody", "county": "x"}).content.decode()


def test_the_county_next_door_sees_none_of_it(desks, other_reviewer, login):
    page = login(other_reviewer).get(URL)
    assert months(page) == []
    assert "没有卡住的月报" in page.content.decode()


@pytest.mark.parametrize("role", ["cadre", "system_admin"])
def test_the_list_is_closed_to_those_who_neither_review_nor_look(role, request, login):
    client = login(request.getfixturevalue(role))
    assert [client.get(address).status_code for address in [URL, DOWNLOAD]] == [403, 403]
    assert URL not in client.get("/").content.decode()


def test_the_list_only_shows(leader, login):
    assert [login(leader).post(address).status_code for address in [URL, DOWNLOAD]] == [405, 405]


def test_only_the_city_has_the_button_and_not_for_what_lies_with_itself(desks, city_staff, leader, login):
    page = login(city_staff).get(URL).content.decode()
    shown = [f"/reports/{report.pk}/urge/" in page for report in desks.reports.order_by("month")]
    assert shown == [False, False, True, True, True, False, False]
    assert "催办" not in login(leader).get(URL).content.decode()


def test_the_list_takes_the_same_queries_with_1_row_and_30(site, city_staff, tree, programme, login, count_queries):
    client = login(city_staff)
    site.reports.exclude(month=date(2026, 6, 1)).delete()
    one = count_queries(lambda: client.get(URL))
    factories.user("village", role=Role.CADRE, organization=tree.far_village)
    far = approve_site(factories.site(programme, tree.far_village), by=city_staff)
    copies(site.reports.get(), 20)
    copies(far.reports.first(), 20)
    assert count_queries(lambda: client.get(URL)) == one
    assert len(client.get(URL).context["cases"]) >= 30


def test_the_workbook_has_the_same_rows(desks, leader, login):
    response = login(leader).get(DOWNLOAD)
    assert "%E5%8D%A1%E5%9C%A8%E5%93%AA%E9%87%8C20261122.xlsx" in response["Content-Disposition"]
    heading, *rows = load_workbook(BytesIO(response.content)).active.iter_rows(values_only=True)
    assert heading[:6] == ("县（市、区）", "项目点", "报告期", "截止时间", "状态", "逾期工作日")
    assert [row[2] for row in rows] == ["2026年7月", "2026年8月", "2026年9月", "2026年10月"]
    assert all(row[5] == sum(row[6:10]) for row in rows)
    assert rows[3][3] == timezone.make_naive(desks.reports.get(month=date(2026, 10, 1)).due_at)
    assert rows[1][10:12] == ("肥西县县级审核员", "示例county")
    filtered = load_workbook(BytesIO(login(leader).get(DOWNLOAD, {"side": "city"}).content)).active
    assert filtered.max_row == 2


def test_before_the_due_time_nothing_is_stuck(site, leader, login):
    with clock.set_to(timezone.make_aware(datetime(2026, 6, 20, 9))):
        assert months(login(leader).get(URL)) == []
