"""Closing, returning, asking for time and handing in at once, on real connections: one legal outcome each."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from fedwork import clock
from organizations.models import AuditEvent
from projects.actions import (
    ask_extension,
    close_rectification,
    grant_extension,
    refuse_extension,
    return_rectification,
)
from projects.models import Rectification
from tests.concurrency import PEOPLE, at_once
from tests.projects.conftest import NOON
from tests.projects.followup import raised, submitted

pytestmark = pytest.mark.django_db(transaction=True)
LATER = date(2026, 12, 18)


def now(act):
    def wrapped(number: int):
        with clock.set_to(NOON):
            return act(number)

    return wrapped


@pytest.fixture
def item(site, city_staff):
    return raised(site, by=city_staff)


def one_of(answers: list) -> Rectification:
    done = [answer for answer in answers if not isinstance(answer, Exception)]
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(done) == 1
    assert all(isinstance(error, ValidationError) and "又有新的办理" in error.messages[0] for error in refused)
    assert len(refused) == PEOPLE - 1
    return done[0]


def test_closed_or_returned_but_not_both(item, cadre, city_staff):
    sent = submitted(item, by=cadre)

    def act(number: int):
        if number % 2:
            return close_rectification(sent, by=city_staff, version=sent.version, note="核实")
        return return_rectification(sent, by=city_staff, version=sent.version, reason="不全")

    done = one_of(at_once(now(act)))
    item.refresh_from_db()
    assert item.state == done.state
    assert item.steps.count() == AuditEvent.objects.about(item).count() == 3


def test_granted_or_refused_but_not_both(item, cadre, city_staff):
    asked = ask_extension(item, by=cadre, version=item.version, until=LATER, reason="下雨")

    def act(number: int):
        if number % 2:
            return grant_extension(asked, by=city_staff, version=asked.version)
        return refuse_extension(asked, by=city_staff, version=asked.version, reason="够了")

    done = one_of(at_once(now(act)))
    item.refresh_from_db()
    assert (item.due_on, item.asked_until) == (done.due_on, None)


def test_handed_in_or_given_time_but_no_time_for_what_was_handed_in(item, cadre, city_staff):
    asked = ask_extension(item, by=cadre, version=item.version, until=LATER, reason="下雨")

    def act(number: int):
        return (
            submitted(asked, by=cadre) if number % 2 else grant_extension(asked, by=city_staff, version=asked.version)
        )

    one_of(at_once(now(act)))
    item.refresh_from_db()
    assert (item.state, item.due_on == LATER) in {("submitted", False), ("extended", True)}
