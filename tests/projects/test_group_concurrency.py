"""Many people change one group at the same moment."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from projects.actions import leave_group, save_plan, submit_plan, take_over
from projects.actions.groups import Seat
from projects.models import GroupMember, ImplementationPlan, LeadingGroup
from tests import factories
from tests.concurrency import PEOPLE, at_once
from tests.projects.test_groups import office_of
from tests.projects.test_report_concurrency import on_the_day

pytestmark = pytest.mark.django_db(transaction=True)
JUNE = date(2026, 6, 8)


def test_of_many_takeovers_at_once_exactly_one_holds(programme, tree, county_reviewer):
    group = factories.group(programme, tree.county, by=county_reviewer, day=JUNE)

    def act(number: int):
        seat = Seat("肥西县妇联", f"副主席{number}")
        return take_over(group, by=county_reviewer, version=0, from_on=date(2026, 8, 17), head=seat)

    answers = at_once(on_the_day(act))
    assert sum(isinstance(answer, GroupMember) for answer in answers) == 1
    assert sum(isinstance(answer, ValidationError) for answer in answers) == PEOPLE - 1
    assert group.members.sitting().filter(role="head").count() == 1
    assert group.members.count() == 2


def test_of_many_who_establish_it_exactly_one_does(programme, tree, county_reviewer):
    answers = at_once(on_the_day(lambda number: factories.group(programme, tree.county, by=county_reviewer, day=JUNE)))
    assert sum(isinstance(answer, LeadingGroup) for answer in answers) == 1
    assert sum(isinstance(answer, ValidationError) for answer in answers) == PEOPLE - 1


def test_a_deputy_does_not_leave_while_becoming_director(programme, tree, city_staff):
    deputies = [("市妇联", "副主席"), ("市妇联", "二级调研员")]
    group = factories.group(programme, tree.city, by=city_staff, day=JUNE, deputies=deputies)
    office = office_of(group, by=city_staff)
    deputy = group.members.get(post="二级调研员")

    def act(number: int):
        if number % 2:
            return leave_group(deputy, by=city_staff, version=0, to_on=date(2026, 8, 1))
        return take_over(office, by=city_staff, version=0, from_on=date(2026, 7, 1), deputy=deputy)

    answers = at_once(on_the_day(act))
    assert sum(isinstance(answer, GroupMember) for answer in answers) == 1
    assert {type(answer) for answer in answers} == {GroupMember, ValidationError}
    director = office.members.sitting().get()
    assert director.deputy.to_on is None


def test_a_plan_is_handed_up_once(site, cadre, programme):
    plan = save_plan(factories.plan(programme, site.organization, site=site), by=cadre)
    answers = at_once(on_the_day(lambda number: submit_plan(plan, by=cadre, version=0)))
    assert sum(isinstance(answer, ImplementationPlan) for answer in answers) == 1
    assert plan.log.count() == 1
