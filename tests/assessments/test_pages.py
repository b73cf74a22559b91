"""The pages of scores: what is asked, what is saved field by field, what stands side by side, the sheet to be signed."""

import io

import openpyxl
import pytest

from assessments import actions
from assessments.models import RoundLevel, Score, ScoreRound
from projects.actions import approve_site
from tests import factories
from tests.assessments import cast


@pytest.fixture
def opened(site, rubric, cadre):
    return actions.open_round(site, RoundLevel.SELF, by=cadre)


@pytest.fixture
def ids(rubric):
    return cast.code_ids(rubric)


def address(score_round, name="") -> str:
    return f"/score-rounds/{score_round.pk}/{name}"


def autosave(client, score_round, user, **fields):
    return client.post(address(score_round, "autosave/"), {"writer": user.pk, "version": score_round.version} | fields)


def test_a_cadre_begins_and_comes_back_to_the_same_round(site, rubric, cadre, login):
    client = login(cadre)
    assert "开始自评" in client.get(f"/scores/sites/{site.pk}/").text
    page = client.post(f"/scores/sites/{site.pk}/open/1/", follow=True)
    assert page.redirect_chain[-1][0] == address(ScoreRound.objects.get())
    client.post(f"/scores/sites/{site.pk}/open/1/")
    assert ScoreRound.objects.count() == 1
    assert "继续自评" in client.get(f"/scores/sites/{site.pk}/").text


def test_too_early_says_why(site, rubric, county_reviewer, login):
    page = login(county_reviewer).post(f"/scores/sites/{site.pk}/open/2/")
    assert (page.status_code, "自评提交以后，才能县评" in page.text) == (409, True)


def test_the_card_shows_evidence_standard_and_points(opened, cadre, login):
    page = login(cadre).get(address(opened)).text
    for words in ["培训 0 场（0 条记录）", "配套到位 0 元", "达到 4 场，得满分", "每缺一样", "系统取数"]:
        assert words in page
    assert "已评 2 条，共 9 条；评完才有总分" in page


def test_sections_are_folded_but_for_the_one_to_go_on_with_and_those_with_mistakes(opened, ids, cadre, login):
    def told(page) -> list:
        return [(group.words, group.is_open) for group in page.context["groups"]]

    client = login(cadre)
    one = ("已评 0/1", False)
    before = [("已评 0/2", True), ("已评 1/1，得 0 分", False), one, one, one, ("已评 1/2", False), one]
    assert told(client.get(address(opened))) == before
    fields = {f"mark_{ids['A1']}_{number}": "1" for number in range(3)} | {f"mark_{ids['A2']}_0": "0"}
    answer = autosave(client, opened, cadre, **fields, **{f"mark_{ids['A2']}_1": "0"}).json()
    assert (list(answer["parts"].values()), answer["answered"]) == (
        ["已评 2/2，得 50 分", "已评 1/1，得 0 分", *["已评 0/1"] * 3, "已评 1/2", "已评 0/1"],
        4,
    )
    assert [is_open for _, is_open in told(client.get(address(opened)))] == [False, False, True, *[False] * 4]
    page = client.post(address(opened), {"version": 1, f"hand_{ids['B1']}": "20.5"})
    assert [is_open for _, is_open in told(page)] == [False, True, True, *[False] * 4]


def test_each_field_saves_itself_and_tells_what_it_comes_to(opened, ids, cadre, login):
    client = login(cadre)
    answer = autosave(client, opened, cadre, **{f"mark_{ids['A2']}_1": "3", f"mark_{ids['A2']}_0": "0"}).json()
    assert answer["cards"][str(ids["A2"])] == "18.5"
    assert answer["fields"][f"mark_{ids['A2']}_1"] == {"value": "3"}
    assert answer["summary"] == "已评 3 条，共 9 条；评完才有总分"
    assert Score.objects.get(round=opened, criterion=ids["A2"]).marks == ["0", "3"]


def test_what_is_not_understood_is_said_and_the_rest_kept(opened, ids, cadre, login):
    fields = {f"hand_{ids['B1']}": "20.5", f"hand_{ids['A2']}": "3.3", f"mark_{ids['G1']}_0": "1"}
    answer = autosave(login(cadre), opened, cadre, **fields).json()
    assert answer["errors"] == {f"hand_{ids['B1']}": "最多 20 分。", f"hand_{ids['A2']}": "以 0.5 分为一档。"}
    assert answer["cards"][str(ids["G1"])] == "22"


def test_another_tablet_is_not_overwritten(opened, ids, cadre, login):
    client, key = login(cadre), f"mark_{ids['G1']}_0"
    autosave(client, opened, cadre, **{key: "1", f"initial-{key}": ""})
    answer = autosave(client, opened, cadre, **{key: "0", f"initial-{key}": ""})
    assert answer.status_code == 409
    assert answer.json()["conflicts"] == {key: "1"}
    page = client.post(address(opened), {"version": 0, key: "0", f"initial-{key}": ""})
    assert (page.status_code, "这些地方别人也改了" in page.text) == (409, True)


def test_a_window_left_open_by_somebody_else_writes_nothing(opened, ids, cadre, login):
    answer = login(cadre).post(address(opened, "autosave/"), {"writer": 0, "version": 0, f"mark_{ids['G1']}_0": "1"})
    assert (answer.status_code, Score.objects.count()) == (409, 0)


def test_without_javascript_it_is_a_plain_form(opened, ids, cadre, login):
    client = login(cadre)
    fields = {f"mark_{ids['A1']}_{number}": "1" for number in range(3)}
    fields |= {f"mark_{ids['A2']}_0": "0", f"mark_{ids['A2']}_1": "0"}
    fields |= {f"mark_{ids[code]}_0": "1" for code in cast.PASSED_OR_NOT}
    page = client.post(address(opened), {"version": 0, "check": "1"} | fields, follow=True)
    assert "9 条已评完，总分 76 分，合格" in page.text
    saved = ScoreRound.objects.get()
    done = client.post(address(saved, "submit/"), {"version": saved.version}, follow=True)
    assert "已提交自评：76 分，合格" in done.text


def test_the_check_names_what_is_missing(opened, ids, cadre, login):
    client = login(cadre)
    page = client.get(address(opened, "check/")).text
    assert f'href="{address(opened)}#card_{ids["A1"]}"' in page
    assert "提交自评</button>" not in page
    refused = client.post(address(opened, "submit/"), {"version": 0})
    assert (refused.status_code, ScoreRound.objects.submitted().count()) == (422, 0)


def test_submitted_pages_lead_to_the_result(site, rubric, cadre, login):
    done, client = cast.scored(site, RoundLevel.SELF, by=cadre), login(cadre)
    for name in ["", "check/"]:
        assert client.get(address(done, name)).url == f"/scores/sites/{site.pk}/"
    assert client.post(address(done, "submit/"), {"version": done.version}).url == f"/scores/sites/{site.pk}/"
    assert autosave(client, done, cadre).status_code == 409


def test_the_county_sees_what_the_site_gave_itself(site, rubric, cadre, county_reviewer, login):
    cast.scored(site, RoundLevel.SELF, by=cadre)
    opened = actions.open_round(site, RoundLevel.COUNTY, by=county_reviewer)
    page = login(county_reviewer).get(address(opened)).text
    assert "自评 20 分" in page
    assert "不符合：已备案" in page
    assert login(cadre).get(address(opened)).status_code == 403
    assert login(cadre).get(f"/scores/sites/{site.pk}/").status_code == 200


def test_side_by_side_with_the_differences_alone(site, rubric, cadre, county_reviewer, login):
    cast.scored(site, RoundLevel.SELF, by=cadre)
    county = actions.open_round(site, RoundLevel.COUNTY, by=county_reviewer)
    content = cast.answers(county, team="示例县妇联，科长")
    content.by_hand[cast.code_ids(rubric)["B1"]] = 10
    content.reasons[cast.code_ids(rubric)["B1"]] = "两期培训还没有录入"
    county = actions.save_scores(county, by=county_reviewer, version=0, content=content)
    actions.submit_round(county, by=county_reviewer, version=county.version)
    page = login(cadre).get(f"/scores/sites/{site.pk}/?only=different").text
    assert ("示例内容 B1" in page, "示例内容 A1" in page) == (True, False)
    assert "系统计 0" in page


def test_the_province_by_its_document(site, rubric, cadre, county_reviewer, city_staff, login):
    for level, user in zip(RoundLevel, [cadre, county_reviewer, city_staff], strict=False):
        cast.scored(site, level, by=user)
    cast.accepted(site, {"county": county_reviewer, "city": city_staff})
    client, page = login(city_staff), f"/scores/sites/{site.pk}/province/"
    assert client.post(page, {"total": "91.2", "document_on": "2026-11-20"}).status_code == 422
    fields = {"total": "91.5", "document_number": "皖妇〔2026〕40号", "document_on": "2026-11-20"}
    assert "省验 91.5 分（皖妇〔2026〕40号）" in client.post(page, fields, follow=True).text


def test_the_official_sheet_with_what_was_scored(site, rubric, cadre, county_reviewer, login):
    cast.scored(site, RoundLevel.SELF, by=cadre)
    cast.scored(site, RoundLevel.COUNTY, by=county_reviewer, team="示例甲，县妇联，主席")
    client = login(cadre)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/scores/sites/{site.pk}/excel/").content))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    heading = next(row for row in rows if row[0] == "序号")
    assert heading[5:9] == ["自评分", "县评分", "市评分", "扣分原因"]
    first = rows[rows.index(heading) + 1]
    assert (first[0], first[1], first[3], first[5:8]) == ("A1", "组织领导\n（50 分）", 30, [20, 20, None])
    assert first[8] == "不符合：已备案"
    words = [cell for row in rows for cell in row if isinstance(cell, str)]
    assert "示例甲，县妇联，主席" in words
    assert {"一票否决项", "附加分", "组长", "被考评单位负责人"} <= set(words)
    assert "66 分　合格　（县评）" in words
    assert "66 分　合格　（县评）" in client.get(f"/scores/sites/{site.pk}/print/").text


def test_the_board_and_the_pages_of_sites(site, rubric, cadre, login):
    client = login(cadre)
    assert "考核评分</h2>" not in client.get(f"/sites/{site.pk}/").text
    cast.scored(site, RoundLevel.SELF, by=cadre)
    board = client.get("/scores/").text
    assert ("66" in board, "合格" in board) == (True, True)
    assert "自评 <b>66</b> 分" in client.get(f"/sites/{site.pk}/").text


def test_as_many_queries_for_thirty_sites_as_for_one(
    site, rubric, programme, tree, cadre, city_staff, login, count_queries
):
    programme.creation_types.update(quota=40)
    cast.scored(site, RoundLevel.SELF, by=cadre)
    client = login(city_staff)
    client.get("/scores/")
    one = count_queries(lambda: client.get("/scores/"))
    for number in range(29):
        village = factories.organization(f"示例村{number}", level=5, parent=tree.township)
        other = approve_site(factories.site(programme, village), by=city_staff)
        actions.open_round(other, RoundLevel.SELF, by=cadre)
    assert count_queries(lambda: client.get("/scores/")) == one


def test_as_many_queries_for_three_rounds_as_for_one(
    site, rubric, cadre, county_reviewer, city_staff, login, count_queries
):
    client = login(city_staff)
    cast.scored(site, RoundLevel.SELF, by=cadre)
    pages = [f"/scores/sites/{site.pk}/print/", f"/scores/sites/{site.pk}/excel/"]
    one = [count_queries(lambda page=page: client.get(page)) for page in pages]
    cast.scored(site, RoundLevel.COUNTY, by=county_reviewer)
    cast.scored(site, RoundLevel.CITY, by=city_staff)
    assert [count_queries(lambda page=page: client.get(page)) for page in pages] == one
