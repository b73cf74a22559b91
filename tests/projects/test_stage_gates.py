"""Where a site stands: outputs named until they are there, stages in order, taken back by the city alone."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from fedwork import clock
from organizations.models import AuditEvent
from projects.actions import complete_stage, confirm_plan, move_stage, pass_report, reopen_stage, save_meeting
from projects.models import Meeting, MeetingKind, PlanConfirmation, StageStep
from projects.schedule.gates import gates
from projects.schedule.proofs import PROOFS
from projects.states import ProofKind, StageKind
from tests import factories
from tests.projects.conftest import NOON, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def launch(site):
    return site.stages.get(kind=StageKind.LAUNCH)


@pytest.fixture
def asks(programme):
    """asks("plan"): from now on the launch stage asks for this proof."""

    def ask(proof: str, parameter: str = "", kind: str = StageKind.LAUNCH):
        return factories.output(programme.stages.get(kind=kind), f"产出{proof}", proof, parameter)

    return ask


def found(site, today) -> list[tuple[bool, str]]:
    current = next(gate for gate in gates(site, today) if gate.is_current)
    return [(each.finding.is_there, each.finding.words) for each in current.outputs]


def hold_meeting(site, by, *, kind=MeetingKind.LAUNCH) -> Meeting:
    day = clock.today()
    meeting = Meeting(
        programme=site.programme, kind=kind, held_on=day, place="会议室", chaired_by="分管领导", pack_at=clock.now()
    )
    return save_meeting(meeting, posts=[], by=by)


def accept(report, *, cadre, county, city, **content):
    sent = submit(report, by=cadre, **content)
    passed = pass_report(sent, by=county, version=sent.version)
    return pass_report(passed, by=city, version=passed.version)


def test_every_proof_has_a_function():
    assert PROOFS.keys() == set(ProofKind)


# The proofs


def test_tasks_reported_as_done(site, asks, today, cadre):
    asks("tasks")
    asks("tasks", "没有这项", StageKind.BUILD)
    assert found(site, today) == [(False, "还没有完成：“启动阶段任务”（0%），完成后在月报里报 100%")]
    report = site.reports.get(month=date(2026, 6, 1))
    item = site.stages.get(kind=StageKind.LAUNCH).items.get()
    sent = submit(report, by=cadre, percent=60)
    assert "（60%）" in found(site, today)[0][1]
    sent.progress_lines.filter(item=item).update(percent=100)
    assert found(site, today) == [(True, "1 项任务都已完成")]


def test_a_meeting_of_that_kind(site, asks, today, city_staff):
    asks("meeting", "动员会")
    hold_meeting(site, city_staff, kind=MeetingKind.SUPERVISION)
    assert found(site, today) == [(False, "还没有登记已召开的动员会")]
    hold_meeting(site, city_staff)
    assert found(site, today) == [(True, "2026年11月22日动员会")]


def test_the_confirmed_plan(site, asks, today, cadre):
    asks("plan")
    assert found(site, today) == [(False, "还没有核对、确认本项目点的日程")]
    confirm_plan(site, by=cadre)
    assert found(site, today) == [(True, "示例cadre于 11月22日确认")]


def test_the_reports_of_its_months(site, asks, today, cadre, county_reviewer, city_staff):
    asks("reports")
    assert found(site, today) == [(False, "月报还没有全部通过：6月（未填报）")]
    report = site.reports.get(month=date(2026, 6, 1))
    accept(report, cadre=cadre, county=county_reviewer, city=city_staff)
    assert found(site, today) == [(True, "1 个月的月报都已通过")]


# Confirming the plan


def test_confirming_twice_is_as_good_as_once(site, cadre, county_reviewer):
    first = confirm_plan(site, by=cadre)
    assert confirm_plan(site, by=county_reviewer) == first
    assert PlanConfirmation.objects.get().confirmed_by == cadre
    assert AuditEvent.objects.filter(action="确认日程").count() == 1


def test_who_confirms(site, neighbour, city_staff, leader):
    for user in [neighbour, city_staff, leader]:
        with pytest.raises(PermissionDenied):
            confirm_plan(site, by=user)


# Completing


def test_completed_once_with_its_audit_row(launch, asks, cadre, county_reviewer):
    asks("plan")
    confirm_plan(launch.site, by=cadre)
    done = complete_stage(launch, by=county_reviewer)
    assert (done.completed_at, done.completed_by) == (NOON, county_reviewer)
    assert [(step.kind, step.text, step.made_by) for step in done.steps.all()] == [
        ("completed", "产出plan", county_reviewer)
    ]
    event = AuditEvent.objects.get(action="阶段确认完成")
    assert (event.object_id, event.detail["stage"]) == (launch.site_id, "launch")
    with pytest.raises(ValidationError, match="启动阶段已确认完成"):
        complete_stage(launch, by=county_reviewer)
    current = next(gate for gate in gates(launch.site, clock.today()) if gate.is_current)
    assert current.stage.kind == StageKind.BUILD


def test_refused_with_everything_that_is_missing(launch, asks, city_staff):
    asks("plan")
    asks("meeting")
    with pytest.raises(ValidationError) as refusal:
        complete_stage(launch, by=city_staff)
    assert refusal.value.messages == [
        "缺“产出plan”：还没有核对、确认本项目点的日程。",
        "缺“产出meeting”：还没有登记已召开的动员会。",
    ]
    launch.refresh_from_db()
    assert not launch.is_completed
    assert not StageStep.objects.exists()


def test_in_order_and_not_before_it_begins(site, city_staff):
    launch, build, accept_stage = site.stages.order_by("starts_on")
    with pytest.raises(ValidationError, match="启动阶段还没有完成，请按顺序办理"):
        complete_stage(build, by=city_staff)
    complete_stage(launch, by=city_staff)
    complete_stage(build, by=city_staff)
    with pytest.raises(ValidationError, match="验收阶段从 2026-12-01 开始"):
        complete_stage(accept_stage, by=city_staff)


def test_who_completes(launch, cadre, leader, other_reviewer):
    for user in [cadre, leader, other_reviewer]:
        with pytest.raises(PermissionDenied):
            complete_stage(launch, by=user)


def test_the_city_takes_it_back_from_the_last_one(site, city_staff, county_reviewer):
    launch, build, _ = site.stages.order_by("starts_on")
    with pytest.raises(ValidationError, match="还没有确认完成"):
        reopen_stage(launch, by=city_staff, reason="方案退回重拟")
    complete_stage(launch, by=city_staff)
    complete_stage(build, by=city_staff)
    with pytest.raises(ValidationError, match="建设阶段也已确认完成"):
        reopen_stage(launch, by=city_staff, reason="方案退回重拟")
    with pytest.raises(PermissionDenied):
        reopen_stage(build, by=county_reviewer, reason="方案退回重拟")
    with pytest.raises(ValidationError, match="请写明原因"):
        reopen_stage(build, by=city_staff, reason="  ")
    reopened = reopen_stage(build, by=city_staff, reason="设备没有到齐")
    assert (reopened.completed_at, reopened.completed_by) == (None, None)
    assert [step.text for step in reopened.steps.filter(kind="reopened")] == ["设备没有到齐"]
    assert AuditEvent.objects.get(action="重新打开阶段").note == "设备没有到齐"


def test_the_window_of_one_site_moves_around_its_tasks(launch, city_staff, county_reviewer):
    dates = {"starts_on": date(2026, 6, 1), "ends_on": date(2026, 7, 15)}
    moved = move_stage(launch, by=city_staff, reason="防汛", **dates)
    assert moved.ends_on == date(2026, 7, 15)
    assert moved.steps.get().text == "由 2026-06-01 至 2026-06-30 改为 2026-06-01 至 2026-07-15：防汛"
    with pytest.raises(ValidationError, match=r"任务“启动阶段任务”.*不在新的起止日期之内"):
        move_stage(launch, by=city_staff, reason="防汛", **dates | {"ends_on": date(2026, 6, 29)})
    with pytest.raises(ValidationError, match="不能早于开始"):
        move_stage(launch, by=city_staff, reason="防汛", **dates | {"ends_on": date(2026, 5, 1)})
    with pytest.raises(ValidationError, match="请写明原因"):
        move_stage(launch, by=city_staff, reason="", **dates)
    with pytest.raises(PermissionDenied):
        move_stage(launch, by=county_reviewer, reason="防汛", **dates)
    complete_stage(launch, by=city_staff)
    with pytest.raises(ValidationError, match="不能再调整起止日期"):
        move_stage(launch, by=city_staff, reason="防汛", **dates)


# On the pages


def test_the_check_list_names_what_is_missing_and_who_brings_it(site, asks, cadre, county_reviewer, login):
    asks("plan")
    asks("meeting")
    page = login(cadre).get(f"/sites/{site.pk}/").content.decode()
    assert "还没有核对、确认本项目点的日程" in page
    assert "由填报岗位办理" in page
    assert "由市妇联办理" in page
    assert "日程已核对，确认" in page
    assert "确认启动阶段完成" not in page
    assert 'href="/meetings/"' not in page  # cadres can't open it
    assert "还缺 2 项，补齐才能确认" in login(county_reviewer).get(f"/sites/{site.pk}/").content.decode()


def test_supplied_and_completed_by_the_pages(site, launch, asks, cadre, county_reviewer, city_staff, login):
    asks("plan")
    county, home = login(county_reviewer), f"/schedule/sites/{site.pk}/"
    refused = county.post(f"/schedule/stages/{launch.pk}/complete/", follow=True)
    assert "缺“产出plan”：还没有核对、确认本项目点的日程。" in refused.content.decode()
    assert login(cadre).post(f"{home}confirm/").url == home
    done = county.post(f"/schedule/stages/{launch.pk}/complete/", follow=True).content.decode()
    assert "启动阶段已确认完成。" in done
    city = login(city_staff)
    assert "重新打开启动阶段" in city.get(home).content.decode()
    assert "重新打开的原因：" in city.post(f"/schedule/stages/{launch.pk}/reopen/", follow=True).content.decode()
    reopened = city.post(f"/schedule/stages/{launch.pk}/reopen/", {"reason": "补材料"}, follow=True)
    assert "启动阶段已重新打开。" in reopened.content.decode()
    dates = {"starts_on": "2026-06-01", "ends_on": "2026-07-15", "reason": "防汛"}
    moved = city.post(f"/schedule/stages/{launch.pk}/move/", dates, follow=True).content.decode()
    assert "启动阶段的起止日期已调整。" in moved


def test_a_site_that_waits_for_approval_has_no_stages(programme, tree, cadre, login):
    waiting = factories.site(programme, tree.village)
    assert "阶段和产出" not in login(cadre).get(f"/sites/{waiting.pk}/").content.decode()
    assert "还没有日程" in login(cadre).get(f"/schedule/sites/{waiting.pk}/").content.decode()
