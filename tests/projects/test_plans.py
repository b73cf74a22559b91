"""Implementation plans: written, handed up, approved or returned; a new version takes the place of the old one."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from organizations.models import AuditEvent, Role
from projects.actions import approve_plan, return_plan, save_plan, submit_plan
from projects.findings import plan_finding
from projects.models import ImplementationPlan, PlanState
from projects.plans import plan_board
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(site, programme, cadre) -> ImplementationPlan:
    return save_plan(factories.plan(programme, site.organization, site=site), by=cadre)


@pytest.fixture
def submitted(plan, cadre) -> ImplementationPlan:
    return submit_plan(plan, by=cadre, version=plan.version)


@pytest.fixture
def colleague(tree):
    return factories.user("city-2", role=Role.CITY_STAFF, organization=tree.city)


def approved(plan, *, by) -> ImplementationPlan:
    return approve_plan(plan, by=by, version=plan.version)


def test_the_way_of_a_site_s_plan(submitted, cadre, county_reviewer):
    returned = return_plan(submitted, by=county_reviewer, version=1, reason="没有写资金怎么用")
    returned.measures = "专账核算，逐笔登记"
    again = submit_plan(save_plan(returned, by=cadre, version=2), by=cadre, version=3)
    done = approve_plan(again, by=county_reviewer, version=4, note="同意")
    assert (done.state, done.approved_by) == (PlanState.APPROVED, county_reviewer)
    assert [(step.kind, step.note, step.content["measures"]) for step in done.log.all()] == [
        ("submitted", "", "专账核算"),
        ("returned", "没有写资金怎么用", "专账核算"),
        ("submitted", "", "专账核算，逐笔登记"),
        ("approved", "同意", "专账核算，逐笔登记"),
    ]
    actions = [event.action for event in AuditEvent.objects.about(done).order_by("pk")]
    assert actions == ["起草实施方案", "报批实施方案", "退回实施方案", "修改实施方案", "报批实施方案", "批准实施方案"]


def test_a_return_says_why(submitted, county_reviewer):
    with pytest.raises(ValidationError, match="退回要写原因"):
        return_plan(submitted, by=county_reviewer, version=1, reason=" ")


def test_nothing_is_written_while_it_waits_or_when_it_is_approved(submitted, cadre, county_reviewer):
    with pytest.raises(ValidationError, match="待审批，不能修改"):
        save_plan(submitted, by=cadre, version=1)
    done = approved(submitted, by=county_reviewer)
    with pytest.raises(ValidationError, match="已批准，不能修改"):
        save_plan(done, by=cadre, version=2)
    with pytest.raises(ValidationError, match="现在不用审批"):
        approved(done, by=county_reviewer)
    with pytest.raises(DatabaseError), transaction.atomic():
        ImplementationPlan.objects.filter(pk=done.pk).update(tasks="别的")


def test_each_level_writes_its_own(site, programme, tree, city_staff, county_reviewer, cadre, neighbour, leader):
    places = {
        (tree.village, site): cadre,
        (tree.county, None): county_reviewer,
        (tree.city, None): city_staff,
    }
    for (place, of_site), writer in places.items():
        for person in {city_staff, county_reviewer, cadre, neighbour, leader} - {writer}:
            with pytest.raises(PermissionDenied):
                save_plan(factories.plan(programme, place, site=of_site), by=person)
        assert save_plan(factories.plan(programme, place, site=of_site), by=writer).number == 1


def test_the_level_above_decides(
    submitted, programme, tree, county_reviewer, other_reviewer, city_staff, cadre, leader
):
    for person in [cadre, other_reviewer, leader]:
        with pytest.raises(PermissionDenied):
            approved(submitted, by=person)
    plan = save_plan(factories.plan(programme, tree.county), by=county_reviewer)
    submit_plan(plan, by=county_reviewer, version=0)
    plan.refresh_from_db()
    with pytest.raises(PermissionDenied):
        approved(plan, by=county_reviewer)
    assert approved(plan, by=city_staff).is_approved
    assert approved(submitted, by=city_staff).is_approved


def test_nobody_approves_their_own(programme, tree, city_staff, colleague):
    plan = save_plan(factories.plan(programme, tree.city), by=city_staff)
    plan = submit_plan(plan, by=colleague, version=0)
    for person in [city_staff, colleague]:
        with pytest.raises(PermissionDenied):
            approved(plan, by=person)
    with pytest.raises(IntegrityError), transaction.atomic():
        ImplementationPlan.objects.filter(pk=plan.pk).update(
            state="approved", approved_at=plan.saved_at, approved_by=city_staff
        )


def test_a_new_version_takes_the_place_of_the_old_one_which_stays(submitted, site, programme, cadre, county_reviewer):
    first = approved(submitted, by=county_reviewer)
    second = save_plan(factories.plan(programme, site.organization, site=site, tasks="扩建"), by=cadre)
    assert second.number == 2
    assert list(site.plans.current()) == [first]
    assert plan_finding(site).words == "实施方案第 1 版已批准。"
    approved(submit_plan(second, by=cadre, version=0), by=county_reviewer)
    assert [plan.number for plan in site.plans.current()] == [2]
    assert site.plans.get(number=1).tasks == "建成妇女之家 1 个"


def test_one_version_is_in_hand_at_a_time(plan, site, programme, cadre):
    with pytest.raises(ValidationError, match="还有一版方案没有批准"):
        save_plan(factories.plan(programme, site.organization, site=site), by=cadre)


def test_who_saw_an_older_version_is_told(submitted, plan, cadre, county_reviewer):
    returned = return_plan(submitted, by=county_reviewer, version=1, reason="补充")
    with pytest.raises(ValidationError, match="又有改动"):
        submit_plan(plan, by=cadre, version=0)
    with pytest.raises(ValidationError, match="现在不用审批"):
        approve_plan(returned, by=county_reviewer, version=1)


def test_the_gate_of_the_launch_stage_tells_where_it_stands(site, programme, cadre, county_reviewer):
    said = [plan_finding(site).words]
    plan = save_plan(factories.plan(programme, site.organization, site=site), by=cadre)
    said.append(plan_finding(site).words)
    plan = submit_plan(plan, by=cadre, version=0)
    said.append(plan_finding(site).words)
    plan = return_plan(plan, by=county_reviewer, version=1, reason="补充")
    said.append(plan_finding(site).words)
    assert said == [
        "项目点还没有制定实施方案。",
        "实施方案还在起草，没有报批。",
        "实施方案已报批，还没有批准。",
        "实施方案被退回，还没有改好报批。",
    ]
    assert not plan_finding(site).is_met


def test_the_board_names_what_is_missing(site, submitted, programme, city_staff, county_reviewer, cadre):
    assert plan_board(programme, city_staff).gaps == [
        "合肥市还没有批准的实施方案（没有方案）",
        "肥西县还没有批准的实施方案（没有方案）",
        f"{site}还没有批准的实施方案（待审批）",
    ]
    approved(submitted, by=county_reviewer)
    assert plan_board(programme, cadre).gaps == []
    assert plan_board(programme, county_reviewer).gaps == ["肥西县还没有批准的实施方案（没有方案）"]
    assert submitted.saved_at.date() == date(2026, 11, 22)
