"""The ledger's rules one by one: what is posted, what is refused and why, and what a reversal does."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from fedwork import clock
from funding import actions
from funding.models import LedgerEntry, SpendingPurpose
from funding.states import EntryKind, FundSource
from organizations.models import AuditEvent
from tests.funding.cast import issue, pledge, pledged
from tests.funding.ledger import account, new_key, post, posting

pytestmark = pytest.mark.django_db
Kind = EntryKind


def refused(act) -> str:
    with pytest.raises(ValidationError) as caught:
        act()
    return " ".join(caught.value.messages)


@pytest.fixture
def site(sites):
    """20,000 promised by the county."""
    return sites[0]


@pytest.fixture
def funded(site, county_reviewer):
    """15,000 of the county's have arrived."""
    post(site, Kind.ARRIVED, 15_000, by=county_reviewer)
    return site


class TestPosting:
    def test_what_is_entered_stands_with_who_and_when(self, site, county_reviewer):
        moment = clock.now()
        with clock.set_to(moment):
            entry = post(site, Kind.ARRIVED, "12000.50", by=county_reviewer, voucher_number=" 记-7 ", memo="县财政拨款")
        entry.refresh_from_db()
        assert (entry.amount, entry.voucher_number, entry.memo) == (Decimal("12000.50"), "记-7", "县财政拨款")
        assert (entry.recorded_by, entry.recorded_at) == (county_reviewer, moment)
        (event,) = AuditEvent.objects.about(entry)
        assert (event.action, event.detail["amount"]) == ("登记资金", "12000.50")

    def test_five_amounts_are_never_merged(self, funded, county_reviewer):
        post(funded, Kind.DISBURSED, 16_000, by=county_reviewer)
        post(funded, Kind.SPENT, 4_000, by=county_reviewer)
        post(funded, Kind.REFUNDED, 1_000, by=county_reviewer)
        found = account(funded)
        assert (found.committed, found.disbursed, found.arrived, found.spent) == (20_000, 16_000, 15_000, 4_000)
        assert found.balance == 10_000

    def test_help_in_kind_is_no_money(self, site, county_reviewer):
        post(site, Kind.ARRIVED, 9_000, by=county_reviewer, is_in_kind=True)
        found = account(site)
        assert (found.arrived, found.arrived_in_kind, found.balance) == (0, 9_000, 0)
        words = refused(lambda: post(site, Kind.SPENT, 1, by=county_reviewer))
        assert "累计支出和退回 1 元，多于到位的 0 元" in words

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"amount": 0}, "0.01"),
            ({"amount": -5}, "0.01"),
            ({"kind": Kind.SPENT, "amount": 1, "purpose": None}, "支出要选用途"),
            ({"amount": 1, "voucher_number": " "}, "要填凭证号"),
            ({"kind": Kind.DISBURSED, "amount": 1, "is_in_kind": True}, "实物折价只记承诺和到位"),
            ({"amount": 1, "voucher_number": "㍿" * 20}, "凭证号太长"),
            ({"amount": 1, "happened_on": 1}, "日期不能晚于今天"),
            ({"amount": 1, "happened_on": -1000}, "日期不能早于 2025-01-01，请核对年份。"),
            ({"kind": Kind.ISSUED, "amount": 1}, "随文件入账"),
            ({"amount": 20_001}, "累计到位 20,001 元，多于承诺或下达的 20,000 元"),
            ({"kind": Kind.DISBURSED, "amount": 20_001}, "累计拨付 20,001 元，多于承诺或下达的 20,000 元"),
            ({"kind": Kind.ARRIVED, "amount": 1, "source": FundSource.PROVINCE}, "多于下达的 0 元"),
            ({"kind": Kind.SPENT, "amount": 1}, "多于到位的 0 元"),
        ],
    )
    def test_refused(self, site, county_reviewer, fields, words):
        if fields.get("happened_on"):
            fields = fields | {"happened_on": clock.today() + timedelta(days=fields["happened_on"])}
        fields = {"kind": Kind.ARRIVED} | fields
        kind, amount = fields.pop("kind"), fields.pop("amount")
        assert words in refused(lambda: post(site, kind, amount, by=county_reviewer, **fields))
        assert account(site).arrived == 0

    def test_a_purpose_that_was_taken_off_the_list(self, funded, county_reviewer):
        purpose = SpendingPurpose.objects.create(name="旧用途", is_active=False)
        words = refused(lambda: post(funded, Kind.SPENT, 1, by=county_reviewer, purpose=purpose))
        assert "已停用" in words

    def test_several_are_all_or_none(self, site, county_reviewer):
        wanted = [posting(site, Kind.ARRIVED, amount) for amount in [15_000, 6_000]]
        assert "21,000" in refused(lambda: actions.post_entries(wanted, by=county_reviewer))
        assert account(site).arrived == 0

    def test_who_may(self, site, county_reviewer, city_staff, other_reviewer, cadre, leader, auditor):
        for user in [other_reviewer, cadre, leader, auditor]:
            with pytest.raises(PermissionDenied):
                post(site, Kind.ARRIVED, 1, by=user)
        with pytest.raises(PermissionDenied):
            post(site, Kind.COMMITTED, 1, by=county_reviewer)
        for user in [county_reviewer, city_staff]:
            post(site, Kind.ARRIVED, 1, by=user)
        assert account(site).arrived == 2


class TestDayByDay:
    """What was spent by the end of a day had arrived by then."""

    @pytest.fixture
    def days(self, site, county_reviewer):
        """15,000 arrive on the second day, 4,000 of them are spent on the third."""
        days = [clock.today() - timedelta(days=number) for number in (30, 20, 10, 0)]
        post(site, Kind.ARRIVED, 15_000, by=county_reviewer, happened_on=days[1])
        post(site, Kind.SPENT, 4_000, by=county_reviewer, happened_on=days[2])
        return days

    def test_spending_before_its_arrival(self, site, days, county_reviewer):
        words = refused(lambda: post(site, Kind.SPENT, 500, by=county_reviewer, happened_on=days[0]))
        assert (
            f"到{days[0]:%Y年}{days[0].month}月{days[0].day}日累计支出和退回 500 元，多于到那天为止到位的 0 元" in words
        )
        post(site, Kind.SPENT, 500, by=county_reviewer, happened_on=days[1])

    def test_spending_that_later_spending_needs(self, site, days, county_reviewer):
        """On its own day there is enough, on the day of the later one no more; the arrival of today comes too late."""
        post(site, Kind.ARRIVED, 5_000, by=county_reviewer)
        assert "累计支出和退回 15,001 元" in refused(
            lambda: post(site, Kind.REFUNDED, 11_001, by=county_reviewer, happened_on=days[1])
        )
        post(site, Kind.REFUNDED, 11_000, by=county_reviewer, happened_on=days[1])

    def test_taken_back_and_entered_anew_on_its_day(self, site, days, county_reviewer):
        spent = site.entries.get(kind=Kind.SPENT)
        actions.reverse_entry(spent, reason="金额录错", by=county_reviewer)
        post(site, Kind.SPENT, 15_000, by=county_reviewer, happened_on=days[2])
        assert account(site).balance == 0

    def test_in_kind_pays_for_nothing(self, site, days, county_reviewer):
        post(site, Kind.ARRIVED, 9_000, by=county_reviewer, is_in_kind=True, happened_on=days[0])
        assert "到位的 0 元" in refused(lambda: post(site, Kind.SPENT, 1, by=county_reviewer, happened_on=days[0]))

    def test_the_check_of_the_whole_ledger_names_the_day(self, site, days, county_reviewer, capsys):
        row = posting(site, Kind.SPENT, 500, happened_on=days[0]).entry(recorded_at=clock.now())
        row.recorded_by = county_reviewer
        row.save()
        with pytest.raises(CommandError):
            call_command("check_ledger")
        assert "累计支出和退回 500 元，多于到那天为止到位的 0 元" in capsys.readouterr().err


class TestRepeated:
    def test_the_same_post_is_answered_with_the_first(self, site, county_reviewer):
        same = posting(site, Kind.ARRIVED, 15_000, key=new_key())
        first, again = (actions.post_entry(same, by=county_reviewer) for _ in range(2))
        assert first == again
        assert account(site).arrived == 15_000
        assert AuditEvent.objects.filter(action="登记资金").count() == 1

    def test_another_amount_under_the_same_key_is_refused(self, site, county_reviewer):
        key = new_key()
        post(site, Kind.ARRIVED, 15_000, by=county_reviewer, key=key)
        assert "已经登记了另一笔" in refused(lambda: post(site, Kind.ARRIVED, 1, by=county_reviewer, key=key))


class TestVouchers:
    def test_one_voucher_is_spent_on_once_however_it_is_written(self, funded, sites, county_reviewer):
        post(funded, Kind.SPENT, 100, by=county_reviewer, voucher_number="No.ａ12")
        words = refused(lambda: post(funded, Kind.SPENT, 100, by=county_reviewer, voucher_number="no. A12"))
        assert words == "凭证 no. A12 已经列支过，用于山南镇小井庄村，不能重复使用。"
        pasted = "\u200bNo.A12"  # with a mark that nobody sees
        assert "已经列支过" in refused(lambda: post(funded, Kind.SPENT, 1, by=county_reviewer, voucher_number=pasted))
        post(sites[1], Kind.ARRIVED, 5_000, by=county_reviewer)
        assert "用于山南镇小井庄村" in refused(
            lambda: post(sites[1], Kind.SPENT, 100, by=county_reviewer, voucher_number="NO.A12")
        )

    def test_a_reversal_gives_it_back(self, funded, county_reviewer):
        entry = post(funded, Kind.SPENT, 100, by=county_reviewer, voucher_number="A12")
        actions.reverse_entry(entry, reason="金额录错", by=county_reviewer)
        assert post(funded, Kind.SPENT, 90, by=county_reviewer, voucher_number="A12").pk


class TestReversal:
    def test_it_restores_and_names_what_it_reverses(self, funded, county_reviewer):
        before = account(funded)
        entry = post(funded, Kind.SPENT, 100, by=county_reviewer)
        reversal = actions.reverse_entry(entry, reason="重复登记", by=county_reviewer)
        assert (reversal.reverses, reversal.memo, reversal.signed) == (entry, "重复登记", -100)
        assert account(funded) == before

    @pytest.mark.parametrize("reason", ["", "  "])
    def test_it_needs_a_reason(self, funded, county_reviewer, reason):
        entry = funded.entries.get(kind=Kind.ARRIVED)
        assert "冲正要写明原因" in refused(lambda: actions.reverse_entry(entry, reason=reason, by=county_reviewer))

    def test_not_twice_and_not_of_a_reversal(self, funded, county_reviewer):
        entry = funded.entries.get(kind=Kind.ARRIVED)
        reversal = actions.reverse_entry(entry, reason="录错", by=county_reviewer)
        assert "已经冲正过了" in refused(lambda: actions.reverse_entry(entry, reason="录错", by=county_reviewer))
        assert "本身就是冲正" in refused(lambda: actions.reverse_entry(reversal, reason="录错", by=county_reviewer))

    def test_not_of_money_that_is_spent(self, funded, county_reviewer):
        post(funded, Kind.SPENT, 100, by=county_reviewer)
        entry = funded.entries.get(kind=Kind.ARRIVED)
        words = refused(lambda: actions.reverse_entry(entry, reason="录错", by=county_reviewer))
        assert words == "山南镇小井庄村：县级资金累计支出和退回 100 元，多于到位的 0 元。"

    def test_not_of_what_a_document_entered(self, issued, sites, city_staff):
        entry = sites[0].entries.filter(kind=Kind.ISSUED).first()
        assert "随文件入账" in refused(lambda: actions.reverse_entry(entry, reason="录错", by=city_staff))

    def test_who_may(self, funded, other_reviewer, cadre, leader):
        for user in [other_reviewer, cadre, leader]:
            with pytest.raises(PermissionDenied):
                actions.reverse_entry(funded.entries.get(kind=Kind.ARRIVED), reason="录错", by=user)


class TestIssuing:
    def test_the_ledger_says_what_the_table_says(self, issued, sites):
        for site in sites:
            amounts = issued.lines.get(site=site).by_source(issued.fund_source)
            assert {source: account(site, source).issued for source in amounts} == amounts

    def test_a_new_version_posts_only_what_differs(self, issued, sites, programme, city_staff):
        before = LedgerEntry.objects.filter(kind=Kind.ISSUED).count()
        pledge(sites[0], 25_000, 20_000, 10_000, 0, by=city_staff)
        issue(actions.draft_allocation_table(programme, by=city_staff), by=city_staff, reason="调整")
        new = LedgerEntry.objects.filter(kind=Kind.ISSUED).order_by("pk")[before:]
        assert [(entry.source, entry.signed) for entry in new] == [
            ("county", -20_000),
            ("social", -5_000),
            ("county", 25_000),
        ]
        call_command("check_ledger")

    def test_a_version_below_what_has_arrived_is_refused(self, issued, sites, programme, city_staff):
        post(sites[0], Kind.ARRIVED, 20_000, by=city_staff)
        pledge(sites[0], 15_000, 20_000, 10_000, 5_000, by=city_staff)
        draft = actions.draft_allocation_table(programme, by=city_staff)
        words = refused(lambda: issue(draft, by=city_staff, reason="调整"))
        assert words == "山南镇小井庄村：县级资金累计到位 20,000 元，多于承诺或下达的 15,000 元。"
        assert account(sites[0]).issued == 20_000


class TestPledges:
    def test_a_changed_promise_is_a_reversal_and_a_new_entry(self, site, city_staff):
        pledge(site, 30_000, 20_000, 10_000, 5_000, by=city_staff)
        entries = site.entries.filter(source="county").order_by("pk")
        assert [entry.signed for entry in entries] == [20_000, -20_000, 30_000]
        assert pledged(site, "county") == 30_000

    def test_no_less_than_what_has_arrived(self, funded, city_staff):
        words = refused(lambda: pledge(funded, 14_000, 20_000, 10_000, 5_000, by=city_staff))
        assert words == "山南镇小井庄村：县级资金累计到位 15,000 元，多于承诺或下达的 14,000 元。"


class TestReallocation:
    def move(self, giver, taker, amount, *, by, source=FundSource.PROVINCE):
        return actions.reallocate(
            source,
            Decimal(amount),
            giver=giver,
            taker=taker,
            document_number="合妇〔2026〕20号",
            decided_on=clock.today(),
            reason="项目内容调整",
            by=by,
        )

    def test_the_ceiling_moves_with_the_money(self, issued, sites, city_staff):
        decision = self.move(sites[0], sites[1], 4_000, by=city_staff)
        post(sites[1], Kind.ARRIVED, 34_000, by=city_staff, source=FundSource.PROVINCE)
        words = refused(lambda: post(sites[0], Kind.ARRIVED, 26_001, by=city_staff, source=FundSource.PROVINCE))
        assert "多于下达的 26,000 元" in words
        words = refused(lambda: actions.take_back_reallocation(decision, reason="误办", by=city_staff))
        assert "累计到位 34,000 元，多于下达的 30,000 元" in words
        call_command("check_ledger")

    def test_taken_back_both_are_as_before(self, issued, sites, city_staff):
        decision = self.move(sites[0], sites[1], 4_000, by=city_staff)
        actions.take_back_reallocation(decision, reason="误办", by=city_staff)
        assert [account(site, FundSource.PROVINCE).due for site in sites[:2]] == [30_000, 30_000]
        assert "已经冲正过了" in refused(lambda: actions.take_back_reallocation(decision, reason="误办", by=city_staff))

    def test_not_what_has_arrived_already(self, issued, sites, city_staff):
        post(sites[0], Kind.ARRIVED, 28_000, by=city_staff, source=FundSource.PROVINCE)
        words = refused(lambda: self.move(sites[0], sites[1], 4_000, by=city_staff))
        assert "累计到位 28,000 元，多于下达的 26,000 元" in words

    def test_by_the_city_between_two_sites_of_a_programme(self, issued, sites, city_staff, county_reviewer):
        assert "两个项目点" in refused(lambda: self.move(sites[0], sites[0], 1, by=city_staff))
        with pytest.raises(PermissionDenied):
            self.move(sites[0], sites[1], 1, by=county_reviewer)


class TestDatabase:
    """What the database refuses whoever writes."""

    def sql(self, statement: str, *parameters) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(statement, parameters)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE funding_ledgerentry SET amount = amount + 1",
            "UPDATE funding_ledgerentry SET memo = ''",
            "DELETE FROM funding_ledgerentry",
            "TRUNCATE funding_ledgerentry CASCADE",
            "UPDATE funding_reallocation SET reason = ''",
        ],
    )
    def test_no_change_no_removal(self, issued, sites, city_staff, statement):
        TestReallocation().move(sites[0], sites[1], 1, by=city_staff)
        with pytest.raises(Exception, match="pgtrigger"):
            self.sql(statement)

    @pytest.mark.parametrize("amount", [0, -1])
    def test_no_amount_that_is_none(self, site, city_staff, amount):
        row = posting(site, Kind.COMMITTED, amount).entry(recorded_at=clock.now(), recorded_by=city_staff)
        with pytest.raises(IntegrityError, match="entry_amount_positive"), transaction.atomic():
            row.save()

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"amount": 1}, "amount and account"),
            ({"source": "social"}, "amount and account"),
            ({"of_reversal": True}, "cannot be reversed"),
        ],
    )
    def test_no_reversal_that_is_none(self, funded, city_staff, changes, words):
        entry = funded.entries.get(kind=Kind.ARRIVED)
        if changes.pop("of_reversal", False):
            entry = actions.reverse_entry(entry, reason="录错", by=city_staff)
        fields = {name: getattr(entry, name) for name in ["site", "kind", "source", "amount", "voucher_number"]}
        row = LedgerEntry(
            **fields | changes,
            happened_on=clock.today(),
            memo="冲正",
            reverses=entry,
            recorded_at=clock.now(),
            recorded_by=city_staff,
        )
        with pytest.raises(Exception, match=words), transaction.atomic():
            row.save()

    def test_no_second_reversal(self, funded, city_staff):
        entry = funded.entries.get(kind=Kind.ARRIVED)
        reversal = actions.reverse_entry(entry, reason="录错", by=city_staff)
        reversal.pk, reversal.key, reversal._state.adding = None, new_key(), True
        with pytest.raises(IntegrityError, match="reverses_id"), transaction.atomic():
            reversal.save()


class TestCheckLedger:
    def test_a_sound_ledger(self, issued, funded, county_reviewer, capsys):
        actions.reverse_entry(post(funded, Kind.SPENT, 5, by=county_reviewer), reason="录错", by=county_reviewer)
        call_command("check_ledger")
        assert capsys.readouterr().out == f"核对 {LedgerEntry.objects.count()} 笔，全部相符。\n"

    @pytest.mark.parametrize(
        ("kind", "source", "amount", "words"),
        [
            ("arrived", "county", 6_000, "县级资金累计到位 21,000 元，多于承诺或下达的 20,000 元"),
            ("spent", "county", 1, "没有占用登记"),
            ("issued", "social", 7, "社会下达：分配表 5,000 元，台账 5,007 元"),
        ],
    )
    def test_what_came_past_the_actions_is_named(self, issued, funded, city_staff, capsys, kind, source, amount, words):
        extra = {"table": issued} if kind == "issued" else {"voucher_number": "X-1"}
        row = posting(funded, Kind(kind), amount, source=FundSource(source), **extra) if kind != "issued" else None
        fields = {"recorded_at": clock.now(), "recorded_by": city_staff}
        if row is None:
            LedgerEntry.objects.create(
                site=funded, kind=kind, source=source, amount=amount, happened_on=clock.today(), **extra, **fields
            )
        else:
            row.entry(**fields).save()
        with pytest.raises(CommandError, match="处不符"):
            call_command("check_ledger")
        assert words in capsys.readouterr().err
