"""Leading groups, responsibilities and plans of the demo, whatever the day."""

import pytest
from dateutil.relativedelta import relativedelta

from demo.groups import CHANGED_COUNTY, RENEWED, RENEWED_COUNTY, RETURNED, WITHOUT_TEAM
from organizations.models import User
from projects.duties import duty_table
from projects.findings import group_findings, plan_findings
from projects.groups import group_chart
from projects.models import ImplementationPlan, LeadingGroup, Programme, ProjectSite
from projects.plans import plan_board

pytestmark = pytest.mark.django_db


def test_one_team_is_missing_and_named(now):
    chart = group_chart(Programme.objects.get(), User.objects.get(username="city"), now.date())
    assert (chart.group_count, chart.team_count, chart.site_count) == (9, 18, 19)
    assert chart.gaps == ["庐城镇塔山社区还没有成立项目工作组"]
    assert chart.group.office.head.deputy.post == "分管发展副主席"


def test_a_head_changed_in_the_third_month(now):
    launch = Programme.objects.get().first_month
    group = LeadingGroup.objects.get(organization__name=CHANGED_COUNTY, kind="group")
    before, after = group.members.filter(role="head").order_by("from_on")
    assert before.to_on + relativedelta(days=1) == after.from_on
    assert launch + relativedelta(months=2) < after.from_on < launch + relativedelta(months=3)


def test_every_site_has_its_contacts_and_the_work_is_divided(now):
    table = duty_table(Programme.objects.get(), User.objects.get(username="city"))
    assert table.lacking == []
    assert len(table.common) == 14


def test_plans_are_approved_but_for_one_returned_and_two_waiting(now):
    board = plan_board(Programme.objects.get(), User.objects.get(username="city"))
    assert (board.approved_count, len(board.places)) == (28, 29)
    sites = list(ProjectSite.objects.order_by("pk"))
    waiting = ImplementationPlan.objects.filter(state="submitted").order_by("pk")
    assert {plan.place for plan in waiting} == {RENEWED_COUNTY, str(sites[RENEWED - 1])}
    found = plan_findings(sites)
    assert [site for site in sites if not found[site.pk].is_met] == [sites[RETURNED - 1]]


def test_the_gate_of_the_launch_stage_finds_the_missing_team(now):
    sites = list(ProjectSite.objects.select_related("organization").order_by("pk"))
    found = group_findings(sites)
    assert [site for site in sites if not found[site.pk].is_met] == [sites[WITHOUT_TEAM - 1]]
