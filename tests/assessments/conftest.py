"""A site of 2026 with a published rubric, on 22 November."""

from datetime import datetime

import pytest
from django.utils import timezone

from fedwork import clock
from projects.actions import approve_site
from tests import factories
from tests.assessments import cast

NOON = timezone.make_aware(datetime(2026, 11, 22, 12))


@pytest.fixture(autouse=True)
def today():
    with clock.set_to(NOON):
        yield NOON.date()


@pytest.fixture
def site(programme, tree, city_staff):
    return approve_site(factories.site(programme, tree.village), by=city_staff)


@pytest.fixture
def rubric(site, city_staff):
    return cast.published(site.creation_type, by=city_staff)
