"""The timelines: positions on the axis, the worst first, the same number of queries for three sites and for thirty."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from organizations.models import Level
from projects.actions import approve_site, ask_replan, complete_stage
from projects.models import ProjectSite, ScheduleItem
from projects.schedule.board import schedule_board
from projects.schedule.plans import plans
from projects.schedule.timeline import Axis, site_timeline
from projects.states import StageKind
from tests import factories
from tests.projects.conftest import submit

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture
def add_sites(programme, tree, city_staff, cadre):
    programme.creation_types.update(quota=99)

    def add(numbers) -> list:
        villages = [factories.organization(f"示例{n}村", level=Level.VILLAGE, parent=tree.township) for n in numbers]
        sites = [approve_site(factories.site(programme, village), by=city_staff) for village in villages]
        for site in sites:
            submit(site.reports.get(month=date(2026, 10, 1)), by=cadre)
            item = site.stages.get(kind=StageKind.BUILD).items.first()
            ask_replan(item, by=cadre, starts_on=item.starts_on, due_on=date(2026, 11, 20), reason="示例")
        return sites

    return add


def say(site, month: int, percent: int, *, by) -> None:
    """What the month's report says of every task."""
    sent = submit(site.reports.get(month=date(2026, month, 1)), by=by)
    sent.progress_lines.update(percent=percent)


# The axis


def test_days_lie_on_the_axis_as_shares_of_whole_months():
    axis = Axis.over([date(2026, 6, 10), date(2026, 7, 20)], date(2026, 7, 1))
    assert (axis.first, axis.last, axis.days) == (date(2026, 6, 1), date(2026, 7, 31), 61)
    assert [label for label, _ in axis.months] == ["2026年6月", "7月"]
    span = axis.span(date(2026, 6, 1), date(2026, 6, 30))
    assert (span.left, span.wide, span.right) == ("0.00%", "49.18%", "49.18%")
    assert span.part(50).wide == "24.59%"
    assert axis.lines == ["49.18%"]
    assert axis.now == "50.00%"
    assert Axis(axis.first, axis.last, date(2026, 8, 1)).now == ""
    assert axis.span(date(2026, 5, 1), date(2026, 9, 1)).wide == "100.00%"


def test_every_task_has_a_bar_and_only_a_moved_one_a_baseline(site, city_staff, cadre):
    say(site, 10, 60, by=cadre)
    item = site.stages.get(kind=StageKind.BUILD).items.get()
    ScheduleItem.objects.filter(pk=item.pk).update(due_on=date(2026, 11, 15))
    _, groups = site_timeline(plans([site], TODAY)[site.pk], TODAY)
    bars = {bar.line.item.stage.kind: bar for group in groups for bar in group.bars}
    assert [bar.baseline is not None for bar in bars.values()] == [False, True, False]
    assert bars[StageKind.BUILD].tag == "bad"
    assert bars[StageKind.BUILD].reached.width == pytest.approx(bars[StageKind.BUILD].plan.width * 0.6)
    assert bars[StageKind.ACCEPT].is_label_left
    assert bars[StageKind.BUILD].words.endswith("2026-07-01 至 2026-11-15，完成 60%，逾期")


# The board


def test_worst_first(add_sites, city_staff, cadre):
    good, late, later = add_sites(range(3))
    for site, percents in [(good, [100]), (late, [40]), (later, [100])]:
        for percent in percents:
            site.reports.get(month=date(2026, 10, 1)).progress_lines.update(percent=percent)
    complete_stage(good.stages.get(kind=StageKind.LAUNCH), by=city_staff)
    rows = schedule_board(ProjectSite.objects.all(), TODAY).rows
    assert [(row.site, row.overdue, row.days_over) for row in rows] == [(late, 1, 145), (later, 0, 145), (good, 0, 0)]
    assert [row.stands for row in rows] == ["启动阶段", "启动阶段", "建设阶段"]
    assert [row.mark.word for row in rows] == ["逾期 1 项", "阶段超期", "按时"]
    assert [cell.tag for cell in rows[-1].cells] == ["ok", "wait", "idle"]


def test_a_turn_is_overdue_once_the_next_report_could_have_told(programme, tree, city_staff):
    stage = programme.stages.get(kind=StageKind.BUILD)
    factories.task(stage, "服务", rhythm="monthly")
    site = approve_site(factories.site(programme, tree.village), by=city_staff)

    def overdue(day: date) -> int:
        return schedule_board(ProjectSite.objects.filter(pk=site.pk), day).rows[0].cells[1].overdue

    assert [overdue(date(2026, 8, 1)), overdue(date(2026, 8, 31)), overdue(date(2026, 9, 1))] == [0, 0, 1]
    marks = {
        line.item.name: line.progress.mark.word
        for plan in plans([site], date(2026, 8, 15))[site.pk]
        for line in plan.lines
    }
    assert (marks["服务（7月）"], marks["服务（8月）"]) == ("待本月月报", "滞后")


# The pages


def test_the_pages_of_one_site(site, cadre, neighbour, system_admin, login):
    say(site, 10, 60, by=cadre)
    address = f"/schedule/sites/{site.pk}/"
    page = login(cadre).get(address).content.decode()
    assert "时间图" in page
    assert 'class="today"' in page
    assert "style=" not in page
    assert page.count('<rect class="plan"') == 3
    assert "申请调整" in page
    for path in [address, f"{address}excel/"]:
        assert login(neighbour).get(path).status_code == 404
        assert login(system_admin).get(path).status_code == 403
        assert login(cadre).post(path).status_code == 405


def test_the_board_drills_down_and_says_when_there_is_nothing(site, leader, neighbour, login):
    page = login(leader).get("/schedule/").content.decode()
    assert f'href="/schedule/sites/{site.pk}/"' in page
    assert "逾期 1 项" in page
    assert "批量调整" not in page
    assert "还没有已批准的项目点" in login(neighbour).get("/schedule/").content.decode()


def test_excel_of_one_site_and_of_all(add_sites, leader, login):
    site, _ = add_sites(range(2))
    client = login(leader)
    one = load_workbook(BytesIO(client.get(f"/schedule/sites/{site.pk}/excel/").content)).active
    rows = [[cell.value for cell in row] for row in one.iter_rows(min_row=3, max_row=6)]
    assert one["A1"].value == "项目进度和日程安排表"
    assert rows[0][:4] == ["阶段", "工作内容", "责任", "佐证材料"]
    assert rows[2][1:2] + rows[2][4:8] == ["建设阶段任务", "2026-07-01", "2026-11-30", "2026-07-01", "2026-11-30"]
    assert rows[2][9:12] == [60, 95, "滞后"]
    everything = load_workbook(BytesIO(client.get("/schedule/excel/").content)).active
    names = [row[1].value for row in everything.iter_rows(min_row=4, max_row=9)]
    assert names == [site.name] * 3 + [names[3]] * 3
    assert len(set(names)) == 2


def test_the_number_of_queries_does_not_grow(add_sites, city_staff, login, count_queries):
    client, addresses = login(city_staff), ["/schedule/", "/schedule/excel/", "/schedule/replans/"]

    def counts() -> list[int]:
        return [count_queries(lambda address=address: client.get(address)) for address in addresses]

    add_sites(range(2))
    counts()
    few = counts()
    add_sites(range(2, 12))
    assert counts() == few


def test_a_sites_page_costs_the_same_with_many_tasks(site, cadre, login, count_queries):
    client, address = login(cadre), f"/schedule/sites/{site.pk}/"
    client.get(address)
    few = count_queries(lambda: client.get(address))
    stage = site.stages.get(kind=StageKind.BUILD)
    for number in range(30):
        factories.schedule_item(stage, f"任务{number}")
    assert count_queries(lambda: client.get(address)) == few
