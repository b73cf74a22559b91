"""Leading groups: established, headed by one at a time, changed and disbanded; what is refused and what is logged."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organizations.models import AuditEvent
from projects.actions import appoint_members, correct_member, disband_group, establish_group, leave_group, take_over
from projects.actions.groups import Place, Seat
from projects.findings import group_finding
from projects.models import GroupKind, GroupMember, LeadingGroup
from tests import factories

pytestmark = pytest.mark.django_db
JUNE = date(2026, 6, 8)
SUCCESSOR = Seat("肥西县妇联", "副主席")


@pytest.fixture
def group(programme, tree, county_reviewer):
    deputies = [("肥西县妇联", "党组成员"), ("肥西县财政局", "副局长")]
    return factories.group(
        programme, tree.county, by=county_reviewer, day=JUNE, deputies=deputies, members=[("肥西县民政局", "副局长")]
    )


@pytest.fixture
def city_group(programme, tree, city_staff):
    deputies = [("市妇联", "副主席"), ("市妇联", "二级调研员")]
    return factories.group(programme, tree.city, by=city_staff, day=JUNE, deputies=deputies)


def office_of(group, *, by, day=JUNE) -> LeadingGroup:
    office = LeadingGroup(kind=GroupKind.OFFICE, parent=group, established_on=day, seat="市妇联发展部")
    return establish_group(office, by=by, deputy=group.members.filter(role="deputy").first())


def now(group) -> LeadingGroup:
    return LeadingGroup.objects.get(pk=group.pk)


def sitting(group) -> list[str]:
    return [f"{row.role} {row}" for row in sorted(group.members.sitting(), key=lambda row: row.rank)]


def last_actions(number: int) -> list[str]:
    return [event.action for event in AuditEvent.objects.order_by("-pk")[:number]][::-1]


class TestEstablishing:
    def test_a_county_with_its_head_and_the_others(self, group):
        assert sitting(group) == [
            "head 肥西县妇联主席",
            "deputy 肥西县妇联党组成员",
            "deputy 肥西县财政局副局长",
            "member 肥西县民政局副局长",
        ]
        assert last_actions(1) == ["成立（领导小组）"]

    def test_only_one_at_a_place(self, group, tree, programme, county_reviewer):
        with pytest.raises(ValidationError, match="已经成立"):
            factories.group(programme, tree.county, by=county_reviewer, day=JUNE)
        with pytest.raises(IntegrityError), transaction.atomic():
            LeadingGroup.objects.create(
                **{name: getattr(group, name) for name in ["programme", "organization", "kind", "established_on"]},
                recorded_by=county_reviewer,
                recorded_at=group.recorded_at,
            )

    def test_each_place_keeps_its_own(self, programme, tree, city_staff, county_reviewer, other_reviewer, cadre, site):
        for place, people in [
            (tree.city, [county_reviewer, cadre]),
            (tree.county, [city_staff, other_reviewer, cadre]),
        ]:
            for person in people:
                with pytest.raises(PermissionDenied):
                    factories.group(programme, place, by=person, day=JUNE)
        for person in [city_staff, other_reviewer]:
            with pytest.raises(PermissionDenied):
                factories.team(site, by=person, day=JUNE)
        assert factories.team(site, by=cadre, day=JUNE).organization == site.organization

    def test_not_before_it_happens(self, site, cadre):
        with pytest.raises(ValidationError, match="晚于今天"):
            factories.team(site, by=cadre, day=date(2026, 11, 23))
        with pytest.raises(ValidationError, match="请核对年份"):
            factories.team(site, by=cadre, day=date(2006, 6, 8))

    def test_a_site_that_is_not_approved_has_no_team_yet(self, programme, tree, cadre):
        with pytest.raises(ValidationError, match="还没有批准"):
            factories.team(factories.site(programme, tree.village), by=cadre, day=JUNE)

    def test_the_director_of_the_office_is_a_deputy(self, city_group, city_staff):
        office = office_of(city_group, by=city_staff)
        assert sitting(office) == ["director 市妇联副主席"]
        assert f"{office}" == "合肥市领导小组办公室"

    def test_nobody_else_directs_it(self, city_group, city_staff):
        office = LeadingGroup(kind=GroupKind.OFFICE, parent=city_group, established_on=JUNE)
        for wrong in [None, city_group.members.get(role="head")]:
            with pytest.raises(ValidationError, match="副组长兼任"):
                establish_group(office, by=city_staff, deputy=wrong)


class TestHeads:
    def test_a_new_head_ends_the_old_one_the_day_before(self, group, county_reviewer):
        take_over(group, by=county_reviewer, version=0, from_on=date(2026, 8, 17), head=SUCCESSOR)
        rows = [(str(row), row.from_on, row.to_on) for row in group.members.filter(role="head")]
        assert rows == [
            ("肥西县妇联主席", JUNE, date(2026, 8, 16)),
            ("肥西县妇联副主席", date(2026, 8, 17), None),
        ]
        assert [str(row) for row in group.members.on(date(2026, 8, 16)).filter(role="head")] == ["肥西县妇联主席"]
        assert last_actions(1) == ["接任组长（领导小组）"]

    def test_who_becomes_head_is_no_longer_a_deputy(self, group, county_reviewer):
        deputy = Seat("肥西县妇联", "党组成员")
        take_over(group, by=county_reviewer, version=0, from_on=date(2026, 8, 17), head=deputy)
        assert sitting(group)[:2] == ["head 肥西县妇联党组成员", "deputy 肥西县财政局副局长"]

    @pytest.mark.parametrize("day", [JUNE, date(2026, 6, 1), date(2026, 12, 1)])
    def test_not_before_the_present_head_and_not_in_the_future(self, group, county_reviewer, day):
        with pytest.raises(ValidationError):
            take_over(group, by=county_reviewer, version=0, from_on=day, head=SUCCESSOR)
        assert group.members.sitting().get(role="head").post == "主席"

    def test_a_head_does_not_leave(self, group, county_reviewer):
        head = group.members.get(role="head")
        with pytest.raises(ValidationError, match="不能空缺"):
            leave_group(head, by=county_reviewer, version=0, to_on=date(2026, 8, 1))

    def test_who_looked_at_an_older_list_is_told(self, group, county_reviewer):
        take_over(group, by=county_reviewer, version=0, from_on=date(2026, 8, 17), head=SUCCESSOR)
        with pytest.raises(ValidationError, match="又有变动"):
            take_over(group, by=county_reviewer, version=0, from_on=date(2026, 9, 1), head=Seat("肥西县妇联", "主席"))

    def test_the_database_knows_of_one_head_at_a_time(self, group, county_reviewer):
        head = group.members.get(role="head")
        with pytest.raises(IntegrityError), transaction.atomic():
            GroupMember.objects.create(
                group=group,
                role="head",
                unit="甲",
                post="乙",
                from_on=date(2026, 6, 1),
                to_on=JUNE,
                recorded_at=head.recorded_at,
                recorded_by=county_reviewer,
            )

    @pytest.mark.parametrize("change", [{"unit": "别处"}, {"from_on": date(2026, 7, 1)}, {"role": "member"}])
    def test_what_was_written_stays(self, group, change):
        with pytest.raises(DatabaseError), transaction.atomic():
            group.members.filter(role="head").update(**change)

    def test_an_end_is_written_once(self, group, county_reviewer):
        take_over(group, by=county_reviewer, version=0, from_on=date(2026, 8, 17), head=SUCCESSOR)
        with pytest.raises(DatabaseError), transaction.atomic():
            group.members.exclude(to_on=None).update(to_on=date(2026, 8, 1))


class TestMembers:
    def test_come_and_go(self, group, county_reviewer):
        places = [Place("member", Seat("肥西县文旅局", "副局长"))]
        (row,) = appoint_members(group, by=county_reviewer, version=0, places=places, from_on=date(2026, 7, 1))
        leave_group(row, by=county_reviewer, version=1, to_on=date(2026, 9, 30))
        assert GroupMember.objects.get(pk=row.pk).to_on == date(2026, 9, 30)
        assert last_actions(2) == ["增加成员（领导小组）", "成员离任（领导小组）"]

    def test_nobody_sits_twice(self, group, county_reviewer):
        places = [Place("deputy", Seat("肥西县民政局", "副局长"))]
        with pytest.raises(ValidationError, match="一个岗位只写一次"):
            appoint_members(group, by=county_reviewer, version=0, places=places, from_on=date(2026, 7, 1))

    def test_nobody_is_made_head_beside_the_head(self, group, county_reviewer):
        with pytest.raises(ValidationError, match="没有这个职责"):
            appoint_members(
                group, by=county_reviewer, version=0, places=[Place("head", SUCCESSOR)], from_on=date(2026, 7, 1)
            )

    def test_a_deputy_who_directs_the_office_is_followed_first(self, city_group, city_staff):
        office = office_of(city_group, by=city_staff)
        first, second = city_group.members.filter(role="deputy").order_by("pk")
        with pytest.raises(ValidationError, match="先由另一位副组长接任"):
            leave_group(first, by=city_staff, version=0, to_on=date(2026, 8, 1))
        take_over(office, by=city_staff, version=0, from_on=date(2026, 7, 1), deputy=second)
        leave_group(first, by=city_staff, version=0, to_on=date(2026, 8, 1))
        assert sitting(office) == ["director 市妇联二级调研员"]

    def test_what_was_written_wrongly_is_put_right_and_stays_in_the_database(self, city_group, city_staff):
        office = office_of(city_group, by=city_staff)
        deputy = city_group.members.filter(role="deputy").first()
        row = correct_member(deputy, by=city_staff, version=0, seat=Seat("市妇联", "副主席", "示例"))
        assert (row.from_on, str(row)) == (JUNE, "市妇联副主席（示例）")
        assert sitting(office) == ["director 市妇联副主席（示例）"]
        assert GroupMember.objects.filter(corrected_at__isnull=False).count() == 2
        assert last_actions(1) == ["更正成员（领导小组）"]


class TestDisbanding:
    def test_ends_every_seat_and_the_office(self, city_group, city_staff):
        office = office_of(city_group, by=city_staff)
        disband_group(city_group, by=city_staff, version=0, on=date(2026, 11, 20), reason="验收结束")
        assert sitting(city_group) == sitting(office) == []
        assert {now(each).disbanded_on for each in [city_group, office]} == {date(2026, 11, 20)}
        assert last_actions(1) == ["撤销（领导小组）"]

    def test_then_another_may_be_established(self, group, programme, tree, county_reviewer):
        disband_group(group, by=county_reviewer, version=0, on=date(2026, 8, 1), reason="换届")
        with pytest.raises(ValidationError, match="不能再改"):
            take_over(group, by=county_reviewer, version=1, from_on=date(2026, 9, 1), head=SUCCESSOR)
        factories.group(programme, tree.county, by=county_reviewer, day=date(2026, 8, 2))

    def test_not_before_the_last_appointment(self, group, county_reviewer):
        take_over(group, by=county_reviewer, version=0, from_on=date(2026, 8, 17), head=SUCCESSOR)
        with pytest.raises(ValidationError, match="不能更早"):
            disband_group(group, by=county_reviewer, version=1, on=date(2026, 8, 16), reason="换届")


class TestGateOfTheLaunchStage:
    def test_needs_the_team_and_the_county(self, site, cadre, programme, tree, county_reviewer):
        assert group_finding(site).words == "项目点还没有成立工作组；肥西县还没有成立领导小组。"
        factories.team(site, by=cadre, day=JUNE)
        assert group_finding(site).words == "肥西县还没有成立领导小组。"
        factories.group(programme, tree.county, by=county_reviewer, day=date(2026, 6, 10))
        finding = group_finding(site)
        assert finding.is_met
        assert finding.words == f"工作组组长：{site}书记；肥西县领导小组组长：肥西县妇联主席。"
        assert not group_finding(site, date(2026, 6, 9)).is_met


# Days after the first on which something is tried, and what.
steps = st.lists(
    st.tuples(st.integers(-2, 120), st.sampled_from(["take_over", "appoint", "leave", "correct"]), st.integers(0, 5)),
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_whatever_is_tried_there_is_one_head_on_every_day(steps, programme, tree, county_reviewer):
    with transaction.atomic():
        group = factories.group(programme, tree.county, by=county_reviewer, day=JUNE, deputies=[("单位0", "职务0")])
        for offset, verb, number in steps:
            try:
                with transaction.atomic():
                    attempt(now(group), verb, JUNE + timedelta(days=offset), number, by=county_reviewer)
            except ValidationError:
                continue
        heads = list(group.members.standing().filter(role="head"))
        for day in (JUNE + timedelta(days=number) for number in range(130)):
            assert len([row for row in heads if row.from_on <= day and (row.to_on is None or row.to_on >= day)]) == 1
        transaction.set_rollback(True)


def attempt(group, verb: str, day: date, number: int, *, by) -> None:
    seat, given = Seat(f"单位{number}", f"职务{number}"), {"by": by, "version": group.version}
    row = group.members.sitting().order_by("pk")[number % group.members.sitting().count()]
    match verb:
        case "take_over":
            take_over(group, from_on=day, head=seat, **given)
        case "appoint":
            appoint_members(group, from_on=day, places=[Place("member", seat)], **given)
        case "leave":
            leave_group(row, to_on=day, **given)
        case "correct":
            correct_member(row, seat=seat, **given)
