"""What criteria score themselves by: the right number, a sentence, where it comes from; queries that don't grow."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.sheet import site_findings
from assessments.sources import Scope, read_sources, sources
from fedwork import clock
from funding.states import EntryKind
from projects.actions import approve_site
from projects.models import AwarenessSurvey, MonthlyReport, ProjectSite, WorkLog
from tests import factories
from tests.funding import ledger


def found(site, key):
    return site_findings(site, {key}, clock.now())[key]


def test_reports_in_time(site):
    """June to October were due by 22 November."""
    reports = {report.month.month: report for report in site.reports.all()}
    for month in [6, 7, 8]:
        sent_at = reports[month].due_at.replace(hour=9)
        MonthlyReport.objects.filter(pk=reports[month].pk).update(first_submitted_at=sent_at)
    late = reports[9].due_at.replace(month=10)
    MonthlyReport.objects.filter(pk=reports[9].pk).update(first_submitted_at=late)
    due = sum(report.due_at <= clock.now() for report in reports.values())
    finding = found(site, "on_time")
    assert finding.sentence == f"应报 {due} 个月，按时 3 个月"
    assert finding.value == Decimal(300) / due
    assert finding.links == (("月报", f"/sites/{site.pk}/#reports"),)


def test_sessions_and_person_times_are_those_of_trainings(site, cadre):
    for day, kind, fields in [
        (1, "教育培训", {"sessions": 2, "person_times": 80}),
        (3, "教育培训", {"sessions": 1, "person_times": 30}),
        (5, "文化娱乐活动", {"sessions": 1, "person_times": 200, "festival": "mid_autumn"}),
        (6, "关爱救助", {"sessions": 1}),
    ]:
        made = factories.activity(site, date(2026, 10, day), kind=kind, **fields)
        made.recorded_by, made.recorded_at = cadre, clock.now()
        made.save()
    values = {key: found(site, key).value for key in ["sessions", "person_times", "gatherings", "care"]}
    assert values == {"sessions": 3, "person_times": 110, "gatherings": 1, "care": 1}
    assert found(site, "sessions").sentence == "培训 3 场（2 条记录）"


def test_arrival_counts_cash_that_is_there(site, county_reviewer, city_staff):
    ledger.post(site, EntryKind.COMMITTED, 30_000, by=city_staff)
    assert found(site, "arrival").value == 0
    ledger.post(site, EntryKind.ARRIVED, 12_500, by=county_reviewer)
    finding = found(site, "arrival")
    assert finding.value == 12_500
    assert finding.known == {"配套下限": 10_000, "配套目标": 30_000}
    assert finding.sentence == "配套到位 12,500 元；下限 10,000 元，目标 30,000 元"


def test_spending_is_that_of_the_end_of_building(site, county_reviewer, city_staff):
    assert found(site, "spending").value is None
    ledger.post(site, EntryKind.COMMITTED, 9_000, by=city_staff)
    ledger.post(site, EntryKind.ARRIVED, 9_000, by=county_reviewer)
    ledger.post(site, EntryKind.SPENT, 6_000, by=county_reviewer)
    assert found(site, "spending").value == Decimal("66.66")
    with clock.set_to(clock.now().replace(month=12, day=20)):
        ledger.post(site, EntryKind.SPENT, 3_000, by=county_reviewer)
        assert found(site, "spending").sentence == "到 11 月 30 日，到位 9,000 元，支出 6,000 元"


def test_logs_of_the_months_that_are_over(site, cadre):
    """The site was approved in November: nothing is due yet. Since June, three of five months have two logs."""
    assert found(site, "logs").value is None
    ProjectSite.objects.filter(pk=site.pk).update(approved_at=clock.now().replace(month=6, day=2))
    for month, days in [(6, 2), (7, 1), (8, 3), (10, 2), (11, 2)]:
        for day in range(1, days + 1):
            WorkLog.objects.create(
                programme=site.programme,
                organization=site.organization,
                site=site,
                happened_on=date(2026, month, day),
                role="cadre",
                post="镇妇联",
                recorded_at=clock.now(),
                recorded_by=cadre,
                content="走访",
            )
    finding = found(site, "logs")
    assert (finding.value, finding.sentence) == (60, "应记 5 个月，每月满 2 篇的 3 个月")


@pytest.mark.parametrize(("asked", "value"), [(19, None), (20, 80)])
def test_a_survey_of_too_few_says_nothing(site, cadre, asked, value):
    AwarenessSurvey.objects.create(
        programme=site.programme,
        organization=site.organization,
        site=site,
        happened_on=date(2026, 11, 1),
        role="cadre",
        post="镇妇联",
        recorded_at=clock.now(),
        recorded_by=cadre,
        asked=asked,
        aware=16,
        took_part=3,
    )
    assert found(site, "awareness").value == value


def test_the_archive_names_what_is_missing(site, cadre):
    finding = found(site, "archive")
    assert finding.value is not None
    assert "缺" in finding.sentence


def test_evidence_is_listed_without_a_value(site, cadre):
    assert found(site, "group").sentence == "系统里还没有登记工作组"
    team = factories.team(site, by=cadre, day=date(2026, 11, 1))
    assert found(site, "group").links == ((str(team), team.get_absolute_url()),)
    assert not sources()["group"].is_scoring


def test_as_many_queries_for_thirty_sites_as_for_one(site, programme, tree, city_staff):
    programme.creation_types.update(quota=40)

    def queries() -> int:
        scope = Scope(programme, ProjectSite.objects.select_related("organization"), clock.now())
        with CaptureQueriesContext(connection) as captured:
            read = read_sources(set(sources()), scope)
        assert {len(by_site) for by_site in read.values()} == {ProjectSite.objects.count()}
        return len(captured)

    one = queries()
    for number in range(29):
        village = factories.organization(f"示例村{number}", level=5, parent=tree.township)
        approve_site(factories.site(programme, village), by=city_staff)
    assert queries() == one
