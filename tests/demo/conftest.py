from datetime import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from demo.loading import load
from fedwork import clock

# A Sunday; an hour after reports fell due. One load takes half a minute; test_stories.py walks through every day of
# three years, campaigns/test_demo_days.py loads it on many more.
DAYS = {
    "22 November": datetime(2026, 11, 22, 12),
    "just after the due hour": datetime(2026, 9, 25, 19),
}


@pytest.fixture(scope="module", params=DAYS.values(), ids=DAYS.keys())
def now(request, django_db_setup, django_db_blocker):
    """The moment at which the demo was loaded and the clock stands; one load for all tests of a module."""
    moment = timezone.make_aware(request.param)
    with django_db_blocker.unblock(), transaction.atomic(), clock.set_to(moment):
        load(tell=str)
        yield moment
        transaction.set_rollback(True)
