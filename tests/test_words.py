"""Django's own words, where its Chinese is stiff or missing (locale/)."""

import gettext
import re

import pytest
from django.conf import settings

from tests import factories

FOLDER = settings.LOCALE_PATHS[0] / "zh_Hans" / "LC_MESSAGES"
STRANGE = ["Error:", "---------", "条目必须选中", "个被选", "是必填项", "确保该值", "不能为 null", "你确认", "我确定"]


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_the_compiled_words_are_the_written_ones(domain):
    text = (FOLDER / f"{domain}.po").read_text()
    with (FOLDER / f"{domain}.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    written = re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', text, re.MULTILINE)
    assert [compiled.gettext(word) for word, _ in written] == [said for _, said in written]
    plural = re.findall(r'^msgid "(.+)"\nmsgid_plural "(.+)"\nmsgstr\[0\] "(.+)"$', text, re.MULTILINE)
    assert [compiled.ngettext(one, many, 2) for one, many, _ in plural] == [said for _, _, said in plural]
    assert len(written) + len(plural) == text.count("\nmsgid ") - 1


def test_a_refused_form_and_a_list_speak_chinese(city_staff, login, tree):
    client = login(city_staff)
    site = factories.site(factories.programme(tree.city), tree.village)
    home = "/admin/projects/projectsite/"
    refused = client.post(f"{home}add/", {}).content.decode()
    pages = [refused, client.get(home).content.decode(), client.get(f"{home}{site.pk}/delete/").content.decode()]
    pages += [client.post(home, {"action": "approve_selected", "index": "0"}, follow=True).content.decode()]
    pages += [client.get(f"/admin/organizations/{name}/add/").content.decode() for name in ["organization", "user"]]
    for page in pages:
        assert not [word for word in STRANGE if word in page]
        assert not re.search(r"</?label[^>]*>[^<]*:</label>", page)
    assert "<title>有错误：增加项目点" in refused
    assert "请先勾选要办理的行" in pages[3]
