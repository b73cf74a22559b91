"""The money lines of a monthly report are the ledger's."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from fedwork import clock
from funding import actions
from funding.states import EntryKind as Kind
from funding.states import FundSource
from projects.actions import ReportContent, save_report, submit_report
from projects.counting import counted_figures
from projects.models import Measure, MonthlyReport, ReportFigure
from projects.sheet import report_sheet
from tests import factories
from tests.funding.cast import approved_site, issue
from tests.funding.ledger import post
from tests.projects.conftest import NOON, full_content

pytestmark = pytest.mark.django_db
SOURCE = Measure.Source
NAMES = {"省级资金到位": SOURCE.PROGRAMME_ARRIVED, "配套资金到位": SOURCE.MATCHING_ARRIVED, "本月支出": SOURCE.SPENT}


@pytest.fixture
def measures(programme):
    Measure.objects.filter(name="本月支出").delete()
    made = [Measure(programme=programme, section="money", name=name, unit="元", tolerance=None) for name in NAMES]
    return {measure.source: measure for measure in map(factories.counted, made, NAMES.values())}


@pytest.fixture(autouse=True)
def today():
    with clock.set_to(NOON):
        yield


@pytest.fixture
def site(today, tree, programme, city_staff):
    """20,000 promised by the county, 10,000 by the village, 5,000 by others; issued in October."""
    with clock.set_to(NOON - timedelta(days=40)):
        site = approved_site(programme, tree.village, 20_000, 0, 10_000, 5_000, by=city_staff)
        issue(actions.draft_allocation_table(programme, by=city_staff), by=city_staff)
    return site


@pytest.fixture
def months(site):
    """Its reports of October and November."""
    return [site.reports.get(month=date(2026, month, 1)) for month in [10, 11]]


def submitted(report, *, by):
    content = full_content(report)
    content.figures = {line.measure.pk: Decimal(3) for line in report_sheet(report).figures if not line.is_counted}
    saved = save_report(report, by=by, version=report.version, content=content)
    return submit_report(saved, by=by, version=saved.version)


def said(report) -> dict[str, tuple[Decimal, int]]:
    lines = report_sheet(report).figures
    return {line.measure.name: (line.value, line.origin.records) for line in lines if line.origin}


def test_each_line_counts_its_entries_of_its_month(site, measures, months, county_reviewer):
    last, this = months
    arrive = {"kind": Kind.ARRIVED, "by": county_reviewer}
    post(site, amount=30_000, source=FundSource.PROVINCE, happened_on=last.month, **arrive)
    post(site, amount="8000.50", happened_on=last.month_end, **arrive)
    post(site, amount=2_000, source=FundSource.VILLAGE, happened_on=last.month_end, **arrive)
    post(site, amount=500, happened_on=this.month, **arrive)
    post(site, Kind.DISBURSED, 900, by=county_reviewer)
    post(site, Kind.ARRIVED, 700, source=FundSource.SOCIAL, is_in_kind=True, by=county_reviewer)
    post(site, Kind.SPENT, 1_200, happened_on=this.month, by=county_reviewer)
    assert said(last) == {
        "省级资金到位": (30_000, 1),
        "配套资金到位": (Decimal("10000.50"), 2),
        "本月支出": (0, 0),
    }
    assert said(this) == {"省级资金到位": (0, 0), "配套资金到位": (500, 1), "本月支出": (1_200, 1)}


def test_the_line_opens_the_entries_behind_it(site, measures, months, county_reviewer, cadre, login):
    last, _ = months
    entry = post(site, Kind.ARRIVED, 8_000, happened_on=last.month_end, by=county_reviewer)
    post(site, Kind.ARRIVED, 77, by=county_reviewer)
    client = login(cadre)
    page = client.get(reverse("projects:report_edit", args=[last.pk])).content.decode()
    line = next(line for line in report_sheet(last).figures if line.measure.name == "配套资金到位")
    assert line.origin.words == "来自 1 笔台账"
    assert "由资金台账自动计出，不用填" in page
    assert line.origin.address.replace("&", "&amp;") in page
    listed = client.get(line.origin.address).context["book"].rows
    assert [row.entry for row in listed] == [entry]


def test_nobody_types_what_the_ledger_says(site, measures, months, cadre):
    content = ReportContent(figures={measures[SOURCE.SPENT].pk: Decimal(5)})
    with pytest.raises(ValidationError, match="由资金台账自动计数"):
        save_report(months[1], by=cadre, version=0, content=content)


def test_what_was_submitted_stands_and_what_is_taken_back_later_is_negative(
    site, measures, months, cadre, county_reviewer
):
    last, this = months
    entry = post(site, Kind.ARRIVED, 8_000, happened_on=last.month_end, by=county_reviewer)
    sent = submitted(last, by=cadre)
    actions.reverse_entry(entry, reason="记错了项目点", by=county_reviewer)
    assert said(sent)["配套资金到位"] == (8_000, 1)
    assert said(this)["配套资金到位"] == (-8_000, 1)
    submitted(this, by=cadre)
    assert ReportFigure.objects.get(report=this, measure=measures[SOURCE.MATCHING_ARRIVED]).value == -8_000
    with pytest.raises(IntegrityError, match="figure_not_negative"), transaction.atomic():
        ReportFigure.objects.filter(report=this).update(records=None)


def test_what_is_entered_late_is_told_on_the_report(site, measures, months, cadre, county_reviewer, login):
    last, _ = months
    post(site, Kind.ARRIVED, 8_000, happened_on=last.month_end, by=county_reviewer)
    sent = submitted(last, by=cadre)
    assert report_sheet(sent).moved == []
    post(site, Kind.ARRIVED, 500, happened_on=last.month_end, by=county_reviewer)
    assert [(line.value, now.value) for line, now in report_sheet(sent).moved] == [(8_000, 8_500)]
    page = login(cadre).get(reverse("projects:report_detail", args=[last.pk])).content.decode()
    assert "“配套资金到位（元）”报送时 8,000，现在" in page
    assert said(sent)["配套资金到位"] == (8_000, 1)


def test_a_correction_within_the_month_leaves_nothing(site, measures, months, county_reviewer):
    entry = post(site, Kind.ARRIVED, 8_000, by=county_reviewer)
    actions.reverse_entry(entry, reason="记错了项目点", by=county_reviewer)
    assert said(months[1])["配套资金到位"] == (0, 2)


def test_one_query_however_many_sites(site, tree, programme, measures, city_staff, django_assert_num_queries):
    with clock.set_to(NOON - timedelta(days=40)):
        for village in [tree.other_village, tree.far_village]:
            approved_site(programme, village, 10_000, 0, 0, 0, by=city_staff)
    reports = list(MonthlyReport.objects.filter(month=date(2026, 11, 1)).select_related("site__programme"))
    by_programme = {programme.pk: [*programme.measures.all()]}
    assert len(reports) == 3
    for some in [reports, reports[:1]]:
        with django_assert_num_queries(1):
            counted_figures(some, by_programme)
