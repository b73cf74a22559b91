"""The pages of lights, site, county and programme: what they say, to whom, and in how many queries."""

import io
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from fedwork import clock
from organizations.models import Level, Role
from projects.actions import add_visit, approve_site
from projects.lights import summary
from projects.states import Light, StageKind
from tests import factories
from tests.projects.conftest import NOON, submit
from tests.projects.followup import raised
from tests.projects.lights import OF_THE_PACK, only
from tests.projects.test_site_pages import many_sites

pytestmark = pytest.mark.django_db
READERS = ["cadre", "county_reviewer", "city_staff", "leader", "auditor"]


@pytest.fixture
def site(programme, tree, city_staff):
    only(programme, *OF_THE_PACK)
    with clock.set_to(timezone.make_aware(datetime(2026, 6, 1, 9))):
        return approve_site(factories.site(programme, tree.village), by=city_staff)


@pytest.fixture
def far_site(programme, tree, city_staff, site):
    """Approved today: nothing is overdue but the launch task."""
    return approve_site(factories.site(programme, tree.far_village), by=city_staff)


@pytest.fixture
def county_page(programme, tree) -> str:
    return f"{reverse('projects:county_detail', args=[tree.county.pk])}?programme={programme.pk}"


def text(response) -> str:
    return response.content.decode()


class TestWorkbench:
    @pytest.fixture
    def read(self, login, request):
        """The lights of the first page of `who`, `minutes` after noon."""

        def ask(who: str, minutes: int):
            with clock.set_to(NOON + timedelta(minutes=minutes)):
                return login(request.getfixturevalue(who)).get("/")

        return ask

    def test_of_few_sites_they_are_of_this_minute(self, site, city_staff, tree, programme, read):
        assert read("city_staff", 3).context["lights"].counts[Light.RED] == 1
        approve_site(factories.site(programme, tree.far_village), by=city_staff)
        page = read("city_staff", 4)
        assert page.context["lights"].counts[Light.RED] == 2
        assert "每 10 分钟更新" not in text(page)

    def test_of_many_they_are_kept_for_ten_minutes(self, site, city_staff, tree, programme, read, monkeypatch):
        monkeypatch.setattr(summary, "MANY", 1)
        cache.clear()
        first = read("city_staff", 3)
        assert "以上截至 12:00" in text(first)
        with clock.set_to(NOON + timedelta(minutes=4)):
            approve_site(factories.site(programme, tree.far_village), by=city_staff)
        told = {minutes: read("city_staff", minutes).context["lights"].counts[Light.RED] for minutes in [5, 9, 11]}
        assert told == {5: 1, 9: 1, 11: 2}
        assert read("county_reviewer", 12).context["lights"].counts[Light.RED] == 1


class TestList:
    def test_counts_reasons_and_trend(self, site, far_site, leader, login):
        page = login(leader).get("/lights/")
        assert [(tile["light"], tile["number"]) for tile in page.context["tiles"]] == [
            (Light.RED, 2),
            (Light.YELLOW, 0),
            (Light.GREEN, 0),
        ]
        assert "月月报逾期未报" in text(page)
        assert [row["end"].total for row in page.context["trend"]] == [2, 1, 1, 1, 1, 1]
        assert "数据截至 2026年11月22日 12:00" in text(page)
        assert "不含未审" in text(page)

    def test_each_number_leads_to_its_sites(self, site, far_site, leader, login):
        client = login(leader)
        for tile in client.get("/lights/").context["tiles"]:
            assert len(client.get(tile["address"]).context["rows"]) == tile["number"]
        for row in client.get("/lights/").context["trend"]:
            then = client.get(row["address"])
            assert then.context["form"].errors == {}
            assert [tile["number"] for tile in then.context["tiles"]] == list(row["end"].counts.values())

    def test_everybody_sees_the_own_part(self, site, far_site, request, login):
        def names(who):
            return {light.site.name for light, _ in login(request.getfixturevalue(who)).get("/lights/").context["rows"]}

        both = {site.name, far_site.name}
        assert {who: names(who) for who in READERS} == {
            "cadre": {site.name},
            "county_reviewer": {site.name},
            "city_staff": both,
            "leader": both,
            "auditor": both,
        }
        assert names("neighbour") == set()

    def test_nonsense_filters_nothing(self, site, leader, login):
        page = login(leader).get("/lights/?light=blue&as_of=morgen&under=x&page=-1")
        assert len(page.context["rows"]) == 1

    def test_of_very_many_sites_the_trend_waits_to_be_asked(self, site, leader, login, monkeypatch):
        monkeypatch.setattr("projects.forms.lights.TREND_SITES", 0)
        page = login(leader).get("/lights/")
        assert page.context["trend"] == []
        assert len(login(leader).get(page.context["trend_address"]).context["trend"]) == 6

    def test_as_a_workbook(self, site, far_site, leader, login):
        response = login(leader).get("/lights/excel/?light=red")
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
        cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row if cell]
        assert {site.name, far_site.name, "红", "任务逾期：1 天起亮黄灯，15 天起亮红灯"} <= set(cells)

    def test_before_any_programme(self, leader, login):
        assert "还没有亮灯的项目点" in text(login(leader).get("/lights/"))
        assert login(leader).get("/lights/excel/").status_code == 200


class TestSite:
    def test_the_light_explains_itself(self, site, cadre, login):
        page = login(cadre).get(site.get_absolute_url())
        first, link = page.context["findings"][0]
        assert first.words == "“启动阶段任务”应于6月30日完成，报告完成 0%"
        for said in [first.words, "7月15日起", first.clears, "任务逾期：1 天起亮黄灯，15 天起亮红灯", link.address]:
            assert said in text(page)

    def test_what_is_due_comes_by_date_with_its_link(self, site, cadre, city_staff, login):
        raised(site, by=city_staff)
        page = login(cadre).get(site.get_absolute_url())
        due = [(each.words, each.days, each.link and each.link.label) for each in page.context["due"]]
        assert [each for each in due if each[0] == "6月月报"] == [("6月月报", -150, "去填报")]
        assert due[-4:-1] == [
            ("1 项任务快到计划日期：“建设阶段任务”0%", 8, "填进度"),
            ("市妇联本月到点指导", 8, None),
            (f"整改 ZG2026-{site.rectifications.get().pk:04d}：培训签到表缺 2 期", 12, "去办"),
        ]
        assert due[-1][0] == "第 3 次督查汇报会（最迟）"
        assert [days for _, days, _ in due] == sorted(days for _, days, _ in due)

    def test_what_was_done_is_not_due(self, site, cadre, city_staff, login):
        submit(site.reports.get(month=date(2026, 11, 1)), by=cadre)
        add_visit(factories.visit(site, date(2026, 11, 20)), by=city_staff)
        words = [each.words for each in login(city_staff).get(site.get_absolute_url()).context["due"]]
        assert "11月月报" not in words
        assert "市妇联本月到点指导" not in words
        assert "10月月报" in words

    def test_who_does_the_work_sees_first_what_is_due(self, site, cadre, leader, login):
        def anchors(user):
            return [section.anchor for section in login(user).get(site.get_absolute_url()).context["sections"]]

        rest = ["visits", "logs", "stages", "schedule", "people", "archive", "facts"]
        assert anchors(cadre) == ["due", "light", "reports", "money", *rest]
        assert anchors(leader) == ["light", "due", "money", "reports", *rest]

    def test_tasks_late_are_counted_alike_everywhere(self, programme, tree, city_staff, login):
        """The turn of October waits for November's report: neither the schedule nor what is due calls it late."""
        factories.task(programme.stages.get(kind=StageKind.BUILD), "值班", rhythm="monthly")
        site = approve_site(factories.site(programme, tree.village), by=city_staff)
        page = login(city_staff).get(site.get_absolute_url())
        assert [stage.words for stage in page.context["stages"]] == [
            "0/1 项完成，1 项逾期",
            "0/6 项完成，3 项逾期",
            "0/1 项完成",
        ]
        due = [(each.words.split("：")[0], each.due_on) for each in page.context["due"] if "项任务" in each.words]
        assert due == [
            ("4 项任务逾期", date(2026, 6, 30)),
            ("1 项任务等本月月报填报", date(2026, 11, 25)),
            ("2 项任务快到计划日期", date(2026, 11, 30)),
        ]

    def test_months_lead_to_their_visits_and_the_rest_stands_behind_more(self, site, city_staff, leader, login):
        add_visit(factories.visit(site, date(2026, 11, 20)), by=city_staff)
        page = text(login(city_staff).get(site.get_absolute_url()))
        month = reverse("projects:record_month", args=[site.pk, 2026, 11])
        further = page.split('<details class="further">')[1].split("</details>")[0]
        assert f'href="{month}#visits"' in page
        assert [words for words in ["交办整改", "申报材料"] if words not in further] == []
        assert "交办整改" not in text(login(leader).get(site.get_absolute_url()))

    def test_a_nominated_site_has_no_light_yet(self, programme, tree, city_staff, login):
        site = factories.site(programme, tree.village)
        page = login(city_staff).get(site.get_absolute_url())
        assert (page.context["light"], page.context["due"]) == (None, [])
        assert "批准后开始亮灯" in text(page)

    def test_progress_in_words(self, site, cadre, login):
        submit(site.reports.get(month=date(2026, 11, 1)), by=cadre, percent=60)
        assert login(cadre).get(site.get_absolute_url()).context["progress"] == (
            "建设阶段（7月1日至11月30日），共 3 项任务，1 项逾期，1 项滞后；还没有通过的月报。"
        )


class TestCounty:
    def test_everything_of_the_county_and_nothing_else(
        self, site, far_site, county_page, leader, county_reviewer, login
    ):
        with clock.set_to(timezone.make_aware(datetime(2026, 10, 8, 9))):
            raised(site, by=county_reviewer, found_on=date(2026, 10, 1), due_on=date(2026, 11, 3))
        page = login(leader).get(county_page)
        (row,) = page.context["rows"]
        assert (row.site, row.light.level, row.reports.due, row.due_visits, row.visits) == (site, Light.RED, 6, 6, 0)
        assert (row.open_items, row.overdue_items) == (1, 1)
        assert [cell["number"] for cell in page.context["rates"]] == [6, 0, 0, 0, 0]
        assert [row.label for row in page.context["panels"][0]["money"].rows] == [site.name]
        assert "示例county" in text(page)
        assert far_site.name not in text(page)

    def test_numbers_lead_to_their_rows(self, site, county_page, leader, login):
        client = login(leader)
        page = client.get(county_page)
        for cell in page.context["rates"]:
            assert client.get(cell["address"]).context["page_obj"].paginator.count == cell["number"]
        for tile in page.context["tiles"]:
            assert len(client.get(tile["address"]).context["rows"]) == tile["number"]

    def test_only_inside_the_own_part(self, site, county_page, tree, request, login):
        def statuses(who):
            client = login(request.getfixturevalue(who))
            elsewhere = reverse("projects:county_detail", args=[tree.other_county.pk])
            city = reverse("projects:county_detail", args=[tree.city.pk])
            return [client.get(page).status_code for page in [county_page, elsewhere, city]]

        assert statuses("county_reviewer") == [200, 404, 404]
        assert statuses("other_reviewer") == [404, 200, 404]
        assert statuses("cadre") == [404, 404, 404]
        assert statuses("leader") == statuses("city_staff") == statuses("auditor") == [200, 200, 404]
        assert statuses("system_admin") == [403, 403, 403]

    def test_leads_to_the_timeline_the_visits_and_the_rates_of_the_county(
        self, site, far_site, county_page, tree, leader, login
    ):
        client = login(leader)
        page = text(client.get(county_page))
        for name in ["schedule_board", "visit_matrix", "completeness"]:
            address = f"{reverse(f'projects:{name}')}?programme={site.programme_id}&under={tree.county.pk}"
            assert f'href="{address.replace("&", "&amp;")}"' in page
            there = text(client.get(address))
            assert f"：{tree.county}</h1>" in there

    def test_a_county_without_sites(self, site, tree, leader, login):
        page = login(leader).get(reverse("projects:county_detail", args=[tree.other_county.pk]))
        assert "没有已批准的项目点" in text(page)


class TestProgramme:
    def test_lights_rates_money_and_spread(self, site, far_site, programme, leader, login):
        page = login(leader).get(programme.get_absolute_url())
        assert [tile["number"] for tile in page.context["tiles"]] == [2, 0, 0]
        assert [cell["number"] for cell in page.context["rates"]] == [12, 0, 0, 0, 0]
        assert [str(row["county"]) for row in page.context["counties"]] == ["长丰县", "肥西县"]
        assert [[number for _, number, _ in row["lights"]] for row in page.context["counties"]] == [[1, 0, 0]] * 2
        assert [row.label for row in page.context["panels"][0]["money"].rows] == ["长丰县", "肥西县"]

    def test_a_county_sees_its_part(self, site, far_site, programme, county_reviewer, login):
        page = login(county_reviewer).get(programme.get_absolute_url())
        assert [tile["number"] for tile in page.context["tiles"]] == [1, 0, 0]
        assert "以下数字是本辖区的" in text(page)


def test_the_workbench_of_a_leader_begins_with_the_lights(site, far_site, leader, login):
    page = login(leader).get("/")
    assert [tile["number"] for tile in page.context["light_tiles"]] == [2, 0, 0]
    assert {light.site for light in page.context["lights"].gravest} == {site, far_site}
    assert text(page).index("红灯") < text(page).index("退回未改")


def test_the_matrix_of_months_shows_the_lights(site, leader, login):
    (row,) = login(leader).get("/progress/").context["matrix"].counties[0][1]
    assert row.light == Light.RED.mark


def test_the_same_queries_for_1_and_30(site, county_page, programme, tree, leader, city_staff, login, count_queries):
    client = login(leader)
    raised(site, by=city_staff)
    pages = ["/", "/lights/", "/lights/excel/", "/progress/", county_page, programme.get_absolute_url()]
    pages.append(site.get_absolute_url())

    def counts():
        return [count_queries(lambda page=page: client.get(page)) for page in pages]

    one = counts()
    with clock.set_to(NOON):
        many_sites(programme, tree.township, 29, by=city_staff)
    for each in programme.sites.exclude(pk=site.pk)[:9]:
        raised(each, by=city_staff)
    assert dict(zip(pages, counts(), strict=True)) == dict(zip(pages, one, strict=True))
    assert one[-1] <= 75  # of a site all subjects: about one for each table


def test_another_city_has_its_own_lights(site, tree, login):
    elsewhere = factories.organization("芜湖市", level=Level.CITY, parent=tree.province)
    stranger = factories.user("stranger", role=Role.LEADER, organization=elsewhere)
    assert login(stranger).get("/lights/").context["page_obj"].paginator.count == 0
    assert login(stranger).get(site.get_absolute_url()).status_code == 404


def test_the_pages_only_show(site, county_page, leader, login):
    client = login(leader)
    assert [client.post(page).status_code for page in ["/lights/", "/lights/excel/", county_page]] == [405] * 3
