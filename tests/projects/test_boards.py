"""Completeness board, matrix and the list behind their numbers, against plain Python over a small tree."""

import io
from urllib.parse import urlencode

import openpyxl
import pytest

from projects.models import ReviewDecision
from projects.states import ReportStatus, Verdict
from tests.projects import boards
from tests.projects.test_site_pages import many_sites, text

pytestmark = pytest.mark.django_db
COLUMNS = ["应报", "已报", "按时", "已审", "被退"]


@pytest.fixture
def sites(tree, programme, city_staff, county_reviewer, other_reviewer):
    return boards.build(tree, programme, by=city_staff, desks=[county_reviewer, other_reviewer])


def counted(reports) -> list[int]:
    """The five columns, counted one by one."""
    sent = [report for report in reports if report.first_submitted_at]
    returned = set(ReviewDecision.objects.filter(verdict=Verdict.RETURNED).values_list("submission__report", flat=True))
    return [
        len(reports),
        len(sent),
        sum(report.first_submitted_at <= report.due_at for report in sent),
        sum(report.status == ReportStatus.ACCEPTED for report in reports),
        sum(report.pk in returned for report in reports),
    ]


def lies_in(report, organization) -> bool:
    return organization.pk in report.site.organization.ancestor_ids


def shown(response) -> dict[str, list[int]]:
    return {row["label"]: [cell["number"] for cell in row["cells"]] for row in response.context["rows"]}


def board(client, **query):
    return client.get(f"/boards/?{urlencode(query)}")


class TestBoard:
    def test_counties_townships_and_sites(self, login, leader, sites, tree, programme):
        client, reports = login(leader), boards.every_report(programme)
        of = {
            node.name: counted([report for report in reports if lies_in(report, node)])
            for node in [tree.county, tree.other_county, tree.township, tree.other_township]
        }
        of |= {site.name: counted([report for report in reports if report.site_id == site.pk]) for site in sites}
        by_county = shown(board(client))
        assert by_county == {"长丰县": of["长丰县"], "肥西县": of["肥西县"], "市妇女活动中心": of[sites[5].name]}
        assert by_county["肥西县"] == [24, 10, 9, 8, 2]
        by_township = shown(board(client, under=tree.county.pk))
        assert by_township == {"三河镇": of["三河镇"], "山南镇": of["山南镇"], "肥西皖嫂基地": of[sites[4].name]}
        by_site = shown(board(client, under=tree.township.pk))
        assert by_site == {site.name: of[site.name] for site in sites[:2]}

    def test_the_total_and_the_months(self, login, leader, sites, programme):
        response, reports = board(login(leader)), boards.every_report(programme)
        assert [cell["number"] for cell in response.context["total"]] == counted(reports)
        assert {row["month"]: [cell["number"] for cell in row["cells"]] for row in response.context["months"]} == {
            month: counted([report for report in reports if report.month == month])
            for month in {report.month for report in reports}
        }

    def test_rates_have_a_denominator(self, login, leader, sites, tree):
        rates = [cell["percent"] for cell in board(login(leader), month="2026-10").context["total"]]
        assert [str(rate) for rate in rates] == ["None", "100.0", "100.0", "66.7", "16.7"]
        empty = [cell["percent"] for cell in board(login(leader), month="2026-07").context["total"]]
        assert [str(rate) for rate in empty] == ["None", "0.0", "0.0", "0.0", "None"]

    @pytest.mark.parametrize("role", ["leader", "county_reviewer", "cadre"])
    def test_every_number_leads_to_as_many_reports(self, login, request, role, sites, tree):
        client = login(request.getfixturevalue(role))
        pages = [board(client), board(client, under=tree.county.pk, month="2026-11")]
        if role == "leader":
            pages += [board(client, month="2026-10"), board(client, under=tree.township.pk)]
        rows = [row for page in pages for row in [*page.context["rows"], *page.context["months"]]]
        rows += [{"cells": page.context["total"]} for page in pages]
        numbers = {cell["address"]: cell["number"] for row in rows for cell in row["cells"]}
        for address, number in numbers.items():
            found = client.get(address)
            assert found.context["page_obj"].paginator.count == number, address
            assert not found.context["form"].errors

    def test_a_county_sees_its_own(self, login, county_reviewer, other_reviewer, sites, tree):
        own = board(login(county_reviewer))
        assert set(shown(own)) == {"三河镇", "山南镇", "肥西皖嫂基地"}
        assert "长丰县" not in text(own)
        stray = board(login(other_reviewer), under=tree.township.pk)
        assert set(shown(stray)) == {"吴山镇"}
        assert "没有这一项，请重新选择。" in text(stray)
        assert "山南镇" not in text(stray)

    def test_a_township_that_moves_leaves_its_reports_behind(self, login, leader, sites, tree):
        before = shown(board(login(leader), month="2026-09"))
        for node in [tree.township, tree.village, sites[1].organization]:
            node.path = node.path.replace(tree.county.path, tree.other_county.path)
            node.save()
        client = login(leader)
        assert shown(board(client, month="2026-09"))["肥西县"] == before["肥西县"]
        july = shown(board(client, month="2026-07"))
        assert (july["肥西县"][0], july["长丰县"][0]) == (2, 3)
        page = board(client, month="2026-09", under=tree.county.pk)
        assert "山南镇" in shown(page)
        moved = next(row for row in page.context["rows"] if row["label"] == "山南镇")
        assert (
            client.get(moved["cells"][0]["address"]).context["page_obj"].paginator.count == moved["cells"][0]["number"]
        )

    def test_the_same_queries_for_1_and_30(self, login, leader, programme, tree, sites, city_staff, count_queries):
        client = login(leader)
        pages = ["/boards/", f"/boards/?under={tree.county.pk}", f"/boards/?under={tree.township.pk}", "/reports/", "/"]
        few = [count_queries(lambda page=page: client.get(page)) for page in pages]
        many_sites(programme, tree.township, 29, by=city_staff)
        assert [count_queries(lambda page=page: client.get(page)) for page in pages] == few
        *boards, workbench = few
        assert (max(boards) <= 20, workbench <= 30) == (True, True)

    def test_nothing_yet(self, login, leader):
        for page in ["/boards/", "/progress/", "/rollup/", "/reports/"]:
            assert "还没有" in text(login(leader).get(page))

    def test_as_excel(self, login, leader, sites):
        client = login(leader)
        sheet = openpyxl.load_workbook(io.BytesIO(client.get("/boards/excel/").content), data_only=True).active
        rows = {
            row[1]: list(row[2:7]) for row in sheet.iter_rows(min_row=4, values_only=True) if isinstance(row[2], int)
        }
        assert {name: counts for name, counts in rows.items() if name} == shown(board(client))
        assert rows[None] == [cell["number"] for cell in board(client).context["total"]]
        assert sheet["A1"].value == "合肥市月报报送情况表"
        assert sheet.page_setup.orientation == "landscape"


class TestMatrix:
    def test_totals_lead_to_their_reports(self, login, leader, sites, tree):
        client = login(leader)
        for page in ["/progress/", f"/progress/?under={tree.county.pk}"]:
            totals = client.get(page).context["totals"]
            cells = [cell for _, cells in totals for cell in cells if cell["number"] is not None]
            for cell in cells:
                assert client.get(cell["address"]).context["page_obj"].paginator.count == cell["number"]

    def test_as_excel(self, login, county_reviewer, sites):
        content = login(county_reviewer).get("/progress/excel/").content
        rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
        assert rows[0] == ("县（市、区）", "项目点", *(f"2026-{month:02}" for month in range(6, 13)))
        words = {row[1]: row[5:] for row in rows[1:]}
        assert words["山南镇小井庄村"] == ("已通过", "已通过", "已退回", "未到")
        assert len(words) == 4


class TestList:
    def test_states_with_their_numbers(self, login, leader, sites, programme):
        chips = {
            chip["label"]: chip["number"] for chip in login(leader).get("/reports/?month=2026-11").context["chips"]
        }
        assert chips == {
            "应报": 6,
            "已报": 4,
            "按时": 4,
            "已通过": 2,
            "审核中": 1,
            "退回未改": 1,
            "曾被退回": 1,
        }

    def test_a_chip_keeps_the_other_filters(self, login, leader, sites, tree):
        client = login(leader)
        page = client.get(f"/reports/?month=2026-11&under={tree.county.pk}&state=accepted")
        assert [report.site_id for report, _ in page.context["rows"]] == [sites[4].pk]
        for chip in page.context["chips"]:
            found = client.get(f"/reports/{chip['address']}")
            assert found.context["page_obj"].paginator.count == chip["number"]

    def test_a_site_of_elsewhere_is_no_choice(self, login, other_reviewer, sites):
        page = login(other_reviewer).get(f"/reports/?site={sites[0].pk}")
        assert {report.site_id for report, _ in page.context["rows"]} == {sites[2].pk}
        assert "没有这一项" in text(page)

    @pytest.mark.parametrize("query", ["month=x", "under=²", "state=all", "as_of=gestern", "kind=-1", "page=z"])
    def test_nonsense_filters_nothing(self, login, leader, sites, query):
        assert login(leader).get(f"/reports/?{query}").context["page_obj"].paginator.count == 36

    def test_as_of_a_moment(self, login, leader, sites):
        client = login(leader)
        for at, number in [
            ("2026-10-21", 4),
            ("2026-10-22 10:59", 4),
            ("2026-10-22 11:00", 8),
            ("2026-11-22 12:00", 10),
        ]:
            page = client.get("/reports/", {"state": "accepted", "as_of": at})
            assert page.context["page_obj"].paginator.count == number, at
