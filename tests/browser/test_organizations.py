"""The tree in Chromium: unfolding in place, the picker, moving, and a list from file to tree."""

import pytest
from django.urls import reverse

from organizations.models import Level, Organization
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE

pytestmark = pytest.mark.django_db(transaction=True)
ADMIN = "/admin/organizations/organization/"
PICKERS_ARE_NAMED = """document.querySelectorAll("select.admin-autocomplete").length
    == document.querySelectorAll(".select2-selection[aria-labelledby*=_label]").length"""


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_tree_unfolds_in_place(page, size, city_staff, tree, sign_in, axe, overflow):
    page.set_viewport_size(size)
    sign_in(page, city_staff)
    page.goto("/organizations/")
    page.get_by_role("button", name="肥西县的下级").click()
    page.get_by_role("button", name="山南镇的下级").click()
    page.get_by_role("link", name="小井庄村").wait_for()
    assert axe(page) == []
    assert overflow(page) == 0
    page.get_by_role("button", name="肥西县的下级").click()
    assert page.get_by_role("link", name="小井庄村").is_hidden()
    page.get_by_role("button", name="肥西县的下级").click()
    page.get_by_role("link", name="小井庄村").click()
    assert page.get_by_role("heading", level=1).inner_text() == "小井庄村"


def test_search(page, city_staff, tree, sign_in, axe):
    sign_in(page, city_staff)
    page.goto("/organizations/")
    page.get_by_label("查找组织").fill("xjz")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="小井庄村").wait_for()
    assert axe(page) == []


def test_without_script_the_tree_is_links(browser, live_server, login, city_staff, tree):
    context = browser.new_context(java_script_enabled=False)
    session = login(city_staff).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/organizations/")
    for name in ["肥西县", "山南镇", "小井庄村"]:
        page.get_by_role("link", name=name).click()
    assert page.get_by_role("heading", level=1).inner_text() == "小井庄村"
    context.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_moving_a_township(page, size, city_staff, tree, sign_in, axe, overflow):
    page.set_viewport_size(size)
    sign_in(page, city_staff)
    page.goto(reverse("admin:organizations_organization_move", args=[tree.township.pk]))
    page.get_by_role("combobox", name="新的上级").click()
    page.keyboard.type("长丰")
    page.get_by_role("option", name="长丰县（安徽省 / 合肥市）").click()
    assert overflow(page) == 0
    page.get_by_role("button", name="下一步").click()
    page.get_by_text("将从“肥西县”移到“长丰县").wait_for()
    assert axe(page) == []
    page.get_by_role("button", name="确认移动").click()
    page.get_by_text("“山南镇”已移动。").wait_for()
    assert Organization.objects.get(pk=tree.village.pk).path.startswith(tree.other_county.path)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_list_from_file_to_tree(page, size, city_staff, tree, sign_in, axe, overflow):
    page.set_viewport_size(size)
    sign_in(page, city_staff)
    page.goto(f"{ADMIN}import/")
    assert axe(page) == []
    _upload(page, "34012310530,村（社区）,新光村,村,340123105000")
    page.get_by_text("区划代码应为 12 位数字。").wait_for()
    assert axe(page) == []
    _upload(page, "340123105300,村（社区）,新光村,村,340123105000")
    page.get_by_text("现在还没有写入").wait_for()
    assert axe(page) == []
    assert overflow(page) == 0
    page.get_by_role("button", name="确认导入").click()
    page.get_by_text("导入完成：新增 1 行").wait_for()
    assert Organization.objects.get(name="新光村").parent == tree.township


def _upload(page, row: str) -> None:
    text = f"代码,层级,名称,类型,上级代码\n{row}\n"
    page.set_input_files("[name=import_file]", {"name": "组织.csv", "mimeType": "text/csv", "buffer": text.encode()})
    page.get_by_role("button", name="上传并预览").click()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_list_and_forms_of_the_admin(page, size, city_staff, tree, sign_in, axe, overflow):
    factories.organization("皖嫂基地", level=Level.UNIT, parent=tree.village, code="JD-1")
    page.set_viewport_size(size)
    sign_in(page, city_staff)
    village = f"{ADMIN}{tree.village.pk}"
    for url in [ADMIN, f"{ADMIN}?under={tree.county.pk}", f"{ADMIN}add/", f"{village}/change/", f"{village}/close/"]:
        page.goto(url)
        page.wait_for_function(PICKERS_ARE_NAMED)
        assert (url, axe(page), overflow(page)) == (url, [], 0)
