"""Remarks, withdrawal, openings and the batch: each action with each of its refusals."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from fedwork import clock
from organizations.models import AuditEvent, Role
from projects.actions import (
    ReportContent,
    StaleReportError,
    keep_open,
    open_report,
    pass_report,
    pass_report_in_batch,
    return_report,
    save_report,
    submit_report,
    withdraw_report,
)
from projects.models import ReviewDecision, ReviewOpening
from projects.sheet import report_sheet
from projects.states import ReportStatus, ReviewChain, Verdict
from tests import factories
from tests.projects.conftest import NOON, describe, full_content, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(report, cadre):
    return submit(report, by=cadre)


@pytest.fixture
def figure(sent) -> str:
    """The key of the first measure."""
    return report_sheet(sent).figures[0].key


def send_back(report, by, **remarks):
    return return_report(report, by=by, version=report.version, remarks=remarks)


# Remarks


def test_a_return_may_consist_of_remarks_alone(sent, figure, county_reviewer):
    returned = send_back(sent, county_reviewer, next_plan="请写具体一些", **{figure: " 与签到表不符 "})
    decision = ReviewDecision.objects.get()
    assert decision.remarks == [
        {"key": figure, "label": "教育培训 场次", "text": "与签到表不符"},
        {"key": "next_plan", "label": "下月计划", "text": "请写具体一些"},
    ]
    assert decision.words == "教育培训 场次：与签到表不符；下月计划：请写具体一些"
    assert returned.reopened_keys == {figure, "next_plan"}
    assert AuditEvent.objects.about(sent).first().note == decision.words


@pytest.mark.parametrize("remarks", [{}, {"next_plan": "  "}])
def test_a_return_needs_a_reason_or_a_remark(sent, county_reviewer, remarks):
    with pytest.raises(ValidationError, match="退回要写明原因，或者在要改的项上写批注"):
        return_report(sent, by=county_reviewer, version=sent.version, reason=" ", remarks=remarks)


def test_a_remark_on_what_was_not_submitted_is_refused(sent, county_reviewer):
    with pytest.raises(ValidationError, match="不在这次提交里：figure_0") as refusal:
        send_back(sent, county_reviewer, figure_0="请核对")
    assert refusal.value.code == "stale"


def test_remarks_ask_for_a_return(sent, county_reviewer):
    with pytest.raises(ValidationError, match="写了批注就要退回"):
        pass_report(sent, by=county_reviewer, version=sent.version, remarks={"next_plan": "请写具体一些"})


@pytest.mark.parametrize(
    ("verdict", "reason", "remarks", "is_kept"),
    [
        (Verdict.RETURNED, "", [], False),
        (Verdict.RETURNED, "", [{"key": "needs", "label": "需协调事项", "text": "请核对"}], True),
        (Verdict.RETURNED, "请核对", [], True),
        (Verdict.PASSED, "", [{"key": "needs", "label": "需协调事项", "text": "请核对"}], False),
        (Verdict.PASSED, "", [], True),
    ],
)
def test_the_database_knows_what_a_return_needs(sent, county_reviewer, verdict, reason, remarks, is_kept):
    decision = ReviewDecision(
        submission=sent.submissions.get(),
        desk="county",
        verdict=verdict,
        reason=reason,
        remarks=remarks,
        decided_by=county_reviewer,
        decided_at=NOON,
    )
    if is_kept:
        decision.save()
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            decision.save()


# What a return opens


def test_a_return_without_remarks_opens_everything(sent, county_reviewer):
    returned = return_report(sent, by=county_reviewer, version=sent.version, reason="请核对")
    assert returned.reopened_keys is None


def test_percent_and_date_of_completion_are_opened_together(sent, county_reviewer):
    task = report_sheet(sent).open_tasks[0]
    returned = send_back(sent, county_reviewer, **{task.percent_key: "与现场不符"})
    assert returned.reopened_keys == {task.percent_key, task.done_key}


def test_where_the_nil_report_is_in_question_everything_is(sent, county_reviewer):
    assert send_back(sent, county_reviewer, is_nil="本月有活动").reopened_keys is None


def test_only_what_was_opened_may_be_changed(sent, figure, cadre, county_reviewer):
    returned = send_back(sent, county_reviewer, **{figure: "与签到表不符"})
    with pytest.raises(ValidationError, match="只要求修改“教育培训 场次”，其余各项不能改") as refusal:
        save_report(returned, by=cadre, version=returned.version, content=full_content(returned, value=Decimal(9)))
    assert refusal.value.code == "not_reopened"
    measure = int(figure.removeprefix("figure_"))
    content = ReportContent(figures={measure: Decimal(9)}, texts={"next_plan": returned.next_plan})
    saved = save_report(returned, by=cadre, version=returned.version, content=content)
    again = submit_report(saved, by=cadre, version=saved.version)
    assert (again.round, again.figures.get(measure=measure).value) == (2, 9)


@pytest.mark.parametrize(
    "content",
    [
        ReportContent(is_nil=True),
        ReportContent(texts={"next_plan": "另写一个"}),
        ReportContent(texts={"next_plan": ""}),
    ],
)
def test_texts_and_the_nil_box_stay_closed_too(sent, figure, cadre, county_reviewer, content):
    returned = send_back(sent, county_reviewer, **{figure: "与签到表不符"})
    with pytest.raises(ValidationError, match="其余各项不能改"):
        save_report(returned, by=cadre, version=returned.version, content=content)


def test_a_date_of_completion_stays_closed_with_its_percent(sent, figure, cadre, county_reviewer):
    returned = send_back(sent, county_reviewer, **{figure: "与签到表不符"})
    content = ReportContent(done_on={report_sheet(returned).open_tasks[0].item.pk: date(2026, 11, 20)})
    with pytest.raises(ValidationError, match="其余各项不能改"):
        save_report(returned, by=cadre, version=returned.version, content=content)


def test_reasons_and_what_is_missing_may_always_be_filled(sent, figure, cadre, county_reviewer):
    """Or a measure that the programme took up since would stand against the submission for good."""
    returned = send_back(sent, county_reviewer, **{figure: "与签到表不符"})
    other = report_sheet(returned).figures[1]
    returned.figures.filter(measure=other.measure).delete()
    content = ReportContent(figures={other.measure.pk: Decimal(4)}, explanations={other.key: "据实填写"})
    saved = save_report(returned, by=cadre, version=returned.version, content=content)
    assert saved.figures.get(measure=other.measure).value == 4
    assert saved.explanations[other.key] == "据实填写"


def test_the_second_return_opens_its_own_fields(sent, figure, cadre, county_reviewer):
    returned = send_back(sent, county_reviewer, **{figure: "与签到表不符"})
    again = submit_report(returned, by=cadre, version=returned.version)
    assert send_back(again, county_reviewer, next_plan="请写具体一些").reopened_keys == {"next_plan"}


# Withdrawal


def test_a_submission_that_nobody_opened_is_taken_back(sent, cadre):
    with clock.set_to(NOON + timedelta(minutes=5)):
        back = withdraw_report(sent, by=cadre, version=sent.version)
    assert (back.status, back.round, back.version) == (ReportStatus.DRAFT, 1, sent.version + 1)
    assert (back.first_submitted_at, back.submitted_at, back.waiting_since, back.organization_path) == (
        None,
        None,
        None,
        "",
    )
    assert back.submissions.get().withdrawn_at == NOON + timedelta(minutes=5)
    assert AuditEvent.objects.about(sent).filter(action="撤回月报").count() == 1
    again = submit_report(back, by=cadre, version=back.version)
    assert (again.round, again.first_submitted_at) == (2, NOON)


def test_after_a_return_it_is_returned_again(sent, figure, cadre, county_reviewer):
    returned = send_back(sent, county_reviewer, **{figure: "与签到表不符"})
    with clock.set_to(NOON + timedelta(hours=1)):
        again = submit_report(returned, by=cadre, version=returned.version)
        back = withdraw_report(again, by=cadre, version=again.version)
    assert (back.status, back.round) == (ReportStatus.RETURNED, 2)
    assert (back.first_submitted_at, back.submitted_at, back.submitted_by) == (NOON, NOON, cadre)
    assert back.reopened_keys == {figure}


def test_a_colleague_in_the_same_post_may_withdraw(sent, tree):
    colleague = factories.user("cadre2", role=Role.CADRE, organization=tree.township)
    assert withdraw_report(sent, by=colleague, version=sent.version).status == ReportStatus.DRAFT


def test_whoever_opened_it_ends_the_withdrawal(sent, cadre, county_reviewer):
    with clock.set_to(NOON + timedelta(minutes=3)):
        open_report(sent, by=county_reviewer)
    with pytest.raises(
        ValidationError, match="肥西县妇联 示例county 已于 2026-11-22 12:03 打开这份月报，不能再撤回"
    ) as refusal:
        withdraw_report(sent, by=cadre, version=sent.version)
    assert refusal.value.code == "opened"


def test_an_opening_of_an_earlier_round_stands_against_nothing(sent, cadre, county_reviewer):
    open_report(sent, by=county_reviewer)
    returned = return_report(sent, by=county_reviewer, version=sent.version, reason="请核对")
    again = submit_report(returned, by=cadre, version=returned.version)
    assert withdraw_report(again, by=cadre, version=again.version).status == ReportStatus.RETURNED


def test_what_was_decided_is_not_taken_back(sent, cadre, county_reviewer, city_staff):
    at_city = pass_report(sent, by=county_reviewer, version=sent.version)
    with pytest.raises(ValidationError, match="县级审核已经通过，不能再撤回"):
        withdraw_report(at_city, by=cadre, version=at_city.version)
    accepted = pass_report(at_city, by=city_staff, version=at_city.version)
    with pytest.raises(ValidationError, match="“已通过”，没有可以撤回的提交"):
        withdraw_report(accepted, by=cadre, version=accepted.version)


def test_a_draft_has_nothing_to_take_back(report, cadre):
    with pytest.raises(ValidationError, match="没有可以撤回的提交"):
        withdraw_report(report, by=cadre, version=report.version)


def test_only_the_post_that_fills_in_withdraws(sent, neighbour, county_reviewer, city_staff, leader):
    for other in [neighbour, county_reviewer, city_staff, leader]:
        with pytest.raises(PermissionDenied):
            withdraw_report(sent, by=other, version=sent.version)


def test_a_withdrawal_from_an_old_page_is_stale(sent, cadre):
    with pytest.raises(StaleReportError):
        withdraw_report(sent, by=cadre, version=sent.version - 1)


def test_nobody_is_led_into_a_locked_month(sent, cadre, programme):
    """Taken back after the due day it would be a report that nobody submitted in time, which the programme locks."""
    programme.lock_days = 0
    programme.save()
    with (
        clock.set_to(sent.due_at + timedelta(hours=1)),
        pytest.raises(ValidationError, match=r"撤回后就不能再报了：2026年11月月报 .* 截止，到时没有提交，已锁定"),
    ):
        withdraw_report(sent, by=cadre, version=sent.version)


def test_a_reviewer_hears_of_the_withdrawal(sent, cadre, county_reviewer):
    withdraw_report(sent, by=cadre, version=sent.version)
    with pytest.raises(
        ValidationError, match="填报单位已于 2026-11-22 12:00 撤回，这份月报现在是“填写中”，您的决定没有生效"
    ):
        pass_report(sent, by=county_reviewer, version=sent.version)


def test_the_city_alone_reviews_and_it_is_taken_back_from_there(report, cadre, programme):
    programme.review_chain = ReviewChain.CITY_ONLY
    programme.save()
    sent = submit(report, by=cadre)
    assert withdraw_report(sent, by=cadre, version=sent.version).status == ReportStatus.DRAFT


# Openings


def test_opening_twice_is_one_opening_that_is_fresh_again(sent, county_reviewer):
    open_report(sent, by=county_reviewer)
    with clock.set_to(NOON + timedelta(minutes=5)):
        opening = open_report(sent, by=county_reviewer)
    assert ReviewOpening.objects.get() == opening
    assert (opening.opened_at, opening.last_seen_at) == (NOON, NOON + timedelta(minutes=5))


def test_only_who_may_decide_opens(sent, cadre, city_staff, auditor, other_reviewer):
    for other in [cadre, city_staff, auditor, other_reviewer]:
        assert open_report(sent, by=other) is None
    assert not ReviewOpening.objects.exists()


def test_presence_ends_after_two_minutes_of_silence(sent, county_reviewer):
    open_report(sent, by=county_reviewer)
    seen = ReviewOpening.objects.present(NOON + timedelta(seconds=119))
    words = [opening.presence(NOON + timedelta(seconds=119)) for opening in seen]
    assert words == ["肥西县妇联 示例county 正在看这份月报（1 分钟前）"]
    assert not ReviewOpening.objects.present(NOON + timedelta(seconds=120))
    with clock.set_to(NOON + timedelta(minutes=10)):
        keep_open(sent, by=county_reviewer)
    assert ReviewOpening.objects.present(NOON + timedelta(minutes=11)).count() == 1


def test_nobody_looks_at_a_round_that_is_over(sent, cadre, county_reviewer):
    open_report(sent, by=county_reviewer)
    returned = return_report(sent, by=county_reviewer, version=sent.version, reason="请核对")
    submit_report(returned, by=cadre, version=returned.version)
    assert not ReviewOpening.objects.present(NOON)


def test_keeping_open_opens_nothing(sent, county_reviewer):
    keep_open(sent, by=county_reviewer)
    assert not ReviewOpening.objects.exists()


# Who reviews, and what goes in a batch


def test_nobody_reviews_what_they_typed(report, cadre, tree, county_reviewer):
    typist = factories.user("typist", role=Role.CADRE, organization=tree.township)
    saved = save_report(report, by=typist, version=0, content=full_content(report))
    sent = submit_report(saved, by=cadre, version=saved.version)
    typist.role, typist.organization = Role.COUNTY_REVIEWER, tree.county
    typist.save()
    with pytest.raises(PermissionDenied):
        pass_report(sent, by=typist, version=sent.version)
    assert pass_report(sent, by=county_reviewer, version=sent.version).status == ReportStatus.CITY_REVIEW


def test_a_batch_takes_only_what_has_no_anomalies(sent, county_reviewer):
    describe(sent, anomalies=2)
    with pytest.raises(ValidationError, match="有 2 处异常，不能批量通过") as refusal:
        pass_report_in_batch(sent, by=county_reviewer, version=sent.version)
    assert refusal.value.code == "anomalies"
    describe(sent, anomalies=0)
    passed = pass_report_in_batch(sent, by=county_reviewer, version=sent.version)
    assert passed.status == ReportStatus.CITY_REVIEW


def test_a_batch_refuses_as_the_single_pass_does(sent, county_reviewer, city_staff, cadre):
    describe(sent, anomalies=2)
    with pytest.raises(PermissionDenied):
        pass_report_in_batch(sent, by=cadre, version=sent.version)
    with pytest.raises(ValidationError, match="不在您这里审核"):
        pass_report_in_batch(sent, by=city_staff, version=sent.version)
    describe(sent, anomalies=0)
    with pytest.raises(StaleReportError):
        pass_report_in_batch(sent, by=county_reviewer, version=sent.version - 1)


def test_the_explanations_reach_the_submission(site, cadre):
    submit(site.reports.get(month=date(2026, 10, 1)), by=cadre, value=Decimal(10), percent=80)
    november = submit(site.reports.get(month=date(2026, 11, 1)), by=cadre, value=Decimal(10), percent=60)
    submission = november.submissions.get()
    warned = [entry for entry in submission.content if "warning" in entry]
    assert len(warned) == submission.anomalies > 0
