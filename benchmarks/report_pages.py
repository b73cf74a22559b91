"""Autosave, the report page, the grid of 30 sites and the queue of 10,000 waiting reports, against a bare Django view
with two queries, in the same run.

    python benchmarks/report_pages.py [--sites 10000] [--rounds 200]

Works in a temporary database of its own on the server of DATABASE_URL and drops it afterwards. Requests go through
Django's whole stack (middleware, session, templates) without a network. Trust the ratio, not the seconds.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fedwork.settings")

import django

django.setup()

from datetime import date, datetime  # noqa: E402
from decimal import Decimal  # noqa: E402

from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import path, reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

import fedwork.urls  # noqa: E402
from fedwork import clock  # noqa: E402
from organizations.models import Level, Organization, Role  # noqa: E402
from projects.actions import ReportContent, approve_site, save_report  # noqa: E402
from projects.models import MonthlyReport, ProjectSite, ReportSubmission  # noqa: E402
from projects.sheet import report_sheet  # noqa: E402
from projects.states import ReportStatus, SiteStatus  # noqa: E402
from tests import factories  # noqa: E402

NOON = timezone.make_aware(datetime(2026, 11, 22, 12))
NOVEMBER = date(2026, 11, 1)


def bare(request: HttpRequest) -> HttpResponse:
    """What a page of Django costs at least: who is there (session and user), two queries, an answer."""
    first = MonthlyReport.objects.filter(site__organization__path__startswith=request.user.scope_path).first()
    return HttpResponse(f"{first.pk} {Organization.objects.get(pk=request.user.organization_id).name}")


def milliseconds(work: Callable[[], HttpResponse], rounds: int) -> float:
    """The median; every answer has to be a good one."""
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        response = work()
        taken.append(1000 * (time.perf_counter() - start))
        assert response.status_code == 200, response.status_code
    return statistics.median(taken)


def make_tree(sites: int):
    """A city, its counties with 20 townships each, and `sites` villages; 30 of them in the first township."""
    city = factories.organization("合肥市", level=Level.CITY)
    county = factories.organization("肥西县", level=Level.COUNTY, parent=city)
    township = factories.organization("山南镇", level=Level.TOWNSHIP, parent=county)
    other = factories.organization("三河镇", level=Level.TOWNSHIP, parent=county)
    villages = Organization.objects.bulk_create(
        Organization(
            name=f"示例{number}村",
            level=Level.VILLAGE,
            parent=township if number < 30 else other,
            code=f"{340123200000 + number}",
            path="",
        )
        for number in range(sites)
    )
    for village in villages:
        village.path = f"{village.parent.path}{village.pk}/"
    Organization.objects.bulk_update(villages, ["path"], batch_size=2000)
    return city, county, township, villages


def make_sites(programme, villages, *, by) -> None:
    """30 by the action, the rest in bulk: with November's report submitted and waiting at the county."""
    programme.creation_types.update(quota=30_000)
    for village in villages[:30]:
        approve_site(factories.site(programme, village), by=by)
    kind = programme.creation_types.first()
    sites = ProjectSite.objects.bulk_create(
        ProjectSite(
            programme=programme,
            creation_type=kind,
            organization=village,
            name=village.name,
            province_amount=30000,
            status=SiteStatus.APPROVED,
            approved_at=NOON,
            county_name="肥西县",
            township_name="三河镇",
            village_name=village.name,
        )
        for village in villages[30:]
    )
    reports = MonthlyReport.objects.bulk_create(
        MonthlyReport(
            site=site,
            month=NOVEMBER,
            due_at=programme.due_at(NOVEMBER),
            status=ReportStatus.COUNTY_REVIEW,
            round=1,
            version=2,
            submitted_at=NOON,
            first_submitted_at=NOON,
            waiting_since=NOON,
            submitted_by=by,
            organization_path=site.organization.path,
        )
        for site in sites
    )
    ReportSubmission.objects.bulk_create(
        ReportSubmission(report=report, round=1, submitted_at=NOON, submitted_by=by, content=[]) for report in reports
    )


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def autosaver(client: Client, report: MonthlyReport, writer) -> Callable[[], HttpResponse]:
    line = report_sheet(report).figures[0]
    url, state = reverse("projects:report_autosave", args=[report.pk]), {"version": report.version, "value": 0}

    def save() -> HttpResponse:
        state["value"] += 1
        data = {"version": state["version"], "writer": writer.pk, line.key: state["value"]}
        response = client.post(url, data | {f"initial-{line.key}": state["value"] - 1})
        state["version"] = response.json()["version"]
        return response

    return save


def measure(sites: int, rounds: int) -> None:
    city, county, township, villages = make_tree(sites)
    staff = factories.user("city", role=Role.CITY_STAFF, organization=city)
    reviewer = factories.user("county", role=Role.COUNTY_REVIEWER, organization=county)
    cadre = factories.user("cadre", role=Role.CADRE, organization=township)
    make_sites(factories.programme(city), villages, by=staff)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    report = MonthlyReport.objects.select_related("site__programme").filter(
        month=NOVEMBER, site__organization__path__startswith=township.path
    )[0]
    figures = {line.measure.pk: Decimal(0) for line in report_sheet(report).figures}
    report = save_report(report, by=cadre, version=report.version, content=ReportContent(figures=figures))
    writer, desk = client_of(cadre), client_of(reviewer)
    queue = reverse("admin:projects_monthlyreport_changelist")
    item = reverse("admin:projects_monthlyreport_change", args=[MonthlyReport.objects.waiting().earliest("pk").pk])
    pages = {
        "空视图（两次查询）": lambda: writer.get("/bare/"),
        "自动保存一格": autosaver(writer, report, cadre),
        "一份月报的填报页": lambda: writer.get(reverse("projects:report_edit", args=[report.pk])),
        "30 个项目点一起填": lambda: writer.get(reverse("projects:month_edit", args=[2026, 11])),
        f"待审 {sites - 30} 份的列表": lambda: desk.get(queue),
        f"待审 {sites - 30} 份里的一份": lambda: desk.get(item),
    }
    base = None
    for label, work in pages.items():
        milliseconds(work, 3)
        taken = milliseconds(work, rounds if base is None else max(10, rounds // 5))
        base = base or taken
        print(f"{label}：{taken:.1f} 毫秒，{taken / base:.1f} 倍", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=10_030)
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    fedwork.urls.urlpatterns.append(path("bare/", bare))
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
