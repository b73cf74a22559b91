"""What the sheet finds out of the ordinary, and the line of reason that it asks for."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from fedwork import clock
from projects.actions import ReportContent, save_report, submit_report
from projects.sheet import report_sheet
from tests.projects.conftest import NOON, full_content, submit

pytestmark = pytest.mark.django_db


def filled_in(report, *, by, **content):
    return save_report(report, by=by, version=report.version, content=full_content(report, **content))


def sentences(report) -> list[str]:
    report.refresh_from_db()
    return [anomaly.sentence for anomaly in report_sheet(report).anomalies()]


@pytest.mark.parametrize(
    ("last", "now", "is_odd"),
    [(20, 30, False), (20, 31, True), (20, 10, False), (20, 9, True), (1, 6, False), (1, 7, True), (0, 500, False)],
)
def test_half_as_much_again_counts_and_small_numbers_do_not(site, report, cadre, last, now, is_odd):
    submit(site.reports.get(month=date(2026, 10, 1)), by=cadre, value=Decimal(last))
    measure = report_sheet(report).activities[0].measure
    save_report(report, by=cadre, version=0, content=ReportContent(figures={measure.pk: Decimal(now)}))
    assert bool(sentences(report)) is is_odd


def test_outside_of_what_the_past_months_had(site, report, cadre):
    for month, value in [(8, 20), (9, 30), (10, 26)]:
        submit(site.reports.get(month=date(2026, month, 1)), by=cadre, value=Decimal(value))
    measure = report_sheet(report).activities[0].measure
    save_report(report, by=cadre, version=0, content=ReportContent(figures={measure.pk: Decimal(36)}))
    assert sentences(report) == ["“教育培训（场次）”36，以前各月在 20 至 30 之间。"]


def test_a_percent_that_goes_backwards(site, report, cadre):
    submit(site.reports.get(month=date(2026, 10, 1)), by=cadre, percent=80)
    item = report_sheet(report).open_tasks[0].item
    save_report(report, by=cadre, version=0, content=ReportContent(percents={item.pk: 70}))
    assert sentences(report) == ["“启动阶段任务”本期末 70%，低于上期末的 80%。"]


def test_without_a_line_of_reason_it_is_not_sent_with_one_the_reviewer_reads_it(site, report, cadre):
    submit(site.reports.get(month=date(2026, 10, 1)), by=cadre, value=Decimal(20))
    content = full_content(report, value=Decimal(90))
    content.explanations = {}
    saved = save_report(report, by=cadre, version=0, content=content)
    with pytest.raises(ValidationError) as refusal:
        submit_report(saved, by=cadre, version=saved.version)
    assert refusal.value.messages == [
        "“教育培训（场次）”由上月的 20 变为 90，相差一半以上。请改正，或者写一句原因。",
        "“教育培训（人次）”由上月的 20 变为 90，相差一半以上。请改正，或者写一句原因。",
    ]
    keys = [line.key for line in report_sheet(saved).activities]
    content = ReportContent(explanations=dict.fromkeys(keys, "集中办班"))
    saved = save_report(saved, by=cadre, version=saved.version, content=content)
    submission = submit_report(saved, by=cadre, version=saved.version).submissions.get()
    odd = [entry for entry in submission.content if "warning" in entry]
    assert [(entry["key"], entry["explanation"]) for entry in odd] == [(key, "集中办班") for key in keys]
    assert (submission.anomalies, submission.carried) == (2, 0)


def test_what_was_taken_over_is_marked_in_what_is_sent(site, report, cadre):
    submit(site.reports.get(month=date(2026, 10, 1)), by=cadre, value=Decimal(20))
    content = full_content(report, value=Decimal(20))
    content.carried = {line.key for line in report_sheet(report).activities}
    saved = save_report(report, by=cadre, version=0, content=content)
    submission = submit_report(saved, by=cadre, version=saved.version).submissions.get()
    assert [entry["key"] for entry in submission.content if entry.get("carried")] == sorted(content.carried)
    assert submission.carried == 2


def test_what_was_sent_is_measured_by_the_day_it_was_sent(report, cadre):
    """A task that was on time on the day of the report isn't behind because somebody reads it a month later."""
    sent = submit(report, by=cadre, percent=97)
    marks = [(task.expected, task.mark) for task in report_sheet(sent).tasks]
    with clock.set_to(NOON + timedelta(days=30)):
        assert [(task.expected, task.mark) for task in report_sheet(sent).tasks] == marks


def test_the_plan_is_suggested_from_the_schedule(report):
    assert report_sheet(report).suggested_plan() == (
        "1. 继续完成“启动阶段任务”（原计划 6月30日）。\n"
        "2. 继续完成“建设阶段任务”（原计划 11月30日）。\n"
        "3. 推进“验收阶段任务”，计划 12月31日完成。"
    )
