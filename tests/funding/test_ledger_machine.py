"""Postings, reversals, re-allocations and issues in random order against a model in plain Python: the ledger, the
allocation table and the invariants agree to the cent after every step."""

import os
from collections import defaultdict
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from fedwork import clock
from funding import actions
from funding.accounts import accounts
from funding.invariants import broken_invariants
from funding.models import LedgerEntry
from funding.states import EntryKind, FundSource
from tests.funding.cast import issue
from tests.funding.ledger import posting

pytestmark = pytest.mark.django_db
RUNS = int(os.environ.get("LEDGER_RUNS", "15"))
SOURCES = [FundSource.PROVINCE, FundSource.COUNTY, FundSource.SOCIAL]
AMOUNTS = st.integers(1, 4_000_000).map(lambda fen: Decimal(fen) / 100)
SITES = st.integers(0, 2)


class Plain:
    """The rules again, as somebody would write them on a sheet of paper."""

    def __init__(self):
        self.sums = defaultdict(Decimal)  # (site, source, kind)

    def of(self, site, source) -> list[Decimal]:
        return [self.sums[site, source, kind] for kind in ["committed", "issued", "moved_in", "moved_out"]] + [
            self.sums[site, source, kind] for kind in ["disbursed", "arrived", "spent", "refunded"]
        ]

    def is_legal(self) -> bool:
        return all(self._is_legal(site, source) for site, source, _ in list(self.sums))

    def _is_legal(self, site, source) -> bool:
        committed, issued, moved_in, moved_out, disbursed, arrived, spent, refunded = self.of(site, source)
        promised = issued if source == "province" else max(committed, issued)
        due = promised + moved_in - moved_out
        return due >= 0 and disbursed <= due and arrived <= due and spent + refunded <= arrived

    def attempt(self, changes: dict) -> bool:
        """Write the changes if what comes out is legal."""
        for place, amount in changes.items():
            self.sums[place] += amount
        if self.is_legal():
            return True
        for place, amount in changes.items():
            self.sums[place] -= amount
        return False


class Money(RuleBasedStateMachine):
    sites: list
    by = None

    def __init__(self):
        super().__init__()
        self.atom = transaction.atomic()
        self.atom.__enter__()
        self.plain = Plain()
        self.posted: list[LedgerEntry] = []
        self.moves: list = []
        for entry in LedgerEntry.objects.all():
            self.plain.sums[entry.site_id, entry.source, entry.kind] += entry.signed

    def teardown(self):
        transaction.set_rollback(True)
        self.atom.__exit__(None, None, None)

    def outcome(self, act):
        """What the action gave, None when it refused."""
        try:
            with transaction.atomic():
                return act()
        except ValidationError:
            return None

    @rule(
        site=SITES,
        source=st.sampled_from(SOURCES),
        amount=AMOUNTS,
        kind=st.sampled_from([EntryKind.DISBURSED, EntryKind.ARRIVED, EntryKind.SPENT, EntryKind.REFUNDED]),
    )
    def post(self, site, source, amount, kind):
        site = self.sites[site]
        entry = self.outcome(lambda: actions.post_entry(posting(site, kind, amount, source=source), by=self.by))
        assert (entry is not None) == self.plain.attempt({(site.pk, source, kind): amount})
        if entry:
            self.posted.append(entry)

    @rule(number=st.integers(0, 50))
    def reverse(self, number):
        if not self.posted:
            return
        entry = self.posted[number % len(self.posted)]
        was_reversed = LedgerEntry.objects.filter(reverses=entry).exists()
        reversal = self.outcome(lambda: actions.reverse_entry(entry, reason="录错", by=self.by))
        legal = not was_reversed and self.plain.attempt({(entry.site_id, entry.source, entry.kind): -entry.amount})
        assert (reversal is not None) == legal

    @rule(site=SITES, source=st.sampled_from([FundSource.COUNTY, FundSource.SOCIAL]), amount=AMOUNTS)
    def pledge(self, site, source, amount):
        site = self.sites[site]
        place = site.pk, source, "committed"
        change = amount - self.plain.sums[place]
        done = self.outcome(lambda: actions.set_commitments(site, {source: amount}, by=self.by) or True)
        assert (done is not None) == self.plain.attempt({place: change})

    @rule()
    def reissue(self):
        """The table takes up the promises as they are."""

        def act():
            draft = actions.draft_allocation_table(self.sites[0].programme, by=self.by)
            return issue(draft, by=self.by, reason="调整")

        changes = {}
        for site, source, kind in list(self.plain.sums):
            if kind == "committed" and source != "province":
                change = self.plain.sums[site, source, kind] - self.plain.sums[site, source, "issued"]
                changes[site, source, "issued"] = change
        promised = defaultdict(Decimal)
        for (site, _, kind), amount in self.plain.sums.items():
            promised[site] += amount if kind == "committed" else 0
        above_floor = all(promised[site.pk] >= 10_000 for site in self.sites)
        assert (self.outcome(act) is not None) == (above_floor and self.plain.attempt(changes))

    @rule(giver=SITES, taker=SITES, source=st.sampled_from(SOURCES), amount=AMOUNTS)
    def move(self, giver, taker, source, amount):
        giver, taker = self.sites[giver], self.sites[taker]
        decision = self.outcome(
            lambda: actions.reallocate(
                source,
                amount,
                giver=giver,
                taker=taker,
                document_number="合妇〔2026〕30号",
                decided_on=clock.today(),
                reason="调剂",
                by=self.by,
            )
        )
        changes = {(giver.pk, source, "moved_out"): amount, (taker.pk, source, "moved_in"): amount}
        assert (decision is not None) == (giver != taker and self.plain.attempt(changes))
        if decision:
            self.moves.append((decision, changes))

    @rule(number=st.integers(0, 20))
    def take_back(self, number):
        if not self.moves:
            return
        decision, changes = self.moves[number % len(self.moves)]
        was_reversed = decision.entries.exclude(reverses=None).exists()
        done = self.outcome(lambda: actions.take_back_reallocation(decision, reason="误办", by=self.by) or True)
        back = {place: -amount for place, amount in changes.items()}
        assert (done is not None) == (not was_reversed and self.plain.attempt(back))

    @invariant()
    def the_ledger_agrees(self):
        found = accounts(LedgerEntry.objects.all())
        for (site, source, kind), amount in self.plain.sums.items():
            account = found.get((site, FundSource(source)))
            assert (getattr(account, kind) if account else 0) == amount
            assert account is None or account.balance >= 0

    @invariant()
    def nothing_is_broken(self):
        assert list(broken_invariants()) == []


def test_random_ways_through_the_books(issued, sites, city_staff):
    class Books(Money):
        pass

    Books.sites, Books.by = sites, city_staff
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
