"""From templates to a site's schedule, and which of its tasks the months ask for."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Value

from organizations.models import CalendarException
from projects.actions import (
    approve_site,
    copy_programme,
    save_report,
    submit_report,
)
from projects.models import ScheduleItem
from projects.models.schedule import is_overdue, overdue
from projects.progress import ItemProgress
from projects.sheet import report_sheet, report_sheets
from projects.states import StageKind
from tests import factories
from tests.projects.conftest import full_content, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def build(programme):
    return programme.stages.get(kind=StageKind.BUILD)


@pytest.fixture
def approve(programme, tree, city_staff):
    return lambda: approve_site(factories.site(programme, tree.village), by=city_staff)


def names(site, **filters) -> list[str]:
    return [item.name for item in ScheduleItem.objects.filter(stage__site=site, template__isnull=False, **filters)]


def asked(site, month: int) -> list[str]:
    return [line.item.name for line in report_sheet(site.reports.get(month=date(2026, month, 1))).open_tasks]


def test_every_turn_is_a_row_with_its_baseline(build, approve):
    factories.task(build, "志愿服务", rhythm="two_monthly", owner="township", evidence="签到册", evidence_count=2)
    items = ScheduleItem.objects.filter(stage__site=approve(), name__startswith="志愿服务")
    assert [(item.name, item.occurrence, item.starts_on, item.due_on) for item in items] == [
        ("志愿服务（7—8月）", "7—8月", date(2026, 7, 1), date(2026, 8, 31)),
        ("志愿服务（9—10月）", "9—10月", date(2026, 9, 1), date(2026, 10, 31)),
        ("志愿服务（11月）", "11月", date(2026, 11, 1), date(2026, 11, 30)),
    ]
    first = items[0]
    assert (first.baseline_starts_on, first.baseline_due_on) == (first.starts_on, first.due_on)
    assert (first.owner, first.evidence, first.evidence_count, first.task_name) == ("township", "签到册", 2, "志愿服务")
    assert first.template.is_recurring


def test_more_often_than_monthly_is_one_task_a_month_with_its_number(build, approve):
    factories.task(build, "值班", rhythm="daily", is_due_moved=True)
    items = ScheduleItem.objects.filter(stage__site=approve(), name__startswith="值班")
    assert [item.occurrence for item in items] == ["7月，23次", "8月，21次", "9月，22次", "10月，18次", "11月，21次"]
    assert [item.times for item in items] == [23, 21, 22, 18, 21]


def test_working_days_go_by_the_offices_calendar(build, approve, programme, tree, city_staff):
    factories.task(build, "制定方案", rhythm="workdays", number=3)
    assert ScheduleItem.objects.get(stage__site=approve(), name="制定方案").due_on == date(2026, 7, 6)
    CalendarException.objects.create(day=date(2026, 7, 3), name="示例放假")
    other = approve_site(factories.site(programme, tree.other_village), by=city_staff)
    assert ScheduleItem.objects.get(stage__site=other, name="制定方案").due_on == date(2026, 7, 7)


def test_from_the_programmes_beginning(build, approve):
    factories.task(build, "示例", rhythm="workdays", number=30, anchor="programme")
    # 30 working days after 1 June, the Dragon Boat Festival of 19 June left out.
    assert ScheduleItem.objects.get(stage__site=approve(), name="示例").due_on == date(2026, 7, 14)


def test_a_fraction_is_one_task_that_is_expected_unevenly(build, approve):
    factories.task(build, "报送简报", rhythm="fraction", number=80, on_day=date(2026, 9, 30))
    item = ScheduleItem.objects.get(stage__site=approve(), name="报送简报")
    assert (item.due_on, item.occurrence) == (date(2026, 11, 30), "")
    days = [date(2026, 6, 30), date(2026, 8, 15), date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 30)]
    assert [item.expected_percent(day) for day in days] == [0, 40, 80, 90, 100]


def test_a_site_takes_the_tasks_of_its_type(build, approve, programme):
    factories.task(build, "社区任务", creation_type=programme.creation_types.get(name="示范社区"))
    factories.task(build, "每月任务", rhythm="monthly", starts_on=date(2026, 10, 1))
    assert names(approve()) == ["启动阶段任务", "建设阶段任务", "每月任务（10月）", "每月任务（11月）", "验收阶段任务"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"rhythm": "fixed"}, "“到哪一日”只在频次需要时填"),
        ({"rhythm": "workdays"}, "“第几个工作日或百分之几”只在频次需要时填"),
        ({"rhythm": "monthly", "number": 3}, "“第几个工作日或百分之几”只在频次需要时填"),
        ({"rhythm": "fraction", "number": 100, "on_day": date(2026, 9, 30)}, "1 至 99"),
        ({"rhythm": "fixed", "on_day": date(2026, 12, 5)}, "不在任务的起止日期之内"),
        ({"rhythm": "workdays", "number": 300}, "不在任务的起止日期之内"),
        ({"evidence_count": 1}, "请写明是什么佐证材料"),
    ],
)
def test_a_rhythm_says_what_it_needs(build, fields, words):
    with pytest.raises(ValidationError, match=words):
        factories.task(build, **fields)


def test_next_year_has_the_same_rhythms_and_outputs(build, programme, city_staff):
    factories.task(build, "简报", rhythm="fraction", number=50, on_day=date(2026, 9, 30), evidence="简报")
    factories.output(build, "任务完成", "tasks")
    copy = copy_programme(programme, year=2027, by=city_staff).stages.get(kind=StageKind.BUILD)
    task = copy.tasks.get(name="简报")
    assert (task.rhythm, task.number, task.on_day, task.evidence) == ("fraction", 50, date(2027, 9, 30), "简报")
    assert [(each.name, each.proof) for each in copy.outputs.all()] == [("任务完成", "tasks")]


# What a month asks for


def test_a_month_asks_for_the_turns_that_have_begun(build, approve):
    factories.task(build, "服务", rhythm="monthly")
    site = approve()
    assert asked(site, 6) == ["启动阶段任务"]
    assert asked(site, 7)[1:] == ["建设阶段任务", "服务（7月）"]
    assert asked(site, 9)[1:] == ["建设阶段任务", "服务（7月）", "服务（8月）", "服务（9月）"]
    sheet = report_sheet(site.reports.get(month=date(2026, 7, 1)))
    assert [item.name for item in sheet.coming] == ["服务（8月）"]
    assert "推进“服务（8月）”，计划 8月31日完成。" in sheet.suggested_plan()


def test_a_settled_turn_leaves_the_report_and_an_unsettled_one_stays(
    build, approve, cadre, city_staff, county_reviewer
):
    factories.task(build, "服务", rhythm="monthly")
    site = approve()
    report = site.reports.get(month=date(2026, 7, 1))
    done = {task.item.pk: 100 for task in report_sheet(report).tasks}
    content = full_content(report)
    content.percents, content.done_on = done, dict.fromkeys(done, date(2026, 7, 30))
    saved = save_report(report, by=cadre, version=report.version, content=content)
    submit_report(saved, by=cadre, version=saved.version)
    august = report_sheet(site.reports.get(month=date(2026, 8, 1)))
    assert [line.item.name for line in august.tasks] == ["建设阶段任务", "服务（8月）"]
    assert [line.item.name for line in august.settled_tasks] == ["建设阶段任务"]


# Evidence


@pytest.fixture
def report(build, approve):
    factories.task(build, "培训", evidence="签到册、照片", evidence_count=2)
    return approve().reports.get(month=date(2026, 11, 1))


def evidence_errors(report) -> list[tuple[str, str]]:
    return [(key, words) for key, words in report_sheet(report).errors() if key.startswith("evidence")]


def say_done(report, *, by):
    item = ScheduleItem.objects.get(stage__site=report.site, name="培训")
    content = full_content(report)
    content.percents[item.pk], content.done_on = 100, {item.pk: date(2026, 11, 20)}
    return item, save_report(report, by=by, version=report.version, content=content)


def test_a_task_without_the_evidence_it_asks_for_stops_the_report(report, cadre):
    item, saved = say_done(report, by=cadre)
    words = "“培训”已完成，要上传佐证材料（签到册、照片）2 份，现在有 0 份：请在“照片和文件”里附到这项任务。"
    assert evidence_errors(saved) == [(f"evidence_{item.pk}", words)]
    with pytest.raises(ValidationError, match="要上传佐证材料"):
        submit_report(saved, by=cadre, version=saved.version)


def test_files_of_any_month_count_and_removed_ones_do_not(report, cadre, city_staff):
    item, saved = say_done(report, by=cadre)
    earlier = report.site.reports.get(month=date(2026, 10, 1))
    factories.attachment(earlier, by=cadre, item=item)
    gone = factories.attachment(saved, by=cadre, item=item, removed_at=saved.saved_at, removed_by=cadre)
    factories.attachment(saved, by=cadre)
    assert "现在有 1 份" in evidence_errors(saved)[0][1]
    factories.attachment(saved, by=cadre, item=item)
    assert evidence_errors(saved) == []
    assert submit_report(saved, by=cadre, version=saved.version).round == 1
    assert gone.removed_at


def test_an_unfinished_task_asks_for_nothing_yet(report, cadre):
    assert submit(report, by=cadre, percent=95).round == 1


def test_the_grid_and_the_page_say_the_same(report, cadre, login):
    item, _ = say_done(report, by=cadre)
    client = login(cadre)
    link = f'href="/reports/{report.pk}/edit/#id_evidence_{item.pk}"'
    assert link in client.get(f"/reports/{report.pk}/check/").content.decode()
    page = client.get(f"/reports/{report.pk}/edit/").content.decode()
    assert f'id="id_evidence_{item.pk}"' in page
    assert "完成时要传签到册、照片 2 份，已传 0 份" in page
    month = client.get("/reports/months/2026/11/check/").content.decode()
    assert f"#id_r{report.pk}-evidence_{item.pk}" in month
    assert "要上传佐证材料" in month
    assert f'id="id_r{report.pk}-evidence_{item.pk}"' in client.get("/reports/months/2026/11/").content.decode()


def test_evidence_takes_one_query_however_many_reports(report, programme, tree, city_staff, django_assert_num_queries):
    def sheets(reports):
        return [report_sheets(list(reports.select_related("site__programme")))]

    reports = type(report).objects.filter(month=report.month)
    sheets(reports)
    with django_assert_num_queries(8):
        sheets(reports)
    approve_site(factories.site(programme, tree.other_village), by=city_staff)
    with django_assert_num_queries(8):
        sheets(reports)


def test_overdue_means_the_same_asked_of_the_database_of_a_row_and_of_a_task(approve):
    """A turn may be told of until its next month is over (ADR 19); everything else is overdue on the day after."""
    today = date(2026, 11, 22)
    stage = approve().stages.get(kind=StageKind.BUILD)
    days = [date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 21), date(2026, 11, 22)]
    for due_on in days:
        for occurrence in ["", "10月"]:
            factories.schedule_item(stage, f"{due_on}{occurrence}", due_on=due_on, occurrence=occurrence)
    items = ScheduleItem.objects.filter(stage=stage, name__startswith="2026")
    for percent in [0, 99, 100]:
        asked_of_all = items.annotate(reached=Value(percent)).filter(overdue(today)).values_list("pk", flat=True)
        of_rows = {item.pk for item in items if is_overdue(percent, item.due_on, item.occurrence, today)}
        of_tasks = {item.pk for item in items if ItemProgress(item, today, percent).mark.word == "逾期"}
        assert set(asked_of_all) == of_rows == of_tasks
        assert len(of_rows) == (5 if percent < 100 else 0)
