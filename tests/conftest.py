"""The fixed cast and the small tree on which most tests play."""

import os
from types import SimpleNamespace

import pgtrigger
import pytest
from django.db import connection, transaction
from django.test import Client, TransactionTestCase, override_settings
from django.test.utils import CaptureQueriesContext

from organizations.models import Level, Role
from tests import factories

LONGEST = ("tests/test_access_table.py", "tests/demo/", "tests/fedwork/test_make.py")

# Playwright's synchronous API runs an event loop in the test's thread; Django would refuse the database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(items):
    """The longest files first, so that no worker is left alone with one at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


# What migrations put there, and what Django itself keeps about the models.
LASTING = {
    "auth_permission",
    "django_content_type",
    "django_migrations",
    "funding_spendingpurpose",
    "organizations_organizationkind",
}


@pytest.fixture(autouse=True, scope="session")
def _emptied_past_append_only():
    """Tests on real commits end with an empty database. Django's own way truncates some two hundred tables, most of them
    empty, which the log's trigger refuses and which takes longer than many a test; this one deletes rows where there are.
    For the whole session, because the live server's fixtures empty it after those of the single test are gone."""

    def empty(case):
        with pgtrigger.ignore(), transaction.atomic(), connection.cursor() as cursor:
            tables = sorted(set(connection.introspection.django_table_names(only_existing=True)) - LASTING)
            filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)
            cursor.execute(filled)
            for (name,) in cursor.fetchall():
                cursor.execute(f"DELETE FROM {name}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.fixture(autouse=True, scope="session")
def _files_of_their_own(tmp_path_factory):
    """What tests upload lies in a folder that goes with them."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")):
        yield


@pytest.fixture
def tree(db) -> SimpleNamespace:
    """安徽省 / 合肥市 / two counties / two townships in the first, one in the second / villages."""
    make, node = factories.organization, SimpleNamespace()
    node.province = make("安徽省", level=Level.PROVINCE, code="340000000000")
    node.city = make("合肥市", level=Level.CITY, parent=node.province, code="340100000000")
    node.county = make("肥西县", level=Level.COUNTY, parent=node.city, code="340123000000")
    node.other_county = make("长丰县", level=Level.COUNTY, parent=node.city, code="340121000000")
    node.township = make("山南镇", level=Level.TOWNSHIP, parent=node.county, code="340123105000")
    node.other_township = make("三河镇", level=Level.TOWNSHIP, parent=node.county, code="340123101000")
    node.far_township = make("吴山镇", level=Level.TOWNSHIP, parent=node.other_county, code="340121103000")
    node.village = make("小井庄村", level=Level.VILLAGE, parent=node.township, code="340123105200")
    node.other_village = make("河口村", level=Level.VILLAGE, parent=node.other_township, code="340123101204")
    node.far_village = make("桥冲村", level=Level.VILLAGE, parent=node.far_township, code="340121103201")
    return node


@pytest.fixture
def city_staff(tree):
    return factories.user("city", role=Role.CITY_STAFF, organization=tree.city)


@pytest.fixture
def county_reviewer(tree):
    return factories.user("county", role=Role.COUNTY_REVIEWER, organization=tree.county)


@pytest.fixture
def other_reviewer(tree):
    """County reviewer of the county next door."""
    return factories.user("other-county", role=Role.COUNTY_REVIEWER, organization=tree.other_county)


@pytest.fixture
def cadre(tree):
    return factories.user("cadre", role=Role.CADRE, organization=tree.township)


@pytest.fixture
def neighbour(tree):
    """Cadre of another township of the same county."""
    return factories.user("neighbour", role=Role.CADRE, organization=tree.other_township)


@pytest.fixture
def leader(tree):
    return factories.user("leader", role=Role.LEADER, organization=tree.city)


@pytest.fixture
def auditor(tree):
    return factories.user("auditor", role=Role.AUDITOR, organization=tree.city)


@pytest.fixture
def system_admin(tree):
    return factories.user("admin", role=Role.SYSTEM_ADMIN, organization=None)


@pytest.fixture
def programme(tree):
    return factories.programme(tree.city)


@pytest.fixture
def login():
    """A client signed in as `user`: login(cadre).get(...)."""

    def sign_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def count_queries():
    """count_queries(lambda: client.get("/sites/")): how many queries that takes."""

    def count(call) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert call().status_code == 200
        return len(queries)

    return count
