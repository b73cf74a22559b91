"""月结 and 补正: what stands against closing, what is locked by it, and figures as known at a moment."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from fedwork import clock
from organizations.models import AuditEvent
from projects.actions import (
    approve_site,
    close_month,
    correct_figure,
    pass_report,
    return_report,
    unlock_report,
)
from projects.actions.reports import ReportContent, save_report, submit_report
from projects.effective import effective_figures
from projects.locks import report_lock
from projects.models import (
    FigureCorrection,
    MonthClose,
    MonthlyReport,
    ReportSubmission,
    ReportUnlock,
    ReviewDecision,
    is_supplementary,
)
from projects.sheet import report_sheet
from tests import factories
from tests.projects.conftest import NOON, submit

pytestmark = pytest.mark.django_db
NOVEMBER = date(2026, 11, 1)
AFTER = NOON + timedelta(days=10)  # November's reports were due on the 25th


@pytest.fixture
def accept(cadre, county_reviewer, city_staff):
    """accept(report): sent and passed by both desks."""

    def accept(report, **content):
        sent = submit(report, by=cadre, **content)
        passed = pass_report(sent, by=county_reviewer, version=sent.version)
        return pass_report(passed, by=city_staff, version=passed.version)

    return accept


@pytest.fixture
def later():
    with clock.set_to(AFTER):
        yield AFTER


def correct(report, *, by, before="3", after="5", number=0, reason="县里来函更正"):
    measure = list(report.site.programme.measures.all())[number]
    return correct_figure(report, measure=measure, before=Decimal(before), after=Decimal(after), reason=reason, by=by)


# Closing


def test_a_month_is_closed_once(report, accept, later, city_staff):
    accept(report)
    close = close_month(report.site.programme, month=NOVEMBER, by=city_staff)
    assert (close.closed_at, close.closed_by) == (AFTER, city_staff)
    event = AuditEvent.objects.about(close).get()
    assert (event.action, event.detail) == ("月结", {"due": 1, "accepted": 1, "missing": 0})
    with pytest.raises(ValidationError, match=r"已由示例city（city）于 2026-12-02 12:00 月结|已由.*月结"):
        close_month(report.site.programme, month=NOVEMBER, by=city_staff)


def test_not_while_reports_await_review(report, cadre, county_reviewer, later, city_staff):
    sent = submit(report, by=cadre)
    with pytest.raises(ValidationError, match="还有 1 份月报在审核中"):
        close_month(report.site.programme, month=NOVEMBER, by=city_staff)
    pass_report(sent, by=county_reviewer, version=sent.version)
    with pytest.raises(ValidationError, match="还有 1 份月报在审核中"):
        close_month(report.site.programme, month=NOVEMBER, by=city_staff)


def test_not_before_everything_was_due(report, city_staff):
    with pytest.raises(ValidationError, match="还有 1 份月报没有到截止时间"):
        close_month(report.site.programme, month=NOVEMBER, by=city_staff)


def test_before_the_due_date_when_everything_is_accepted(report, accept, city_staff):
    accept(report)
    assert close_month(report.site.programme, month=NOVEMBER, by=city_staff).closed_at == NOON


def test_not_a_month_without_reports(programme, city_staff):
    with pytest.raises(ValidationError, match="2027年1月没有月报"):
        close_month(programme, month=date(2027, 1, 1), by=city_staff)


def test_only_who_runs_the_programme_closes(report, later, county_reviewer, leader, auditor, system_admin):
    for user in [county_reviewer, leader, auditor, system_admin]:
        with pytest.raises(PermissionDenied):
            close_month(report.site.programme, month=NOVEMBER, by=user)


def test_what_is_missing_stays_so_and_opens_one_by_one(report, later, city_staff, cadre, accept):
    close_month(report.site.programme, month=NOVEMBER, by=city_staff)
    assert str(report_lock(report)) == (
        "2026年11月已于 2026-12-02 12:00 月结，不能再填报。确需补报的，请联系合肥市妇联解锁。"
    )
    unlock_report(report, by=city_staff, until=AFTER + timedelta(days=3), reason="漏报")
    with clock.set_to(AFTER + timedelta(days=1)):
        accept(report)
    assert MonthlyReport.objects.filter(is_supplementary()).get() == report


def test_a_returned_report_is_closed_too(report, later, city_staff, cadre, county_reviewer):
    sent = submit(report, by=cadre)
    returned = return_report(sent, by=county_reviewer, version=sent.version, reason="请核对")
    close_month(report.site.programme, month=NOVEMBER, by=city_staff)
    assert report_lock(returned).code == "closed"
    unlock_report(returned, by=city_staff, until=AFTER + timedelta(days=3), reason="请改好")
    again = submit(returned, by=cadre)
    assert again.round == 2
    # It was reported before the close: late, but not 补报.
    assert not MonthlyReport.objects.filter(is_supplementary()).exists()


# Corrections


def test_a_correction_leaves_the_figure_and_counts_in_the_sheets(site, accept, city_staff):
    october, november = (site.reports.get(month=date(2026, month, 1)) for month in [10, 11])
    accept(october)
    made = correct(october, by=city_staff)
    assert (made.before, made.after, made.made_by) == (3, 5, city_staff)
    assert october.figures.get(measure=made.measure).value == 3
    assert report_sheet(october).figures[0].value == 5
    line = report_sheet(november).figures[0]
    assert (line.last, line.earlier) == (5, 5)
    event = AuditEvent.objects.about(october).get(action="补正数字")
    assert event.detail == {"measure": str(made.measure), "before": "3", "after": "5"}
    assert (event.note, event.actor_id) == ("县里来函更正", city_staff.pk)


def test_a_second_correction_goes_on_from_the_first(report, accept, city_staff):
    accept(report)
    correct(report, by=city_staff)
    with pytest.raises(ValidationError, match="您看到的是 3，现在是 5") as refusal:
        correct(report, by=city_staff, after="7")
    assert refusal.value.code == "stale"
    correct(report, by=city_staff, before="5", after="0")
    assert report_sheet(report).figures[0].value == 0


def test_a_nil_report_is_corrected_from_nothing(report, cadre, county_reviewer, city_staff):
    content = ReportContent(is_nil=True, texts={"problems": "雨季停工"})
    saved = save_report(report, by=cadre, version=report.version, content=content)
    sent = submit_report(saved, by=cadre, version=saved.version)
    passed = pass_report(sent, by=county_reviewer, version=sent.version)
    done = pass_report(passed, by=city_staff, version=passed.version)
    correct(done, by=city_staff, before="0", after="2")
    assert [line.value for line in report_sheet(done).figures] == [2, None, None]


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"after": "3"}, "相同，不用补正"), ({"after": "-1"}, "不能填负数"), ({"reason": " "}, "请写明原因")],
)
def test_a_correction_changes_something_and_says_why(report, accept, city_staff, changes, message):
    accept(report)
    with pytest.raises(ValidationError, match=message):
        correct(report, by=city_staff, **changes)
    assert not FigureCorrection.objects.exists()


def test_only_what_is_accepted_and_only_by_the_city(report, cadre, accept, city_staff, county_reviewer):
    with pytest.raises(ValidationError, match="审核通过的月报才能补正"):
        correct(report, by=city_staff)
    accept(report)
    for user in [cadre, county_reviewer]:
        with pytest.raises(PermissionDenied):
            correct(report, by=user)


def test_not_with_a_measure_of_another_programme(report, accept, city_staff, tree):
    accept(report)
    other = factories.programme(tree.city, name="另一批次").measures.first()
    with pytest.raises(ValidationError, match="不属于这个批次"):
        correct_figure(report, measure=other, before=Decimal(0), after=Decimal(1), reason="误", by=city_staff)


# As known at a moment


@pytest.fixture
def three_sites(programme, tree, city_staff):
    villages = [factories.organization(f"示例{number}村", level=5, parent=tree.township) for number in range(3)]
    sites = [approve_site(factories.site(programme, village), by=city_staff) for village in villages]
    return [site.reports.get(month=NOVEMBER) for site in sites]


def test_figures_as_known_at_a_moment(three_sites, accept, city_staff, programme):
    first, second, _ = three_sites
    accept(first)
    with clock.set_to(NOON + timedelta(hours=1)):
        accept(second, value=Decimal(4))
    with clock.set_to(NOON + timedelta(hours=2)):
        made = correct(first, by=city_staff, after="10")
    reports = MonthlyReport.objects.filter(site__programme=programme)
    key = ("肥西县", made.measure_id)

    def known(hours: float) -> Decimal | None:
        moment = NOON + timedelta(hours=hours)
        return effective_figures(reports, "site__county_name", moment=moment).get(key)

    assert [known(hours) for hours in [-1, 0, 1, 1.9, 2, 99]] == [None, 3, 7, 7, 14, 14]
    by_report = effective_figures(reports, "pk", moment=AFTER)
    assert (by_report[first.pk, made.measure_id], by_report[second.pk, made.measure_id]) == (10, 4)


def test_what_is_known_takes_two_queries_whatever_is_there(three_sites, accept, city_staff):
    reports = MonthlyReport.objects.visible_to(city_staff)
    for each in three_sites:
        accept(each)
        correct(each, by=city_staff)
        with CaptureQueriesContext(connection) as queries:
            effective_figures(reports, "site__county_name", "month", moment=AFTER)
        assert len(queries) == 2


def test_a_close_keeps_what_was_known(report, accept, later, city_staff):
    accept(report)
    close = close_month(report.site.programme, month=NOVEMBER, by=city_staff)
    reports = MonthlyReport.objects.filter(site__programme=report.site.programme)
    before = effective_figures(reports, "pk", moment=close.closed_at)
    with clock.set_to(AFTER + timedelta(days=1)):
        correct(report, by=city_staff)
    assert effective_figures(reports, "pk", moment=close.closed_at) == before
    assert effective_figures(reports, "pk", moment=AFTER + timedelta(days=1)) != before


# What the database refuses, whoever asks


def refused(act, words: str = "Cannot") -> None:
    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        act()


def truncate(model) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")


def test_closes_corrections_submissions_and_decisions_are_kept(report, accept, later, city_staff):
    accept(report)
    correct(report, by=city_staff)
    close_month(report.site.programme, month=NOVEMBER, by=city_staff)
    refused(lambda: MonthClose.objects.update(month=date(2026, 10, 1)))
    refused(lambda: FigureCorrection.objects.update(after=Decimal(9)))
    refused(lambda: ReviewDecision.objects.update(reason="改写"))
    refused(lambda: ReportSubmission.objects.update(content=[]))
    for model in [MonthClose, FigureCorrection, ReviewDecision, ReportSubmission]:
        refused(lambda model=model: model.objects.all()._raw_delete("default"))
        refused(lambda model=model: truncate(model))
    refused(lambda: truncate(ReportUnlock))


def test_the_database_keeps_a_correction_plausible(report, accept, city_staff):
    accept(report)
    made = correct(report, by=city_staff)
    values = {"report": report, "measure": made.measure, "made_by": city_staff, "made_at": NOON, "reason": "误"}
    for wrong in [{"before": 5, "after": 5}, {"before": 5, "after": -1}, {"before": 5, "after": 6, "reason": ""}]:
        with pytest.raises(IntegrityError), transaction.atomic():
            FigureCorrection.objects.create(**values | wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthClose.objects.create(
            programme=report.site.programme, month=date(2026, 11, 2), closed_at=NOON, closed_by=city_staff
        )
