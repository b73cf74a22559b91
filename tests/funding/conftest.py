import pytest

from funding import actions
from tests.funding.cast import approved_site, demo_sites, issue


@pytest.fixture
def sites(tree, programme, city_staff):
    """One above 1:1, one below 1:1 in another township, one exactly on the floor in the other county."""
    return [
        approved_site(programme, tree.village, 20000, 20000, 10000, 5000, by=city_staff),
        approved_site(programme, tree.other_village, 10000, 5000, 3000, 0, by=city_staff),
        approved_site(programme, tree.far_village, 5000, 5000, 0, 0, by=city_staff),
    ]


@pytest.fixture
def draft(sites, programme, city_staff):
    return actions.draft_allocation_table(programme, by=city_staff)


@pytest.fixture
def issued(draft, city_staff):
    return issue(draft, by=city_staff)


@pytest.fixture
def demo(tree, programme, city_staff):
    """The programme with the 19 sites of the demo data."""
    demo_sites(tree, programme, by=city_staff)
    return programme
