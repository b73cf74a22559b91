"""Programme, site and progress pages on a desk and on a phone; and the list of sites from upload to approval."""

import io

import openpyxl
import pytest
from playwright.sync_api import expect

from projects.actions import approve_site
from projects.forms.site_choice import FEW
from projects.models import ProjectSite
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE
from tests.projects.nominated import brought_to, written

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture
def site(programme, tree, city_staff):
    factories.site(programme, tree.other_village)
    return approve_site(factories.site(programme, tree.village), by=city_staff)


@SIZES
@pytest.mark.parametrize("address", ["/progress/", "/sites/", "/sites/{site}/", "/programmes/{programme}/"])
def test_pages(page, size, address, leader, site, sign_in, axe, overflow):
    page.set_viewport_size(size)
    sign_in(page, leader)
    page.goto(address.format(site=site.pk, programme=site.programme_id))
    assert site.programme.name in page.locator("main").inner_text()
    assert (overflow(page), axe(page)) == (0, [])


@SIZES
@pytest.mark.parametrize(
    "address",
    [
        "programme/",
        "programme/add/",
        "programme/{programme}/change/",
        "programme/{programme}/copy/",
        "programmestage/{stage}/change/",
        "projectsite/",
        "projectsite/add/",
        "projectsite/{site}/change/",
        "projectsite/{proposed}/approve/",
        "projectsite/import/",
    ],
)
def test_desk(page, size, address, city_staff, site, sign_in, axe, overflow):
    page.set_viewport_size(size)
    sign_in(page, city_staff)
    proposed = ProjectSite.objects.exclude(pk=site.pk).get()
    programme = site.programme
    stage = programme.stages.first().pk
    page.goto(
        "/admin/projects/" + address.format(site=site.pk, programme=programme.pk, stage=stage, proposed=proposed.pk)
    )
    assert page.locator("h1").count() == 1
    assert (overflow(page), axe(page)) == (0, [])


def test_from_the_list_to_the_approval(
    page, programme, tree, city_staff, county_reviewer, cadre, sign_in, login, tmp_path
):
    template = login(city_staff).get("/admin/projects/projectsite/import/template/").content
    book = openpyxl.load_workbook(io.BytesIO(template))
    for row in [(programme.name, "示范村", tree.village.code, "山南镇小井庄村", "村妇联主席", "3万元")]:
        for place, value in enumerate(row, 1):
            book.worksheets[0].cell(2, place, value)
    book.save(tmp_path / "项目点.xlsx")
    sign_in(page, city_staff)
    page.goto("/admin/projects/projectsite/")
    page.get_by_role("link", name="导入").click()
    page.set_input_files("[name=import_file]", tmp_path / "项目点.xlsx")
    page.get_by_role("button", name="上传并预览").click()
    assert page.locator("table.preview tbody tr").count() == 1
    page.get_by_role("button", name="确认导入").click()
    assert "新增 1 行" in page.locator(".messages").inner_text()
    site = ProjectSite.objects.get()
    assert site.status == "proposed"
    brought_to("checked", written(site, by=cadre), cadre=cadre, county=county_reviewer, city=city_staff)
    page.reload()
    page.locator("#action-toggle").check()
    page.select_option("select[name=action]", label="批准所选项目点")
    page.get_by_role("button", name="执行").click()
    page.get_by_role("button", name="确认批准").click()
    assert "批准 1 个，共 1 个" in page.locator("main").inner_text()
    assert ProjectSite.objects.get().reports.count() == 7


def test_the_month_is_picked_as_a_month(page, programme, city_staff, sign_in):
    sign_in(page, city_staff)
    page.goto(f"/admin/projects/programme/{programme.pk}/change/")
    assert page.input_value("[name=last_month]") == "2026-12"
    page.fill("[name=last_month]", "2026-11")
    page.get_by_role("button", name="保存", exact=True).click()
    assert "已保存年度批次" in page.locator(".messages").inner_text()
    programme.refresh_from_db()
    assert programme.last_month.month == 11


def test_of_many_sites_one_is_found_while_typing(page, site, tree, city_staff, sign_in, axe, overflow):
    made = factories.sites_beside(site, tree.township, FEW)
    page.set_viewport_size(PHONE)
    sign_in(page, city_staff)
    page.goto("/rectifications/add/")
    box, found = page.get_by_label("名称、代码或拼音首字母"), page.get_by_label("找到的项目点")
    expect(found).to_be_hidden()
    box.fill("第10")
    expect(found.locator("option")).to_have_count(11)
    assert (overflow(page), axe(page)) == (0, [])
    found.select_option(label=f"{site.county_name}　第107村")
    box.press_sequentially("8")
    expect(found).to_have_value(str(made[8].pk))
    page.get_by_role("button", name="下一步").click()
    expect(page.locator("h1")).to_contain_text("第108村")
