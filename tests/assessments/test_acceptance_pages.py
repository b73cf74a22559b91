"""The pages of acceptance, results, annual assessment, analysis and dossier: who sees them, what they say, their files."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import docx
import openpyxl
import pytest
from django.urls import reverse

from assessments import actions
from assessments.models import Acceptance, Conclusion, RoundLevel
from fedwork import clock
from tests.assessments import cast

CONTACT = "市妇联发展部 0551-55500001"


@pytest.fixture
def people(cadre, county_reviewer, city_staff) -> dict:
    return {"cadre": cadre, "county": county_reviewer, "city": city_staff}


@pytest.fixture
def scored(site, rubric, people):
    return cast.scored_by_all(site, people)


def address(name: str, *arguments) -> str:
    return reverse(f"assessments:{name}", args=arguments)


def workbook(response):
    return openpyxl.load_workbook(io.BytesIO(response.getvalue())).active


def words(sheet) -> str:
    return "\n".join(str(cell.value) for row in sheet for cell in row if cell.value is not None)


def test_findings_are_raised_on_the_page(site, rubric, people, login):
    own = cast.scored(site, RoundLevel.SELF, by=people["cadre"])
    client, page = login(people["county"]), address("findings_raise", own.pk)
    shown = client.get(page)
    assert "A1 示例内容 A1（扣 10 分）" in shown.content.decode()
    posts = shown.context["form"]["post"].initial
    code = cast.code_ids(rubric)["A1"]
    nothing = client.post(page, {"post": posts, "workdays": "10"})
    assert nothing.status_code == 422
    assert "请至少选一条" in nothing.content.decode()
    told = {f"take_{code}": "on", f"problem_{code}": "没有备案", f"measure_{code}": "补办备案"}
    assert client.post(page, {"post": posts, "workdays": "10", **told}).status_code == 302
    item = site.rectifications.get()
    assert (item.problem, item.due_on, item.source) == ("没有备案", date(2026, 12, 4), "rubric")
    assert "A1 示例内容" not in client.get(page).content.decode()
    assert item.number in client.get(address("acceptance_site", site.pk)).content.decode()


def test_nothing_is_raised_on_a_round_that_is_open_or_a_document(site, rubric, people, login):
    opened = actions.open_round(site, RoundLevel.SELF, by=people["cadre"])
    assert login(people["county"]).get(address("findings_raise", opened.pk)).status_code == 403
    cast.scored_by_all(site, people)
    cast.accepted(site, people)
    document = {"total": Decimal(90), "document_number": "皖妇〔2026〕40号", "document_on": date(2026, 11, 20)}
    province = actions.enter_province_result(site, by=people["city"], **document)
    assert login(people["city"]).get(address("findings_raise", province.pk)).status_code == 403


def test_from_opening_to_the_conclusion(site, scored, people, login):
    city, county = login(people["city"]), login(people["county"])
    assert city.post(address("acceptance_open", site.pk)).status_code == 302
    acceptance = Acceptance.objects.get()
    page = address("acceptance_detail", acceptance.pk)
    assert city.get(page).context["form"] is None  # the county's turn
    told = {"county_opinion": "同意", "version": acceptance.version}
    assert county.post(address("acceptance_county", acceptance.pk), told).status_code == 302
    assert county.get(page).context["form"] is None  # said once
    given = {"version": 1, "conclusion": "passed", "team": cast.TEAM, "opinion": "资料齐全", "city_opinion": ""}
    refused = city.post(address("acceptance_conclude", acceptance.pk), given | {"team": "示例甲"})
    assert refused.status_code == 422
    assert "考评组至少 3 人" in refused.content.decode()
    assert city.post(address("acceptance_conclude", acceptance.pk), given).status_code == 302
    acceptance.refresh_from_db()
    assert acceptance.conclusion == Conclusion.PASSED
    assert "☑通过" in city.get(page).content.decode()
    sheet = words(workbook(city.get(address("acceptance_excel", acceptance.pk))))
    for part in ["一、任务完成情况", "二、资金（元）", "三、得分", "四、一票否决核查", "五、验收组意见", "☑通过"]:
        assert part in sheet


def test_what_is_missing_is_said(site, rubric, people, login):
    client = login(people["city"])
    assert "还没有市评。" in client.get(address("acceptance_site", site.pk)).content.decode()
    refused = client.post(address("acceptance_open", site.pk))
    assert refused.status_code == 409
    assert "还没有自评。" in refused.content.decode()


def test_outside_and_without_a_right(site, scored, people, login, neighbour, other_reviewer, leader):
    acceptance = actions.open_acceptance(site, by=people["city"])
    for name, pk in [
        ("acceptance_site", site.pk),
        ("dossier", site.pk),
        ("acceptance_detail", acceptance.pk),
        ("acceptance_excel", acceptance.pk),
        ("findings_raise", scored.pk),
    ]:
        assert login(neighbour).get(address(name, pk)).status_code == 404
    assert login(other_reviewer).post(address("acceptance_county", acceptance.pk)).status_code == 404
    assert login(leader).post(address("acceptance_county", acceptance.pk)).status_code == 403
    assert login(people["cadre"]).post(address("acceptance_open", site.pk)).status_code == 403
    assert login(people["cadre"]).get(address("findings_raise", scored.pk)).status_code == 403
    for name, pk in [("acceptance_open", site.pk), ("acceptance_county", acceptance.pk), ("dossier_package", site.pk)]:
        assert login(people["city"]).get(address(name, pk)).status_code == 405


def test_results_are_published_and_objected_to(site, scored, people, login):
    cast.accepted(site, people)
    city, cadre = login(people["city"]), login(people["cadre"])
    assert "通过 1 个" in city.get(address("result_list")).content.decode()
    told = {"starts_on": "2026-11-22", "workdays": "5", "contact": CONTACT}
    assert cadre.get(address("result_publish", site.programme_id)).status_code == 403
    made = city.post(address("result_publish", site.programme_id), told)
    assert made.status_code == 302
    with clock.set_to(clock.now().replace(day=24)):
        page = cadre.get(made.url).content.decode()
        assert "登记异议" in page
        assert "66" in page
        told = {"site": site.pk, "raised_on": "2026-11-23", "raised_by": "村民代表", "text": "培训场次不实"}
        add = address("objection_add", site.programme.publications.get().pk)
        assert cadre.post(add, told).status_code == 302
        objection = site.objections.get()
        assert "异议要由其他同事核查答复" in city.get(address("objection_answer", objection.pk)).content.decode()
        assert (
            city.post(address("objection_answer", objection.pk), {"is_upheld": "no", "answer": "x"}).status_code == 403
        )
    sheet = words(workbook(city.get(address("publication_excel", site.programme.publications.get().pk))))
    assert site.name in sheet
    assert "5 个工作日" in sheet
    assert "验收结果一览表" in words(workbook(city.get(address("result_excel"))))


def test_the_annual_pages(site, scored, people, tree, login):
    cast.accepted(site, people, "failed")
    city, county = login(people["city"]), login(people["county"])
    page = city.get(address("annual_list")).content.decode()
    assert "1 个项目点中 1 个验收不通过" in page
    unit = address("annual_unit", tree.county.pk)
    assert county.get(unit).status_code == 403
    made = city.post(unit, {"total": "91", "remark": "", "version": "0"})
    assert made.status_code == 302
    assert county.get(made.url).status_code == 200
    item = tree.county.pk and site.programme.annual_assessments.get()
    told = {"basis": "1 个不通过", "evidence": "评审表", "version": item.version}
    assert county.post(address("annual_propose", item.pk), told).status_code == 403
    assert city.post(address("annual_propose", item.pk), told).status_code == 302
    assert "否决待核准" in city.get(made.url).content.decode()
    told = {"trigger": "share_failed", "percent": "50"}
    assert city.post(address("annual_rule", site.programme_id), told).status_code == 302
    sheet = words(workbook(city.get(address("annual_excel"))))
    assert "验收不通过的项目点达到 50%" in sheet
    assert "已提出，待核准" in sheet


def test_the_analysis_and_its_workbook(site, scored, people, login):
    client = login(people["city"])
    page = client.get(address("loss_analysis")).content.decode()
    assert "B1 示例内容 B1" in page
    assert "100.0%" in page
    sheet = workbook(client.get(address("loss_excel")))
    assert "按县（市、区）" in words(sheet)
    assert client.get(address("loss_analysis") + "?level=1").context["found"].rounds == 1


def test_the_dossier_in_word_and_as_a_package(site, scored, people, login):
    cast.raised(
        scored,
        actions.Wanting(scored.rubric.sections.first().criteria.first(), "没有备案", "补办"),
        by=people["city"],
        due_on=date(2026, 12, 4),
    )
    cast.accepted(site, people, "rectify", due_on=date(2026, 12, 10))
    client = login(people["city"])
    book = docx.Document(io.BytesIO(client.get(address("dossier", site.pk)).getvalue()))
    text = "\n".join(paragraph.text for paragraph in book.paragraphs)
    for heading in ["二、日程安排和完成情况", "六、资金", "七、考核评分和佐证", "八、整改", "十、验收"]:
        assert heading in text
    assert "限期整改，2026-12-10 前整改到位" in text
    cells = {cell.text for table in book.tables for row in table.rows for cell in row.cells}
    assert {"没有备案", "A1", "示例内容 A1"} <= cells
    packed = client.post(address("dossier_package", site.pk))
    package = zipfile.ZipFile(io.BytesIO(b"".join(packed.streaming_content)))
    names = package.namelist()
    assert {"验收卷.docx", "考核评分表.xlsx", "验收评审表（验收）.xlsx", "校验值.txt"} <= set(names)
    assert "验收卷.docx" in package.read("校验值.txt").decode()
    assert package.testzip() is None


def test_the_scores_page_leads_to_the_acceptance(site, scored, people, login):
    page = login(people["city"]).get(address("site_scores", site.pk)).content.decode()
    assert address("acceptance_site", site.pk) in page
    assert Decimal(scored.total) == Decimal(66)
