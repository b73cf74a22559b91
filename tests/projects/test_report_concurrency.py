"""Double clicks and simultaneous decisions on real connections: one legal outcome, one audit row, no crash."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from fedwork import clock
from organizations.models import AuditEvent
from projects.actions import approve_site, open_report, pass_report, return_report, submit_report, withdraw_report
from projects.models import MonthlyReport, ReviewDecision
from projects.states import ReportStatus
from tests import factories
from tests.concurrency import PEOPLE, at_once
from tests.projects.conftest import NOON, fill_in, submit

pytestmark = pytest.mark.django_db(transaction=True)


def on_the_day(act):
    """The day that a test sets is its own thread's; others have to be told."""

    def wrapped(number: int):
        with clock.set_to(NOON):
            return act(number)

    return wrapped


def test_many_clicks_make_one_submission(report, cadre, login):
    saved = fill_in(report, by=cadre)
    clients = [login(cadre) for _ in range(PEOPLE)]
    url = reverse("projects:report_submit", args=[saved.pk])
    answers = at_once(on_the_day(lambda number: clients[number].post(url, {"version": saved.version})))
    receipt = reverse("projects:report_receipt", args=[saved.pk])
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, receipt)] * PEOPLE
    report.refresh_from_db()
    assert (report.status, report.round) == (ReportStatus.COUNTY_REVIEW, 1)
    assert report.submissions.count() == 1
    assert AuditEvent.objects.about(report).filter(action="提交月报").count() == 1


def test_of_many_decisions_one_counts_and_the_others_are_told(report, cadre, county_reviewer):
    sent = submit(report, by=cadre)

    def decide(number: int) -> MonthlyReport:
        if number % 2:
            return return_report(sent, by=county_reviewer, version=sent.version, reason=f"第 {number} 个意见")
        return pass_report(sent, by=county_reviewer, version=sent.version)

    answers = at_once(on_the_day(decide))
    refused = [answer for answer in answers if isinstance(answer, ValidationError)]
    assert len(refused) == PEOPLE - 1
    assert all("您的决定没有生效" in answer.messages[0] for answer in refused)
    decision = ReviewDecision.objects.get()
    report.refresh_from_db()
    passed = decision.verdict == "passed"
    assert report.status == (ReportStatus.CITY_REVIEW if passed else ReportStatus.RETURNED)
    assert AuditEvent.objects.about(report).filter(action__startswith="县级审核").count() == 1


def test_taken_back_opened_and_passed_at_once(report, cadre, county_reviewer, city_staff):
    """Whoever comes first wins: a submission is never both taken back and opened, or both taken back and decided."""
    for _ in range(6):
        saved = fill_in(report, by=cadre)
        sent = submit_report(saved, by=cadre, version=saved.version)
        report = _rush(sent, cadre, county_reviewer)
        if report.status == ReportStatus.CITY_REVIEW:
            report = return_report(report, by=city_staff, version=report.version, reason="再核对")


def _rush(sent, cadre, county_reviewer) -> MonthlyReport:
    acts = [
        lambda: withdraw_report(sent, by=cadre, version=sent.version),
        lambda: open_report(sent, by=county_reviewer),
        lambda: pass_report(sent, by=county_reviewer, version=sent.version),
    ]
    answers = at_once(on_the_day(lambda number: acts[number % 3]()), people=6)
    assert all(isinstance(a, ValidationError) for a in answers if isinstance(a, Exception)), answers
    report = MonthlyReport.objects.get(pk=sent.pk)
    submission = report.submissions.get(round=sent.round)
    if submission.withdrawn_at:
        assert report.is_editable
        assert not report.openings.filter(round=sent.round).exists()
        assert not submission.decisions.exists()
    else:
        assert report.status == ReportStatus.CITY_REVIEW
        assert submission.decisions.count() == 1
    events = AuditEvent.objects.about(report).filter(detail__round=sent.round)
    assert events.filter(action__in=["撤回月报", "县级审核通过"]).count() == 1
    return report


def test_saves_from_many_windows_one_goes_through(report, cadre):
    answers = at_once(on_the_day(lambda number: fill_in(report, by=cadre, value=Decimal(number + 1))))
    assert sum(isinstance(answer, MonthlyReport) for answer in answers) == 1
    report.refresh_from_db()
    assert report.version == 1


def test_a_site_approved_by_many_at_once_has_one_schedule(programme, tree, city_staff):
    site = factories.site(programme, tree.village)
    at_once(on_the_day(lambda number: approve_site(site, by=city_staff)))
    assert site.stages.count() == 3
    assert site.reports.filter(month=date(2026, 11, 1)).count() == 1


def test_the_last_place_of_a_quota_goes_to_one_site(programme, tree, city_staff):
    kind = programme.creation_types.last()
    sites = [factories.site(programme, village, creation_type=kind) for village in [tree.village, tree.other_village]]
    at_once(on_the_day(lambda number: approve_site(sites[number], by=city_staff)), people=2)
    assert kind.sites.approved().count() == 1


def test_the_chain_of_the_log_holds_when_many_write_at_once(report, cadre):
    at_once(lambda number: AuditEvent.objects.record(f"试写 {number}", report, by=cadre))
    events = list(AuditEvent.objects.order_by("id"))
    assert [event.previous_hash for event in events] == ["", *(event.hash for event in events[:-1])]
    assert all(event.hash == event.compute_hash() for event in events)
