"""The roll-up of a month against plain Python; as known at a moment; and its workbook."""

import io
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import openpyxl
import pytest

from fedwork import clock
from organizations.actions import rename_organization
from projects.actions import correct_figure, pass_report
from projects.models import ProgressLine, ReportFigure, ScheduleItem
from projects.states import SUBMITTED, ReportStatus
from tests.projects import boards
from tests.projects.boards import NOVEMBER, OCTOBER
from tests.projects.test_site_pages import many_sites, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def sites(tree, programme, city_staff, county_reviewer, other_reviewer):
    return boards.build(tree, programme, by=city_staff, desks=[county_reviewer, other_reviewer])


def page(client, month=OCTOBER, **query):
    return client.get(f"/rollup/?{urlencode({'month': f'{month:%Y-%m}'} | query)}")


def lines_of(response) -> dict[tuple[str, str], dict]:
    groups = response.context["groups"]
    return {(group["label"], line["label"]): line for group in groups for line in group["lines"]}


class Oracle:
    """What a set of sites comes to, added up one by one."""

    def __init__(self, sites, month, *, day, unreviewed=False, until=None):
        statuses = SUBMITTED if unreviewed else {ReportStatus.ACCEPTED}
        reports = [report for site in sites for report in site.reports.filter(month__lte=month)]
        self.now = [report for report in reports if report.month == month]
        self.counted = [
            report for report in reports if report.status in statuses and (until is None or report.accepted_at <= until)
        ]
        self.month, self.sites, self.day = month, sites, day

    def states(self) -> list[int]:
        return [
            len(self.now),
            sum(report.first_submitted_at is not None for report in self.now),
            sum(report.status == ReportStatus.ACCEPTED for report in self.now),
        ]

    def figures(self, measure, *, total: bool) -> Decimal | None:
        reports = [report for report in self.counted if total or report.month == self.month]
        values = [figure.value for figure in ReportFigure.objects.filter(report__in=reports, measure=measure)]
        return sum(values) if values else None

    def percents(self) -> list[Decimal]:
        items = list(ScheduleItem.objects.filter(stage__site__in=self.sites))
        reached = sum(self.reached(item) for item in items)
        expected = sum(item.expected_percent(self.day) for item in items)
        return [(Decimal(total) / len(items)).quantize(Decimal("0.1")) for total in [reached, expected]]

    def reached(self, item) -> int:
        lines = ProgressLine.objects.filter(item=item, report__in=self.counted).order_by("report__month")
        return next((line.percent for line in reversed(lines)), 0)


def check(line: dict, oracle: Oracle, measures) -> None:
    sums = line["sums"]
    assert [number for number, _ in line["states"]] == oracle.states()
    assert [sums.reached_percent, sums.expected_percent] == oracle.percents()
    assert line["rows"][0][2] == [oracle.figures(measure, total=False) for measure in measures]
    assert line["rows"][1][2] == [oracle.figures(measure, total=True) for measure in measures]


class TestNumbers:
    @pytest.mark.parametrize("query", [{}, {"unreviewed": "on"}])
    def test_by_county_and_type(self, login, leader, sites, programme, query):
        response, measures = page(login(leader), **query), list(programme.measures.all())
        lines = lines_of(response)
        assert set(lines) == {
            ("长丰县", "示范村"),
            ("肥西县", "示范村"),
            ("肥西县", "示范社区"),
            ("肥西县", "皖嫂示范基地"),
            ("市妇女活动中心", "示范社区"),
        }
        options = {"day": date(2026, 10, 31), "unreviewed": bool(query)}
        check(lines["肥西县", "示范村"], Oracle([sites[0], sites[3]], OCTOBER, **options), measures)
        check(lines["长丰县", "示范村"], Oracle([sites[2]], OCTOBER, **options), measures)
        county = next(group for group in response.context["groups"] if group["label"] == "肥西县")
        check(county, Oracle([sites[0], sites[1], sites[3], sites[4]], OCTOBER, **options), measures)
        check(response.context["total"], Oracle(sites, OCTOBER, **options), measures)

    def test_below_a_county_by_type_and_site(self, login, county_reviewer, sites, programme):
        response, measures = page(login(county_reviewer), NOVEMBER), list(programme.measures.all())
        lines = lines_of(response)
        assert [label for _, label in lines] == [sites[number].name for number in [3, 0, 1, 4]]
        for (_, label), line in lines.items():
            site = next(site for site in sites if site.name == label)
            check(line, Oracle([site], NOVEMBER, day=date(2026, 11, 22)), measures)

    def test_the_page_says_what_is_in(self, login, leader, sites):
        client = login(leader)
        assert "数据截至 2026年11月22日 12:00，只计审核通过的月报，不含未审" in text(page(client))
        assert "含已提交、尚未审核通过的月报" in text(page(client, unreviewed="on"))
        assert client.get("/rollup/").context["rollup"].month == OCTOBER

    @pytest.mark.parametrize("query", [{}, {"unreviewed": "on"}, {"as_of": "2026-10-22 10:30"}])
    def test_every_number_leads_to_its_reports(self, login, leader, sites, programme, tree, query):
        client, measure = login(leader), programme.measures.first()
        for extra in [{}, {"under": tree.county.pk}]:
            response = page(client, **query, **extra)
            lines = [*response.context["groups"], *lines_of(response).values(), response.context["total"]]
            for line in lines:
                for number, address in line["states"]:
                    assert client.get(address).context["page_obj"].paginator.count == number
                for _, address, figures in line["rows"]:
                    reports = client.get(address).context["page_obj"].object_list
                    found = ReportFigure.objects.filter(report__in=[r.pk for r in reports], measure=measure)
                    assert sum(figure.value for figure in found) == (figures[0] or 0)

    def test_the_same_queries_for_1_and_30(self, login, leader, programme, tree, sites, city_staff, count_queries):
        client = login(leader)
        pages = ["/rollup/", f"/rollup/?under={tree.county.pk}", "/rollup/excel/"]
        few = [count_queries(lambda address=address: client.get(address)) for address in pages]
        many_sites(programme, tree.township, 29, by=city_staff)
        assert [count_queries(lambda address=address: client.get(address)) for address in pages] == few


class TestMoment:
    def test_only_what_was_accepted_by_then(self, login, leader, sites, programme):
        line = lines_of(page(login(leader), as_of="2026-10-22 10:59"))["肥西县", "示范村"]
        assert [number for number, _ in line["states"]] == [2, 2, 0]
        assert line["rows"][0][2] == [None] * 3
        assert line["rows"][1][2] == [Decimal(9)] * 3
        assert (
            line["sums"].expected_percent == Oracle([sites[0], sites[3]], OCTOBER, day=date(2026, 10, 22)).percents()[1]
        )

    def test_the_same_moment_gives_the_same_bytes_later(self, login, leader, city_staff, other_reviewer, sites, tree):
        client = login(leader)
        address = "/rollup/excel/?month=2026-10&as_of=2026-11-22+11:59"
        first = client.get(address).content
        waiting = sites[2].reports.get(month=OCTOBER)
        with clock.set_to(boards.moment(11, 23)):
            pass_report(waiting, by=city_staff, version=waiting.version)
            rename_organization(tree.county, by=city_staff, name="肥西新区")
            rename_organization(tree.township, by=city_staff, name="山南新镇")
            assert client.get(address).content == first
            now = client.get("/rollup/excel/?month=2026-10&as_of=2026-11-23+09:00").content
        assert now != first

    def test_a_correction_counts_from_when_it_was_made(self, login, leader, city_staff, sites, programme):
        client, report = login(leader), sites[0].reports.get(month=OCTOBER)
        measure = programme.measures.get(unit="场次")
        with clock.set_to(boards.moment(11, 22, 10)):
            correct_figure(
                report, measure=measure, before=Decimal(10), after=Decimal(25), reason="漏记一次培训", by=city_staff
            )

        def figures(at: str) -> list[tuple]:
            rows = lines_of(page(client, as_of=at))["肥西县", "示范村"]["rows"]
            return [(label, numbers[0]) for label, _, numbers in rows]

        # 10 and 40 were reported for October, 9 before.
        assert figures("2026-11-22 09:59") == [("本月", Decimal(50)), ("累计", Decimal(59))]
        assert figures("2026-11-22 10:00") == [("本月", Decimal(65)), ("累计", Decimal(74))]
        earlier = client.get("/rollup/excel/?month=2026-10&as_of=2026-11-22+09:59").content
        assert earlier != client.get("/rollup/excel/?month=2026-10&as_of=2026-11-22+10:00").content

    def test_a_county_that_moves_a_township_keeps_what_it_reported(self, login, leader, sites, tree):
        client = login(leader)
        for node in [tree.township, tree.village, sites[1].organization]:
            node.path = node.path.replace(tree.county.path, tree.other_county.path)
            node.save()
        lines = lines_of(page(client))
        assert lines["肥西县", "示范村"]["states"][0][0] == 2
        july = lines_of(page(client, date(2026, 7, 1)))
        assert {key: line["states"][0][0] for key, line in july.items() if key[1] == "示范社区"} == {
            ("长丰县", "示范社区"): 1,
            ("市妇女活动中心", "示范社区"): 1,
        }

    @pytest.mark.parametrize("moment", ["2027-01-01", "morgen", "2026-13-01", "9999-12-31 99:99"])
    def test_a_moment_that_makes_no_sense(self, login, leader, sites, moment):
        client = login(leader)
        response = page(client, as_of=moment)
        assert response.status_code == 200
        assert response.context["form"].errors["as_of"]
        assert client.get("/rollup/excel/", {"as_of": moment}).status_code == 404

    def test_what_is_not_reviewed_has_no_past(self, login, leader, sites):
        response = page(login(leader), as_of="2026-11-01", unreviewed="on")
        assert "只计当时已通过的月报" in text(response)
        assert not response.context["rollup"].unreviewed


class TestWorkbook:
    def rows(self, client, **query) -> list[tuple]:
        content = client.get("/rollup/excel/", {"month": "2026-10"} | query).content
        return list(openpyxl.load_workbook(io.BytesIO(content), data_only=True).active.values)

    def test_what_the_page_says(self, login, leader, sites):
        client = login(leader)
        rows, response = self.rows(client), page(client)
        total = next(number for number, row in enumerate(rows) if row[0] == "合计")
        line = response.context["total"]
        assert list(rows[total][3:6]) == [number for number, _ in line["states"]]
        assert [Decimal(str(value)) for value in rows[total][6:8]] == [
            line["sums"].reached_percent,
            line["sums"].expected_percent,
        ]
        assert [rows[total + place][8:] for place in (0, 1)] == [
            (label, *figures) for label, _, figures in line["rows"]
        ]
        assert "数据截至 2026年11月22日 12:00:00，只计审核通过的月报，不含未审" in {row[0] for row in rows}

    def test_sums_are_formulas_on_landscape_a4(self, login, leader, sites):
        content = login(leader).get("/rollup/excel/?month=2026-10").content
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
            "landscape",
            1,
            0,
        )
        assert sheet.print_title_rows == "$4:$5"
        formulas = {cell.value for row in sheet for cell in row if cell.data_type == "f"}
        assert '=SUMIF(I8:I9,"本月",J8:J9)' in formulas
        assert any(formula.startswith("=SUM(J6,J10") for formula in formulas)

    def test_sites_of_a_county(self, login, county_reviewer, sites):
        names = {row[2] for row in self.rows(login(county_reviewer)) if row[2]}
        assert {sites[number].name for number in [0, 1, 3, 4]} <= names
        assert sites[2].name not in names
