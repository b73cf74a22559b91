"""Deciding on other dates and passing a gate at the same moment, on real connections: one legal outcome each."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from fedwork import clock
from organizations.models import AuditEvent
from projects.actions import ask_replan, complete_stage, grant_replan, refuse_replan, replan
from projects.models import ReplanRequest, ScheduleItem
from projects.states import StageKind
from tests.concurrency import PEOPLE, at_once
from tests.projects.conftest import NOON

pytestmark = pytest.mark.django_db(transaction=True)


def at_noon(act):
    def wrapped(number: int):
        with clock.set_to(NOON):
            return act(number)

    return wrapped


def refusals(answers: list) -> list[Exception]:
    return [answer for answer in answers if isinstance(answer, Exception)]


def test_granted_or_refused_but_not_both(site, cadre, city_staff):
    item = ScheduleItem.objects.get(stage__site=site, stage__kind=StageKind.BUILD)
    request = ask_replan(item, by=cadre, starts_on=item.starts_on, due_on=date(2026, 11, 20), reason="示例")

    def act(number: int):
        decide = grant_replan if number % 2 else refuse_replan
        return decide(request, by=city_staff, note="示例")

    refused = refusals(at_once(at_noon(act)))
    assert len(refused) == PEOPLE - 1
    assert all(isinstance(error, ValidationError) and error.code == "decided" for error in refused)
    item.refresh_from_db()
    assert item.is_replanned == (ReplanRequest.objects.get().state == "granted")
    assert AuditEvent.objects.about(request).count() == 2


def test_asked_and_set_at_once_leaves_a_plan_that_the_rows_explain(site, cadre, city_staff):
    item = ScheduleItem.objects.get(stage__site=site, stage__kind=StageKind.BUILD)

    def act(number: int):
        given = {"starts_on": item.starts_on, "due_on": date(2026, 11, 10 + number), "reason": "示例"}
        return replan(item, by=city_staff, **given) if number % 2 else ask_replan(item, by=cadre, **given)

    refused = refusals(at_once(at_noon(act)))
    assert all(isinstance(error, ValidationError) and "在等批复" in error.messages[0] for error in refused)
    assert ReplanRequest.objects.pending().count() == 1
    granted = ReplanRequest.objects.filter(is_direct=True).order_by("pk").last()
    item.refresh_from_db()
    assert item.due_on == (granted.due_on if granted else item.baseline_due_on)


def test_a_gate_is_passed_once(site, city_staff):
    stage = site.stages.get(kind=StageKind.LAUNCH)
    refused = refusals(at_once(at_noon(lambda number: complete_stage(stage, by=city_staff))))
    assert [error.code for error in refused] == ["completed"] * (PEOPLE - 1)
    assert stage.steps.count() == AuditEvent.objects.filter(action="阶段确认完成").count() == 1
