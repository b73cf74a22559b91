"""Every page about reports takes the same number of queries for four sites and for nine, whoever looks."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fedwork import clock
from organizations.models import Level
from projects.actions import approve_site, return_report, send_due_reminders
from tests import factories
from tests.projects.conftest import NOON, fill_in, submit

pytestmark = pytest.mark.django_db
PAGES = [
    "/",
    "/admin/projects/monthlyreport/",
    "/admin/projects/monthlyreport/?state=all",
    "/admin/projects/monthclose/",
    "/boards/",
    "/boards/excel/",
    "/lights/",
    "/lights/excel/",
    "/progress/",
    "/records/",
    "/visits/",
    "/visits/excel/",
    "/progress/excel/",
    "/rectifications/?state=all",
    "/rectifications/excel/?state=all",
    "/reminders/",
    "/reports/",
    "/reports/?month=2026-10",
    "/reports/months/2026/11/",
    "/reports/months/2026/11/check/",
    "/reports/months/2026/11/workbook/",
    "/responsibility/",
    "/responsibility/download/",
    "/rollup/",
    "/rollup/excel/",
    "/schedule/",
    "/schedule/excel/",
    "/sites/",
    "/stuck/",
    "/stuck/download/",
]


@pytest.fixture
def add_site(programme, tree, cadre, county_reviewer, city_staff):
    """A site whose autumn reports lie in four different ways."""
    programme.creation_types.update(quota=99)

    def add(number: int) -> None:
        village = factories.organization(f"示例{number}村", level=Level.VILLAGE, parent=tree.township)
        site = approve_site(factories.site(programme, village), by=city_staff)
        for report in site.reports.filter(month__range=[date(2026, 10, 1), date(2026, 11, 1)]):
            match (number + report.month.month) % 4:
                case 0:
                    submit(report, by=cadre)
                case 1:
                    sent = submit(report, by=cadre)
                    return_report(sent, by=county_reviewer, version=sent.version, remarks={"next_plan": "请核对"})
                case 2:
                    factories.attachment(fill_in(report, by=cadre), by=cadre)

    return add


def counts(people, login) -> dict[tuple[str, str], int]:
    """By person and page, of what they may open. Each is asked twice: what is only marked as seen once is past."""
    found = {}
    for user in people:
        client = login(user)
        for page in PAGES:
            if client.get(page).status_code == 200:
                with CaptureQueriesContext(connection) as queries:
                    client.get(page)
                found[user.username, page] = len(queries)
    return found


def test_the_number_of_queries_does_not_grow(add_site, cadre, county_reviewer, city_staff, leader, login):
    people = [cadre, county_reviewer, city_staff, leader]
    with clock.set_to(NOON + timedelta(days=20)):
        for number in range(4):
            add_site(number)
        send_due_reminders()
        few = counts(people, login)
        for number in range(4, 9):
            add_site(number)
        send_due_reminders()
        many = counts(people, login)
    assert {at: (few[at], many[at]) for at in few if few[at] != many[at]} == {}
    assert len(few) > 60
