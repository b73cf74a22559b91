"""Approving, recommending and deciding at once, on real connections: one legal outcome, one row in the log."""

import pytest
from django.core.exceptions import ValidationError

from fedwork import clock
from organizations.models import AuditEvent, Level
from projects.actions import (
    approve_site,
    ask_change,
    decline_nomination,
    grant_change,
    recommend_site,
    refuse_change,
    return_nomination,
)
from projects.models import ProjectSite, Recommendation
from tests import factories
from tests.concurrency import PEOPLE, at_once
from tests.projects.conftest import NOON
from tests.projects.nominated import brought_to, new_change, proposed

pytestmark = pytest.mark.django_db(transaction=True)


def now(act):
    """The day that a test sets is its own thread's; others have to be told."""

    def wrapped(number: int):
        with clock.set_to(NOON):
            return act(number)

    return wrapped


@pytest.fixture
def people(cadre, county_reviewer, city_staff) -> dict:
    return {"cadre": cadre, "county": county_reviewer, "city": city_staff}


def one_done(answers: list) -> object:
    done = [answer for answer in answers if not isinstance(answer, Exception)]
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert len(done) == 1, answers
    assert all(isinstance(error, ValidationError) for error in refused), refused
    return done[0]


def test_approved_returned_or_declined_but_only_one(programme, tree, people, cadre):
    site = brought_to("checked", proposed(programme, tree.village, by=cadre), **people)
    acts = [
        lambda: approve_site(site, by=people["city"]),
        lambda: return_nomination(site, by=people["city"], reason="补"),
        lambda: decline_nomination(site, by=people["city"], reason="不"),
    ]
    done = one_done(at_once(now(lambda number: acts[number % 3]())))
    site.refresh_from_db()
    assert site.status == done.status
    assert site.nomination_steps.count() == 5
    assert site.stages.count() == (3 if site.is_approved else 0)
    assert AuditEvent.objects.about(site).count() == 7


def test_one_rank_goes_to_one_site(programme, tree, people, cadre):
    sites = []
    for number in range(PEOPLE):
        village = factories.organization(f"村{number}", level=Level.VILLAGE, parent=tree.township)
        sites.append(brought_to("submitted", proposed(programme, village, by=cadre), **people))
    answers = at_once(now(lambda number: recommend_site(sites[number], by=people["county"], rank=1, reason="好")))
    done = one_done(answers)
    assert Recommendation.objects.get().site == done
    assert ProjectSite.objects.filter(status="recommended").count() == 1


def test_a_change_is_granted_or_refused_but_not_both(site, people, cadre):
    change = ask_change(new_change(site), by=cadre)

    def act(number: int):
        return (grant_change if number % 2 else refuse_change)(change, by=people["city"], decision="按程序办")

    done = one_done(at_once(now(act)))
    site.refresh_from_db()
    change.refresh_from_db()
    assert change.state == done.state
    assert (site.name == change.after) == (done.state == "granted")
    assert AuditEvent.objects.about(change).count() == 2
