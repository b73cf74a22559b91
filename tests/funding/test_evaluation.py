"""绩效自评: points that must come to 100, figures of the system, reasons where points are missing, frozen when confirmed."""

from datetime import datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from fedwork import clock
from fedwork.excel import write_paper
from funding import actions
from funding.actions import LineInput, confirm_evaluation, start_evaluation, write_evaluation
from funding.evaluation.papers import evaluation_paper
from funding.evaluation.reading import evaluation_view, points_for
from funding.models import EvaluationIndicator, EvaluationLine, SelfEvaluation
from funding.states import EntryKind
from organizations.models import Level
from projects.actions import copy_programme
from projects.models import MonthlyReport, ReportFigure
from tests import factories
from tests.funding.cast import approved_site, issue, pledge
from tests.funding.ledger import post

pytestmark = pytest.mark.django_db
NOON = timezone.make_aware(datetime(2026, 9, 30, 12))


@pytest.fixture(autouse=True)
def today():
    with clock.set_to(NOON):
        yield


@pytest.fixture
def template(programme):
    factories.evaluation_template(programme)
    return programme


@pytest.fixture
def spent(issued, sites, template, city_staff):
    """85,000 issued to the first site of the county, 10,000 spent."""
    post(sites[0], EntryKind.ARRIVED, 15_000, by=city_staff)
    post(sites[0], EntryKind.SPENT, 10_000, by=city_staff)
    return sites


@pytest.fixture
def opened(spent, programme, tree, county_reviewer):
    return start_evaluation(programme, tree.county, by=county_reviewer)


def write(opened, *, by, reason="", execution_reason="", version=None) -> SelfEvaluation:
    """Everything typed in full, `reason` at every line that comes from the system."""
    inputs = [
        LineInput(line.pk, "达到", line.points) if line.is_typed else LineInput(line.pk, reason=reason)
        for line in opened.lines.all()
    ]
    words = {"achieved": "各项目标基本完成。", "execution_reason": execution_reason}
    return write_evaluation(opened, inputs, by=by, version=opened.version if version is None else version, **words)


@pytest.fixture
def confirmed(opened, county_reviewer):
    written = write(opened, by=county_reviewer, reason="年底前补齐", execution_reason="年底前支付")
    return confirm_evaluation(written, by=county_reviewer, version=written.version)


class TestTemplate:
    def test_points_must_come_to_what_they_are(self, template, tree, county_reviewer):
        template.evaluation_indicators.filter(dimension="effect").delete()
        with pytest.raises(ValidationError, match="效益指标共 0 分，应为 30 分"):
            start_evaluation(template, tree.county, by=county_reviewer)

    def test_what_is_counted_has_a_number_to_reach(self, template):
        wrong = EvaluationIndicator(
            programme=template, dimension="output", second="数量", name="点", target="全部", points=1
        )
        wrong.source = "on_time"
        with pytest.raises(ValidationError, match="指标值（数）"):
            wrong.full_clean()

    def test_the_desk_refuses_a_sum_of_99(self, template, city_staff, login):
        address = reverse("admin:funding_evaluatedprogramme_change", args=[template.pk])
        client = login(city_staff)
        form = client.get(address).context["inline_admin_formsets"][0].formset
        data = {f"{form.prefix}-{name}": form.management_form[name].value() for name in form.management_form.fields}
        for each in form.forms:
            data |= {f"{each.prefix}-{name}": each[name].value() or "" for name in each.fields}
        assert client.post(address, data).status_code == 302
        data[f"{form.forms[0].prefix}-points"] = "9"
        assert "应为 50 分" in client.post(address, data).content.decode()

    def test_next_year_asks_the_same_of_its_own_measures(self, template, city_staff):
        copy = copy_programme(template, year=2027, by=city_staff)
        rows = copy.evaluation_indicators.values_list("name", "points", "measure__programme")
        assert [row[0] for row in rows] == ["开展培训", "配套资金到位率", "带动妇女就业", "妇女群众满意度"]
        assert [row[2] for row in rows] == [copy.pk, None, None, None]


class TestReading:
    @pytest.mark.parametrize(("reached", "points"), [(0, 0), (10, "2.5"), (40, 10), (80, 10)])
    def test_points_by_the_share_that_was_reached(self, reached, points):
        assert points_for(Decimal(reached), Decimal(40), Decimal(10)) == Decimal(points)

    def test_execution_is_what_the_ledger_spent(self, opened):
        execution = evaluation_view(opened).execution
        assert (execution.initial, execution.full, execution.executed) == (133_000, 133_000, 10_000)
        assert execution.score == Decimal("0.75")

    def test_a_reissued_table_is_the_budget_of_the_whole_year(self, opened, programme, sites, city_staff):
        pledge(sites[0], 25_000, 20_000, 10_000, 0, by=city_staff)
        issue(actions.draft_allocation_table(programme, by=city_staff), by=city_staff, reason="调整")
        execution = evaluation_view(opened).execution
        assert (execution.initial, execution.full) == (
            133_000,
            execution.initial + sum([25_000, 20_000, 10_000]) - 55_000,
        )

    def test_figures_of_the_county_alone(self, opened, programme, tree, city_staff):
        rows = {row.line.name: row.actual for row in evaluation_view(opened).rows}
        assert (rows["开展培训"], rows["配套资金到位率"]) == ("0场次", "20.55%")
        whole = start_evaluation(programme, tree.city, by=city_staff)
        assert {row.line.name: row.actual for row in evaluation_view(whole).rows}["配套资金到位率"] == "18.07%"

    def test_a_measure_is_asked_of_every_site(self, opened, programme, sites, cadre, county_reviewer, city_staff):
        report = sites[0].reports.order_by("month").first()
        sent = dict.fromkeys(["accepted_at", "submitted_at", "first_submitted_at"], NOON)
        MonthlyReport.objects.filter(pk=report.pk).update(status="accepted", round=1, **sent)
        ReportFigure.objects.create(report=report, measure=programme.measures.get(unit="场次"), value=3)
        row = next(row for row in evaluation_view(opened).rows if row.line.name == "开展培训")
        assert (row.actual, row.score) == ("3场次", 15)  # of twice two sessions

    def test_the_same_number_of_queries_whatever_the_sites(
        self, opened, programme, tree, city_staff, county_reviewer, login, count_queries
    ):
        client = login(county_reviewer)
        few = count_queries(lambda: client.get(opened.get_absolute_url()))
        programme.creation_types.update(quota=99)
        for number in range(10):
            village = factories.organization(f"第{number}村", level=Level.VILLAGE, parent=tree.township)
            approved_site(programme, village, 10_000, 0, 0, 0, by=city_staff)
        assert count_queries(lambda: client.get(opened.get_absolute_url())) == few


class TestConfirming:
    def test_what_is_missing_is_said_at_once(self, opened, county_reviewer):
        problems = evaluation_view(opened).problems()
        assert "资金执行率没有得满分，请写偏差原因和改进措施。" in problems
        assert "“妇女群众满意度”没有填实际完成值或得分。" in problems
        written = write(opened, by=county_reviewer, execution_reason="年底前支付")
        with pytest.raises(ValidationError, match="“配套资金到位率”没有得满分"):
            confirm_evaluation(written, by=county_reviewer, version=written.version)

    def test_confirmed_it_keeps_the_figures_of_that_moment(self, confirmed, sites, city_staff):
        before = evaluation_view(confirmed)
        post(sites[0], EntryKind.SPENT, 5_000, by=city_staff)
        after = evaluation_view(SelfEvaluation.objects.get(pk=confirmed.pk))
        assert (after.execution, after.total) == (before.execution, before.total)
        assert [row.actual for row in after.rows] == [row.actual for row in before.rows]

    def test_nothing_changes_any_more(self, confirmed, county_reviewer):
        with pytest.raises(ValidationError, match="已经确认"):
            write(confirmed, by=county_reviewer)
        for change in [
            lambda: SelfEvaluation.objects.update(achieved="改"),
            lambda: EvaluationLine.objects.update(actual="改"),
            lambda: EvaluationLine.objects.all().delete(),
        ]:
            with pytest.raises(DatabaseError), transaction.atomic():
                change()

    def test_the_next_version_takes_over_what_was_typed(self, confirmed, programme, tree, county_reviewer):
        second = start_evaluation(programme, tree.county, by=county_reviewer)
        assert (second.number, second.achieved) == (2, "各项目标基本完成。")
        assert second.lines.get(name="妇女群众满意度").actual == "达到"
        with pytest.raises(ValidationError, match="接着填"):
            start_evaluation(programme, tree.county, by=county_reviewer)

    def test_two_at_once(self, opened, county_reviewer):
        write(opened, by=county_reviewer)
        with pytest.raises(ValidationError, match="刚被别人改过"):
            write(opened, by=county_reviewer, version=0)

    def test_more_points_than_there_are(self, opened, county_reviewer):
        line = opened.lines.get(name="妇女群众满意度")
        with pytest.raises(ValidationError, match="不能多于 10 分"):
            write_evaluation(
                opened,
                [LineInput(line.pk, "好", Decimal(11))],
                achieved="",
                execution_reason="",
                by=county_reviewer,
                version=0,
            )

    def test_who_may(self, opened, programme, tree, other_reviewer, city_staff, leader, cadre):
        for user in [other_reviewer, city_staff, leader, cadre]:
            with pytest.raises(PermissionDenied):
                start_evaluation(programme, tree.county, by=user)
            with pytest.raises(PermissionDenied):
                write(opened, by=user)


class TestPages:
    def test_from_the_list_to_the_confirmed_form(self, spent, county_reviewer, programme, login):
        client = login(county_reviewer)
        assert "开始自评" in client.get(reverse("funding:evaluation_list")).content.decode()
        response = client.post(reverse("funding:evaluation_start", args=[programme.pk]))
        opened = SelfEvaluation.objects.get()
        assert response.url == reverse("funding:evaluation_edit", args=[opened.pk])
        data = {"version": "0", "achieved": "完成", "execution_reason": "年底前支付"}
        for line in opened.lines.all():
            data |= {f"line{line.pk}-actual": "95%", f"line{line.pk}-score": f"{line.points}"}
            data[f"line{line.pk}-reason"] = "年底前补齐"
        assert client.post(response.url, data).url == opened.get_absolute_url()
        confirm = reverse("funding:evaluation_confirm", args=[opened.pk])
        assert client.post(confirm, {"version": "1"}).status_code == 302
        page = client.get(opened.get_absolute_url()).content.decode()
        assert ("示例county确认" in page, "确认自评结果" in page) == (True, False)
        assert "填下一版" in client.get(reverse("funding:evaluation_list")).content.decode()

    def test_a_draft_is_nobodys_business_but_the_writers(
        self, opened, city_staff, leader, auditor, other_reviewer, county_reviewer, login
    ):
        address = opened.get_absolute_url()
        users = [city_staff, leader, other_reviewer, auditor, county_reviewer]
        assert [login(user).get(address).status_code for user in users] == [404, 404, 404, 200, 200]

    def test_confirmed_it_is_read_above(self, confirmed, city_staff, leader, other_reviewer, cadre, login):
        users = [city_staff, leader, other_reviewer, cadre]
        assert [login(user).get(confirmed.get_absolute_url()).status_code for user in users] == [200, 200, 404, 403]

    def test_the_paper_adds_up(self, confirmed):
        view = evaluation_view(confirmed)
        sheet = load_workbook(BytesIO(write_paper(evaluation_paper(view)))).active
        formulas = [cell.value for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")]
        assert len(formulas) == 3
        words = [cell.value for row in sheet.iter_rows() for cell in row if cell.value]
        assert {"产出指标（50 分）", "效益指标（30 分）", "满意度指标（10 分）", "总分"} <= set(words)
