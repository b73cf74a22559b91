from decimal import Decimal

import pytest
from django.urls import reverse

from projects.actions import ReportContent, save_report
from projects.sheet import report_sheet
from tests import factories
from tests.projects.conftest import fill_in, submit

pytestmark = pytest.mark.django_db


def url(report) -> str:
    return reverse("projects:report_autosave", args=[report.pk])


def stored(report) -> dict:
    report.refresh_from_db()
    return report_sheet(report).stored()


@pytest.fixture
def post(report, cadre, login):
    """post(version, key=value, **{"initial-key": base}): as static/js/entry.js sends it."""

    def send(version: int, user=cadre, **fields):
        return login(user).post(url(report), {"version": version, "writer": user.pk} | fields)

    return send


def test_one_field_is_kept_and_answered_as_it_is_stored(report, post):
    line = report_sheet(report).money[0]
    answer = post(0, **{line.key: "1.2万元", f"initial-{line.key}": ""}).json()
    assert answer["fields"][line.key] == {"value": "12000", "cumulative": "12,000", "warning": ""}
    assert (answer["version"], answer["saved_at"], answer["errors"]) == (1, "12:00", {})
    assert stored(report)[line.key] == Decimal(12000)


def test_the_date_alone_leaves_the_percent_as_it_was(report, post):
    task = report_sheet(report).open_tasks[0]
    post(0, **{task.percent_key: "100"})
    post(1, **{task.done_key: "2026-11-20"})
    now = stored(report)
    assert (now[task.percent_key], now[task.done_key].isoformat()) == (100, "2026-11-20")


def test_one_field_is_refused_and_the_other_kept(report, post):
    first, second = report_sheet(report).activities
    answer = post(0, **{first.key: "三场", second.key: "40"}).json()
    assert answer["errors"] == {first.key: "“三场”不是数字，请填写数字。"}
    assert (stored(report)[first.key], stored(report)[second.key]) == (None, 40)


def test_emptying_a_field_empties_it(report, cadre, post):
    saved = fill_in(report, by=cadre)
    line = report_sheet(saved).figures[0]
    post(
        saved.version,
        **{line.key: "", f"initial-{line.key}": "3", "next_plan": "", "initial-next_plan": "继续开展培训"},
    )
    assert (stored(report)[line.key], stored(report)["next_plan"]) == (None, "")


def test_an_old_version_goes_through_where_nobody_else_wrote(report, cadre, post):
    save_report(report, by=cadre, version=0, content=ReportContent(texts={"problems": "别处写的"}))
    assert post(0, needs="这里写的", **{"initial-needs": ""}).status_code == 200
    assert (stored(report)["problems"], stored(report)["needs"]) == ("别处写的", "这里写的")


def test_what_both_wrote_alike_is_no_conflict(report, cadre, post):
    save_report(report, by=cadre, version=0, content=ReportContent(texts={"problems": "停电"}))
    assert post(0, problems="停电", **{"initial-problems": ""}).status_code == 200


def test_a_conflict_stores_nothing_and_names_both(report, cadre, post):
    line = report_sheet(report).figures[0]
    save_report(report, by=cadre, version=0, content=ReportContent(figures={line.measure.pk: Decimal(5)}))
    answer = post(0, **{line.key: "7", f"initial-{line.key}": "", "needs": "另一项", "initial-needs": ""})
    assert answer.status_code == 409
    assert answer.json()["conflicts"] == {line.key: "5"}
    assert (answer.json()["version"], answer.json()["by"]) == (1, "示例cadre 12:00")
    assert (stored(report)[line.key], stored(report)["needs"]) == (5, "")


def test_nought_and_nothing_are_not_the_same(report, cadre, post):
    line = report_sheet(report).figures[0]
    save_report(report, by=cadre, version=0, content=ReportContent(figures={line.measure.pk: Decimal(0)}))
    assert post(0, **{line.key: "7", f"initial-{line.key}": ""}).status_code == 409


def test_unticking_the_box_counts_although_browsers_send_nothing(report, cadre, post):
    save_report(report, by=cadre, version=0, content=ReportContent(is_nil=True))
    post(1, **{"initial-is_nil": "True"})
    assert stored(report)["is_nil"] is False


def test_somebody_else_signed_in_meanwhile_writes_nothing(report, tree, cadre, login):
    answer = login(cadre).post(url(report), {"version": 0, "writer": cadre.pk + 1, "problems": "别人的窗口"})
    assert (answer.status_code, stored(report)["problems"]) == (409, "")
    assert "换了人登录" in answer.json()["message"]


def test_a_submitted_report_answers_why(report, cadre, post):
    sent = submit(report, by=cadre)
    answer = post(sent.version, problems="太迟了")
    assert answer.status_code == 409
    assert "提交，不能再改" in answer.json()["message"]


def test_carried_counts_only_what_is_the_same_as_last_month(site, report, cadre, login):
    before = site.reports.get(month=report.month.replace(month=10))
    submit(before, by=cadre, value=Decimal(42))
    first, second = report_sheet(report).activities
    data = {"version": 0, "writer": cadre.pk, first.key: "42", second.key: "43", "carried": [first.key, second.key]}
    login(cadre).post(url(report), data)
    report.refresh_from_db()
    assert report.carried == [first.key]
    login(cadre).post(url(report), {"version": 1, "writer": cadre.pk, first.key: "44", f"initial-{first.key}": "42"})
    report.refresh_from_db()
    assert report.carried == []


def test_what_is_out_of_the_ordinary_is_asked_about(site, report, cadre, login):
    submit(site.reports.get(month=report.month.replace(month=10)), by=cadre, value=Decimal(42))
    line = report_sheet(report).activities[0]
    answer = login(cadre).post(url(report), {"version": 0, "writer": cadre.pk, line.key: "142"}).json()
    assert answer["fields"][line.key]["warning"] == "“教育培训（场次）”由上月的 42 变为 142，相差一半以上。"


@pytest.mark.parametrize("body", [{}, {"version": "x", "writer": "é"}, {"writer": "1" * 40}, {"figure_1": ["1", "2"]}])
def test_bent_requests_are_refused_in_json(report, cadre, login, body):
    answer = login(cadre).post(url(report), body)
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/json")


def test_only_the_post_of_the_place_writes(report, cadre, neighbour, leader, login):
    assert login(neighbour).post(url(report)).status_code == 404
    assert login(leader).post(url(report)).status_code == 403
    assert login(cadre).get(url(report)).status_code == 405


def test_a_colleague_of_the_same_post_goes_on_where_one_stopped(report, cadre, tree, login):
    colleague = factories.user("colleague", role=cadre.role, organization=tree.township)
    fill_in(report, by=cadre)
    login(colleague).post(url(report), {"version": 1, "writer": colleague.pk, "needs": "接着填"})
    report.refresh_from_db()
    assert (report.needs, report.saved_by) == ("接着填", colleague)
