"""The pages of 整改事项: list, 督查台账, entry, and the page of one with its steps."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from organizations.models import Role
from projects.actions import approve_site, ask_extension, close_rectification, refuse_extension
from projects.models import Rectification
from tests import factories
from tests.projects.followup import new_item, raised, submitted

pytestmark = pytest.mark.django_db
LIST, ADD, EXCEL = "/rectifications/", "/rectifications/add/", "/rectifications/excel/"
STEPS = ["submit", "extension/ask", "extension/grant", "extension/refuse", "return", "close", "files"]


@pytest.fixture
def item(site, city_staff):
    return raised(site, by=city_staff)


@pytest.fixture
def far_item(programme, tree, city_staff):
    return raised(approve_site(factories.site(programme, tree.far_village), by=city_staff), by=city_staff)


def shown(response) -> list[Rectification]:
    return [item for item, *_ in response.context["rows"]]


def chips(response) -> dict[str, int]:
    return {label: number for label, number, *_ in response.context["chips"]}


class TestList:
    @pytest.mark.parametrize(
        ("who", "sees"),
        [
            ("city_staff", 2),
            ("leader", 2),
            ("auditor", 2),
            ("county_reviewer", 1),
            ("other_reviewer", 1),
            ("cadre", 1),
            ("neighbour", 0),
        ],
    )
    def test_everybody_sees_their_own_part(self, item, far_item, who, sees, request, login):
        page = login(request.getfixturevalue(who)).get(LIST)
        assert len(shown(page)) == chips(page)["全部"] == sees

    def test_closed_to_the_system_administrator(self, system_admin, login):
        assert [login(system_admin).get(address).status_code for address in [LIST, ADD, EXCEL]] == [403] * 3

    def test_filters_and_counts(self, item, far_item, tree, cadre, city_staff, login):
        sent = submitted(item, by=cadre)
        close_rectification(sent, by=city_staff, version=sent.version, note="核实")
        client = login(city_staff)
        assert chips(client.get(LIST)) == {
            "未销号": 1,
            "等我办理": 0,
            "逾期": 0,
            "待整改": 1,
            "已延期": 0,
            "申请延期中": 0,
            "待复核": 0,
            "已销号": 1,
            "全部": 2,
        }
        assert shown(client.get(LIST)) == [far_item]
        assert shown(client.get(LIST, {"state": "closed"})) == [item]
        assert shown(client.get(LIST, {"state": "all", "county": tree.county.pk})) == [item]
        assert shown(client.get(LIST, {"state": "all", "site": far_item.site.pk})) == [far_item]
        for name, found, missing in [("category", "materials", "money"), ("source", "inspection", "visit")]:
            assert len(shown(client.get(LIST, {"state": "all", name: found}))) == 2
            assert shown(client.get(LIST, {"state": "all", name: missing})) == []
        nonsense = client.get(LIST, {"category": "x", "county": "x", "state": "x", "site": "x", "page": "x"})
        assert "没有这一项，请重新选择。" in nonsense.content.decode()

    def test_what_waits_for_me_and_the_badge_of_the_menu(self, item, cadre, city_staff, county_reviewer, login):
        def waiting(user):
            page = login(user).get(LIST, {"state": "mine"})
            entry = next(e for g in page.context["menu"] for e in g["items"] if e["label"] == "整改事项")
            assert entry["count"] == len(shown(page))
            return entry["count"]

        assert [waiting(user) for user in [cadre, city_staff, county_reviewer]] == [1, 0, 0]
        asked = ask_extension(item, by=cadre, version=item.version, until=date(2026, 12, 18), reason="下雨")
        assert [waiting(user) for user in [cadre, city_staff, county_reviewer]] == [1, 1, 0]
        submitted(asked, by=cadre)
        assert [waiting(user) for user in [cadre, city_staff, county_reviewer]] == [0, 1, 0]

    def test_the_same_queries_with_1_row_and_30(self, item, city_staff, login, count_queries):
        client = login(city_staff)
        one = [count_queries(lambda address=address: client.get(address)) for address in [LIST, EXCEL, "/"]]
        for number in range(30):
            raised(item.site, by=city_staff, problem=f"问题 {number}")
        assert [count_queries(lambda address=address: client.get(address)) for address in [LIST, EXCEL, "/"]] == one
        assert len(shown(client.get(LIST))) == 31

    def test_it_only_shows(self, city_staff, login):
        assert [login(city_staff).post(address).status_code for address in [LIST, EXCEL]] == [405, 405]


def test_the_ledger_in_the_official_layout(item, cadre, city_staff, login):
    asked = ask_extension(item, by=cadre, version=item.version, until=date(2026, 12, 18), reason="下雨")
    submitted(asked, by=cadre, text="=已补齐")
    response = login(city_staff).get(EXCEL)
    assert "%E9%A1%B9%E7%9B%AE%E7%9D%A3%E6%9F%A5%E5%8F%B0%E8%B4%A6" in response["Content-Disposition"]
    sheet = load_workbook(BytesIO(response.content)).active
    rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows[0][0] == "项目督查台账"
    headings = next(place for place, row in enumerate(rows) if row[0] == "编号")
    assert rows[headings] == [
        *["编号", "督查日期", "督查组", "县区", "项目点", "问题描述", "问题类别", "责任单位", "责任人", "整改措施"],
        *["整改时限", "整改情况", "完成日期", "复核人", "是否销号", "延期记录"],
    ]
    assert rows[headings + 1] == [
        *[item.number, "2026-11-20", "检查督查", "肥西县", str(item.site), "培训签到表缺 2 期", "资料", "山南镇"],
        *["示例cadre", "补齐签到表并附照片", "2026-12-04", "=已补齐", "2026-11-22", "", "否"],
        "11月22日申请延至12月18日：下雨",
    ]
    assert sheet.cell(headings + 2, 12).data_type == "s"
    assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", f"${headings + 1}:${headings + 1}")


class TestRaising:
    VALUES = {
        "source": "visit",
        "found_on": "2026-11-20",
        "category": "venue",
        "problem": "活动室没有挂牌",
        "measure": "挂牌并拍照",
        "workdays": "１０",
    }

    def test_the_site_first_then_the_item(self, site, city_staff, login, tree):
        client = login(city_staff)
        assert list(client.get(ADD).context["form"].fields["site"].queryset) == [site]
        page = client.get(ADD, {"site": site.pk})
        assert page.context["form"].fields["post"].choices == [
            (f"{tree.township.pk}:cadre", "山南镇填报员"),
            (f"{tree.county.pk}:county_reviewer", "肥西县县级审核员"),
        ]
        answer = client.post(f"{ADD}?site={site.pk}", self.VALUES | {"post": f"{tree.township.pk}:cadre"})
        item = Rectification.objects.get()
        assert answer["Location"] == item.get_absolute_url()
        assert (item.due_on, item.post_name, item.category) == (date(2026, 12, 4), "山南镇填报员", "venue")

    def test_a_county_is_not_offered_itself(self, site, county_reviewer, login):
        page = login(county_reviewer).get(ADD, {"site": site.pk})
        assert [name for _, name in page.context["form"].fields["post"].choices] == ["山南镇填报员"]

    def test_refused_with_what_was_typed(self, site, city_staff, login, tree):
        values = self.VALUES | {"found_on": "2026-12-30", "problem": "没有挂牌", "post": f"{tree.township.pk}:cadre"}
        page = login(city_staff).post(f"{ADD}?site={site.pk}", values).content.decode()
        assert "发现日期不能晚于今天" in page
        assert "没有挂牌</textarea>" in page
        values = self.VALUES | {"workdays": "", "post": "9:9", "category": ""}
        errors = login(city_staff).post(f"{ADD}?site={site.pk}", values).context["form"].errors
        assert errors.keys() == {"workdays", "post", "category"}
        assert not Rectification.objects.exists()

    def test_out_of_sight_404_and_not_theirs_403(self, site, other_reviewer, cadre, leader, login):
        assert login(other_reviewer).get(ADD, {"site": site.pk}).status_code == 404
        assert login(other_reviewer).get(ADD, {"site": "x"}).status_code == 404
        assert [login(user).get(ADD).status_code for user in [cadre, leader]] == [403, 403]


class TestItem:
    def test_what_each_can_do(self, item, cadre, city_staff, leader, login):
        def buttons(user):
            page = login(user).get(item.get_absolute_url()).content.decode()
            return [
                word
                for word in ["报送，请求复核", "提出延期申请", "同意延期", "销号</button>", "退回再改</button>"]
                if word in page
            ]

        assert buttons(cadre) == ["报送，请求复核", "提出延期申请"]
        assert (buttons(city_staff), buttons(leader)) == ([], [])
        asked = ask_extension(item, by=cadre, version=item.version, until=date(2026, 12, 18), reason="下雨")
        assert (buttons(cadre), buttons(city_staff)) == (["报送，请求复核"], ["同意延期"])
        submitted(asked, by=cadre)
        assert (buttons(cadre), buttons(city_staff)) == ([], ["销号</button>", "退回再改</button>"])
        assert "没有附照片或文件" in login(city_staff).get(item.get_absolute_url()).content.decode()

    def test_the_neighbour_sees_nothing_of_it(self, item, neighbour, login):
        client = login(neighbour)
        assert client.get(item.get_absolute_url()).status_code == 404
        assert {client.post(f"{item.get_absolute_url()}{step}/").status_code for step in STEPS} == {404}

    def test_seen_but_not_theirs(self, item, leader, login):
        client = login(leader)
        assert {client.post(f"{item.get_absolute_url()}{step}/").status_code for step in STEPS} == {403}
        assert {client.get(f"{item.get_absolute_url()}{step}/").status_code for step in STEPS} == {405}

    def test_through_all_steps_by_the_pages(self, item, cadre, city_staff, login):
        def post(user, step, **values):
            item.refresh_from_db()
            values["version"] = item.version
            answer = login(user).post(f"{item.get_absolute_url()}{step}/", values, follow=True)
            return answer.context["item"].state, [str(message) for message in answer.context["messages"]]

        assert post(cadre, "extension/ask", until="2026-12-18", text="下雨")[0] == "open"
        assert post(city_staff, "extension/refuse", text="时间够")[1] == ["已答复不同意延期，原来的时限不变。"]
        post(cadre, "extension/ask", until="2026-12-18", text="又下雨")
        assert post(city_staff, "extension/grant") == ("extended", ["已同意延期。"])
        assert post(cadre, "submit", text="补齐了")[0] == "submitted"
        assert post(city_staff, "return", text="还差一期", due_on="2026-12-25")[0] == "extended"
        assert post(cadre, "submit", text="都补齐了")[0] == "submitted"
        assert post(city_staff, "close", text="看过了") == ("closed", ["已复核销号。"])

    def test_refusals_come_back_with_what_was_typed(self, item, cadre, login):
        address, client = item.get_absolute_url(), login(cadre)
        page = client.post(f"{address}extension/ask/", {"until": "2026-12-01", "text": "下雨", "version": item.version})
        assert page.context["ask_form"].errors == {"until": ["申请的日期应晚于现在的时限 2026年12月4日。"]}
        assert "下雨</textarea>" in page.content.decode()
        assert client.post(f"{address}submit/", {"text": "", "version": item.version}).context["submit_form"].errors
        assert client.post(f"{address}submit/", {"text": "好", "version": "x"}).context["submit_form"].errors

    def test_a_step_about_an_older_version_is_a_conflict(self, item, cadre, city_staff, login):
        sent = submitted(item, by=cadre)
        values = {"text": "核实", "version": sent.version - 1}
        answer = login(city_staff).post(f"{item.get_absolute_url()}close/", values)
        assert answer.status_code == 409
        assert "又有新的办理" in answer.content.decode()

    def test_files_as_a_form_and_one_by_one(self, item, cadre, city_staff, login, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        address, client = reverse("projects:rectification_evidence", args=[item.pk]), login(cadre)
        files = [factories.upload(), factories.upload(b"nonsense", "说明.txt")]
        page = client.post(address, {"files": files}, follow=True).content.decode()
        assert "已上传 1 个照片和文件。" in page
        assert "“说明.txt”没有上传" in page
        json = client.post(
            address,
            {"files": factories.upload(factories.picture(colour=(1, 2, 3)))},
            headers={"Accept": "application/json"},
        )
        assert (json.status_code, item.attachments.count()) == (201, 2)
        seen = item.attachments.first()
        assert login(city_staff).get(seen.get_absolute_url()).getvalue()[:2] == b"\xff\xd8"
        removal = reverse("projects:attachment_remove", args=[seen.pk])
        assert login(city_staff).post(removal).status_code == 403
        assert client.post(removal)["Location"] == f"{item.get_absolute_url()}#attachments"
        assert item.attachments.count() == 1

    def test_the_same_queries_for_many_steps_and_files(self, item, cadre, city_staff, login, count_queries):
        client, address = login(city_staff), item.get_absolute_url()
        few = count_queries(lambda: client.get(address))
        for number in range(6):
            factories.evidence(item, by=cadre)
            asked = ask_extension(item, by=cadre, version=item.version, until=date(2026, 12, 18 + number), reason="雨")
            item = refuse_extension(asked, by=city_staff, version=asked.version, reason="不同意")
        assert count_queries(lambda: client.get(address)) == few

    def test_on_the_site_page_and_the_workbench(self, item, cadre, login):
        for address in [item.site.get_absolute_url(), "/"]:
            assert item.problem in login(cadre).get(address).content.decode()


def test_a_township_cadre_answers_for_many_sites_of_the_township(item, site, programme, tree, city_staff, cadre, login):
    second = factories.organization("凤凰村", level=tree.village.level, parent=tree.township)
    other = raised(approve_site(factories.site(programme, second), by=city_staff), by=city_staff)
    assert shown(login(cadre).get(LIST, {"state": "mine"})) == [item, other]
    village = factories.user("village", role=Role.CADRE, organization=tree.village)
    assert shown(login(village).get(LIST, {"state": "mine"})) == []
    assert new_item(site).organization == tree.township
