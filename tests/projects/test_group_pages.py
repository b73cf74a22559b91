"""The pages of leading groups, responsibilities and plans: what each shows, accepts and refuses, and to whom."""

import io
from datetime import date

import docx
import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from fedwork.menu import plans_to_do
from organizations.models import Level, Role
from projects.actions import (
    approve_site,
    assign_contacts,
    return_plan,
    save_duty,
    save_plan,
    submit_plan,
    take_over,
)
from projects.actions.duties import ContactPost
from projects.actions.groups import Seat
from projects.duties import site_people
from projects.models import Duty, ImplementationPlan, LeadingGroup, SiteContact
from tests import factories
from tests.projects.test_groups import office_of

pytestmark = pytest.mark.django_db
JUNE = date(2026, 6, 8)


@pytest.fixture
def team(site, cadre) -> LeadingGroup:
    return factories.team(site, by=cadre, day=JUNE, deputies=[("小井庄村", "妇联主席")])


@pytest.fixture
def city_group(programme, tree, city_staff) -> LeadingGroup:
    group = factories.group(
        programme, tree.city, by=city_staff, day=JUNE, deputies=[("市妇联", "副主席")], members=[("肥西县妇联", "主席")]
    )
    office_of(group, by=city_staff)
    return group


@pytest.fixture
def plan(site, programme, cadre) -> ImplementationPlan:
    return save_plan(factories.plan(programme, site.organization, site=site), by=cadre)


def page(client, name: str, *args, **query) -> str:
    response = client.get(reverse(f"projects:{name}", args=args, query=query))
    assert response.status_code == 200
    return response.content.decode()


def words_of(response) -> list[str]:
    document = docx.Document(io.BytesIO(response.content))
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text]


class TestChart:
    def test_names_what_is_missing(self, team, programme, city_staff, login):
        content = page(login(city_staff), "group_chart")
        assert "缺 2 项" in content
        assert "合肥市还没有成立领导小组" in content
        assert "肥西县还没有成立领导小组" in content
        assert "还没有成立项目工作组" not in content

    def test_of_a_day_before_anything_stood(self, team, city_staff, login):
        assert "还没有成立项目工作组" in page(login(city_staff), "group_chart", as_of="2026-06-07")

    def test_a_county_sees_its_part(self, team, city_group, county_reviewer, other_reviewer, login):
        content = page(login(county_reviewer), "group_chart")
        assert f"{team.site}" in content
        assert "登记领导小组" in content
        assert "组长：合肥市妇联主席" in content  # by post, without a way there
        assert f"{city_group.get_absolute_url()}" not in content
        assert f"{team.site}" not in page(login(other_reviewer), "group_chart")

    def test_who_leads_above_is_said_by_post_without_a_way_there(
        self, team, city_group, programme, tree, cadre, county_reviewer, other_reviewer, city_staff, login
    ):
        factories.group(programme, tree.county, by=county_reviewer, day=JUNE, deputies=[("肥西县", "副县长", "示例甲")])
        factories.group(programme, tree.other_county, by=other_reviewer, day=JUNE)
        text = page(login(cadre), "group_chart")
        assert "上级领导小组" in text
        assert "组长：肥西县妇联主席；副组长：肥西县副县长" in text
        assert "组长：合肥市妇联主席" in text
        for hidden in ["示例甲", "长丰县", city_group.get_absolute_url()]:
            assert hidden not in text
        assert login(cadre).get(city_group.get_absolute_url()).status_code == 404
        assert "上级领导小组" not in page(login(city_staff), "group_chart")

    def test_without_a_programme_it_says_so(self, tree, city_staff, login):
        assert "还没有批次" in page(login(city_staff), "group_chart")


class TestOneGroup:
    def test_a_cadre_enters_the_team_in_one_form(self, site, cadre, login):
        address = reverse("projects:group_add", query={"site": site.pk})
        data = {
            "established_on": "2026-06-08",
            "unit": "小井庄村",
            "post": "党总支书记",
            "deputies": "小井庄村 妇联主席\n\n山南镇，妇联副主席，示例",
            "members": "小井庄村　会计",
        }
        response = login(cadre).post(address, data)
        group = LeadingGroup.objects.get()
        assert response.headers["Location"] == group.get_absolute_url()
        assert [str(row) for row in group.members.order_by("pk")] == [
            "小井庄村党总支书记",
            "小井庄村妇联主席",
            "山南镇妇联副主席（示例）",
            "小井庄村会计",
        ]

    def test_a_line_that_is_not_understood_is_named(self, site, cadre, login):
        address = reverse("projects:group_add", query={"site": site.pk})
        data = {"established_on": "2026-06-08", "unit": "村", "post": "书记", "members": "小井庄村 会计\n妇联主席"}
        response = login(cadre).post(address, data)
        assert response.status_code == 422
        assert "第 2 行“妇联主席”要写单位和职务" in response.content.decode()
        assert LeadingGroup.objects.count() == 0

    def test_the_office_takes_a_deputy(self, city_group, programme, tree, city_staff, login):
        county = factories.organization("庐江县", level=Level.COUNTY, parent=tree.city)
        reviewer = factories.user("lujiang", role=Role.COUNTY_REVIEWER, organization=county)
        group = factories.group(programme, county, by=reviewer, day=JUNE, deputies=[("庐江县妇联", "副主席")])
        deputy = group.members.get(role="deputy")
        address = reverse("projects:group_add", query={"parent": group.pk})
        login(reviewer).post(address, {"established_on": "2026-06-08", "seat": "办公室", "deputy": deputy.pk})
        assert str(group.offices.get().members.get()) == "庐江县妇联副主席"

    def test_a_new_head_takes_over_and_the_old_list_can_be_looked_at(self, team, cadre, login):
        client = login(cadre)
        data = {"version": 0, "from_on": "2026-08-17", "unit": "小井庄村", "post": "第一书记"}
        response = client.post(reverse("projects:group_take_over", args=[team.pk]), data)
        assert response.status_code == 302
        content = page(client, "group_detail", team.pk)  # with the message of what was done
        assert "第一书记" not in page(client, "group_detail", team.pk, as_of="2026-08-16").split("<h2>历次任职")[0]
        assert "小井庄村第一书记" in content.split("<h2>历次任职")[0]
        assert "2026年8月16日" in content.split("<h2>历次任职")[1]

    def test_a_stale_page_is_told(self, team, cadre, login):
        data = {"version": 7, "from_on": "2026-08-17", "unit": "小井庄村", "post": "第一书记"}
        response = login(cadre).post(reverse("projects:group_take_over", args=[team.pk]), data)
        assert response.status_code == 422
        assert "又有变动" in response.content.decode()

    def test_members_come_go_and_are_put_right(self, team, cadre, login):
        client = login(cadre)
        client.post(
            reverse("projects:group_appoint", args=[team.pk]),
            {"version": 0, "role": "member", "seats": "小井庄村 会记", "from_on": "2026-07-01"},
        )
        member = team.members.get(post="会记")
        correct = reverse("projects:group_member_correct", args=[member.pk])
        client.post(correct, {"version": 1, "unit": "小井庄村", "post": "会计"})
        row = team.members.sitting().get(post="会计")
        client.post(reverse("projects:group_member_leave", args=[row.pk]), {"version": 2, "to_on": "2026-09-30"})
        row.refresh_from_db()
        assert row.to_on == date(2026, 9, 30)
        client.post(
            reverse("projects:group_disband", args=[team.pk]), {"version": 3, "on": "2026-11-22", "reason": "换届"}
        )
        assert "已撤销" in page(client, "group_detail", team.pk)

    def test_a_member_of_a_neighbour_s_group_does_not_exist(self, team, neighbour, city_staff, login):
        address = reverse("projects:group_member_leave", args=[team.members.first().pk])
        assert login(neighbour).get(address).status_code == 404
        assert login(city_staff).get(address).status_code == 403

    def test_the_list_as_word(self, city_group, city_staff, login):
        take_over(city_group, by=city_staff, version=0, from_on=date(2026, 8, 17), head=Seat("市妇联", "新任主席"))
        client, address = login(city_staff), reverse("projects:group_word", args=[city_group.pk])
        assert words_of(client.get(address)) == [
            "附件",
            "合肥市2026年示例建设项目领导小组成员名单",
            "组　长：市妇联新任主席",
            "副组长：市妇联副主席",
            "成　员：肥西县妇联主席",
            "办公室",
            "领导小组下设办公室，办公室设在市妇联发展部，由市妇联副主席兼任办公室主任。",
            "组长为项目第一责任人。本名单据2026年6月8日成立文件整理，为2026年11月22日在任情况。",
            "合肥市妇联",
            "2026年11月22日",
        ]
        then = words_of(client.get(address, {"as_of": "2026-08-16"}))
        assert then[2] == "组　长：合肥市妇联主席"
        assert then[-1] == "2026年8月16日"


class TestDuties:
    def test_a_row_takes_task_and_date_from_the_schedule(self, programme, city_staff, login):
        template = programme.stages.first().tasks.first()
        address = reverse("projects:duty_add", query={"programme": programme.pk})
        data = {"version": 0, "template": template.pk, "lead_unit": "市妇联发展部", "post": "部长", "position": 1}
        assert login(city_staff).post(address, data).status_code == 302
        duty = Duty.objects.get()
        assert (duty.task, duty.due_on) == (template.name, template.due_on)

    def test_what_is_missing_is_said(self, programme, city_staff, login):
        address = reverse("projects:duty_add", query={"programme": programme.pk})
        response = login(city_staff).post(address, {"version": 0, "lead_unit": "市妇联", "post": "部长", "position": 1})
        assert response.status_code == 422
        assert "请写任务，或者选一项日程任务。" in response.content.decode()

    def test_is_changed_and_removed(self, programme, city_staff, login):
        client, duty = login(city_staff), save_duty(factories.duty(programme, task="督查"), by=city_staff)
        data = {"version": 0, "task": "督查汇报", "lead_unit": "办公室", "post": "主任", "position": 1}
        client.post(reverse("projects:duty_edit", args=[duty.pk]), data | {"due_on": "2026-12-20"})
        assert "督查汇报" in page(client, "duty_list")
        client.post(reverse("projects:duty_remove", args=[duty.pk]), {"version": 1})
        assert Duty.objects.count() == 0

    def test_contacts_by_county_at_once(self, site, programme, tree, city_staff, login):
        other = approve_site(factories.site(programme, tree.other_village), by=city_staff)
        far = approve_site(factories.site(programme, tree.far_village), by=city_staff)
        client = login(city_staff)
        content = page(client, "contact_assign", programme=programme.pk, kind="city", county=tree.county.pk)
        assert content.count("checked") == 3  # the kind and the two sites of the county
        address = reverse("projects:contact_assign", query={"programme": programme.pk})
        data = {"kind": "city", "sites": [site.pk, other.pk], "unit": "市妇联发展部", "post": "部长"}
        client.post(address, data)
        assert set(SiteContact.objects.values_list("site", flat=True)) == {site.pk, other.pk}
        assert f"{far}：缺市部室联系岗位、县区联系岗位" in page(client, "duty_list")

    def test_a_county_names_its_own_post_only(self, site, programme, tree, county_reviewer, city_staff, login):
        far = approve_site(factories.site(programme, tree.far_village), by=city_staff)
        address = reverse("projects:contact_assign", query={"programme": programme.pk})
        data = {"kind": "county", "sites": [far.pk], "unit": "肥西县妇联", "post": "副主席"}
        client = login(county_reviewer)
        assert client.post(address, data).status_code == 422
        assert client.post(address, data | {"kind": "city", "sites": [site.pk]}).status_code == 422
        assert client.post(address, data | {"sites": [site.pk]}).status_code == 302
        assert SiteContact.objects.get().site == site


class TestPlans:
    def test_from_the_first_word_to_the_approval(self, site, cadre, county_reviewer, login):
        writer, reviewer = login(cadre), login(county_reviewer)
        address = reverse("projects:plan_add", query={"site": site.pk})
        writer.post(address, {"version": 0, "tasks": "建成妇女之家", "steps": "六月启动", "measures": "专账核算"})
        plan = ImplementationPlan.objects.get()
        writer.post(reverse("projects:plan_submit", args=[plan.pk]), {"version": 0})
        returned = reviewer.post(reverse("projects:plan_return", args=[plan.pk]), {"version": 1, "note": ""})
        assert returned.status_code == 422
        assert "退回要写原因。" in returned.content.decode()
        reviewer.post(reverse("projects:plan_approve", args=[plan.pk]), {"version": 1, "note": "同意"})
        plan.refresh_from_db()
        assert plan.is_approved
        assert "已批准 1 份" in page(reviewer, "plan_list")

    def test_what_waits_for_somebody_stands_in_the_menu_and_first(
        self, plan, programme, tree, cadre, county_reviewer, city_staff, leader, login
    ):
        def waiting() -> list[int]:
            people = [cadre, county_reviewer, city_staff, leader]
            return [plans_to_do(person) for person in people]

        of_county = save_plan(factories.plan(programme, tree.county), by=county_reviewer)
        assert waiting() == [0, 0, 0, 0]
        submit_plan(of_county, by=county_reviewer, version=0)
        submitted = submit_plan(plan, by=cadre, version=0)
        assert waiting() == [0, 1, 1, 0]
        assert "等您办理" in page(login(county_reviewer), "plan_list")
        return_plan(submitted, by=county_reviewer, version=1, reason="补充")
        return_plan(of_county, by=city_staff, version=1, reason="补充")
        assert waiting() == [1, 1, 0, 0]
        assert "等您办理" not in page(login(leader), "plan_list")

    def test_a_new_version_begins_with_the_words_of_the_last(self, plan, cadre, county_reviewer, login):
        address = reverse("projects:plan_add", query={"site": plan.site_id})
        client = login(cadre)
        assert client.get(address).headers["Location"] == plan.get_absolute_url()
        submit_plan(plan, by=cadre, version=0)
        login(county_reviewer).post(reverse("projects:plan_approve", args=[plan.pk]), {"version": 1})
        assert "建成妇女之家 1 个" in client.get(address).content.decode()
        assert "编制新的一版" in page(client, "plan_detail", plan.pk)

    def test_as_word_and_for_print(self, plan, cadre, login):
        client = login(cadre)
        assert words_of(client.get(reverse("projects:plan_word", args=[plan.pk]))) == [
            f"{plan.site}2026年示例建设项目工作实施方案",
            "（第1版，起草中，未正式批准）",
            "一、任务",
            "建成妇女之家 1 个",
            "二、方法步骤",
            "六月启动",
            "三、措施要求",
            "专账核算",
            f"{plan.site}",
            "2026年11月22日",
        ]
        assert "未正式批准" in page(client, "plan_print", plan.pk)

    def test_the_admin_shows_but_does_not_change(self, plan, team, city_staff, login):
        client = login(city_staff)
        for name, row in [("leadinggroup", team), ("implementationplan", plan)]:
            address = reverse(f"admin:projects_{name}_change", args=[row.pk])
            content = client.get(address).content.decode()
            assert "小井庄村" in content
            assert 'name="_save"' not in content


@pytest.mark.parametrize("value", ["", "²", "-1", "9" * 18, "9" * 5000])
def test_a_place_that_makes_no_sense_does_not_exist(value, programme, city_staff, login):
    client = login(city_staff)
    for name, asked in [
        ("group_add", ["site"]),
        ("group_add", ["parent"]),
        ("group_add", ["programme", "place"]),
        ("plan_add", ["site"]),
        ("plan_add", ["programme", "place"]),
        ("duty_add", ["site"]),
        ("contact_assign", ["programme"]),
    ]:
        address = reverse(f"projects:{name}", query=dict.fromkeys(asked, value))
        assert client.get(address).status_code == 404
    address = reverse("projects:contact_assign", query={"programme": programme.pk, "county": value, "kind": value})
    assert client.get(address).status_code == 200


def test_the_people_of_a_site_as_a_fragment(site, team, city_staff, cadre):
    assert "还没有指定" in render_to_string("projects/_site_people.html", {"people": site_people(site)})
    assign_contacts([site], kind="city", post=ContactPost("市妇联发展部", "部长", "0551-1"), by=city_staff)
    save_duty(factories.duty(site.programme, site=site, task="建妇女之家"), by=city_staff)
    content = render_to_string("projects/_site_people.html", {"people": site_people(site)})
    for words in ["市妇联发展部部长", "0551-1", f"组长：{site}书记", "山南镇填报员：示例cadre", "建妇女之家"]:
        assert words in content


def test_lists_take_the_same_number_of_queries(programme, tree, city_staff, county_reviewer, login, count_queries):
    pages = ["group_chart", "duty_list", "duty_excel", "duty_print", "plan_list"]
    addresses = [reverse(f"projects:{name}") for name in pages]
    addresses += [
        reverse(f"admin:projects_{name}_changelist") for name in ["leadinggroup", "implementationplan", "duty"]
    ]
    client = login(city_staff)
    factories.group(programme, tree.city, by=city_staff, day=JUNE, deputies=[("市妇联", "副主席")])
    factories.group(programme, tree.county, by=county_reviewer, day=JUNE)
    fill(programme, tree, 1, by=county_reviewer, city=city_staff)
    few = [count_queries(lambda: client.get(address)) for address in addresses]  # noqa: B023
    fill(programme, tree, 6, by=county_reviewer, city=city_staff)
    assert [count_queries(lambda: client.get(address)) for address in addresses] == few  # noqa: B023


def fill(programme, tree, number: int, *, by, city) -> None:
    for _ in range(number):
        village = factories.organization("示例村", level=Level.VILLAGE, parent=tree.township)
        cadre = factories.user(f"cadre-{village.pk}", role=Role.CADRE, organization=village)
        site = approve_site(factories.site(programme, village), by=city)
        factories.team(site, by=cadre, day=JUNE, members=[("示例村", "会计")])
        assign_contacts([site], kind="city", post=ContactPost("市妇联发展部", "部长"), by=city)
        save_duty(factories.duty(programme, site=site), by=by)
        save_plan(factories.plan(programme, village, site=site), by=cadre)
