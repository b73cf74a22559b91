"""The pages on which everybody reads the tables, and the downloads."""

import io

import openpyxl
import pytest
from django.urls import reverse

from funding import actions
from organizations.models import Level, Role
from tests import factories
from tests.funding.cast import approved_site, issue

pytestmark = pytest.mark.django_db


def detail(table) -> str:
    return reverse("funding:table_detail", args=[table.pk])


def download(table, unit="yuan") -> str:
    return reverse("funding:table_download", args=[table.pk]) + f"?unit={unit}"


@pytest.fixture
def outsider(tree):
    """Cadre of a township without any site."""
    township = factories.organization("上派镇", level=Level.TOWNSHIP, parent=tree.county)
    return factories.user("outsider", role=Role.CADRE, organization=township)


def test_each_sees_the_own_part(issued, login, city_staff, county_reviewer, other_reviewer, cadre, neighbour, leader):
    parts = {
        city_staff: ["桥冲村", "河口村", "小井庄村"],
        leader: ["桥冲村", "河口村", "小井庄村"],
        county_reviewer: ["河口村", "小井庄村"],
        other_reviewer: ["桥冲村"],
        cadre: ["小井庄村"],
        neighbour: ["河口村"],
    }
    for user, expected in parts.items():
        page = login(user).get(detail(issued))
        assert [line.village_name for line in page.context["sheet"].lines] == expected
        shown = page.content.decode()
        assert [name for name in ["桥冲村", "河口村", "小井庄村"] if name in shown] == expected
        book = openpyxl.load_workbook(io.BytesIO(login(user).get(download(issued)).content)).active
        assert [cell.value for cell in book["D"][6:] if cell.value] == expected


def test_without_a_part_there_is_no_table(issued, login, outsider):
    client = login(outsider)
    assert client.get(detail(issued)).status_code == 404
    assert client.get(download(issued)).status_code == 404
    assert client.get(reverse("funding:table_list")).context["rows"] == []


def test_a_draft_is_seen_only_where_it_is_made(draft, login, tree, city_staff, county_reviewer, cadre, leader):
    province = factories.user("province", role=Role.LEADER, organization=tree.province)
    for user, status in [(city_staff, 200), (leader, 404), (county_reviewer, 404), (cadre, 404), (province, 404)]:
        assert login(user).get(detail(draft)).status_code == status
        assert login(user).get(download(draft)).status_code == status
        assert len(login(user).get(reverse("funding:table_list")).context["rows"]) == (status == 200)


def test_system_administrators_see_no_business_data(issued, login, system_admin):
    client = login(system_admin)
    for url in [reverse("funding:table_list"), detail(issued), download(issued)]:
        assert client.get(url).status_code == 403


def test_reading_is_all_that_can_be_done(issued, login, city_staff):
    client = login(city_staff)
    for url in [reverse("funding:table_list"), detail(issued), download(issued)]:
        assert client.post(url).status_code == 405


def test_signed_out_gets_the_sign_in_page(issued, client):
    for url in [reverse("funding:table_list"), detail(issued), download(issued)]:
        assert client.get(url).headers["Location"].startswith("/login/")


def test_the_page_shows_the_same_as_the_paper(issued, login, city_staff):
    sheet = login(city_staff).get(detail(issued)).context["sheet"]
    assert sheet.total == ["90,000", "83,000", "35,000", "30,000", "13,000", "5,000", "173,000", "92.22%"]
    assert [(row.label, row.name, row.cells[1]) for row in sheet.rows] == [
        ("一", "长丰县", "10,000"),
        ("二", "肥西县", "73,000"),
    ]


def test_amounts_in_wan(issued, login, city_staff):
    sheet = login(city_staff).get(detail(issued) + "?unit=wan").context["sheet"]
    assert sheet.total[:2] == ["9.00", "8.30"]
    assert login(city_staff).get(download(issued, "dollar")).status_code == 404


def test_the_download_has_a_chinese_name(issued, login, city_staff):
    response = login(city_staff).get(download(issued, "wan"))
    assert response.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert "%EF%BC%88%E4%B8%87%E5%85%83%EF%BC%89.xlsx" in response.headers["Content-Disposition"]


def test_a_later_version_marks_the_earlier_one(issued, programme, login, city_staff, county_reviewer):
    second = issue(
        actions.draft_allocation_table(programme, by=city_staff),
        by=city_staff,
        reason="更正",
        document_number="合妇〔2026〕30号",
    )
    client = login(county_reviewer)
    assert "这一版已被后来的调整代替" in client.get(detail(issued)).content.decode()
    assert "这一版已被后来的调整代替" not in client.get(detail(second)).content.decode()
    rows = client.get(reverse("funding:table_list")).context["rows"]
    assert [(row["table"].version_label, row["table"].is_superseded, row["matching"]) for row in rows] == [
        ("第 1 次调整", False, "7.30"),
        ("首次下达", True, "7.30"),
    ]


def test_the_list_costs_the_same_for_1_and_27(
    issued, tree, login, city_staff, cadre, django_assert_num_queries, django_assert_max_num_queries
):
    client = login(cadre)
    with django_assert_max_num_queries(13) as few:
        client.get(reverse("funding:table_list"))
    for year in range(2000, 2026):
        programme = factories.programme(tree.city, year=year)
        approved_site(programme, tree.village, 10000, 0, 0, 0, by=city_staff)
        issue(actions.draft_allocation_table(programme, by=city_staff), by=city_staff)
    with django_assert_num_queries(len(few)):
        page = client.get(reverse("funding:table_list"))
    assert len(page.context["rows"]) == 27


def test_a_table_costs_the_same_for_3_and_33_lines(
    issued, programme, tree, login, city_staff, django_assert_num_queries, django_assert_max_num_queries
):
    client = login(city_staff)
    with django_assert_max_num_queries(18) as few:
        client.get(detail(issued))
    programme.creation_types.update(quota=50)
    for number in range(30):
        village = factories.organization(f"{number}村", level=Level.VILLAGE, parent=tree.township)
        approved_site(programme, village, 10000, 0, 0, 0, by=city_staff)
    second = issue(actions.draft_allocation_table(programme, by=city_staff), by=city_staff, reason="追加")
    actions.draft_allocation_table(programme, by=city_staff)
    # two more than for the first version: the lines of both versions for the comparison
    with django_assert_num_queries(len(few) + 2):
        page = client.get(detail(second))
    assert len(page.context["sheet"].lines) == 33
