"""The frame on a desk and on a phone: nothing sticks out, nothing breaks the policy, axe-core finds nothing."""

import pytest

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
