"""The demo loaded on a leap day, on the first of a year and after a short month, and on days of chance: nothing is
refused, and everybody's first pages come."""

import os
from datetime import date, datetime, time, timedelta
from random import Random

import pytest
from django.test import Client
from django.utils import timezone

from demo.loading import load
from fedwork import clock
from organizations.models import Role, User
from projects.models import ProjectSite

# On real commits, as it is loaded for people: after a load that was taken back the planner knows the sizes of the tables
# and nothing of what is in them, and one of the queries of the next takes minutes.
pytestmark = pytest.mark.django_db(transaction=True)
SEED = os.environ.get("SEED") or f"{clock.today()}"


def moments() -> list[datetime]:
    rng = Random(SEED)
    chance = [
        date(2026, 1, 1) + timedelta(days=rng.randrange(3 * 365)) for _ in range(int(os.environ.get("DAYS", "8")))
    ]
    hours = [time(rng.randrange(24), rng.randrange(60)) for _ in chance]
    fixed = [datetime(2028, 2, 29, 9), datetime(2027, 1, 1, 8), datetime(2027, 3, 1, 0, 30)]
    return fixed + [datetime.combine(*pair) for pair in zip(chance, hours, strict=True)]


@pytest.mark.parametrize("moment", moments(), ids=str)
def test_it_loads_and_opens(moment):
    with clock.set_to(timezone.make_aware(moment)):
        load(tell=str)
        assert ProjectSite.objects.approved().count() == 22
        for role in [Role.CADRE, Role.COUNTY_REVIEWER, Role.CITY_STAFF, Role.LEADER]:
            client = Client()
            client.force_login(User.objects.filter(role=role).first())
            answers = {path: client.get(path).status_code for path in ["/", "/sites/", "/rectifications/", "/reports/"]}
            assert set(answers.values()) == {200}, (role, answers)
