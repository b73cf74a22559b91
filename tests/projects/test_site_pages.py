from datetime import date, datetime

import pytest
from django.utils import timezone

from fedwork import clock
from organizations.models import Level
from projects.actions import approve_site, pass_report, return_report
from projects.models import Inspection, MonthlyReport, ProjectSite, WorkLog
from projects.progress import progress_matrix, site_progress
from tests import factories
from tests.projects.conftest import NOON, submit
from tests.projects.fieldnotes import held_training, noted

pytestmark = pytest.mark.django_db
PAGES = ["/sites/", "/sites/{site}/", "/programmes/{programme}/", "/progress/"]


@pytest.fixture
def addresses(site, programme) -> list[str]:
    return [page.format(site=site.pk, programme=programme.pk) for page in PAGES]


def text(response) -> str:
    return response.content.decode()


def many_sites(programme, township, number: int, *, by) -> None:
    kind = programme.creation_types.first()
    kind.quota = 100
    kind.save()
    for position in range(number):
        village = factories.organization(f"村{position}", level=Level.VILLAGE, parent=township)
        approve_site(factories.site(programme, village), by=by)


@pytest.mark.parametrize("role", ["cadre", "county_reviewer", "city_staff", "leader", "auditor"])
def test_every_project_role_opens_the_pages(login, request, role, addresses, site):
    client = login(request.getfixturevalue(role))
    for address in addresses:
        assert site.programme.name in text(client.get(address))
    assert site.name in text(client.get("/sites/"))


def test_the_pages_are_closed_to_system_administrators_and_strangers(login, client, system_admin, addresses):
    administrator = login(system_admin)
    for address in addresses:
        assert administrator.get(address).status_code == 403
        assert client.get(address).url == f"/login/?next={address}"


def test_the_pages_only_show(login, city_staff, addresses):
    client = login(city_staff)
    assert [client.post(address).status_code for address in addresses] == [405] * 4


def test_a_neighbour_sees_neither_site_nor_row(login, neighbour, other_reviewer, site):
    for user in [neighbour, other_reviewer]:
        client = login(user)
        assert client.get(f"/sites/{site.pk}/").status_code == 404
        assert site.name not in text(client.get("/sites/"))
        assert site.name not in text(client.get("/progress/"))


def test_a_programme_of_elsewhere_is_not_there(login, tree, cadre):
    elsewhere = factories.organization("芜湖市", level=Level.CITY, parent=tree.province)
    assert login(cadre).get(f"/programmes/{factories.programme(elsewhere).pk}/").status_code == 404


class TestList:
    @pytest.fixture
    def found(self, login, city_staff, programme, tree, site):
        factories.site(programme, tree.far_village, creation_type=programme.creation_types.last())
        client = login(city_staff)

        def names(query: str) -> list[str]:
            return [row.name for row in client.get(f"/sites/?{query}").context["page_obj"]]

        return names

    def test_filters_and_search(self, found, tree, programme):
        assert found("") == ["吴山镇桥冲村", "山南镇小井庄村"]
        assert found(f"county={tree.county.pk}") == ["山南镇小井庄村"]
        assert found("kind=皖嫂示范基地") == ["吴山镇桥冲村"]
        assert found("status=approved") == ["山南镇小井庄村"]
        assert found(f"programme={programme.pk}&q=桥冲") == ["吴山镇桥冲村"]
        assert found("q=XJZ") == ["山南镇小井庄村"]
        assert found("q=340121103") == ["吴山镇桥冲村"]
        assert found("q=没有") == []

    def test_nonsense_in_the_address_is_said_and_filters_nothing(self, found, login, city_staff):
        assert len(found("county=x&programme=0&status=y&page=-3")) == 2
        assert "没有这一项，请重新选择。" in text(login(city_staff).get("/sites/?county=x"))

    def test_a_county_outside_the_scope_is_no_choice(self, login, county_reviewer, site, tree):
        page = text(login(county_reviewer).get(f"/sites/?county={tree.other_county.pk}"))
        assert "没有这一项" in page
        assert "长丰县" not in page

    def test_the_same_queries_for_1_and_30(self, login, leader, programme, tree, site, city_staff, count_queries):
        client = login(leader)
        one = count_queries(lambda: client.get("/sites/"))
        many_sites(programme, tree.township, 29, by=city_staff)
        assert count_queries(lambda: client.get("/sites/")) == one
        assert "第 1 / 2 页，共 30 条" in text(client.get("/sites/"))


class TestSchedule:
    """Today is 22 November: the build stage has run 145 of its 153 days."""

    def marks(self, site) -> list[tuple[int, int, str]]:
        return [
            (line.percent, line.expected, line.mark.word)
            for stage in site_progress(site, clock.today())
            for line in stage.items
        ]

    def test_before_any_report(self, site):
        assert self.marks(site) == [(0, 100, "逾期"), (0, 95, "滞后"), (0, 0, "未开始")]

    def test_the_latest_submitted_report_counts(self, site, report, cadre):
        october = site.reports.get(month=date(2026, 10, 1))
        submit(october, by=cadre, percent=40)
        assert self.marks(site)[1] == (40, 95, "滞后")
        submit(report, by=cadre, percent=96)
        assert self.marks(site)[1] == (96, 95, "按时")

    def test_a_draft_and_a_returned_report_do_not(self, site, report, cadre, county_reviewer):
        october = site.reports.get(month=date(2026, 10, 1))
        submit(october, by=cadre, percent=40)
        sent = submit(report, by=cadre, percent=96)
        return_report(sent, by=county_reviewer, version=sent.version, reason="请核对")
        assert self.marks(site)[1] == (40, 95, "滞后")

    def test_done(self, site, programme):
        stage = site_progress(site, clock.today())[0]
        stage.items[0].percent = 100
        assert stage.items[0].mark.word == "已完成"

    def test_the_page(self, login, cadre, site, report):
        submit(report, by=cadre, percent=60)
        page = text(login(cadre).get(f"/sites/{site.pk}/"))
        for words in [
            "肥西县",
            "建设阶段任务",
            "60%",
            "95%",
            "滞后",
            "待县审",
            f'href="/reports/{report.pk}/"',
            "未到",
        ]:
            assert words in page

    def test_the_same_queries_for_1_and_30_tasks(self, login, cadre, site, report, count_queries):
        client, stage = login(cadre), site.stages.last()
        one = count_queries(lambda: client.get(f"/sites/{site.pk}/"))
        for number in range(29):
            factories.schedule_item(stage, f"任务{number}")
        assert count_queries(lambda: client.get(f"/sites/{site.pk}/")) == one


def test_the_programme_in_words(login, county_reviewer, city_staff, site, programme, tree):
    approve_site(factories.site(programme, tree.far_village), by=city_staff)
    page = text(login(city_staff).get(f"/programmes/{programme.pk}/"))
    for words in ["每个项目点 30,000 元", "不少于 10,000 元", "2026年6月至2026年12月", "当月 25 日 18:00", "长丰县"]:
        assert words in page
    own = login(county_reviewer).get(f"/programmes/{programme.pk}/")
    assert [kind.approved for kind in own.context["types"]] == [1, 0, 0]
    assert [(str(row["county"]), row["sites"]) for row in own.context["counties"]] == [
        ("肥西县", {"total": 1, "approved": 1})
    ]


class TestMatrix:
    def matrix(self, programme, now=NOON):
        sites = ProjectSite.objects.filter(programme=programme)
        reports = MonthlyReport.objects.filter(site__in=sites)
        return progress_matrix(programme.months(), list(sites.by_county()), reports, now)

    def test_words_and_totals(self, programme, site, report, cadre, county_reviewer, city_staff, tree):
        approve_site(factories.site(programme, tree.far_village), by=city_staff)
        sent = submit(report, by=cadre)
        passed = pass_report(sent, by=county_reviewer, version=sent.version)
        pass_report(passed, by=city_staff, version=passed.version)
        submit(site.reports.get(month=date(2026, 10, 1)), by=cadre)
        matrix = self.matrix(programme)
        words = {str(row.site): [cell.mark.word for cell in row.cells] for _, rows in matrix.counties for row in rows}
        assert words == {
            "吴山镇桥冲村": ["逾期"] * 5 + ["未填报", "未到"],
            "山南镇小井庄村": ["逾期"] * 4 + ["待县审", "已通过", "未到"],
        }
        assert [(county, len(rows)) for county, rows in matrix.counties] == [("长丰县", 1), ("肥西县", 1)]
        assert {label: [number for _, number in counts] for label, _, counts in matrix.total_rows} == {
            "应报": [2, 2, 2, 2, 2, 2, None],
            "已报": [0, 0, 0, 0, 1, 1, None],
            "按时": [0, 0, 0, 0, 0, 1, None],
            "已审": [0, 0, 0, 0, 0, 1, None],
        }

    def test_a_return_does_not_make_a_report_late(self, programme, report, cadre, county_reviewer):
        sent = submit(report, by=cadre)
        return_report(sent, by=county_reviewer, version=sent.version, reason="请核对")
        later = timezone.make_aware(datetime(2026, 12, 2))
        matrix = self.matrix(programme, later)
        assert matrix.counties[0][1][0].cells[5].mark.word == "已退回"
        assert (matrix.totals[5]["submitted"], matrix.totals[5]["on_time"]) == (1, 1)

    def test_the_page_by_programme_and_county(self, login, leader, programme, tree, site, report, city_staff):
        approve_site(factories.site(programme, tree.far_village), by=city_staff)
        factories.programme(tree.city, year=2025)
        client = login(leader)
        page = text(client.get("/progress/"))
        assert "数据截至 2026年11月22日 12:00" in page
        assert f'href="/reports/{report.pk}/"' in page
        narrowed = client.get(f"/progress/?programme={programme.pk}&under={tree.other_county.pk}")
        assert [county for county, _ in narrowed.context["matrix"].counties] == ["长丰县"]
        assert narrowed.context["matrix"].totals[0]["due"] == 1

    def test_next_years_copy_does_not_empty_the_page(self, login, leader, programme, tree, site):
        factories.programme(tree.city, year=2027)
        factories.programme(tree.city, year=2026, name="2026年另一示例项目")
        assert login(leader).get("/progress/").context["programme"] == programme

    def test_after_its_last_month_the_newest_with_sites_is_shown(self, login, leader, programme, tree, site):
        factories.programme(tree.city, year=2027)
        with clock.set_to(timezone.make_aware(datetime(2027, 7, 1))):
            assert login(leader).get("/progress/").context["programme"] == programme

    def test_sites_of_the_own_part_decide(self, login, other_reviewer, tree, site, city_staff):
        old = factories.programme(tree.city, year=2025)
        approve_site(factories.site(old, tree.far_village), by=city_staff)
        assert login(other_reviewer).get("/progress/").context["programme"] == old

    def test_nothing_yet(self, login, leader):
        assert "还没有已批准的项目点" in text(login(leader).get("/progress/"))

    def test_the_same_queries_for_1_and_30(self, login, leader, programme, tree, site, city_staff, count_queries):
        client = login(leader)
        one = count_queries(lambda: client.get("/progress/"))
        many_sites(programme, tree.township, 29, by=city_staff)
        assert count_queries(lambda: client.get("/progress/")) == one
        assert MonthlyReport.objects.count() == 30 * 7


def test_a_sites_page_says_who_was_trained_and_whether_its_log_goes_on(site, programme, cadre, city_staff, login):
    address = site.get_absolute_url()
    page = text(login(cadre).get(address))
    assert page.count("未培训") == 2
    assert "还没有写" in page
    training = held_training(programme, by=city_staff, kinds=["head"])
    noted(WorkLog, site, by=cadre)
    noted(Inspection, site, by=city_staff)
    page = text(login(cadre).get(address))
    assert f'项目点负责人：<a href="{training.get_absolute_url()}">项目推进培训</a>' in page
    assert page.count("未培训") == 1
    assert "最近一篇 11月16日，本月 1 篇" in page
    assert "1 次，最近一次" in page
    month = f"/worklogs/sites/{site.pk}/2026/11/"
    assert (month in page, login(cadre).get(month).status_code) == (True, 200)
