"""The way of a claim: each step, who may go it, what is refused and why, and what the ledger has of it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from fedwork import clock
from funding import actions
from funding.claims.checks import warnings
from funding.models import Claim, ClaimFile, ClaimState, ClaimStep, ClaimTerms, LedgerEntry, SpendingPurpose, VoucherUse
from funding.states import EntryKind, FundSource
from organizations.models import AuditEvent, Role
from tests import factories
from tests.funding.claims import new_claim, new_line, paid, scan, submitted, written
from tests.funding.ledger import account, post

pytestmark = pytest.mark.django_db


def refused(act) -> str:
    with pytest.raises(ValidationError) as caught:
        act()
    return " ".join(caught.value.messages)


def truncate(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE funding_{table} CASCADE")


@pytest.fixture
def site(sites, county_reviewer):
    """15,000 of the county's have arrived."""
    post(sites[0], EntryKind.ARRIVED, 15_000, by=county_reviewer)
    return sites[0]


@pytest.fixture
def village_cadre(tree):
    return factories.user("village", role=Role.CADRE, organization=tree.village)


@pytest.fixture
def waiting(site, village_cadre, cadre):
    """Written at the village, on the township's desk."""
    return submitted(site, 3000, 500, by=village_cadre)


@pytest.fixture
def checked(waiting, cadre):
    return actions.check_claim(waiting, by=cadre, version=waiting.version)


@pytest.fixture
def settled(checked, county_reviewer):
    return paid(checked, by=county_reviewer)


class TestTheWay:
    def test_from_the_village_to_the_ledger(self, site, settled, county_reviewer):
        assert (settled.state, settled.paid_on) == (ClaimState.PAID, clock.today())
        assert [step.kind for step in settled.steps.all()] == ["written", "submitted", "checked", "paid"]
        entries = LedgerEntry.objects.filter(kind=EntryKind.SPENT, site=site)
        lines = list(settled.lines.all())
        assert [(entry.amount, entry.voucher_number, entry.key) for entry in entries] == [
            (line.amount, line.voucher_number, line.key) for line in lines
        ]
        assert [line.entry for line in lines] == list(entries)
        assert account(site).balance == 11_500
        call_command("check_ledger")

    def test_every_step_is_one_row_in_the_log(self, settled):
        actions_of = AuditEvent.objects.about(settled).order_by("pk").values_list("action", flat=True)
        assert list(actions_of) == ["填写报账单", "提交报账单", "乡镇审核报账单", "支付报账单"]

    def test_written_at_the_township_a_second_person_there_checks_it(self, site, cadre, tree):
        second = factories.user("second", role=Role.CADRE, organization=tree.township)
        claim = submitted(site, by=cadre)
        assert claim.state == ClaimState.TOWNSHIP
        with pytest.raises(PermissionDenied):
            actions.check_claim(claim, by=cadre, version=claim.version)
        assert actions.check_claim(claim, by=second, version=claim.version).checked_by == second

    def test_with_nobody_else_at_the_township_the_county_has_it(self, site, cadre):
        claim = submitted(site, by=cadre)
        assert claim.state == ClaimState.COUNTY
        assert claim.steps.last().text == "乡镇没有填写人以外的审核人，直接报县级"

    def test_a_programme_may_do_without_the_township(self, site, village_cadre, cadre):
        ClaimTerms.objects.create(programme=site.programme, has_township_check=False)
        claim = submitted(site, by=village_cadre)
        assert (claim.state, claim.steps.last().text) == (ClaimState.COUNTY, "本批次不设乡镇审核，直接报县级")

    def test_returned_changed_and_submitted_again(self, waiting, village_cadre, cadre, county_reviewer):
        claim = actions.return_claim(waiting, by=cadre, version=waiting.version, reason="发票抬头不对")
        assert (claim.state, claim.steps.last().text) == (ClaimState.RETURNED, "发票抬头不对")
        claim.subject = "活动室改造（第一批）"
        first, second = claim.lines.all()
        first.amount = 2800
        claim = actions.write_claim(claim, [first], by=village_cadre)
        assert [line.amount for line in claim.lines.all()] == [2800]
        claim = actions.submit_claim(claim, by=village_cadre, version=claim.version)
        assert claim.state == ClaimState.TOWNSHIP
        assert second.voucher_number not in {line.voucher_number for line in claim.lines.all()}

    def test_returned_by_the_county(self, checked, county_reviewer, cadre):
        with pytest.raises(PermissionDenied):
            actions.return_claim(checked, by=cadre, version=checked.version, reason="不对")
        claim = actions.return_claim(checked, by=county_reviewer, version=checked.version, reason="缺合同")
        assert claim.state == ClaimState.RETURNED

    def test_withdrawn_while_it_waits(self, waiting, village_cadre, county_reviewer):
        claim = actions.withdraw_claim(waiting, by=village_cadre, version=waiting.version)
        assert (claim.state, claim.is_to_write) == (ClaimState.DRAFT, True)
        assert Claim.objects.visible_to(county_reviewer).contains(claim)

    def test_given_up_it_stays_to_be_seen(self, site, cadre):
        claim = written(site, by=cadre)
        assert "请写明原因" in refused(lambda: actions.void_claim(claim, by=cadre, version=claim.version, reason=" "))
        claim = actions.void_claim(claim, by=cadre, version=claim.version, reason="重复填写")
        assert claim.state == ClaimState.VOID
        assert "不能这样办理" in refused(lambda: actions.submit_claim(claim, by=cadre, version=claim.version))


class TestTakenBack:
    def test_a_reversal_restores_the_account_and_frees_the_vouchers(
        self, site, settled, county_reviewer, village_cadre
    ):
        claim = actions.reverse_claim(settled, by=county_reviewer, version=settled.version, reason="收款人账号有误退库")
        assert (claim.state, account(site).spent, VoucherUse.objects.count()) == (ClaimState.REVERSED, 0, 0)
        assert {entry.memo for entry in LedgerEntry.objects.exclude(reverses=None)} == {
            f"{claim.number}冲销：收款人账号有误退库"
        }
        assert "不能这样办理" in refused(
            lambda: actions.reverse_claim(claim, by=county_reviewer, version=claim.version, reason="再来")
        )
        again = [new_line(line.amount, voucher_number=line.voucher_number) for line in claim.lines.all()]
        assert submitted(site, by=village_cadre, lines=again).state == ClaimState.TOWNSHIP
        call_command("check_ledger")

    def test_only_with_a_reason(self, settled, county_reviewer):
        words = refused(lambda: actions.reverse_claim(settled, by=county_reviewer, version=settled.version, reason=" "))
        assert words == "请写明原因。"

    def test_never_by_its_entries_alone(self, settled, county_reviewer):
        entry = settled.lines.first().entry
        words = refused(lambda: actions.reverse_entry(entry, reason="录错", by=county_reviewer))
        assert words == f"这笔支出随报账单 {settled.number} 支付，请在报账单里整单冲销。"


class TestWhoMay:
    def test_written_by_the_cadres_of_the_site(self, site, neighbour, county_reviewer, city_staff, leader, auditor):
        for user in [neighbour, county_reviewer, city_staff, leader, auditor]:
            with pytest.raises(PermissionDenied):
                actions.write_claim(new_claim(site), [new_line()], by=user)

    def test_checked_at_the_township_and_paid_by_the_county(
        self, waiting, neighbour, county_reviewer, other_reviewer, city_staff, cadre
    ):
        for user in [neighbour, county_reviewer, city_staff]:
            with pytest.raises(PermissionDenied):
                actions.check_claim(waiting, by=user, version=waiting.version)
        claim = actions.check_claim(waiting, by=cadre, version=waiting.version)
        for user in [cadre, other_reviewer, city_staff]:
            with pytest.raises(PermissionDenied):
                paid(claim, by=user)
        claim = paid(claim, by=county_reviewer)
        for user in [cadre, other_reviewer, city_staff]:
            with pytest.raises(PermissionDenied):
                actions.reverse_claim(claim, by=user, version=claim.version, reason="退")

    def test_nobody_checks_what_they_had_a_hand_in(self, waiting, cadre, village_cadre):
        claim = actions.withdraw_claim(waiting, by=cadre, version=waiting.version)
        claim = actions.write_claim(claim, list(claim.lines.all()), by=cadre)
        claim = actions.submit_claim(claim, by=village_cadre, version=claim.version)
        assert claim.state == ClaimState.COUNTY
        for state in [ClaimState.RETURNED, ClaimState.TOWNSHIP]:
            Claim.objects.filter(pk=claim.pk).update(state=state)
        with pytest.raises(PermissionDenied):
            actions.check_claim(claim, by=cadre, version=claim.version)

    def test_who_wrote_it_as_a_cadre_does_not_pay_it_after_moving_to_the_county(self, site, cadre, tree):
        claim = submitted(site, by=cadre)
        cadre.role, cadre.organization = Role.COUNTY_REVIEWER, tree.county
        cadre.save()
        with pytest.raises(PermissionDenied):
            paid(claim, by=cadre)

    def test_to_do(self, waiting, cadre, village_cadre, county_reviewer, neighbour, city_staff):
        def waits_for() -> set:
            users = [cadre, village_cadre, county_reviewer, neighbour, city_staff]
            return {user.username for user in users if Claim.objects.to_do(user).exists()}

        assert waits_for() == {"cadre"}
        claim = actions.check_claim(waiting, by=cadre, version=waiting.version)
        assert waits_for() == {"county"}
        actions.return_claim(claim, by=county_reviewer, version=claim.version, reason="缺合同")
        assert waits_for() == {"cadre", "village"}

    def test_a_draft_is_nobody_elses_yet(self, site, cadre, village_cadre, county_reviewer, auditor, neighbour):
        claim = written(site, by=cadre)
        seen = {user.username: Claim.objects.visible_to(user).contains(claim) for user in [cadre, village_cadre]}
        assert seen == {"cadre": True, "village": True}
        for user in [county_reviewer, auditor, neighbour]:
            assert not Claim.objects.visible_to(user).contains(claim)


class TestRefused:
    def test_a_stale_page(self, waiting, cadre):
        assert "又有新的办理" in refused(lambda: actions.check_claim(waiting, by=cadre, version=waiting.version - 1))

    def test_out_of_turn(self, site, waiting, checked, county_reviewer, cadre):
        assert "待县级支付" in refused(lambda: actions.check_claim(checked, by=cadre, version=checked.version))
        draft = written(site, by=cadre)
        assert "现在的状态是“草稿”" in refused(lambda: paid(draft, by=county_reviewer))

    def test_without_vouchers_or_scans(self, site, cadre):
        claim = actions.write_claim(new_claim(site), [], by=cadre)
        assert "还没有填凭证" in refused(lambda: actions.submit_claim(claim, by=cadre, version=claim.version))
        lines = [new_line(1, voucher_number="A1"), new_line(2, voucher_number="A2")]
        claim = actions.write_claim(claim, lines, by=cadre)
        scan(claim, by=cadre, line=claim.lines.first())
        words = refused(lambda: actions.submit_claim(claim, by=cadre, version=claim.version))
        assert words == "第 2 张（A2）还没有传发票照片或扫描件。"
        scan(claim, by=cadre, line=claim.lines.last())
        assert actions.submit_claim(claim, by=cadre, version=claim.version).state == ClaimState.COUNTY

    def test_a_voucher_twice(self, site, waiting, cadre, county_reviewer):
        number = waiting.lines.first().voucher_number
        other = written(site, by=cadre, lines=[new_line(voucher_number=number.lower())])
        words = refused(lambda: actions.submit_claim(other, by=cadre, version=other.version))
        assert words == f"第 1 张（{number.lower()}）已在{waiting}的报账单上，不能重复使用。"
        same = [new_line(voucher_number="B 1"), new_line(voucher_number="b1")]
        words = refused(lambda: actions.write_claim(new_claim(site), same, by=cadre))
        assert words == "第 2 张（b1）：同一张报账单里凭证号重复。"

    def test_a_voucher_that_is_spent_on_already(self, site, waiting, cadre, county_reviewer):
        claim = actions.check_claim(waiting, by=cadre, version=waiting.version)
        number = claim.lines.last().voucher_number
        post(site, EntryKind.SPENT, 5, by=county_reviewer, voucher_number=number)
        words = refused(lambda: paid(claim, by=county_reviewer))
        assert words == f"第 2 张（{number}）已经列支，用于山南镇小井庄村，不能重复使用。"
        assert account(site).spent == 5

    def test_more_than_there_is(self, site, waiting, cadre, village_cadre, county_reviewer):
        claim = written(site, 11_600, by=village_cadre)
        words = refused(lambda: actions.submit_claim(claim, by=village_cadre, version=claim.version))
        assert words == "县级资金结余 15,000 元，其他在办报账单 3,500 元，本单 11,600 元，超出 100 元。"

    def test_more_than_there_is_by_the_time_of_payment(self, site, checked, county_reviewer):
        post(site, EntryKind.SPENT, 12_000, by=county_reviewer)
        assert "多于到位的 15,000 元" in refused(lambda: paid(checked, by=county_reviewer))
        checked.refresh_from_db()
        assert (checked.state, account(site).spent) == (ClaimState.COUNTY, 12_000)

    def test_days_to_come(self, site, checked, cadre, county_reviewer):
        tomorrow = clock.today() + timedelta(days=1)
        words = refused(lambda: actions.write_claim(new_claim(site), [new_line(voucher_on=tomorrow)], by=cadre))
        assert "开票日期晚于今天" in words
        assert "日期不能晚于今天" in refused(lambda: paid(checked, by=county_reviewer, paid_on=tomorrow))

    def test_a_purpose_that_was_taken_off_the_list(self, site, cadre):
        purpose = SpendingPurpose.objects.create(name="旧用途")
        claim = written(site, by=cadre, lines=[new_line(voucher_number="C1", purpose=purpose)])
        SpendingPurpose.objects.filter(pk=purpose.pk).update(is_active=False)
        words = refused(lambda: actions.submit_claim(claim, by=cadre, version=claim.version))
        assert words == "第 1 张（C1）的用途“旧用途”已停用，请选择别的用途。"

    def test_amounts_that_are_none(self, site, cadre):
        assert "第 1 张" in refused(lambda: actions.write_claim(new_claim(site), [new_line(0)], by=cadre))


class TestWarnings:
    def test_cash_above_the_limit_and_old_vouchers(self, site, cadre):
        day = site.programme.first_month - timedelta(days=1)
        lines = [new_line(600), new_line(500, voucher_number="D2", voucher_on=day)]
        claim = written(site, by=cadre, lines=lines, method="cash")
        assert warnings(claim, list(claim.lines.all())) == [
            "现金支付 1,100 元，超过现金限额 1,000 元，请说明或改用转账、公务卡。",
            f"第 2 张（D2）开票日期 {day:%Y-%m-%d}，早于项目开始的 2026年6月。",
        ]
        assert actions.submit_claim(claim, by=cadre, version=claim.version).state == ClaimState.COUNTY
        ClaimTerms.objects.create(programme=site.programme, cash_limit=2000)
        assert len(warnings(claim, list(claim.lines.all()))) == 1


class TestRepeated:
    def test_the_same_click_again_is_answered_with_the_first(self, site, checked, county_reviewer):
        first, again = paid(checked, by=county_reviewer), paid(checked, by=county_reviewer)
        assert (first.version, again.version, account(site).spent) == (first.version, first.version, 3_500)
        assert again.steps.filter(kind="paid").count() == 1

    def test_somebody_elses_click_is_told(self, checked, county_reviewer, tree):
        other = factories.user("county2", role=Role.COUNTY_REVIEWER, organization=tree.county)
        paid(checked, by=county_reviewer)
        assert "又有新的办理" in refused(lambda: paid(checked, by=other))


class TestTheDatabase:
    def test_a_submitted_voucher_does_not_change(self, waiting):
        line = waiting.lines.first()
        for change in [
            lambda: waiting.lines.update(amount=1),
            lambda: waiting.lines.all().delete(),
            lambda: waiting.lines.create(
                **{name: getattr(line, name) for name in ["voucher_on", "payee", "purpose"]},
                amount=1,
                voucher_number="X",
                voucher_key="X",
            ),
        ]:
            with pytest.raises(DatabaseError, match="cannot change"), transaction.atomic():
                change()

    def test_claims_and_steps_stay(self, waiting):
        for rows in [Claim.objects.all(), ClaimStep.objects.all()]:
            with pytest.raises(DatabaseError), transaction.atomic():
                rows._raw_delete(rows.db)

    def test_vouchers_and_scans_of_what_was_submitted_stay(self, settled):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as after a commit
        for change in [
            lambda: ClaimFile.objects.update(sha256="0" * 64),
            lambda: ClaimFile.objects.all().delete(),
            lambda: VoucherUse.objects.update(number="另一张"),
            lambda: VoucherUse.objects.all().delete(),
            *(lambda table=table: truncate(table) for table in ["claimline", "claimfile", "voucheruse"]),
        ]:
            with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
                change()

    @pytest.mark.parametrize("state", [ClaimState.DRAFT, ClaimState.RETURNED, ClaimState.COUNTY, ClaimState.VOID])
    def test_what_is_paid_is_not_made_unpaid(self, settled, state):
        unpaid = {"state": state, "paid_at": None, "paid_by": None, "paid_on": None}
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
            Claim.objects.filter(pk=settled.pk).update(**unpaid)

    def test_constraints(self, waiting, county_reviewer, village_cadre):
        Claim.objects.filter(pk=waiting.pk).update(state=ClaimState.COUNTY)
        for wrong in [
            {"state": ClaimState.PAID},
            {"submitted_at": None},
            {"checked_by": village_cadre},
        ]:
            with pytest.raises(IntegrityError), transaction.atomic():
                Claim.objects.filter(pk=waiting.pk).update(**wrong)
        with pytest.raises(IntegrityError, match="claim_terms_cash_limit"), transaction.atomic():
            ClaimTerms.objects.create(programme=waiting.site.programme, cash_limit=-1)
        draft = actions.withdraw_claim(waiting, by=village_cadre, version=waiting.version)
        with pytest.raises(IntegrityError, match="claim_line_amount"), transaction.atomic():
            draft.lines.update(amount=0)

    def test_a_paid_claim_without_its_entries_is_named(self, settled, capsys):
        settled.lines.update(entry=None)
        with pytest.raises(CommandError, match="2 处不符"):
            call_command("check_ledger")
        assert f"报账单 {settled.number} 的凭证" in capsys.readouterr().err


def test_sources_apart(site, cadre, county_reviewer):
    claim = written(site, 100, by=cadre, source=FundSource.SOCIAL)
    assert "社会资金结余 0 元" in refused(lambda: actions.submit_claim(claim, by=cadre, version=claim.version))


def test_the_number(site, cadre):
    with clock.set_to(clock.now()):
        claim = written(site, by=cadre)
    assert claim.number == f"BZ{date.today():%Y}-{claim.pk:04d}"  # noqa: DTZ011
