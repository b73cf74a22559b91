"""Photos and files in real Chromium: chosen, sent one by one, refused in words, tried again, removed."""

import pytest

from projects.models import Attachment
from tests import factories
from tests.browser.conftest import PHONE
from tests.browser.test_report_journey import report  # noqa: F401, the fixture
from tests.fedwork.test_received import PDF

pytestmark = pytest.mark.django_db(transaction=True)
PHOTOS = ".attach .pick label:nth-child(2) input"
FILES = ".attach .pick label:nth-child(3) input"


def file(name: str, data: bytes) -> dict:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def photos(*colours: int) -> list[dict]:
    return [file(f"现场{red}.jpg", factories.picture(size=(400, 300), colour=(red, 90, 90))) for red in colours]


@pytest.fixture
def edit(page, sign_in, cadre, report):  # noqa: F811
    sign_in(page, cadre)
    page.goto(f"/reports/{report.pk}/edit/")
    return page


def test_several_photos_and_a_file_for_a_task(edit, axe, overflow, report):  # noqa: F811
    edit.set_viewport_size(PHONE)
    edit.select_option("#id_attachment_item", index=1)
    edit.set_input_files(PHOTOS, photos(10, 90, 200))
    edit.set_input_files(FILES, [file("签到表.pdf", PDF)])
    edit.wait_for_selector(".files li[id] >> nth=3")
    assert Attachment.objects.filter(item=None).count() == 0
    assert [row.name for row in report.attachments.all()] == ["现场10.jpg", "现场90.jpg", "现场200.jpg", "签到表.pdf"]
    thumbnail = edit.locator(".files img").first
    thumbnail.scroll_into_view_if_needed()
    thumbnail.evaluate("image => image.decode()")
    assert (axe(edit), overflow(edit)) == ([], 0)
    edit.once("dialog", lambda dialog: dialog.accept())
    edit.click("[aria-label='移除 现场90.jpg']")
    edit.wait_for_selector("text=现场90.jpg", state="detached")
    assert report.attachments.count() == 3


def test_what_is_refused_says_why_and_what_was_cut_off_is_sent_again(edit, report, console_problems):  # noqa: F811
    edit.set_input_files(FILES, [file("旧表.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 600)])
    edit.wait_for_selector(".files .refused:has-text('“另存为”不加密的')")
    edit.click("button:has-text('不传了')")
    edit.context.set_offline(True)
    edit.set_input_files(PHOTOS, photos(60))
    edit.wait_for_selector(".files .refused:has-text('网络中断')")
    edit.context.set_offline(False)
    edit.click("button:has-text('重试')")
    edit.wait_for_selector(".files li[id]")
    assert report.attachments.get().name == "现场60.jpg"
    refused, cut_off = console_problems
    assert "422" in refused
    assert "ERR_INTERNET_DISCONNECTED" in cut_off
    console_problems.clear()


def test_who_was_signed_out_signs_in_elsewhere_and_tries_again(edit, report, sign_in, cadre, console_problems):  # noqa: F811
    edit.context.clear_cookies()
    edit.set_input_files(PHOTOS, photos(60))
    edit.wait_for_selector(".files .refused:has-text('登录已过期')")
    sign_in(edit.context.new_page(), cadre)
    edit.click("button:has-text('重试')")
    edit.wait_for_selector(".files li[id]")
    assert report.attachments.count() == 1
    console_problems.clear()  # the refusal


def test_an_opened_photo_offends_no_policy(edit, report):  # noqa: F811
    edit.set_input_files(PHOTOS, photos(60))
    edit.wait_for_selector(".files li[id]")
    edit.goto(report.attachments.get().get_absolute_url())
    assert edit.evaluate("document.images[0].naturalWidth") == 400


def test_without_the_script_a_plain_form(new_context, sign_in, cadre, report):  # noqa: F811
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, cadre)
    page.goto(f"/reports/{report.pk}/edit/")
    page.set_input_files(PHOTOS, photos(10, 200))
    page.click(".attach button:has-text('上传')")
    page.wait_for_selector("text=已上传 2 个照片和文件。")
    page.click("[aria-label='移除 现场10.jpg']")
    page.wait_for_selector("text=已移除“现场10.jpg”。")
    assert report.attachments.get().name == "现场200.jpg"
