"""变更申请: what was approved changes only by a request that somebody else grants."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, ProgrammingError, transaction

from organizations.models import AuditEvent, Level, Role
from projects.actions import approve_site, ask_change, comment_change, grant_change, refuse_change
from projects.models import SiteChange
from projects.nominations import changes_to_do
from tests import factories
from tests.projects.nominated import new_change

pytestmark = pytest.mark.django_db


@pytest.fixture
def change(site, cadre):
    return ask_change(new_change(site), by=cadre)


def text(response) -> str:
    return response.content.decode()


class TestAsking:
    def test_before_and_after_are_written_down(self, change, site, cadre):
        assert (change.before, change.after, change.state) == ("山南镇小井庄村", "山南镇小井庄示范村", "asked")
        event = AuditEvent.objects.about(change).get()
        assert (event.action, event.detail["before"], event.note) == (
            "提出变更申请",
            "山南镇小井庄村",
            "村名规范后统一称呼",
        )

    def test_township_and_county_ask_nobody_else(
        self, site, county_reviewer, neighbour, other_reviewer, city_staff, leader
    ):
        assert ask_change(new_change(site), by=county_reviewer).asked_by == county_reviewer
        for user in [neighbour, other_reviewer, city_staff, leader]:
            with pytest.raises(PermissionDenied):
                ask_change(new_change(site, "leader_title", "村妇联主席"), by=user)

    def test_only_of_an_approved_site(self, programme, tree, cadre):
        with pytest.raises(ValidationError, match="批准以后的改动才用变更申请"):
            ask_change(new_change(factories.site(programme, tree.village)), by=cadre)

    def test_one_open_request_a_subject(self, change, site, cadre):
        with pytest.raises(ValidationError, match="正在等待审批"):
            ask_change(new_change(site, after="又一个名字"), by=cadre)
        assert ask_change(new_change(site, "leader_title", "村妇联主席"), by=cadre)

    @pytest.mark.parametrize(
        ("subject", "after"),
        [
            ("name", ""),
            ("name", "长" * 61),
            ("name", "山南镇小井庄村"),
            ("beneficiaries", "很多"),
            ("beneficiaries", "0"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, site, cadre, subject, after):
        with pytest.raises(ValidationError):
            ask_change(new_change(site, subject, after), by=cadre)

    def test_the_unit_stays_in_its_township(self, site, tree, programme, city_staff, cadre):
        near = factories.organization("馆北村", level=Level.VILLAGE, parent=tree.township)
        taken = factories.organization("洪桥村", level=Level.VILLAGE, parent=tree.township)
        approve_site(factories.site(programme, taken), by=city_staff)
        for unit in [tree.other_village, tree.township, taken, None]:
            with pytest.raises(ValidationError) as refusal:
                ask_change(new_change(site, "organization", "", to_organization=unit), by=cadre)
            assert "to_organization" in refusal.value.message_dict
        assert ask_change(new_change(site, "organization", "", to_organization=near), by=cadre).after == "馆北村"


class TestDeciding:
    @pytest.mark.parametrize(
        ("subject", "after", "read"),
        [
            ("name", "山南镇小井庄示范村", lambda site: site.name),
            ("leader_title", "村妇联主席", lambda site: site.leader_title),
            ("feature", "新的特色", lambda site: site.nomination.feature),
            ("content", "新的内容", lambda site: site.nomination.content),
            ("beneficiaries", "450", lambda site: str(site.nomination.beneficiaries)),
        ],
    )
    def test_what_was_granted_holds(self, site, cadre, city_staff, subject, after, read):
        change = ask_change(new_change(site, subject, after), by=cadre)
        assert read(type(site).objects.get(pk=site.pk)) == change.before
        grant_change(change, by=city_staff, decision="情况属实")
        assert read(type(site).objects.get(pk=site.pk)) == after
        assert AuditEvent.objects.about(change).filter(action="同意变更申请").count() == 1

    def test_another_unit_takes_the_site_along(self, site, tree, cadre, city_staff):
        near = factories.organization("馆北村", level=Level.VILLAGE, parent=tree.township)
        change = ask_change(new_change(site, "organization", "", to_organization=near), by=cadre)
        grant_change(change, by=city_staff, decision="同意")
        site.refresh_from_db()
        assert (site.organization, site.village_name, site.name) == (near, "馆北村", "山南镇小井庄村")

    def test_what_was_refused_changes_nothing(self, change, site, city_staff):
        assert refuse_change(change, by=city_staff, decision="名称以批准为准").state == "refused"
        site.refresh_from_db()
        assert site.name == "山南镇小井庄村"
        with pytest.raises(ValidationError, match="已经办结"):
            grant_change(change, by=city_staff, decision="改主意")

    def test_only_the_city_with_a_reason(self, change, cadre, county_reviewer, leader, city_staff):
        for user in [cadre, county_reviewer, leader]:
            with pytest.raises(PermissionDenied):
                grant_change(change, by=user, decision="同意")
        with pytest.raises(ValidationError):
            grant_change(change, by=city_staff, decision=" ")

    def test_nobody_decides_their_own(self, change, cadre):
        cadre.role, cadre.organization = Role.CITY_STAFF, cadre.organization.parent.parent
        cadre.save()
        assert not changes_to_do(cadre).exists()
        with pytest.raises(PermissionDenied):
            grant_change(change, by=cadre, decision="同意")
        with pytest.raises(IntegrityError), transaction.atomic():
            SiteChange.objects.filter(pk=change.pk).update(
                state="granted", decision="同意", decided_at=change.asked_at, decided_by=cadre
            )

    def test_the_countys_opinion_is_kept(self, change, county_reviewer, cadre, other_reviewer):
        assert comment_change(change, by=county_reviewer, opinion="同意上报").opinion == "同意上报"
        for user in [cadre, other_reviewer]:
            with pytest.raises(PermissionDenied):
                comment_change(change, by=user, opinion="好")

    def test_a_request_is_not_rewritten(self, change):
        with pytest.raises(ProgrammingError), transaction.atomic():
            SiteChange.objects.filter(pk=change.pk).update(after="另一个")


class TestPages:
    def test_from_the_site_to_the_decision(self, login, site, cadre, county_reviewer, city_staff):
        client = login(cadre)
        assert "申请变更" in text(client.get(site.get_absolute_url()))
        start = f"/sites/{site.pk}/changes/add/"
        assert "现在：山南镇小井庄村" in text(client.get(start))
        refused = client.post(f"{start}?subject=name", {"after": "", "reason": ""})
        assert refused.status_code == 422
        asked = client.post(f"{start}?subject=name", {"after": "山南镇新名村", "reason": "更名"})
        change = SiteChange.objects.get()
        assert asked.url == change.get_absolute_url()
        login(county_reviewer).post(f"{asked.url}comment/", {"opinion": "属实"})
        desk = login(city_staff)
        assert "山南镇新名村" in text(desk.get("/changes/?state=mine"))
        assert desk.post(f"{asked.url}grant/", {"decision": ""}).status_code == 422
        assert desk.post(f"{asked.url}grant/", {"decision": "同意"}).url == asked.url
        assert desk.post(f"{asked.url}refuse/", {"decision": "不"}).status_code == 409
        page = text(login(cadre).get(site.get_absolute_url()))
        for words in ["山南镇新名村", "已同意", str(city_staff)]:
            assert words in page

    def test_each_subject_has_its_form(self, login, site, cadre, tree):
        factories.organization("馆北村", level=Level.VILLAGE, parent=tree.township)
        for subject in ["name", "leader_title", "organization", "feature", "content", "beneficiaries"]:
            assert login(cadre).get(f"/sites/{site.pk}/changes/add/?subject={subject}").status_code == 200
        assert login(cadre).get(f"/sites/{site.pk}/changes/add/?subject=creation_type").status_code == 404

    def test_a_neighbour_sees_nothing(self, login, change, neighbour, site):
        client = login(neighbour)
        assert client.get(change.get_absolute_url()).status_code == 404
        assert client.get(f"/sites/{site.pk}/changes/add/").status_code == 404
        assert change.after not in text(client.get("/changes/"))

    def test_wrong_roles_and_ways(self, login, change, city_staff, cadre, leader, site):
        address = change.get_absolute_url()
        for name in ["comment", "grant", "refuse"]:
            assert login(city_staff).get(f"{address}{name}/").status_code == 405
            assert login(leader).post(f"{address}{name}/").status_code == 403
        assert login(cadre).post(f"{address}grant/", {"decision": "同意"}).status_code == 403
        assert login(city_staff).get(f"/sites/{site.pk}/changes/add/").status_code == 403

    def test_the_same_queries_for_1_and_30(
        self, login, leader, change, programme, tree, cadre, city_staff, count_queries
    ):
        client = login(leader)
        one = count_queries(lambda: client.get("/changes/"))
        programme.creation_types.update(quota=99)
        for number in range(29):
            village = factories.organization(f"村{number}", level=Level.VILLAGE, parent=tree.township)
            ask_change(new_change(approve_site(factories.site(programme, village), by=city_staff)), by=cadre)
        assert count_queries(lambda: client.get("/changes/")) == one
