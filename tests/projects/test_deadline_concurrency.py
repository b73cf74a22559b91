"""Closing, correcting, unlocking and submitting at once, on real connections: one legal outcome each."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from fedwork import clock
from organizations.models import AuditEvent
from projects.actions import close_month, correct_figure, pass_report, recompute_due_dates, submit_report
from projects.effective import effective_figures
from projects.models import FigureCorrection, MonthClose, MonthlyReport
from tests.concurrency import PEOPLE, at_once
from tests.projects.conftest import NOON, fill_in, submit

pytestmark = pytest.mark.django_db(transaction=True)
NOVEMBER = date(2026, 11, 1)
AFTER = NOON + timedelta(days=10)


def later(act):
    """Ten days later, in a thread of its own."""

    def wrapped(number: int):
        with clock.set_to(AFTER):
            return act(number)

    return wrapped


@pytest.fixture
def accepted(report, cadre, county_reviewer, city_staff):
    sent = submit(report, by=cadre)
    passed = pass_report(sent, by=county_reviewer, version=sent.version)
    return pass_report(passed, by=city_staff, version=passed.version)


def refusals(answers: list) -> list[str]:
    assert all(isinstance(answer, ValidationError) for answer in answers if isinstance(answer, Exception))
    return [answer.messages[0] for answer in answers if isinstance(answer, Exception)]


def test_of_many_closes_one_counts(report, city_staff):
    programme = report.site.programme
    answers = at_once(later(lambda number: close_month(programme, month=NOVEMBER, by=city_staff)))
    assert len(refusals(answers)) == PEOPLE - 1
    assert all("月结" in words for words in refusals(answers))
    assert MonthClose.objects.count() == AuditEvent.objects.filter(action="月结").count() == 1


def test_of_many_corrections_from_one_sight_one_counts(accepted, city_staff):
    measure = accepted.site.programme.measures.first()

    def correct(number: int):
        after = Decimal(10 + number)
        return correct_figure(
            accepted, measure=measure, before=Decimal(3), after=after, reason=f"第 {number} 人更正", by=city_staff
        )

    answers = at_once(later(correct))
    assert len(refusals(answers)) == PEOPLE - 1
    assert all("刚刚有人补正过" in words for words in refusals(answers))
    made = FigureCorrection.objects.get()
    reports = MonthlyReport.objects.filter(pk=accepted.pk)
    assert effective_figures(reports, moment=AFTER)[measure.pk,] == made.after


def test_a_close_and_corrections_at_once_both_hold(accepted, city_staff):
    """They don't exclude each other, and neither waits for the other forever."""
    programme, measures = accepted.site.programme, list(accepted.site.programme.measures.all())

    def act(number: int):
        if number == 0:
            return close_month(programme, month=NOVEMBER, by=city_staff)
        measure = measures[number - 1]
        return correct_figure(
            accepted, measure=measure, before=Decimal(3), after=Decimal(8), reason="更正", by=city_staff
        )

    assert refusals(at_once(later(act), people=4)) == []
    assert (MonthClose.objects.count(), FigureCorrection.objects.count()) == (1, 3)
    assert AuditEvent.objects.filter(action__in=["月结", "补正数字"]).count() == 4


@pytest.mark.parametrize("attempt", range(4))
def test_a_close_and_a_submission_at_once_the_second_sees_the_first(report, cadre, city_staff, attempt):
    with clock.set_to(AFTER):
        saved = fill_in(report, by=cadre)
    programme = report.site.programme

    def act(number: int):
        if number == attempt % 2:
            return close_month(programme, month=NOVEMBER, by=city_staff)
        return submit_report(saved, by=cadre, version=saved.version)

    words = refusals(at_once(later(act), people=2))
    assert len(words) == 1
    report.refresh_from_db()
    is_closed = MonthClose.objects.exists()
    assert is_closed != (report.desk is not None)
    assert ("不能再填报" if is_closed else "在审核中") in words[0]


def test_due_dates_are_recomputed_once_however_many_do_it(report, city_staff):
    programme = report.site.programme
    programme.report_due_day = 26
    programme.save()

    def act(number: int) -> int:
        with clock.set_to(NOON):
            return recompute_due_dates(programme, by=city_staff, note="改到 26 日")

    answers = at_once(act)
    assert sorted(answers) == [0] * (PEOPLE - 1) + [2]
    assert AuditEvent.objects.filter(action="重算截止时间").count() == 1
