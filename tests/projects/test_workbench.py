import pytest

from projects.actions import approve_site
from tests import factories
from tests.projects.conftest import submit

pytestmark = pytest.mark.django_db
TILES = ["应报", "审核中", "已通过", "退回未改", "逾期未报"]


def page_of(login, user) -> str:
    return login(user).get("/").content.decode()


def test_system_administrators_see_no_figures_of_reports(login, system_admin, report):
    page = page_of(login, system_admin)
    assert 'href="/admin/organizations/user/"' in page
    assert 'href="/admin/organizations/organization/"' in page
    assert not [word for word in [*TILES, report.site.programme.name] if word in page]


def test_the_page_says_of_which_programme_and_when(login, leader, report, tree):
    factories.programme(tree.city, year=2027)
    page = page_of(login, leader)
    assert "2026年示例建设项目" in page
    assert "2026年6月至2026年12月" in page
    assert "数据截至 2026年11月22日 12:00" in page


@pytest.mark.parametrize("role", ["county_reviewer", "city_staff", "auditor", "leader"])
def test_each_tile_leads_to_as_many_rows_as_it_says(login, request, role, report, cadre):
    submit(report, by=cadre)
    client = login(request.getfixturevalue(role))
    tiles = client.get("/").context["tiles"]
    assert {tile["label"]: tile["number"] for tile in tiles} == dict(zip(TILES, [6, 1, 0, 0, 5], strict=True))
    for tile in tiles:
        page = client.get(tile["address"])
        assert page.status_code == 200
        found = page.context["page_obj"].object_list if role == "leader" else page.context["cl"].result_list
        assert len(found) == tile["number"]


def test_last_years_reports_are_not_counted(login, leader, report, tree, city_staff):
    old = factories.programme(tree.city, year=2025)
    approve_site(factories.site(old, tree.village), by=city_staff)
    assert login(leader).get("/").context["counts"]["due"] == 6


def test_without_a_programme(login, leader):
    assert "还没有批次" in page_of(login, leader)
