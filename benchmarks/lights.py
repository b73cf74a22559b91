"""The lights of a programme's sites: all of them, the leader's pages, one county, one site, a preview of a rule; and the
other pages that go over all sites.

    python benchmarks/lights.py [--sites 10000] [--rounds 5]

Works in a temporary database of its own on the server of DATABASE_URL and drops it afterwards. Each site has seven
reports, five of them accepted, ten tasks, two visits and a commitment; one in ten has an item to rectify. Says the
queries beside the seconds: they are the same for one site and for ten thousand.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fedwork.settings")

import django

django.setup()

from datetime import date, datetime, timedelta  # noqa: E402

from dateutil.relativedelta import relativedelta  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from fedwork import clock  # noqa: E402
from funding.models import LedgerEntry  # noqa: E402
from organizations.models import Level, Organization, Role, User  # noqa: E402
from projects.lights.grading import counts  # noqa: E402
from projects.lights.preview import preview  # noqa: E402
from projects.lights.reading import lights_at, trend  # noqa: E402
from projects.models import (  # noqa: E402
    GuidanceVisit,
    MonthlyReport,
    Programme,
    ProgressLine,
    ProjectSite,
    Rectification,
    RectificationStep,
    ScheduleItem,
    Stage,
)
from projects.states import ReportStatus, ReviewDesk, SiteStatus, StageKind  # noqa: E402
from tests import factories  # noqa: E402

NOON = timezone.make_aware(datetime(2026, 11, 22, 12))
LAUNCH = timezone.make_aware(datetime(2026, 6, 1, 9))
COUNTIES, TASKS, ACCEPTED = 100, 10, 5
PAGES = {
    "红黄绿灯": "/lights/",
    "申报情况": "/nominations/board/",
    "日程总览": "/schedule/",
    "备查资料齐全情况": "/archive/",
    "培训覆盖情况": "/trainings/coverage/",
    "工作日志": "/worklogs/",
    "组织机构": "/groups/",
    "责任分解": "/duties/",
    "实施方案": "/plans/",
}


def make_tree(sites: int) -> tuple[Organization, list[Organization], list[Organization]]:
    """A city, a hundred counties with a township each, and villages dealt out to them in turn."""
    city = factories.organization("合肥市", level=Level.CITY)
    counties = [factories.organization(f"示例{n}县", level=Level.COUNTY, parent=city) for n in range(COUNTIES)]
    townships = [factories.organization(f"示例{n}镇", level=Level.TOWNSHIP, parent=c) for n, c in enumerate(counties)]
    villages = Organization.objects.bulk_create(
        Organization(
            name=f"示例{number}村",
            level=Level.VILLAGE,
            parent=townships[number % COUNTIES],
            code=f"{990000000000 + number}",  # no real one: the national list may be there
            path="",
        )
        for number in range(sites)
    )
    for village in villages:
        village.path = f"{village.parent.path}{village.pk}/"
    Organization.objects.bulk_update(villages, ["path"], batch_size=2000)
    return city, counties, villages


def make_sites(programme: Programme, villages: list[Organization]) -> list[ProjectSite]:
    kind = programme.creation_types.first()
    return ProjectSite.objects.bulk_create(
        ProjectSite(
            programme=programme,
            creation_type=kind,
            organization=village,
            name=village.name,
            province_amount=30000,
            status=SiteStatus.APPROVED,
            approved_at=LAUNCH,
            county_name=village.parent.parent.name,
        )
        for village in villages
    )


def make_schedules(sites: list[ProjectSite]) -> list[ScheduleItem]:
    window = {"starts_on": date(2026, 6, 1), "ends_on": date(2026, 12, 31)}
    stages = Stage.objects.bulk_create(Stage(site=site, kind=StageKind.BUILD, **window) for site in sites)
    items = (make_task(stage, number) for stage in stages for number in range(TASKS))
    return ScheduleItem.objects.bulk_create(items, batch_size=5000)


def make_task(stage: Stage, number: int) -> ScheduleItem:
    first, last = date(2026, 6, 1), date(2026, 6, 30) + timedelta(days=18 * number)
    plan = {"starts_on": first, "due_on": last, "baseline_starts_on": first, "baseline_due_on": last}
    return ScheduleItem(stage=stage, name=f"任务{number}", **plan)


def make_reports(programme: Programme, sites: list[ProjectSite], *, by) -> list[MonthlyReport]:
    def report(site: ProjectSite, number: int, month: date) -> MonthlyReport:
        due_at, sent_at = programme.due_at(month), timezone.make_aware(datetime(2026, month.month, 24, 9))
        if number >= ACCEPTED - (site.pk % 7 == 0):  # one in seven is a month behind
            return MonthlyReport(site=site, month=month, due_at=due_at)
        when = dict.fromkeys(["first_submitted_at", "submitted_at", "accepted_at"], sent_at)
        given = {"status": ReportStatus.ACCEPTED, "round": 1, "submitted_by": by}
        return MonthlyReport(site=site, month=month, due_at=due_at, **when, **given)

    reports = (report(site, number, month) for site in sites for number, month in enumerate(programme.months()))
    return MonthlyReport.objects.bulk_create(reports, batch_size=5000)


def told(item: ScheduleItem, report: MonthlyReport) -> int:
    """From 15 points behind the calendar to 29 before it."""
    return max(0, min(100, item.expected_percent(report.month_end) - 15 + item.pk % 45))


def make_progress(reports: list[MonthlyReport], items: list[ScheduleItem]) -> None:
    by_site: dict[int, list[ScheduleItem]] = {}
    for item in items:
        by_site.setdefault(item.stage.site_id, []).append(item)
    lines = (
        ProgressLine(report=report, item=item, percent=told(item, report))
        for report in reports
        if report.accepted_at
        for item in by_site[report.site_id]
    )
    ProgressLine.objects.bulk_create(lines, batch_size=5000)


def make_records(sites: list[ProjectSite], *, by) -> None:
    told = dict.fromkeys(["on_activities", "on_venue", "on_files"], "符合要求")
    GuidanceVisit.objects.bulk_create(
        (
            GuidanceVisit(
                site=site, level="city", visitors="市妇联", happened_on=day, recorded_at=NOON, recorded_by=by, **told
            )
            for site in sites
            for day in [date(2026, 9, 3), date(2026, 10, 9)]
        ),
        batch_size=5000,
    )
    amounts = [(site, 4_000 + site.pk * 37 % 40_000) for site in sites]
    promised = {"kind": "committed", "source": "county", "happened_on": LAUNCH.date(), "recorded_at": LAUNCH}
    LedgerEntry.objects.bulk_create(
        LedgerEntry(site=site, amount=amount, recorded_by=by, **promised) for site, amount in amounts
    )


def make_items(sites: list[ProjectSite], *, by) -> None:
    items = Rectification.objects.bulk_create(
        Rectification(
            site=site,
            source="inspection",
            found_on=date(2026, 10, 9),
            category="materials",
            problem="签到表不全",
            measure="补齐",
            organization=site.organization.parent,
            role=Role.CADRE,
            due_on=date(2026, 11, 1) + timedelta(days=site.pk % 40),
            desk=ReviewDesk.CITY,
            raised_at=LAUNCH + relativedelta(months=4),
            raised_by=by,
        )
        for site in sites[::10]
    )
    RectificationStep.objects.bulk_create(
        RectificationStep(
            rectification=item,
            kind="raised",
            text="补齐",
            state="open",
            due_on=item.due_on,
            made_at=item.raised_at,
            made_by=by,
        )
        for item in items
    )


@dataclass(frozen=True)
class World:
    """A city with everything that the lights are made of."""

    programme: Programme
    counties: list[Organization]
    sites: list[ProjectSite]
    by: User  # of the city, who also reported for everybody


def make_world(number: int) -> World:
    city, counties, villages = make_tree(number)
    by = factories.user("city", role=Role.CITY_STAFF, organization=city)
    programme = factories.programme(city)
    sites = make_sites(programme, villages)
    make_progress(make_reports(programme, sites, by=by), make_schedules(sites))
    make_records(sites, by=by)
    make_items(sites, by=by)
    return World(programme, counties, sites, by)


def measured(label: str, work: Callable, rounds: int):
    """The median of the seconds, how many of them this process worked (the rest is the database, or waiting for other
    work on the machine), and the queries."""
    taken, worked = [], []
    for _ in range(rounds):
        start, own = time.perf_counter(), time.process_time()
        answer = work()
        taken.append(time.perf_counter() - start)
        worked.append(time.process_time() - own)
    with CaptureQueriesContext(connection) as queries:
        work()
    seconds = f"{statistics.median(taken):.2f} 秒（自己 {statistics.median(worked):.2f}）"
    print(f"{label}：{seconds}，{len(queries)} 次查询", flush=True)
    return answer


def measure(sites: int, rounds: int) -> None:
    world = make_world(sites)
    programme, counties, made, by = world.programme, world.counties, world.sites, world.by
    leader = factories.user("leader", role=Role.LEADER, organization=by.organization)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(leader)
    here = ProjectSite.objects.filter(organization__path__startswith=counties[0].path)
    one = ProjectSite.objects.filter(pk=made[0].pk)
    rule = programme.light_rules.get(signal="task_overdue")
    rule.yellow, rule.red = 5, 20
    lights = measured(f"{sites} 个项目点的灯", lambda: lights_at(programme, NOON), rounds)
    print("　　" + "，".join(f"{light.label} {number}" for light, number in counts(lights).items()))
    measured(f"一个县 {len(made[::COUNTIES])} 个", lambda: lights_at(programme, NOON, here), rounds)
    measured("一个项目点", lambda: lights_at(programme, NOON, one), rounds)
    measured("一个项目点的页面", lambda: client.get(f"/sites/{made[0].pk}/"), rounds)
    measured("一个县的页面", lambda: client.get(f"/counties/{counties[0].pk}/"), rounds)
    measured("领导的工作台", lambda: client.get("/"), rounds)
    measured(f"{sites} 个项目点各月底的走势", lambda: trend(programme, NOON), 1)
    measured("改一条规则的预览", lambda: preview(rule, NOON), 1)
    client.force_login(by)  # who sees all of these pages
    for label, page in PAGES.items():
        measured(f"{label}页", lambda page=page: client.get(page), rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"{name}_benchmark"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        with clock.set_to(NOON):
            measure(options.sites, options.rounds)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
