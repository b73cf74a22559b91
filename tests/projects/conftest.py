"""A programme of 2026 on a fixed day, 22 November, with an approved site in the cadre's township."""

from datetime import date, datetime
from decimal import Decimal

import pgtrigger
import pytest
from django.utils import timezone

from fedwork import clock
from projects.actions import ReportContent, approve_site, save_report, submit_report
from projects.sheet import report_sheet
from tests import factories

NOON = timezone.make_aware(datetime(2026, 11, 22, 12))


@pytest.fixture(autouse=True)
def today():
    with clock.set_to(NOON):
        yield NOON.date()


@pytest.fixture
def site(programme, tree, city_staff):
    return approve_site(factories.site(programme, tree.village), by=city_staff)


@pytest.fixture
def report(site):
    return site.reports.get(month=date(2026, 11, 1))


def full_content(report, *, value=Decimal(3), percent=60, next_plan="继续开展培训") -> ReportContent:
    sheet = report_sheet(report)
    return ReportContent(
        texts={"problems": "", "needs": "", "next_plan": next_plan},
        figures={line.measure.pk: value for line in sheet.figures},
        percents={task.item.pk: percent for task in sheet.tasks},
        explanations=dict.fromkeys(sheet.stored(), "按计划开展"),
    )


def fill_in(report, *, by, **content):
    return save_report(report, by=by, version=report.version, content=full_content(report, **content))


def submit(report, *, by, **content):
    saved = fill_in(report, by=by, **content)
    return submit_report(saved, by=by, version=saved.version)


def describe(report, **fields) -> None:
    """Write into the report's last submission what the database keeps everybody else from changing."""
    with pgtrigger.ignore("projects.ReportSubmission:submission_fields_kept"):
        report.submissions.filter(round=report.round).update(**fields)
