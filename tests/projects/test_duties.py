"""The responsibility table: rows, contacts of sites by county and one by one, gaps, and the official form."""

import io

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from openpyxl import load_workbook

from fedwork import clock
from fedwork.excel import write_paper
from organizations.models import AuditEvent
from projects.actions import approve_site, assign_contacts, remove_duty, save_duty
from projects.actions.duties import ContactPost
from projects.duties import duty_table, site_people
from projects.models import SiteContact
from projects.papers.duties import duty_paper
from tests import factories

pytestmark = pytest.mark.django_db
DEPARTMENT = ContactPost("市妇联发展部", "部长", "0551-55500000")
COUNTY = ContactPost("肥西县妇联", "副主席")


@pytest.fixture
def other_site(programme, tree, city_staff):
    return approve_site(factories.site(programme, tree.other_village), by=city_staff)


@pytest.fixture
def far_site(programme, tree, city_staff):
    return approve_site(factories.site(programme, tree.far_village), by=city_staff)


class TestRows:
    def test_are_entered_changed_and_removed(self, programme, city_staff):
        duty = save_duty(factories.duty(programme, task="编印项目创建手册"), by=city_staff)
        duty.post = "副部长"
        save_duty(duty, by=city_staff, version=0)
        with pytest.raises(ValidationError, match="又有改动"):
            remove_duty(duty, by=city_staff, version=0)
        remove_duty(duty, by=city_staff, version=1)
        assert [event.action for event in AuditEvent.objects.order_by("-pk")[:3]] == [
            "删除责任分解",
            "修改责任分解",
            "新增责任分解",
        ]

    def test_the_same_task_stands_once(self, programme, city_staff):
        save_duty(factories.duty(programme, task="督查"), by=city_staff)
        with pytest.raises(ValidationError, match="已有同名的任务"):
            save_duty(factories.duty(programme, task="督查"), by=city_staff)

    def test_the_county_divides_the_work_of_its_sites_alone(self, programme, site, far_site, county_reviewer, cadre):
        save_duty(factories.duty(programme, site=site), by=county_reviewer)
        for user, of_site in [(county_reviewer, None), (county_reviewer, far_site), (cadre, site)]:
            with pytest.raises(PermissionDenied):
                save_duty(factories.duty(programme, site=of_site), by=user)

    def test_a_task_of_another_programme_is_refused(self, programme, tree, city_staff):
        other = factories.programme(tree.city, year=2027)
        template = other.stages.first().tasks.first()
        with pytest.raises(ValidationError, match="不在这个批次里"):
            save_duty(factories.duty(programme, template=template), by=city_staff)


class TestContacts:
    def test_one_post_for_many_sites(self, site, other_site, city_staff):
        assert len(assign_contacts([site, other_site], kind="city", post=DEPARTMENT, by=city_staff)) == 2
        assert [str(row) for row in SiteContact.objects.all()] == ["市妇联发展部部长"] * 2
        assert AuditEvent.objects.about(site).first().action == "指定市部室联系岗位"

    def test_who_had_it_before_stands_in_the_log(self, site, city_staff, county_reviewer):
        assign_contacts([site], kind="county", post=COUNTY, by=county_reviewer)
        assign_contacts([site], kind="county", post=ContactPost("肥西县妇联", "主席"), by=city_staff)
        detail = AuditEvent.objects.about(site).first().detail
        assert detail == {"before": "肥西县妇联副主席", "after": "肥西县妇联主席"}
        assert site.contacts.get().post == "主席"

    def test_the_same_again_changes_nothing(self, site, city_staff):
        assign_contacts([site], kind="city", post=DEPARTMENT, by=city_staff)
        assert assign_contacts([site], kind="city", post=DEPARTMENT, by=city_staff) == []
        assert AuditEvent.objects.filter(action="指定市部室联系岗位").count() == 1

    def test_who_may(self, site, far_site, county_reviewer, cadre):
        for user, sites, kind in [
            (county_reviewer, [site], "city"),
            (county_reviewer, [site, far_site], "county"),
            (cadre, [site], "county"),
        ]:
            with pytest.raises(PermissionDenied):
                assign_contacts(sites, kind=kind, post=COUNTY, by=user)
        assert SiteContact.objects.count() == 0

    def test_the_gaps_are_named(self, programme, site, far_site, city_staff, county_reviewer):
        assign_contacts([site, far_site], kind="city", post=DEPARTMENT, by=city_staff)
        assign_contacts([site], kind="county", post=COUNTY, by=county_reviewer)
        lacking = duty_table(programme, city_staff).lacking
        assert [(each.site, each.missing) for each in lacking] == [(far_site, ["县区联系岗位"])]
        assert duty_table(programme, county_reviewer).lacking == []


def test_the_form_as_excel(programme, site, far_site, city_staff, county_reviewer):
    save_duty(factories.duty(programme, task="成立领导小组", cooperating="=各县区"), by=city_staff)
    save_duty(factories.duty(programme, site=site, task="建妇女之家"), by=county_reviewer)
    assign_contacts([site], kind="city", post=DEPARTMENT, by=city_staff)
    paper = duty_paper(duty_table(programme, city_staff), place="合肥市", now=clock.now())
    sheet = load_workbook(io.BytesIO(write_paper(paper))).active
    rows = [[cell.value for cell in row if cell.value] for row in sheet.iter_rows()]
    assert rows[0] == ["2026年示例建设项目责任分解表"]
    assert rows[1] == ["填报单位：合肥市妇联（盖章）", "数据截至 2026年11月22日 12:00"]
    assert ["1", "成立领导小组", "市妇联发展部", "部长", "=各县区", "2026-12-01"] in rows
    assert ["1", f"{site}：建妇女之家", "市妇联发展部", "部长", "2026-12-01"] in rows
    assert ["2", site.name, "肥西县", "市妇联发展部部长 0551-55500000", "县区联系岗位"] in rows
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_the_people_of_a_site(programme, site, city_staff, county_reviewer, cadre, django_assert_max_num_queries):
    assign_contacts([site], kind="city", post=DEPARTMENT, by=city_staff)
    save_duty(factories.duty(programme, site=site, task="建妇女之家"), by=county_reviewer)
    factories.team(site, by=cadre, day=clock.today())
    with django_assert_max_num_queries(8):
        people = site_people(site)
        words = [(label, str(holder.post), holder.people_words) for label, holder in people.holders]
    assert words == [
        ("填报", "山南镇填报员", "示例cadre"),
        ("县级审核", "肥西县县级审核员", "示例county"),
        ("市级业务", "合肥市市级业务员", "示例city"),
    ]
    assert str(people.contacts.city) == "市妇联发展部部长"
    assert people.contacts.missing == ["县区联系岗位"]
    assert str(people.team.head) == f"{site}书记"
    assert [duty.task for duty in people.duties] == ["建妇女之家"]
