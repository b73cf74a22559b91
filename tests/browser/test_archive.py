"""备查资料 in real Chromium: a paper goes up on the phone and completeness rises; the pages on desk and phone."""

import hashlib
import zipfile

import pytest
from playwright.sync_api import expect

from fedwork import clock
from projects.actions import approve_site
from projects.models import Attachment
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE
from tests.fedwork.test_received import PDF

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(tree, city_staff):
    """Of last year's programme: all its stages have begun, whenever the test runs."""
    programme = factories.programme(tree.city, year=clock.today().year - 1)
    factories.standard(programme.creation_types.first(), by=city_staff)
    return approve_site(factories.site(programme, tree.village), by=city_staff)


def file(name: str, data: bytes) -> dict:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def test_an_upload_fills_a_gap_and_the_whole_file_comes_down(page, site, cadre, sign_in, axe, overflow, tmp_path):
    page.set_viewport_size(PHONE)
    sign_in(page, cadre)
    page.goto(f"/archive/sites/{site.pk}/")
    expect(page.locator(".standing")).to_contain_text("缺 10 类")
    page.click(".chip:has-text('资金')")
    expect(page.locator("#id_category option:checked")).to_have_text("11 资金")
    assert (axe(page), overflow(page)) == ([], 0)
    page.set_input_files("#id_files", [file("旧.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 600)])
    page.click("text=归入备查资料")
    expect(page.locator("#error-summary")).to_contain_text("旧版")
    assert (axe(page), overflow(page)) == ([], 0)
    page.set_input_files("#id_files", [file("凭证.pdf", PDF), file("现场.jpg", factories.picture())])
    page.fill("#id_title", "到账凭证")
    page.click("text=归入备查资料")
    page.wait_for_selector("text=“到账凭证”已归入11 资金。")
    expect(page.locator(".standing")).to_contain_text("缺 9 类")
    assert [piece.name for piece in Attachment.objects.all()] == ["凭证.pdf", "现场.jpg"]
    with page.expect_download() as download:
        page.click("text=打包下载")
    download.value.save_as(tmp_path / "site.zip")
    package = zipfile.ZipFile(tmp_path / "site.zip")
    found = {hashlib.sha256(package.read(name)).hexdigest() for name in package.namelist()}
    assert set(Attachment.objects.values_list("sha256", flat=True)) <= found


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_pages(page, size, site, city_staff, sign_in, axe, overflow):
    paper = factories.paper(site, by=city_staff)
    page.set_viewport_size(size)
    sign_in(page, city_staff)
    programme = site.programme
    for address in [
        f"/archive/?programme={programme.pk}",
        f"/archive/sites/{site.pk}/",
        f"/archive/programmes/{programme.pk}/",
        paper.archive_url,
        f"/programmes/{programme.pk}/standards/",
        site.standard.get_absolute_url(),
        f"/admin/projects/programme/{programme.pk}/change/",
    ]:
        page.goto(address)
        assert page.locator("h1").count() == 1
        assert (address, overflow(page), axe(page)) == (address, 0, [])
