"""The tree at the city's desk: list, picker, adding, editing, moving, closing, and who may not."""

from datetime import date

import pytest
from django.urls import reverse

from organizations.models import AuditEvent, Level, Organization, OrganizationKind, Role
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/admin/organizations/organization/"
ADD = f"{LIST}add/"


def page(organization, verb: str = "change") -> str:
    return reverse(f"admin:organizations_organization_{verb}", args=[organization.pk])


def rows(response) -> list[Organization]:
    return list(response.context["cl"].result_list)


def choices(response, parameter: str) -> list[str]:
    changelist = response.context["cl"]
    spec = next(spec for spec in changelist.filter_specs if getattr(spec, "parameter_name", "") == parameter)
    return [choice["display"] for choice in spec.choices(changelist)]


def test_the_list_shows_the_own_subtree_with_places(login, city_staff, county_reviewer, tree):
    assert len(rows(login(city_staff).get(LIST))) == 9
    response = login(county_reviewer).get(LIST)
    assert set(rows(response)) == {*[tree.county, tree.township, tree.other_township, tree.village, tree.other_village]}
    assert "合肥市 / 肥西县 / 山南镇" in response.text


@pytest.mark.parametrize("person", ["cadre", "leader"])
def test_who_has_no_desk_stays_out(login, person, request, tree):
    client = login(request.getfixturevalue(person))
    for url in [LIST, ADD, page(tree.village), page(tree.village, "move"), f"{LIST}import/", f"{LIST}export/"]:
        assert client.get(url).status_code == 403


def test_the_filter_goes_down_the_tree(login, city_staff, tree):
    client = login(city_staff)
    assert choices(client.get(LIST), "under") == ["全部", "长丰县", "肥西县"]
    response = client.get(LIST, {"under": tree.county.pk})
    assert choices(response, "under") == ["全部", "肥西县", "三河镇", "山南镇"]
    assert tree.far_village not in rows(response)
    response = client.get(LIST, {"under": tree.township.pk})
    assert choices(response, "under") == ["全部", "肥西县", "山南镇"]
    assert set(rows(response)) == {tree.township, tree.village}


def test_the_filter_does_not_reach_outside(login, county_reviewer, tree):
    client = login(county_reviewer)
    for value in [tree.other_county.pk, "x", "9" * 30, "-1"]:
        assert rows(client.get(LIST, {"under": value})) == []


def test_filters_by_level_kind_and_state(login, city_staff, tree):
    client = login(city_staff)
    tree.village.kind = OrganizationKind.objects.get(level=Level.VILLAGE, name="村")
    tree.village.valid_to = date(2026, 7, 1)
    tree.village.save()
    assert rows(client.get(LIST, {"kind": "村"})) == [tree.village]
    assert rows(client.get(LIST, {"level__exact": 5, "kind": "-"})) == [tree.far_village, tree.other_village]
    assert rows(client.get(LIST, {"state": "closed"})) == [tree.village]
    assert len(rows(client.get(LIST, {"state": "open"}))) == 8
    assert "镇" not in choices(client.get(LIST, {"level__exact": 5}), "kind")


def test_search(login, city_staff, tree):
    assert rows(login(city_staff).get(LIST, {"q": "xjz"})) == [tree.village]


def test_the_list_asks_as_much_for_30_rows_as_for_one(login, city_staff, tree, django_assert_max_num_queries):
    client = login(city_staff)
    with django_assert_max_num_queries(50) as before:
        client.get(LIST, {"q": "小井庄"})
    for number in range(30):
        factories.organization(f"小井庄{number}", level=Level.VILLAGE, parent=tree.township)
    with django_assert_max_num_queries(len(before)):
        client.get(LIST, {"q": "小井庄"})


def test_the_picker_shows_places_and_stays_in_the_subtree(login, county_reviewer, city_staff, tree):
    query = {"app_label": "organizations", "model_name": "organization", "field_name": "parent", "term": "村"}
    found = login(city_staff).get(reverse("admin:autocomplete"), query).json()["results"]
    assert {result["text"] for result in found} == {
        "小井庄村（合肥市 / 肥西县 / 山南镇）",
        "河口村（合肥市 / 肥西县 / 三河镇）",
        "桥冲村（合肥市 / 长丰县 / 吴山镇）",
    }
    found = login(county_reviewer).get(reverse("admin:autocomplete"), query).json()["results"]
    assert {result["id"] for result in found} == {str(tree.village.pk), str(tree.other_village.pk)}


def test_the_picker_does_not_offer_what_is_closed(login, city_staff, tree):
    tree.village.valid_to = date(2026, 7, 1)
    tree.village.save()
    query = {"app_label": "organizations", "model_name": "organization", "field_name": "parent", "term": "小井庄"}
    assert login(city_staff).get(reverse("admin:autocomplete"), query).json()["results"] == []


def test_adding(login, city_staff, tree):
    kind = OrganizationKind.objects.get(level=Level.UNIT, name="基地")
    values = {"parent": tree.village.pk, "level": Level.UNIT.value, "code": "", "name": "皖嫂基地", "kind": kind.pk}
    response = login(city_staff).post(ADD, values)
    made = Organization.objects.get(name="皖嫂基地")
    assert response.status_code == 302
    assert (made.code, made.path) == ("340123105200-1", f"{tree.village.path}{made.pk}/")
    assert [event.action for event in AuditEvent.objects.all()] == ["新增组织"]


def test_adding_tells_what_is_wrong(login, city_staff, tree):
    client = login(city_staff)
    values = {"parent": tree.village.pk, "level": Level.VILLAGE.value, "code": "12", "name": ""}
    text = client.post(ADD, values).text
    assert "村（社区）不能挂在村（社区）之下" in text
    assert "请填写代码" in client.post(ADD, values | {"code": ""}).text
    far = factories.organization("芜湖市", level=Level.CITY, parent=tree.province)
    values = {"parent": far.pk, "level": Level.COUNTY.value, "code": "340202000000", "name": "镜湖区"}
    assert client.post(ADD, values).status_code == 200
    assert not Organization.objects.filter(name="镜湖区").exists()


def test_editing_goes_through_the_actions(login, city_staff, tree):
    kind = OrganizationKind.objects.get(level=Level.VILLAGE, name="社区")
    values = {"name": "小井庄社区", "kind": kind.pk, "valid_from": "2026-07-01"}
    hostile = {"code": "999999999999", "path": "/", "parent": tree.other_township.pk, "level": 1}
    login(city_staff).post(page(tree.village), values | hostile)
    before = tree.village
    after = Organization.objects.get(pk=before.pk)
    assert (after.name, after.kind, after.valid_from) == ("小井庄社区", kind, date(2026, 7, 1))
    assert (after.code, after.path, after.parent_id, after.level) == (
        *(before.code, before.path, before.parent_id, before.level),
    )
    assert [event.action for event in AuditEvent.objects.order_by("id")] == ["组织更名", "修改组织"]
    assert "小井庄村" in login(city_staff).get(page(tree.village)).text


def test_only_kinds_of_the_level_are_offered(login, city_staff, tree):
    form = login(city_staff).get(page(tree.village)).context["adminform"].form
    assert {kind.level for kind in form.fields["kind"].queryset} == {Level.VILLAGE}


def test_who_may_only_look_changes_nothing(login, county_reviewer, auditor, tree):
    for user in [county_reviewer, auditor]:
        client = login(user)
        assert client.get(page(tree.village)).status_code == 200
        assert client.post(page(tree.village), {"name": "新名"}).status_code == 403
        assert client.get(ADD).status_code == 403
        for verb in ["move", "close", "reopen"]:
            assert client.post(page(tree.village, verb)).status_code == 403
        assert client.get(f"{LIST}import/").status_code == 403
    tree.village.refresh_from_db()
    assert tree.village.name == "小井庄村"


def test_outside_the_subtree_there_is_nothing(login, tree):
    city = factories.organization("芜湖市", level=Level.CITY, parent=tree.province)
    client = login(factories.user("wuhu", role=Role.CITY_STAFF, organization=city))
    for verb in ["move", "close", "reopen"]:
        assert client.get(page(tree.village, verb)).status_code == 404
        assert client.post(page(tree.village, verb)).status_code == 404
    assert client.get(page(tree.village)).status_code == 404
    assert client.post(page(city, "move"), {"parent": tree.county.pk, "confirmed": "1"}).status_code == 200
    assert AuditEvent.objects.count() == 0


def test_nothing_can_be_deleted(login, city_staff, tree):
    assert login(city_staff).post(page(tree.village, "delete"), {"post": "yes"}).status_code == 403


def test_moving_asks_first(login, city_staff, tree):
    client, url = login(city_staff), page(tree.township, "move")
    assert client.get(url).status_code == 200
    values = {"parent": tree.other_county.pk, "note": "皖政〔2026〕1号"}
    response = client.post(url, values)
    assert "“山南镇”将从“肥西县”移到“长丰县（安徽省 / 合肥市）”。" in response.text
    assert "其下 1 个组织一并移动" in response.text
    assert Organization.objects.get(pk=tree.township.pk).parent == tree.county
    assert client.post(url, values | {"confirmed": "1"}).status_code == 302
    assert Organization.objects.get(pk=tree.township.pk).parent == tree.other_county
    assert AuditEvent.objects.get().note == "皖政〔2026〕1号"


def test_a_refused_move_says_why(login, city_staff, tree):
    values = {"parent": tree.other_township.pk, "confirmed": "1"}
    text = login(city_staff).post(page(tree.township, "move"), values).text
    assert "乡镇（街道）不能挂在乡镇（街道）之下" in text


def test_closing_and_reopening(login, city_staff, tree):
    client = login(city_staff)
    values = {"valid_to": "2026-07-01", "successor": tree.other_village.pk, "note": ""}
    text = client.post(page(tree.village, "close"), values).text
    assert "自 2026年7月1日起撤销，并入“河口村（合肥市 / 肥西县 / 三河镇）”" in text
    client.post(page(tree.village, "close"), values | {"confirmed": "1"})
    tree.village.refresh_from_db()
    assert tree.village.successor == tree.other_village
    assert page(tree.village, "reopen") in client.get(page(tree.village)).text
    client.post(page(tree.village, "reopen"), {"note": "", "confirmed": "1"})
    tree.village.refresh_from_db()
    assert tree.village.valid_to is None


def test_kinds_are_kept_by_the_system_administrator_for_all_cities(login, city_staff, system_admin, auditor):
    url = "/admin/organizations/organizationkind/"
    local = factories.user("local-admin", role=Role.SYSTEM_ADMIN, organization=city_staff.organization)
    for user in [city_staff, local, auditor]:
        assert login(user).get(url).status_code == 403
    assert login(system_admin).get(url).status_code == 200
    values = {"name": "巾帼驿站", "level": Level.UNIT.value, "suffixes": "驿站"}
    login(system_admin).post(f"{url}add/", values)
    assert OrganizationKind.objects.get(name="巾帼驿站").suffixes == "驿站"
    assert AuditEvent.objects.get().action == "新增组织类型"
