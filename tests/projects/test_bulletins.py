"""工作简报: numbered by year, drawn from the records, out as Word."""

import io
from datetime import date

import docx
import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from projects.actions import add_record, save_bulletin
from projects.bulletins import activity_words, publicity_words
from projects.models import Bulletin
from tests import factories

pytestmark = pytest.mark.django_db
SINCE, UNTIL = date(2026, 11, 1), date(2026, 11, 20)


def new_issue(programme, **fields) -> Bulletin:
    given = {"number": 1, "title": "上半月工作", "issued_on": date(2026, 11, 22), "lead": "市妇联召开推进会。"}
    return Bulletin(programme=programme, **{"since": SINCE, "until": UNTIL} | given | fields)


@pytest.fixture
def issue(programme, city_staff):
    return save_bulletin(new_issue(programme), by=city_staff)


def test_what_the_records_say(programme, site, cadre):
    for number in range(8):
        add_record(
            factories.activity(site, date(2026, 11, 2 + number), title=f"编织班{number}", person_times=10), by=cadre
        )
    add_record(factories.activity(site, date(2026, 11, 21), title="太晚了"), by=cadre)
    add_record(factories.publicity(site, date(2026, 11, 3), title="姐妹齐增收"), by=cadre)
    words = activity_words(programme, SINCE, UNTIL)
    assert words.startswith("教育培训：1 个项目点开展 8 次、80 人次。山南镇小井庄村开展编织班7；")
    assert words.endswith("编织班2等。")
    assert publicity_words(programme, SINCE, UNTIL) == "日报 1 篇：山南镇小井庄村《姐妹齐增收》。"


def test_one_number_a_year(programme, issue, city_staff):
    assert (Bulletin.objects.next_number(programme, 2026), Bulletin.objects.next_number(programme, 2027)) == (2, 1)
    with pytest.raises(ValidationError, match="已有这一期"):
        save_bulletin(new_issue(programme), by=city_staff)
    with pytest.raises(ValidationError, match="不能早于所写期间的最后一天"):
        save_bulletin(new_issue(programme, number=2, issued_on=date(2026, 11, 19)), by=city_staff)
    issue.version = 0
    with pytest.raises(ValidationError, match="又有改动"):
        save_bulletin(issue, by=city_staff)


@pytest.mark.parametrize("who", ["county_reviewer", "cadre", "leader", "auditor"])
def test_only_who_runs_the_programme(who, programme, request):
    with pytest.raises(PermissionDenied):
        save_bulletin(new_issue(programme), by=request.getfixturevalue(who))


def test_written_in_two_steps(programme, site, cadre, city_staff, login):
    add_record(factories.activity(site, date(2026, 11, 2), title="编织班"), by=cadre)
    client = login(city_staff)
    refused = client.get("/bulletins/add/?since=2026-11-20&until=2026-11-01")
    assert (refused.status_code, "until" in refused.context["form"].errors) == (422, True)
    address = f"/bulletins/add/?programme={programme.pk}&since=2026-11-01&until=2026-11-20"
    form = client.get(address).context["form"]
    assert (form.initial["number"], "编织班" in form.initial["activities"]) == (1, True)
    body = {name: form.initial.get(name) or "" for name in form.fields} | {"lead": "召开推进会", "version": "0"}
    assert client.post(address, body | {"lead": ""}).status_code == 422
    made = client.post(address, body, follow=True).context["bulletin"]
    client.post(f"/bulletins/{made.pk}/edit/", body | {"version": "1", "title": "改题目"})
    made.refresh_from_db()
    assert (made.title, made.version, made.year) == ("改题目", 2, 2026)


def test_word(issue, login, cadre):
    response = login(cadre).get(f"/bulletins/{issue.pk}/word/")
    lines = [paragraph.text for paragraph in docx.Document(io.BytesIO(response.content)).paragraphs]
    assert {"工作简报", "第 1 期（2026 年）", "一、工作动态", "市妇联召开推进会。", "合肥市妇女联合会"} <= set(lines)
    assert not [line for line in lines if "宣传报道" in line]


def test_the_number_of_queries(issue, programme, city_staff, leader, login, count_queries):
    client = login(leader)
    few = count_queries(lambda: client.get("/bulletins/"))
    for number in range(2, 8):
        save_bulletin(new_issue(programme, number=number), by=city_staff)
    assert count_queries(lambda: client.get("/bulletins/")) == few
