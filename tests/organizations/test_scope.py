"""The data scope: `visible_to` against an oracle in plain Python."""

import pytest

from organizations.models import Organization

pytestmark = pytest.mark.django_db


def ancestors(organization) -> set[int]:
    found = set()
    while organization is not None:
        found.add(organization.pk)
        organization = organization.parent
    return found


def test_everybody_sees_exactly_the_own_subtree(tree, city_staff, county_reviewer, cadre, neighbour, leader):
    for user in [city_staff, county_reviewer, cadre, neighbour, leader]:
        expected = {node.pk for node in Organization.objects.all() if user.organization_id in ancestors(node)}
        assert set(Organization.objects.visible_to(user).values_list("pk", flat=True)) == expected


def test_a_system_administrator_without_organisation_sees_the_tree(tree, system_admin):
    seen = Organization.objects.visible_to(system_admin)
    assert seen.count() == Organization.objects.count()
    assert "WHERE" not in str(seen.query)


def test_a_disabled_account_sees_nothing(tree, cadre):
    cadre.is_active = False
    assert Organization.objects.visible_to(cadre).count() == 0
