"""Choosing among more sites than a drop-down holds: on a form of its own, on a page, and while typing."""

import pytest
from django import forms

from projects.forms.duties import MOST_TICKED
from projects.forms.site_choice import FEW, SHOWN, SiteField
from projects.models import ProjectSite
from tests import factories

pytestmark = pytest.mark.django_db


class Choice(forms.Form):
    site = SiteField()

    def __init__(self, data=None):
        super().__init__(data)
        self.fields["site"].offer(ProjectSite.objects.approved().by_county())


@pytest.fixture
def many(site, programme, tree) -> list[ProjectSite]:
    """One more than stand in a drop-down, called 第100村 and so on."""
    return factories.sites_beside(site, tree.township, FEW)


def error_of(**data) -> str:
    form = Choice(data)
    assert not form.is_valid()
    return form.errors["site"][0]


def test_few_stand_in_a_drop_down(site):
    assert f'<option value="{site.pk}">{site.county_name}　{site.name}</option>' in Choice().as_p()
    assert Choice({"site": site.pk}).is_valid()


def test_of_many_what_is_typed_is_looked_up(many):
    assert "<option" not in Choice().as_p()
    found = {"site_q": "第107村"}, {"site_q": f"{many[7].organization.code}"}, {"site": many[7].pk}
    forms_ = [Choice(data) for data in [*found, {"site_q": "第10", "site": many[7].pk}]]
    assert [form.is_valid() and form.cleaned_data["site"] for form in forms_] == [many[7]] * 4


def test_where_it_is_not_clear_the_form_comes_back_with_what_was_found(many):
    form = Choice({"site_q": "第10"})
    assert form.errors["site"] == ["找到的有 10 个，请从下面选一个。"]
    assert form.as_p().count("<option") == 11
    assert error_of(site_q="村") == f"找到的多于 {SHOWN} 个，请多写几个字，或者从下面选一个。"
    assert error_of(site_q="没有的") == "没有找到“没有的”，请换个写法。"
    assert error_of(site_q="") == "请填写这一项。"


def test_what_was_chosen_before_the_words_changed_is_asked_again(many):
    assert error_of(site_q="第11", site=many[7].pk) == "找到的有 10 个，请从下面选一个。"
    assert error_of(site=0) == error_of(site="x") == "没有这个项目点，请重新选择。"


def test_on_a_page_the_search_leads_on(many, login, city_staff):
    client = login(city_staff)
    assert 'data-site-search="/sites/choices/"' in client.get("/rectifications/add/").content.decode()
    assert client.get("/rectifications/add/?site_q=第107村&site=").url == (
        f"/rectifications/add/?site_q=%E7%AC%AC107%E6%9D%91&site={many[7].pk}"
    )


def test_while_typing_only_what_is_in_scope_is_offered(many, login, county_reviewer, neighbour, programme):
    def offered(user, query: str) -> dict:
        return login(user).get(f"/sites/choices/?{query}").json()

    row = [many[7].pk, f"{many[7].county_name}　第107村"]
    assert offered(county_reviewer, f"q=第107&programme={programme.pk}") == {"sites": [row], "has_more": False}
    assert len(offered(county_reviewer, "q=第1")["sites"]) == SHOWN
    assert offered(county_reviewer, "q=第1")["has_more"]
    nothing = {"sites": [], "has_more": False}
    for user, query in [(neighbour, "q=第107"), (county_reviewer, "q="), (county_reviewer, "q=第107&programme=0")]:
        assert offered(user, query) == nothing


def test_more_sites_than_anybody_ticks_stand_by_county(site, tree, login, city_staff):
    address = f"/duties/contacts/?programme={site.programme_id}"
    shown = len(login(city_staff).get(address).context["form"].fields["sites"].queryset)
    made = factories.sites_beside(site, tree.far_township, MOST_TICKED)
    pages = [f"&county={tree.county.pk}", f"&county={tree.other_county.pk}", f"&site={made[7].pk}"]
    found = [login(city_staff).get(address + page).context["form"].fields["sites"].queryset for page in pages]
    assert (shown, [len(sites) for sites in found], list(found[2])) == (1, [1, MOST_TICKED, 1], [made[7]])
