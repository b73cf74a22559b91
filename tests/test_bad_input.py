"""What no page of ours sends is refused in words: never a crash, never more than the declared filters tell."""

from urllib.parse import quote

import pytest

from tests import factories

USERS = "/admin/organizations/user/"
NODES = "/admin/organizations/organization/"
SITES = "/admin/projects/projectsite/"
REPORTS = "/admin/projects/monthlyreport/"
LONG = "9" * 5000
NUL = "a\0b"


@pytest.mark.parametrize("page", [USERS, f"{USERS}export/", f"{USERS}export/csv/"])
@pytest.mark.parametrize("lookup", ["password__startswith", "password", "phone__contains", "role__regex", "pk__in"])
@pytest.mark.parametrize("reader", ["city_staff", "auditor"])
def test_only_the_declared_filters_may_be_asked(page, lookup, reader, login, request):
    client = login(request.getfixturevalue(reader))
    response = client.get(page, {"username": "city", lookup: "a"})
    assert response.status_code in {400, 404}  # 404: where there is no list of that form
    assert client.get(USERS, {lookup: "a"}).status_code == 400
    assert client.get(USERS, {"role__exact": "cadre", "is_active__exact": "1", "q": "x", "o": "1"}).status_code == 200


BAD_QUERIES = [
    *((USERS, name) for name in ["role__exact", "is_active__exact", "q", "p", "o", "all", "e", "_popup"]),
    *((NODES, name) for name in ["level__exact", "kind", "under", "state", "q"]),
    *((SITES, name) for name in ["programme__id__exact", "status__exact", "county", "type", "q"]),
    *((REPORTS, name) for name in ["state", "month", "county", "site__programme__id__exact", "q"]),
    *(("/admin/organizations/auditevent/", name) for name in ["action", "at__gte", "at__lt"]),
    ("/admin/projects/programme/", "year"),
    ("/admin/funding/allocationtable/", "programme__year"),
    (f"{SITES}export/", "status"),
    (f"{SITES}export/", "county"),
    (f"{NODES}export/", "level__exact"),
    *(("/boards/", name) for name in ["programme", "month", "under"]),
    *(("/progress/", name) for name in ["programme", "under", "page"]),
    *(("/schedule/", name) for name in ["programme", "under", "page"]),
    *(("/rollup/", name) for name in ["programme", "month", "under", "as_of", "unreviewed"]),
    *(
        ("/reports/", name)
        for name in ["programme", "month", "under", "as_of", "state", "kind", "site", "until", "page"]
    ),
    *(("/groups/", name) for name in ["programme", "county", "as_of"]),
    *((page, name) for page in ["/duties/", "/plans/"] for name in ["programme", "county"]),
    *(("/claims/", name) for name in ["programme", "county", "source", "state", "site", "page"]),
    ("/claims/register/", "state"),
    *((page, name) for page in ["/scores/", "/annual/"] for name in ["programme", "under", "page"]),
    *(("/results/", name) for name in ["programme", "under", "kind", "page"]),
    *(("/losses/", name) for name in ["programme", "under", "level"]),
    ("/losses/excel/", "level"),
    ("/results/excel/", "kind"),
    ("/sites/", "county"),
    ("/sites/", "q"),
    ("/organizations/", "q"),
    ("/login/", "next"),
]


@pytest.mark.parametrize(("page", "name"), BAD_QUERIES)
def test_a_query_that_makes_no_sense(page, name, city_staff, login):
    client = login(city_staff)
    for value in [NUL, "²", LONG, "9" * 18, "-1", "", "99999-01"]:
        response = client.get(page, {name: value})
        assert response.status_code in ({400} if value == NUL else {200, 302, 400}), value[:20]


@pytest.mark.parametrize(
    "page",
    [
        "/admin/organizations/user/{}/change/",
        "/admin/organizations/organization/{}/change/",
        "/admin/organizations/organization/{}/history/",
        "/admin/organizations/organization/{}/move/",
        "/admin/projects/projectsite/{}/change/",
        "/admin/projects/projectsite/{}/delete/",
        "/admin/projects/projectsite/{}/approve/",
        "/admin/projects/monthlyreport/{}/change/",
        "/admin/projects/programme/{}/change/",
        "/admin/projects/programme/{}/copy/",
        "/sites/{}/",
        "/organizations/{}/",
    ],
)
def test_a_number_that_no_row_has(page, city_staff, login):
    client = login(city_staff)
    for number in ["abc", "²", "0", LONG, "9" * 18, "9" * 4000, quote(NUL)]:
        response = client.get(page.format(number), follow=True)
        assert response.status_code in {400, 403, 404}, number[
            :20
        ]  # 403: a nomination that isn't there is nobody's to remove


@pytest.mark.parametrize("field", ["", "password", "name", NUL])
def test_a_row_is_found_by_its_own_number_alone(field, city_staff, tree, login):
    response = login(city_staff).get(f"{NODES}{tree.township.pk}/change/", {"_to_field": field})
    assert response.status_code == (400 if field else 200)


@pytest.mark.parametrize("selected", ["abc", "", "²", LONG, NUL], ids=range(5))
@pytest.mark.parametrize(
    ("page", "action"), [(USERS, "disable"), (SITES, "approve_selected"), (REPORTS, "pass_selected")]
)
def test_a_selection_that_is_no_number(page, action, selected, city_staff, login):
    response = login(city_staff).post(page, {"action": action, "_selected_action": selected})
    assert response.status_code == 400
    assert "请求无法处理" in response.content.decode()


@pytest.mark.parametrize("value", ["abc", "²", LONG, "-1", "0", "9" * 18], ids=range(6))
def test_a_picker_with_what_is_no_number(value, city_staff, cadre, tree, login):
    client, village = login(city_staff), tree.village.pk
    pages = {
        f"{USERS}add/": ["organization", "role"],
        f"{USERS}{cadre.pk}/change/": ["organization", "role"],
        f"{NODES}add/": ["parent", "kind", "level"],
        f"{NODES}{village}/move/": ["parent"],
        f"{NODES}{village}/close/": ["successor", "valid_to"],
        f"{SITES}add/": ["organization", "programme", "creation_type"],
    }
    for page, names in pages.items():
        response = client.post(page, dict.fromkeys(names, value))
        assert response.status_code == 200, page
        assert response.context["errors"] if "adminform" in response.context else response.context["form"].errors


@pytest.mark.parametrize("page", ["/login/", "/password/", USERS, f"{NODES}add/", "/organizations/"])
def test_a_nul_in_what_is_posted(page, city_staff, login, client):
    assert client.post("/login/", {"username": NUL, "password": NUL}).status_code == 400
    assert login(city_staff).post(page, {"name": NUL}).status_code == 400
    assert login(city_staff).post(page, {NUL: "x"}).status_code == 400


def test_nothing_is_lost_of_a_sound_request(city_staff, login, tree):
    site = factories.site(factories.programme(tree.city), tree.village)
    response = login(city_staff).post(SITES, {"action": "approve_selected", "_selected_action": site.pk})
    assert response.status_code == 200
    assert site.name in response.content.decode()
