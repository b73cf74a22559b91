from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from organizations.models import AuditEvent
from projects.actions import ReportContent, StaleReportError, pass_report, return_report, save_report, submit_report
from projects.models import ReviewDecision
from projects.sheet import report_sheet
from projects.states import ReportStatus, ReviewChain
from tests.projects.conftest import NOON, fill_in, submit

pytestmark = pytest.mark.django_db


def test_a_draft_keeps_what_was_typed(report, cadre):
    saved = fill_in(report, by=cadre, value=Decimal(7))
    assert (saved.status, saved.version) == (ReportStatus.DRAFT, 1)
    sheet = report_sheet(saved)
    assert [line.value for line in sheet.figures] == [7, 7, 7]
    assert [task.percent for task in sheet.tasks] == [60, 60]
    assert saved.next_plan == "继续开展培训"


def test_emptying_a_figure_removes_it(report, cadre):
    saved = fill_in(report, by=cadre)
    measure = report_sheet(saved).figures[0].measure
    saved = save_report(saved, by=cadre, version=1, content=ReportContent(figures={measure.pk: None}))
    assert [line.value for line in report_sheet(saved).figures] == [None, 3, 3]


def test_a_stale_save_changes_nothing(report, cadre):
    fill_in(report, by=cadre, value=Decimal(7))
    with pytest.raises(StaleReportError, match="12:00 又有改动"):
        save_report(report, by=cadre, version=0, content=ReportContent(texts={"problems": "另一人写的"}))
    report.refresh_from_db()
    assert (report.version, report.problems) == (1, "")


def test_a_report_of_a_coming_month_is_not_open(site, cadre):
    december = site.reports.get(month=date(2026, 12, 1))
    with pytest.raises(ValidationError, match="还没有开始"):
        fill_in(december, by=cadre)


def test_submission_keeps_a_snapshot_and_goes_to_the_county(report, cadre, tree):
    sent = submit(report, by=cadre)
    assert sent.status == ReportStatus.COUNTY_REVIEW
    assert (sent.round, sent.submitted_by, sent.first_submitted_at) == (1, cadre, NOON)
    assert sent.organization_path == tree.village.path
    content = {entry["label"]: entry["value"] for entry in sent.submissions.get().content}
    assert content["教育培训 人次"] == "3"
    assert content["建设阶段任务"] == "60%"
    assert AuditEvent.objects.about(sent).filter(action="提交月报").count() == 1


def test_the_city_alone_reviews_where_the_programme_says_so(report, cadre, programme):
    programme.review_chain = ReviewChain.CITY_ONLY
    programme.save()
    assert submit(report, by=cadre).status == ReportStatus.CITY_REVIEW


def test_all_errors_come_at_once(report, cadre):
    saved = save_report(report, by=cadre, version=0, content=ReportContent())
    with pytest.raises(ValidationError) as refusal:
        submit_report(saved, by=cadre, version=saved.version)
    assert refusal.value.messages == [
        "请填写“启动阶段任务”的本期末进度，没有动工就填 0。",
        "请填写“建设阶段任务”的本期末进度，没有动工就填 0。",
        "请填写“教育培训（场次）”，没有就填 0。",
        "请填写“教育培训（人次）”，没有就填 0。",
        "请填写“本月支出（元）”，没有就填 0。",
        "请填写下月计划。",
    ]
    saved.refresh_from_db()
    assert saved.status == ReportStatus.DRAFT


@pytest.mark.parametrize(
    ("percent", "done_on", "message"),
    [
        (100, None, "请填写完成日期"),
        (90, date(2026, 11, 20), "尚未完成，不填完成日期"),
        (100, date(2026, 11, 23), "不能晚于今天"),
    ],
)
def test_percent_and_date_of_completion_must_agree(report, cadre, percent, done_on, message):
    saved = fill_in(report, by=cadre)
    item = report_sheet(saved).tasks[-1].item
    content = ReportContent(percents={item.pk: percent}, done_on={item.pk: done_on})
    saved = save_report(saved, by=cadre, version=saved.version, content=content)
    saved.next_plan = "计划"
    saved.save(update_fields=["next_plan"])
    with pytest.raises(ValidationError, match=message):
        submit_report(saved, by=cadre, version=saved.version)


def test_a_nil_report_needs_its_reason_and_carries_no_figures(report, cadre):
    saved = fill_in(report, by=cadre)
    saved = save_report(saved, by=cadre, version=saved.version, content=ReportContent(is_nil=True))
    with pytest.raises(ValidationError, match="零报告请在"):
        submit_report(saved, by=cadre, version=saved.version)
    content = ReportContent(is_nil=True, texts={"problems": "场地维修，本月没有开展活动。"})
    saved = save_report(saved, by=cadre, version=saved.version, content=content)
    sent = submit_report(saved, by=cadre, version=saved.version)
    assert sent.figures.count() == sent.progress_lines.count() == 0


def test_a_second_click_finds_the_report_submitted(report, cadre):
    sent = submit(report, by=cadre)
    with pytest.raises(ValidationError) as refusal:
        submit_report(sent, by=cadre, version=sent.version)
    assert refusal.value.code == "submitted"
    assert sent.submissions.count() == 1


def test_only_a_cadre_of_the_place_fills_in(report, neighbour, county_reviewer, city_staff, leader):
    for other in [neighbour, county_reviewer, city_staff, leader]:
        with pytest.raises(PermissionDenied):
            fill_in(report, by=other)


def test_county_then_city_then_accepted(report, cadre, county_reviewer, city_staff):
    sent = submit(report, by=cadre)
    at_city = pass_report(sent, by=county_reviewer, version=sent.version)
    assert at_city.status == ReportStatus.CITY_REVIEW
    accepted = pass_report(at_city, by=city_staff, version=at_city.version, reason="情况属实")
    assert (accepted.status, accepted.accepted_at) == (ReportStatus.ACCEPTED, NOON)
    actions = AuditEvent.objects.about(report).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["开始填报", "提交月报", "县级审核通过", "市级审核通过"]


def test_a_returned_report_is_edited_and_comes_back_in_a_second_round(report, cadre, county_reviewer):
    sent = submit(report, by=cadre)
    returned = return_report(sent, by=county_reviewer, version=sent.version, reason="人次与签到表不符")
    assert returned.status == ReportStatus.RETURNED
    again = submit(returned, by=cadre, value=Decimal(5))
    assert (again.round, again.status) == (2, ReportStatus.COUNTY_REVIEW)
    assert again.first_submitted_at == sent.first_submitted_at
    decision = ReviewDecision.objects.get()
    assert (decision.submission.round, decision.reason) == (1, "人次与签到表不符")


def test_a_return_needs_a_reason(report, cadre, county_reviewer):
    sent = submit(report, by=cadre)
    with pytest.raises(ValidationError, match="退回要写明原因，或者在要改的项上写批注"):
        return_report(sent, by=county_reviewer, version=sent.version, reason="  ")


def test_the_second_of_two_reviewers_is_told_what_happened(report, cadre, county_reviewer, tree):
    sent = submit(report, by=cadre)
    pass_report(sent, by=county_reviewer, version=sent.version)
    with pytest.raises(ValidationError, match="示例county已于 2026-11-22 12:00 作出“县级审核通过”的决定"):
        return_report(sent, by=county_reviewer, version=sent.version, reason="再看看")


def test_a_reviewer_of_another_county_may_not(report, cadre, other_reviewer):
    sent = submit(report, by=cadre)
    with pytest.raises(PermissionDenied):
        pass_report(sent, by=other_reviewer, version=sent.version)


def test_nobody_reviews_what_they_submitted(report, cadre, county_reviewer, tree):
    sent = submit(report, by=cadre)
    cadre.role, cadre.organization = county_reviewer.role, tree.county
    cadre.save()
    with pytest.raises(PermissionDenied):
        pass_report(sent, by=cadre, version=sent.version)


def test_cumulative_counts_accepted_months_only(site, cadre, county_reviewer, city_staff):
    for month, value in [(9, 4), (10, 2)]:
        sent = submit(site.reports.get(month=date(2026, month, 1)), by=cadre, value=Decimal(value))
        if month == 9:
            sent = pass_report(sent, by=county_reviewer, version=sent.version)
            pass_report(sent, by=city_staff, version=sent.version)
    november = fill_in(site.reports.get(month=date(2026, 11, 1)), by=cadre, value=Decimal(5))
    sheet = report_sheet(november)
    line = sheet.figures[0]
    assert (line.last, line.earlier, line.cumulative, line.change) == (2, 4, 9, 3)
    assert date(2026, 10, 1) in sheet.pending_months


def test_a_task_left_over_from_an_earlier_stage_stays_on_the_sheet_until_it_is_done(report, cadre):
    tasks = report_sheet(report).tasks
    assert [task.item.name for task in tasks] == ["启动阶段任务", "建设阶段任务"]
    assert tasks[0].days_overdue == 145
    assert tasks[1].expected == round(100 * 145 / 153)


def test_a_task_finished_earlier_is_shown_and_not_asked_for_again(site, cadre):
    october = fill_in(site.reports.get(month=date(2026, 10, 1)), by=cadre)
    launch = report_sheet(october).tasks[0].item
    content = ReportContent(
        texts={"next_plan": "计划"}, percents={launch.pk: 100}, done_on={launch.pk: date(2026, 10, 9)}
    )
    october = save_report(october, by=cadre, version=october.version, content=content)
    submit_report(october, by=cadre, version=october.version)
    november = site.reports.get(month=date(2026, 11, 1))
    sheet = report_sheet(november)
    assert [task.item.name for task in sheet.open_tasks] == ["建设阶段任务"]
    assert "启动阶段任务" not in " ".join(message for _, message in sheet.errors())


def test_a_task_finished_within_its_stage_stays_in_view(site, cadre):
    october = fill_in(site.reports.get(month=date(2026, 10, 1)), by=cadre)
    build = report_sheet(october).tasks[-1].item
    content = ReportContent(
        texts={"next_plan": "计划"}, percents={build.pk: 100}, done_on={build.pk: date(2026, 10, 9)}
    )
    october = save_report(october, by=cadre, version=october.version, content=content)
    submit_report(october, by=cadre, version=october.version)
    sent = submit(site.reports.get(month=date(2026, 11, 1)), by=cadre)
    values = {entry["label"]: entry["value"] for entry in sent.submissions.get().content}
    assert values["建设阶段任务"] == "100%（10月9日完成）"


def test_overdue_means_past_due_and_never_submitted(site, cadre):
    now = timezone.now().replace(year=2026, month=11, day=22)
    overdue = site.reports.overdue(now)
    assert [report.month.month for report in overdue.order_by("month")] == [6, 7, 8, 9, 10]
    submit(site.reports.get(month=date(2026, 10, 1)), by=cadre)
    assert site.reports.overdue(now).count() == 4
