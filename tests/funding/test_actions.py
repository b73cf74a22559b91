"""Commitments and the life of an allocation table: draft, refresh, issue, discard."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from fedwork import clock
from funding import actions
from funding.models import AllocationTable
from funding.pledges import pledges
from funding.states import MatchingSource, TableStatus
from organizations.models import AuditEvent, Level
from projects.actions import approve_site
from tests import factories
from tests.funding.cast import approved_site, issue, pledge, pledged

pytestmark = pytest.mark.django_db


def messages_of(refusal) -> list[str]:
    return refusal.value.messages


class TestCommitments:
    def test_amounts_are_written_and_audited(self, programme, tree, city_staff):
        site = factories.site(programme, tree.village)
        assert actions.set_commitments(site, {MatchingSource.COUNTY: Decimal("7600.50")}, by=city_staff)
        assert list(pledges([site])[site.pk].items()) == [("county", Decimal("7600.50"))]
        (event,) = AuditEvent.objects.about(site)
        assert (event.action, event.detail) == ("修改配套承诺", {"amounts": {"county": ["0", "7600.50"]}})

    def test_the_same_again_changes_nothing_and_leaves_no_row(self, sites, city_staff):
        rows = AuditEvent.objects.count()
        assert not actions.set_commitments(sites[0], {MatchingSource.COUNTY: Decimal(20000)}, by=city_staff)
        assert AuditEvent.objects.count() == rows

    def test_sources_not_named_stay(self, sites, city_staff):
        actions.set_commitments(sites[0], {MatchingSource.SOCIAL: Decimal(1)}, by=city_staff)
        assert pledged(sites[0], "county") == 20000

    def test_a_negative_amount_is_refused(self, sites, city_staff):
        with pytest.raises(ValidationError):
            actions.set_commitments(sites[0], {MatchingSource.COUNTY: Decimal(-1)}, by=city_staff)

    def test_what_somebody_else_changed_meanwhile_is_not_overwritten(self, sites, city_staff):
        with pytest.raises(ValidationError) as refusal:
            actions.set_commitments(
                sites[0],
                {MatchingSource.COUNTY: Decimal(1)},
                by=city_staff,
                seen={MatchingSource.COUNTY: Decimal(15000)},
            )
        assert messages_of(refusal) == [f"{sites[0]}的县级配套刚被别人改为 20,000 元，请核对后再保存。"]

    def test_only_city_staff_of_the_programmes_organisation(self, sites, county_reviewer, cadre, leader):
        elsewhere = factories.organization("芜湖市", level=Level.CITY, parent=sites[0].programme.organization.parent)
        stranger = factories.user("stranger", role="city_staff", organization=elsewhere)
        for user in [county_reviewer, cadre, leader, stranger]:
            with pytest.raises(PermissionDenied):
                actions.set_commitments(sites[0], {MatchingSource.COUNTY: Decimal(1)}, by=user)


class TestDraft:
    def test_lines_stand_by_county_type_and_code_with_frozen_names(self, draft):
        rows = draft.lines.values_list("position", "county_code", "county_name", "township_name", "village_name")
        assert list(rows) == [
            (1, "340121000000", "长丰县", "吴山镇", "桥冲村"),
            (2, "340123000000", "肥西县", "三河镇", "河口村"),
            (3, "340123000000", "肥西县", "山南镇", "小井庄村"),
        ]
        assert (draft.number, draft.version_label) == (1, "首次下达")
        assert draft.title == "合肥市2026年示例建设项目资金分配表"
        assert draft.unit_name == "合肥市妇女联合会"

    def test_the_type_comes_before_the_code(self, programme, tree, city_staff):
        base = programme.creation_types.get(name="皖嫂示范基地")
        for village, fields in [(tree.other_village, {"creation_type": base}), (tree.village, {})]:
            approve_site(factories.site(programme, village, **fields), by=city_staff)
        draft = actions.draft_allocation_table(programme, by=city_staff)
        assert list(draft.lines.values_list("creation_type", flat=True)) == ["示范村", "皖嫂示范基地"]

    def test_amounts_come_from_the_sites_and_their_commitments(self, draft, sites):
        line = draft.lines.get(site=sites[0])
        assert (line.province, line.county, line.township, line.village, line.social) == (
            30000,
            20000,
            20000,
            10000,
            5000,
        )
        assert (line.matching, line.total) == (55000, 85000)

    def test_proposed_sites_stay_out(self, draft, programme, tree, city_staff):
        village = factories.organization("新村", level=Level.VILLAGE, parent=tree.township)
        factories.site(programme, village)
        assert actions.refresh_draft(draft, by=city_staff).lines.count() == 3

    def test_a_renamed_village_keeps_the_name_of_its_approval(self, sites, programme, tree, city_staff):
        tree.village.name = "新名村"
        tree.village.save()
        draft = actions.draft_allocation_table(programme, by=city_staff)
        assert draft.lines.get(site=sites[0]).village_name == "小井庄村"

    def test_one_draft_at_a_time(self, draft, programme, city_staff):
        with pytest.raises(ValidationError) as refusal:
            actions.draft_allocation_table(programme, by=city_staff)
        assert messages_of(refusal) == ["这个批次已有一张编制中的分配表，请先下达或废弃。"]

    def test_without_approved_sites_there_is_nothing_to_draw_up(self, programme, city_staff):
        with pytest.raises(ValidationError) as refusal:
            actions.draft_allocation_table(programme, by=city_staff)
        assert messages_of(refusal) == ["这个批次还没有已批准的项目点，不能编制分配表。"]
        assert not AllocationTable.objects.exists()

    def test_only_city_staff(self, sites, programme, county_reviewer, leader):
        for user in [county_reviewer, leader]:
            with pytest.raises(PermissionDenied):
                actions.draft_allocation_table(programme, by=user)

    def test_refresh_takes_over_amounts_sites_and_rules(self, draft, sites, programme, tree, city_staff):
        pledge(sites[0], 1, 2, 3, 4, by=city_staff)
        village = factories.organization("新村", level=Level.VILLAGE, parent=tree.township)
        approved_site(programme, village, 30000, 0, 0, 0, by=city_staff)
        programme.matching_floor = Decimal(5)
        programme.save()
        draft = actions.refresh_draft(draft, by=city_staff)
        assert draft.lines.count() == 4
        assert draft.lines.get(site=sites[0]).matching == 10
        assert draft.matching_floor == 5
        assert AuditEvent.objects.about(draft).filter(action="分配表重新取数").count() == 1

    def test_a_discarded_draft_is_gone_and_its_number_free(self, draft, programme, city_staff):
        pk = draft.pk
        actions.discard_draft(draft, by=city_staff)
        assert not AllocationTable.objects.exists()
        assert AuditEvent.objects.get(action="废弃分配表草稿").object_id == pk
        assert actions.draft_allocation_table(programme, by=city_staff).number == 1

    def test_discarding_twice_says_so(self, draft, city_staff):
        actions.discard_draft(AllocationTable.objects.get(), by=city_staff)
        with pytest.raises(ValidationError) as refusal:
            actions.discard_draft(draft, by=city_staff)
        assert messages_of(refusal) == ["这张草稿已被废弃。"]


class TestIssue:
    def test_issued_with_number_date_and_who(self, draft, city_staff):
        issued = issue(draft, by=city_staff, document_number=" 合妇〔2026〕12号 ")
        issued.refresh_from_db()
        assert (issued.status, issued.document_number) == (TableStatus.ISSUED, "合妇〔2026〕12号")
        assert (issued.issued_on, issued.issued_by) == (clock.today(), city_staff)
        event = AuditEvent.objects.about(issued).get(action="下达分配表")
        assert event.detail == {
            "document_number": "合妇〔2026〕12号",
            "decision_meeting": "党组会议",
            "sites": 3,
            "province": "90000.00",
            "matching": "83000.00",
        }

    def test_below_the_floor_blocks_and_names_the_sites(self, draft, sites, city_staff):
        pledge(sites[2], 5000, 4999, 0, 0, by=city_staff)
        draft = actions.refresh_draft(draft, by=city_staff)
        with pytest.raises(ValidationError) as refusal:
            issue(draft, by=city_staff)
        assert messages_of(refusal) == ["吴山镇桥冲村：配套资金 9,999 元，未达最低配套 1 万元。"]
        draft.refresh_from_db()
        assert not draft.is_issued

    def test_on_the_floor_and_below_one_to_one_are_only_noted(self, issued):
        assert [line.remark for line in issued.lines.all()] == ["未达 1:1", "未达 1:1", ""]

    @pytest.mark.parametrize("change", ["commitment", "site", "floor", "amount"])
    def test_changed_data_have_to_be_taken_over_first(self, draft, sites, programme, tree, city_staff, change):
        if change == "commitment":
            pledge(sites[0], 20001, 20000, 10000, 5000, by=city_staff)
        elif change == "site":
            village = factories.organization("新村", level=Level.VILLAGE, parent=tree.township)
            approved_site(programme, village, 30000, 0, 0, 0, by=city_staff)
        elif change == "floor":
            type(programme).objects.update(matching_floor=9000)
        else:
            type(sites[0]).objects.filter(pk=sites[0].pk).update(province_amount=40000)
        with pytest.raises(ValidationError) as refusal:
            issue(AllocationTable.objects.get(), by=city_staff)
        assert messages_of(refusal) == ["编制以后项目点、配套承诺或批次参数有变动，请重新取数，核对后再下达。"]
        issue(actions.refresh_draft(draft, by=city_staff), by=city_staff)

    def test_number_and_date_are_needed(self, draft, city_staff):
        with pytest.raises(ValidationError) as refusal:
            issue(draft, by=city_staff, document_number=" ", issued_on=None, decided_on=clock.today())
        assert refusal.value.message_dict == {
            "document_number": ["请填写文号。"],
            "issued_on": ["请填写下达日期。"],
        }

    def test_not_in_the_future(self, draft, city_staff):
        with pytest.raises(ValidationError) as refusal:
            issue(draft, by=city_staff, issued_on=clock.today() + timedelta(days=1), decided_on=clock.today())
        assert refusal.value.message_dict == {"issued_on": ["下达日期不能晚于今天。"]}

    def test_a_second_click_is_told(self, issued, city_staff):
        with pytest.raises(ValidationError) as refusal:
            issue(issued, by=city_staff)
        assert messages_of(refusal) == ["这张表已下达（合妇〔2026〕12号），不能再改；需要调整请编制新的一版。"]
        assert AuditEvent.objects.filter(action="下达分配表").count() == 1

    def test_only_city_staff(self, draft, county_reviewer, leader, auditor):
        for user in [county_reviewer, leader, auditor]:
            with pytest.raises(PermissionDenied):
                issue(draft, by=user)


class TestReissue:
    def test_a_change_is_a_new_version_with_a_reason(self, issued, sites, programme, city_staff):
        pledge(sites[2], 15000, 15000, 0, 0, by=city_staff)
        second = actions.draft_allocation_table(programme, by=city_staff)
        assert (second.number, second.version_label) == (2, "第 1 次调整")
        with pytest.raises(ValidationError) as refusal:
            issue(second, by=city_staff)
        assert refusal.value.message_dict == {"reason": ["调整须写明原因。"]}
        issue(second, by=city_staff, reason="桥冲村追加县级配套")
        assert issued.lines.get(site=sites[2]).matching == 10000
        assert second.lines.get(site=sites[2]).matching == 30000

    def test_not_before_the_version_it_changes(self, issued, programme, city_staff):
        second = actions.draft_allocation_table(programme, by=city_staff)
        with pytest.raises(ValidationError) as refusal:
            issue(second, by=city_staff, reason="更正", issued_on=clock.today() - timedelta(days=1))
        assert refusal.value.message_dict == {"issued_on": [f"下达日期不能早于上一版（{clock.today()}）。"]}


def test_the_demo_programme_comes_to_the_known_sums(demo, city_staff):
    table = issue(actions.draft_allocation_table(demo, by=city_staff), by=city_staff)
    sums = table.lines.sums()
    assert (sums.sites, sums.province, sums.matching, sums.total) == (19, 570000, 681600, 1251600)
    assert (sums.county, sums.township, sums.village, sums.social) == (285000, 251000, 101600, 44000)
    below = [line.site_name for line in table.lines.all() if line.is_below_ratio]
    assert len(below) == 5
    assert not any(line.is_below_floor for line in table.lines.all())
