"""The frame on a desk and on a phone: nothing sticks out, nothing breaks the policy, axe-core finds nothing."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests import factories
from tests.browser.conftest import DESKTOP, PHONE

WIDTHS = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


@WIDTHS
def test_sign_in_page(page, size, axe, overflow):
    page.set_viewport_size(size)
    page.goto("/login/")
    assert page.title() == "登录 - 妇女专项经费项目管理"
    assert (overflow(page), axe(page)) == (0, [])


@WIDTHS
@pytest.mark.parametrize("role", ["cadre", "county_reviewer", "city_staff", "leader", "auditor", "system_admin"])
def test_workbench(page, size, role, request, sign_in, axe, overflow):
    page.set_viewport_size(size)
    sign_in(page, request.getfixturevalue(role))
    assert page.locator("[aria-current=page]").inner_text().strip() == "工作台"
    assert (overflow(page), axe(page)) == (0, [])


@WIDTHS
def test_admin_index(page, size, city_staff, sign_in, axe, overflow):
    page.set_viewport_size(size)
    sign_in(page, city_staff)
    page.goto("/admin/")
    assert page.locator("h1").inner_text() == "业务办理"
    assert (overflow(page), axe(page)) == (0, [])


@pytest.mark.parametrize(
    ("role", "size"),
    [("cadre", PHONE), ("county_reviewer", DESKTOP), ("city_staff", DESKTOP), ("city_staff", PHONE), ("leader", PHONE)],
)
def test_every_page_of_the_menu(page, size, role, request, sign_in, axe, overflow, programme, tree):
    """Each role where it mostly works; the city, whose menu is the longest, on both."""
    factories.site(programme, tree.village)
    page.set_viewport_size(size)
    sign_in(page, request.getfixturevalue(role))
    links = page.locator("#menu a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    found = {}
    for link in links:
        status = page.goto(link).status
        found[link] = (status, page.locator("h1").count(), overflow(page), axe(page))
    assert found == dict.fromkeys(links, (200, 1, 0, []))


def test_menu_on_a_phone_opens_and_closes(page, city_staff, sign_in):
    page.set_viewport_size(PHONE)
    sign_in(page, city_staff)
    password = page.locator("#menu").get_by_text("修改密码")
    assert password.is_hidden()
    page.get_by_role("button", name="更多").click()
    assert password.is_visible()
    page.keyboard.press("Escape")
    assert password.is_hidden()
    assert page.evaluate("document.activeElement.getAttribute('aria-controls')") == "menu"


def test_keyboard_reaches_the_content_first(page, cadre, sign_in):
    sign_in(page, cadre)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content-start"


def test_refused_admin_form_lists_its_errors_with_links(page, city_staff, programme, sign_in):
    sign_in(page, city_staff)
    page.goto(reverse("admin:projects_programme_change", args=[programme.pk]))
    page.fill("[name=name]", "")
    page.click("[name=_save]")
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#error-summary h2")).to_have_text("还不能保存，请先改正下面的问题")
    page.locator("#error-summary a").click()
    expect(page.locator("#id_name")).to_be_focused()


def test_violation_of_the_policy_is_noticed(page, cadre, sign_in, console_problems):
    sign_in(page, cadre)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">rot</p>')")
    page.wait_for_timeout(100)
    assert any("style-src" in problem for problem in console_problems)
    console_problems.clear()
