import io
from datetime import date

import openpyxl
import pytest

from organizations.models import Level
from projects.actions import approve_site, decline_nomination, submit_nomination
from projects.models import Nomination, ProjectSite
from projects.nominations import nomination_board
from tests import factories
from tests.projects.nominated import brought_to, checked, proposed

pytestmark = pytest.mark.django_db
LISTS = ["/nominations/", "/nominations/register/", "/nominations/board/"]
STEPS = ["submit", "recommend", "check", "pass", "return", "decline", "approve"]
VISIT = {
    "checked_on": "2026-11-20",
    "leader_post": "市妇联副主席",
    "team_posts": "市妇联发展部",
    "place": "妇女之家",
    "finding": "与材料相符",
    "is_passed": "yes",
}


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def people(cadre, county_reviewer, city_staff) -> dict:
    return {"cadre": cadre, "county": county_reviewer, "city": city_staff}


@pytest.fixture
def draft(programme, tree, cadre):
    return proposed(programme, tree.village, by=cadre)


@pytest.fixture
def at(draft, people):
    return lambda status: brought_to(status, draft, **people)


def page(site, *more: str) -> str:
    return "/".join([f"/nominations/{site.pk}", *more, ""])


def papers(site, **changes) -> dict:
    """What the form posts: everything as it should be."""
    nomination = Nomination.objects.get(site=site)
    entry = {"creation_type": site.creation_type_id, "name": site.name, "leader_title": "村妇联主席"}
    return factories.SURVEYED | entry | {"version": nomination.version} | changes


class TestWriting:
    def test_from_the_unit_to_the_county(self, login, cadre, programme, tree):
        client = login(cadre)
        entry = {
            "programme": programme.pk,
            "creation_type": programme.creation_types.first().pk,
            "organization": tree.village.pk,
        }
        answer = client.post("/nominations/add/", entry)
        site = ProjectSite.objects.get()
        assert (answer.url, site.name, site.status) == (page(site, "edit"), "山南镇小井庄村", "proposed")
        draft = client.post(
            page(site, "edit"), {"creation_type": site.creation_type_id, "women": "８２０人", "version": 0}
        )
        assert draft.url == page(site)
        assert Nomination.objects.get().women == 820
        assert "还有 17 处要补齐或改正" in text(client.get(page(site)))
        sent = client.post(page(site, "edit"), papers(site, then="submit"))
        assert sent.url == page(site)
        site.refresh_from_db()
        assert (site.status, site.leader_title) == ("submitted", "村妇联主席")
        assert "等肥西县妇联推荐" in text(client.get(page(site)))
        assert client.get(page(site, "edit")).url == page(site)

    def test_only_open_units_of_the_own_subtree_are_offered(self, login, cadre, tree, programme, today):
        tree.other = factories.organization("并村", level=Level.VILLAGE, parent=tree.township, valid_to=today)
        offered = text(login(cadre).get("/nominations/add/"))
        assert "小井庄村" in offered
        for name in ["河口村", "桥冲村", "并村"]:
            assert name not in offered
        entry = {"programme": programme.pk, "creation_type": programme.creation_types.first().pk}
        refused = login(cadre).post("/nominations/add/", entry | {"organization": tree.far_village.pk})
        assert refused.status_code == 422
        assert not ProjectSite.objects.exists()

    def test_what_is_missing_stands_in_one_summary_with_links(self, login, cadre, draft):
        answer = login(cadre).post(page(draft, "edit"), papers(draft, then="submit", needs="", left_behind="900"))
        assert answer.status_code == 422
        shown = text(answer)
        assert "已存为草稿，还不能提交" in shown
        assert '<a href="#id_needs">' in shown
        assert "留守妇女 900 人，不能多于妇女总数 820 人。" in shown
        draft.refresh_from_db()
        assert (draft.status, draft.nomination.left_behind) == ("proposed", 900)

    def test_what_is_no_number_is_kept_and_told(self, login, cadre, draft):
        answer = login(cadre).post(page(draft, "edit"), papers(draft, women="很多"))
        assert answer.status_code == 422
        assert 'value="很多"' in text(answer)
        assert Nomination.objects.get().women == 820

    def test_a_stale_form_is_told_so(self, login, cadre, draft):
        answer = login(cadre).post(page(draft, "edit"), papers(draft, version=0))
        assert "又有改动" in text(answer)

    def test_the_submission_alone(self, login, cadre, draft):
        assert login(cadre).post(page(draft, "submit")).url == page(draft)
        draft.refresh_from_db()
        assert draft.status == "submitted"


class TestSteps:
    def test_by_their_pages_to_the_approval(self, login, at, people):
        site = at("submitted")
        county, city = login(people["county"]), login(people["city"])

        def version() -> int:
            return Nomination.objects.get(site=site).version

        shown = county.get(page(site))
        assert shown.context["recommend_form"].initial["rank"] == 1
        county.post(page(site, "recommend"), {"version": version(), "rank": "1", "reason": "基础好"})
        assert "登记到点审核" in text(city.get(page(site)))
        city.post(page(site, "check"), VISIT | {"is_passed": "no"})
        assert city.get(page(site)).context["doing"].passes is False
        city.post(page(site, "check"), VISIT)
        city.post(page(site, "pass"), {"version": version(), "opinion": ""})
        decision = {"version": version(), "document_number": "皖妇〔2026〕31号", "decided_on": "2026-11-20"}
        assert city.post(page(site, "approve"), decision).status_code == 302
        site.refresh_from_db()
        assert site.is_approved
        assert [report.month.month for report in site.reports.order_by("month")] == [11, 12]
        final = text(city.get(page(site)))
        for words in ["皖妇〔2026〕31号", "首次没有通过", "同意上报。", "推荐第 1 名"]:
            assert words in final

    def test_a_return_names_what_to_mend_and_shows_at_the_cadres_desk(self, login, at, people):
        site = at("submitted")
        version = site.nomination.version
        assert login(people["county"]).post(page(site, "return"), {"version": version}).status_code == 422
        login(people["county"]).post(page(site, "return"), {"version": version, "reason": "阵地面积请核对"})
        home = text(login(people["cadre"]).get("/"))
        assert "退回原因：阵地面积请核对" in home
        assert "阵地面积请核对" in text(login(people["cadre"]).get(page(site, "edit")))

    def test_a_refusal_at_the_province_has_a_number(self, login, at, people):
        site = at("checked")
        given = {"version": site.nomination.version, "reason": "名额", "document_number": "皖妇〔2026〕9号"}
        login(people["city"]).post(page(site, "decline"), given)
        site.refresh_from_db()
        assert (site.status, site.nomination.document_number) == ("declined", "皖妇〔2026〕9号")

    def test_who_saw_something_else_gets_409(self, login, at, people):
        site = at("submitted")
        answer = login(people["county"]).post(page(site, "recommend"), {"version": 0, "rank": 1, "reason": "好"})
        assert answer.status_code == 409
        assert "请看过再办" in text(answer)

    def test_a_rank_that_is_taken_is_said_beside_it(self, login, at, people, programme, tree, cadre):
        at("recommended")
        rival = proposed(
            programme, factories.organization("馆北村", level=Level.VILLAGE, parent=tree.township), by=cadre
        )
        submit_nomination(rival, by=cadre)
        client = login(people["county"])
        assert "第 1 名 山南镇小井庄村" in text(client.get(page(rival)))
        answer = client.post(page(rival, "recommend"), {"version": 2, "rank": "1", "reason": "好"})
        assert "另排名次" in text(answer)
        assert "rank" in answer.context["recommend_form"].errors

    def test_what_waits_stands_on_the_workbench_and_in_the_menu(self, login, at, people):
        site = at("submitted")
        home = login(people["county"]).get("/")
        assert home.context["nominations"] == [site]
        items = {item["label"]: item["count"] for group in home.context["menu"] for item in group["items"]}
        assert items["项目申报"] == 1


class TestAccess:
    def test_a_neighbour_and_another_county_see_nothing(self, login, at, neighbour, other_reviewer):
        site = at("submitted")
        for user in [neighbour, other_reviewer]:
            client = login(user)
            for address in [page(site), page(site, "edit"), page(site, "print"), page(site, "excel")]:
                assert client.get(address).status_code == 404
            for step in STEPS:
                assert client.post(page(site, step)).status_code == 404
            assert site.name not in text(client.get("/nominations/"))

    def test_leader_and_auditor_look_on(self, login, at, leader, auditor):
        site = at("submitted")
        for user in [leader, auditor]:
            client = login(user)
            for address in [*LISTS, page(site), page(site, "print"), page(site, "excel")]:
                assert client.get(address).status_code == 200
            for step in STEPS:
                assert client.post(page(site, step)).status_code == 403
            assert client.get("/nominations/add/").status_code == 403

    def test_steps_are_posts(self, login, at, people):
        site = at("submitted")
        assert {login(people["city"]).get(page(site, step)).status_code for step in STEPS} == {405}
        assert {login(people["city"]).post(address).status_code for address in [*LISTS, page(site)]} == {405}

    def test_a_cadre_has_no_board(self, login, cadre):
        assert login(cadre).get("/nominations/board/").status_code == 403

    def test_not_for_system_administrators(self, login, system_admin, draft):
        for address in [*LISTS, page(draft), "/changes/"]:
            assert login(system_admin).get(address).status_code == 403


class TestList:
    @pytest.fixture
    def found(self, login, city_staff, at, programme, tree):
        at("recommended")
        factories.site(programme, tree.far_village, creation_type=programme.creation_types.last())
        client = login(city_staff)
        return lambda query: [row.name for row in client.get(f"/nominations/?{query}").context["page_obj"]]

    def test_filters_and_chips(self, found, tree, login, city_staff):
        assert found("") == ["吴山镇桥冲村", "山南镇小井庄村"]
        assert found("state=recommended") == ["山南镇小井庄村"]
        assert found("state=reached_checked") == ["吴山镇桥冲村"]
        assert found("state=mine") == ["吴山镇桥冲村", "山南镇小井庄村"]
        assert found(f"county={tree.county.pk}") == ["山南镇小井庄村"]
        assert found("kind=皖嫂示范基地") == ["吴山镇桥冲村"]
        assert found("state=x&county=y") == ["吴山镇桥冲村", "山南镇小井庄村"]
        chips = login(city_staff).get("/nominations/").context["chips"]
        assert {label: count for label, count, _, _ in chips} == {
            "全部": 2,
            "等我办理": 2,
            "申报中": 0,
            "待县推荐": 0,
            "待市审核": 1,
            "待省批复": 1,
            "已批准": 0,
            "未获批准": 0,
        }

    @pytest.mark.parametrize("address", [*LISTS, "/"])
    def test_the_same_queries_for_1_and_30(self, login, city_staff, programme, tree, at, count_queries, address):
        at("recommended")
        client = login(city_staff)
        one = count_queries(lambda: client.get(address))
        for number in range(29):
            village = factories.organization(f"村{number}", level=Level.VILLAGE, parent=tree.township)
            factories.site(programme, village)
        assert count_queries(lambda: client.get(address)) == one


class TestBoard:
    def test_types_against_counties_each_number_with_its_rows(self, login, at, programme, tree, city_staff, leader):
        at("recommended")
        kinds = list(programme.creation_types.all())
        approve_site(factories.site(programme, tree.far_village, creation_type=kinds[1]), by=city_staff)
        shown = login(leader).get("/nominations/board/")
        rows = {str(row["label"]): [number for number, _ in row["cells"]] for row in shown.context["rows"]}
        assert rows == {
            "长丰县": [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1],
            "肥西县": [1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0],
        }
        assert [number for number, _ in shown.context["total"]["cells"]][-4:] == [2, 2, 1, 1]
        for row in [*shown.context["rows"], shown.context["total"]]:
            for number, address in row["cells"]:
                assert login(leader).get(address).context["page_obj"].paginator.count == number
        assert "还没有“皖嫂示范基地”的申报" in text(shown)
        assert not shown.context["board"].empty_counties

    def test_counties_without_any_are_named(self, login, at, leader, county_reviewer):
        at("submitted")
        board = login(leader).get("/nominations/board/").context["board"]
        assert [str(county) for county in board.empty_counties] == ["长丰县"]
        own = login(county_reviewer).get("/nominations/board/").context["board"]
        assert own.empty_counties == []

    def test_first_visits_that_passed(self, at, programme, tree, people, city_staff, leader, cadre):
        site = at("recommended")
        checked(site, by=city_staff, is_passed=False)
        checked(site, by=city_staff)
        second = proposed(
            programme, factories.organization("馆北村", level=Level.VILLAGE, parent=tree.township), by=cadre
        )
        brought_to("checked", second, **people, rank=2)
        board = nomination_board(programme, leader)
        assert (board.checked_sites, board.passed_first, board.first_pass_percent) == (2, 1, 50)

    def test_what_was_declined_counts_as_proposed_only(self, at, people, programme, leader):
        decline_nomination(at("submitted"), by=people["county"], reason="条件不成熟")
        board = nomination_board(programme, leader)
        assert [number for _, number in board.total.total.all] == [1, 0, 0, 0]
        assert len(board.missing_types) == 3

    def test_without_a_programme(self, login, leader):
        assert "还没有批次" in text(login(leader).get("/nominations/board/"))


def rows_of(response) -> list[list]:
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    return [[cell for cell in row if cell not in (None, "")] for row in sheet.iter_rows(values_only=True)]


class TestPapers:
    def test_the_form_of_one_nomination(self, login, at, people):
        site = at("approved")
        response = login(people["county"]).get(page(site, "excel"))
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        cells = [str(value) for row in sheet.iter_rows(values_only=True) for value in row if value]
        assert cells[0] == "项目点申报审核表"
        assert "申报单位：山南镇妇联（盖章）" in cells
        assert "820" in cells
        opinions = [cell for cell in cells if "（盖章）　" in cell]
        assert [opinion.split("。")[0] for opinion in opinions] == [
            "肥西县妇联推荐，同类型第 1 名",
            "2026年5月22日，市妇联副主席带队（市妇联发展部、县妇联副主席）到妇女之家审核，通过：与申报材料相符\n同意上报\n\n（盖章）　　　　年　　月　　日",
            "皖妇〔2026〕8号（示例）（2026年6月1日）批准为示范村项目点",
        ]
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
        printed = text(login(people["county"]).get(page(site, "print")))
        assert "肥西县妇联推荐，同类型第 1 名。基础好，示范性强" in printed

    def test_an_empty_form(self, login, programme, tree, cadre):
        site = factories.proposed_site(programme, tree.village)
        assert login(cadre).get(page(site)).status_code == 200
        assert login(cadre).get(page(site, "print")).status_code == 200
        assert login(cadre).get(page(site, "excel")).status_code == 200

    def test_the_register_respects_the_filters(self, login, at, programme, tree, city_staff, county_reviewer):
        at("recommended")
        approve_site(factories.site(programme, tree.far_village), by=city_staff)
        whole = rows_of(login(city_staff).get(f"/nominations/register/?programme={programme.pk}"))
        assert whole[0] == ["2026年示例建设项目项目点一览表"]
        assert whole[1][1] == "范围：全部，共 2 个"
        assert whole[3][:4] == ["1", "长丰县", "吴山镇", "吴山镇桥冲村"]
        assert whole[4][:4] == ["2", "肥西县", "山南镇", "山南镇小井庄村"]
        assert whole[5] == ["合计　2 个", "=SUM(I4:I5)", "=SUM(N4:N5)"]
        narrowed = rows_of(login(city_staff).get("/nominations/register/?state=approved"))
        assert narrowed[4][0] == "合计　1 个"
        own = rows_of(login(county_reviewer).get("/nominations/register/"))
        assert own[3][3] == "山南镇小井庄村"

    def test_an_empty_register(self, login, county_reviewer):
        assert rows_of(login(county_reviewer).get("/nominations/register/"))[3] == ["合计　0 个", 0, 0]


def test_posting_more_than_the_form_offers_changes_nothing_more(login, cadre, draft, programme, tree):
    bent = {
        "status": "approved",
        "document_number": "皖妇",
        "decided_on": "2026-01-01",
        "site": 1,
        "programme": 1,
        "organization": tree.far_village.pk,
        "province_amount": "1",
        "approved_at": "2026-01-01",
        "rank": 1,
    }
    before = ProjectSite.objects.values().get()
    login(cadre).post(page(draft, "edit"), papers(draft, name="改个名") | bent)
    after = ProjectSite.objects.values().get()
    assert {name for name in after if after[name] != before[name]} == {"name", "leader_title"}
    nomination = Nomination.objects.get()
    assert (nomination.document_number, nomination.decided_on, nomination.site_id) == ("", None, draft.pk)
    assert nomination.surveyed_on == date(2026, 3, 20)
