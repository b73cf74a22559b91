"""Browsing and searching the tree, always within the own subtree."""

from datetime import date

import pytest
from django.urls import reverse

from organizations.models import FormerName, Level
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/organizations/"


def detail(organization) -> str:
    return reverse("organizations:organization_detail", args=[organization.pk])


def children(organization) -> str:
    return reverse("organizations:organization_children", args=[organization.pk])


def found(client, text: str) -> list:
    return list(client.get(LIST, {"q": text}).context["hits"])


def test_the_list_begins_with_the_own_organisation(login, county_reviewer, tree):
    response = login(county_reviewer).get(LIST)
    assert response.context["organization"] == tree.county
    assert list(response.context["page_obj"]) == [tree.other_township, tree.township]


def test_who_sees_everything_begins_with_the_provinces(login, system_admin, tree):
    assert list(login(system_admin).get(LIST).context["page_obj"]) == [tree.province]


def test_crumbs_lead_up_to_the_own_organisation_and_no_further(login, county_reviewer, tree):
    response = login(county_reviewer).get(detail(tree.village))
    assert list(response.context["ancestors"]) == [tree.county, tree.township]
    assert "合肥市 / 肥西县 / 山南镇" in response.text


@pytest.mark.parametrize("url", [detail, children])
def test_outside_the_subtree_is_404(login, cadre, tree, url):
    client = login(cadre)
    assert client.get(url(tree.village)).status_code == 200
    assert client.get(url(tree.other_village)).status_code == 404
    assert client.get(url(tree.county)).status_code == 404


@pytest.mark.parametrize("url", [detail, children])
def test_pages_are_only_for_reading(login, cadre, tree, url):
    assert login(cadre).post(url(tree.village)).status_code == 405
    assert login(cadre).post(LIST).status_code == 405


def test_the_fragment_holds_one_level(login, city_staff, tree):
    response = login(city_staff).get(children(tree.county))
    assert "山南镇" in response.text
    assert "小井庄村" not in response.text
    assert "<html" not in response.text
    assert children(tree.township) in response.text


def test_a_village_without_anything_below_offers_nothing_to_unfold(login, city_staff, tree):
    assert "data-children" not in login(city_staff).get(children(tree.township)).text


def test_search_by_name_code_initials_and_former_name(login, city_staff, tree):
    client = login(city_staff)
    FormerName.objects.create(organization=tree.village, name="红旗大队", used_until=date(1984, 1, 1))
    assert found(client, "井庄") == [tree.village]
    assert found(client, "红旗") == [tree.village]
    assert found(client, "xjz") == [tree.village]
    assert found(client, "XJZC") == [tree.village]
    assert found(client, "340123105") == [tree.township, tree.village]
    assert found(client, "３４０１２３１０５２００") == [tree.village]
    assert found(client, "没有的村") == []


def test_search_stays_in_the_subtree(login, cadre, tree):
    assert found(login(cadre), "村") == [tree.village]


def test_hits_say_where_they_lie(login, city_staff, tree):
    factories.organization("小井庄村", level=Level.VILLAGE, parent=tree.other_township)
    text = login(city_staff).get(LIST, {"q": "小井庄"}).text
    assert "肥西县 / 山南镇" in text
    assert "肥西县 / 三河镇" in text


def test_hits_are_limited(login, city_staff, tree):
    for number in range(60):
        factories.organization(f"新村{number}", level=Level.VILLAGE, parent=tree.township)
    response = login(city_staff).get(LIST, {"q": "新村"})
    assert len(response.context["hits"]) == 50
    assert "只显示前 50 个" in response.text


def test_odd_searches_do_no_harm(login, city_staff):
    client = login(city_staff)
    for text in ["%", "_", "'", "\\"]:
        assert client.get(LIST, {"q": text}).status_code == 200
    for text in ["\x00", "村\x00"]:
        assert client.get(LIST, {"q": text}).status_code == 400


def test_more_than_200_children_come_by_pages(login, city_staff, tree):
    for number in range(201):
        factories.organization(f"村{number}", level=Level.VILLAGE, parent=tree.far_township)
    client = login(city_staff)
    assert len(client.get(detail(tree.far_township)).context["page_obj"]) == 200
    assert len(client.get(detail(tree.far_township), {"page": 2}).context["page_obj"]) == 2
    assert "查看其余的" in client.get(children(tree.far_township)).text


@pytest.mark.parametrize("url", [detail, children])
def test_the_number_of_queries_does_not_grow(login, city_staff, tree, url, django_assert_max_num_queries):
    client = login(city_staff)
    client.get(url(tree.township))
    with django_assert_max_num_queries(50) as before:
        client.get(url(tree.township))
    for number in range(30):
        factories.organization(f"村{number}", level=Level.VILLAGE, parent=tree.township)
    with django_assert_max_num_queries(len(before)):
        client.get(url(tree.township))


def test_search_asks_as_much_for_30_hits_as_for_one(login, city_staff, tree, django_assert_max_num_queries):
    client = login(city_staff)
    with django_assert_max_num_queries(50) as before:
        client.get(LIST, {"q": "小井庄"})
    for number in range(30):
        factories.organization(f"小井庄{number}", level=Level.VILLAGE, parent=tree.township)
    with django_assert_max_num_queries(len(before)):
        client.get(LIST, {"q": "小井庄"})


def test_closed_and_renamed_organisations_say_so(login, city_staff, tree):
    tree.village.valid_to, tree.village.successor = date(2026, 7, 1), tree.other_village
    tree.village.save()
    FormerName.objects.create(organization=tree.village, name="红旗大队", used_until=date(1984, 1, 1))
    text = login(city_staff).get(detail(tree.village)).text
    assert "已撤销" in text
    assert "红旗大队（用至 1984年1月1日）" in text
    assert "2026年7月1日 撤销" in login(city_staff).get(detail(tree.township)).text
    assert "小井庄村" in login(city_staff).get(detail(tree.other_village)).text


def test_only_who_manages_is_led_to_the_admin(login, city_staff, leader, tree):
    link = reverse("admin:organizations_organization_change", args=[tree.village.pk])
    assert link in login(city_staff).get(detail(tree.village)).text
    assert link not in login(leader).get(detail(tree.village)).text
