"""Postings on days of their own, reversals, re-allocations, issues and claims in random order against a model in plain
Python: the ledger, the allocation table, the board, the reconciliation and the invariants agree to the cent after every
step, and so do the exported sheets, read by their formulas."""

import os
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from fedwork import clock
from fedwork.excel import write_paper
from funding import actions
from funding.accounts import accounts
from funding.board import fund_board
from funding.book import Query, book
from funding.exports import allocation_workbook
from funding.figures import FIGURES
from funding.invariants import broken_invariants
from funding.models import AllocationTable, LedgerEntry
from funding.papers import Extras, arrival_paper
from funding.reconciliation import reconcile, reconciliation_paper
from funding.sheet import Sheet as Paper
from funding.states import OF_PROGRAMME, EntryKind, FundSource
from organizations.models import Level, Organization, Role, User
from tests import factories
from tests.funding.cast import issue
from tests.funding.claims import written
from tests.funding.ledger import posting
from tests.workbooks import Sheet

pytestmark = pytest.mark.django_db
RUNS = int(os.environ.get("LEDGER_RUNS", "6"))
SOURCES = [FundSource.PROVINCE, FundSource.COUNTY, FundSource.SOCIAL]
AMOUNTS = st.integers(1, 4_000_000).map(lambda fen: Decimal(fen) / 100)
SITES = st.integers(0, 2)
DAYS_AGO = st.integers(0, 3)
CASH = {"arrived": 1, "spent": -1, "refunded": -1}


class Plain:
    """The rules again, as somebody would write them on a sheet of paper."""

    def __init__(self):
        self.sums = defaultdict(Decimal)  # (site, source, kind)
        self.days = defaultdict(Decimal)  # (site, source, days ago): what came and went and was not taken back
        self.changed: set[tuple] = set()  # accounts, since it was last emptied

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
        is_covered = all(self.left(site, source, ago) >= 0 for ago in range(4))
        return due >= 0 and disbursed <= due and arrived <= due and spent + refunded <= arrived and is_covered

    def left(self, site, source, ago: int) -> Decimal:
        """On the account at the end of that day."""
        return sum(self.days[site, source, day] for day in range(ago, 4))

    def attempt(self, changes: dict, ago: int = 0) -> bool:
        """Write the changes if what comes out is legal; money comes and goes on one day."""
        self._write(changes, ago, 1)
        if self.is_legal():
            return True
        self._write(changes, ago, -1)
        return False

    def _write(self, changes: dict, ago: int, sign: int) -> None:
        for (site, source, kind), amount in changes.items():
            self.changed.add((site, source))
            self.sums[site, source, kind] += sign * amount
            self.days[site, source, ago] += sign * amount * CASH.get(kind, 0)


class Money(RuleBasedStateMachine):
    sites: list
    by = None
    desks: dict

    def __init__(self):
        super().__init__()
        self.atom = transaction.atomic()
        self.atom.__enter__()
        self.plain = Plain()
        self.posted: list[tuple] = []
        self.moves: list = []
        self.paid: list[tuple] = []
        for entry in LedgerEntry.objects.all():
            self.plain.sums[entry.site_id, entry.source, entry.kind] += entry.signed

    def teardown(self):
        self.the_exported_sheets_agree()
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
        ago=DAYS_AGO,
    )
    def post(self, site, source, amount, kind, ago):
        site = self.sites[site]
        wanted = posting(site, kind, amount, source=source, happened_on=clock.today() - timedelta(days=ago))
        entry = self.outcome(lambda: actions.post_entry(wanted, by=self.by))
        assert (entry is not None) == self.plain.attempt({(site.pk, source, kind): amount}, ago)
        if entry:
            self.posted.append((entry, ago))

    @rule(number=st.integers(0, 50))
    def reverse(self, number):
        if not self.posted:
            return
        entry, ago = self.posted[number % len(self.posted)]
        was_reversed = LedgerEntry.objects.filter(reverses=entry).exists()
        reversal = self.outcome(lambda: actions.reverse_entry(entry, reason="录错", by=self.by))
        change = {(entry.site_id, entry.source, entry.kind): -entry.amount}
        assert (reversal is not None) == (not was_reversed and self.plain.attempt(change, ago))

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

    @rule(site=SITES, source=st.sampled_from(SOURCES), amounts=st.lists(AMOUNTS, min_size=1, max_size=3), ago=DAYS_AGO)
    def claim(self, site, source, amounts, ago):
        """Written and submitted by the township; the county pays, or sends it back and nothing is spent."""
        site = self.sites[site]
        writer, payer = self.desks[site.pk]
        claim = written(site, *amounts, by=writer, source=source)
        change = {(site.pk, source, "spent"): sum(amounts)}
        sent = self.outcome(lambda: actions.submit_claim(claim, by=writer, version=claim.version))
        assert (sent is not None) == (sum(amounts) <= self.plain.left(site.pk, source, 0))
        if not sent:
            return
        day = clock.today() - timedelta(days=ago)
        done = self.outcome(lambda: actions.pay_claim(sent, by=payer, version=sent.version, paid_on=day))
        assert (done is not None) == self.plain.attempt(change, ago)
        if done:
            self.paid.append((done, change, ago))
        else:
            actions.return_claim(sent, by=payer, version=sent.version, reason="垫付")

    @rule(number=st.integers(0, 20))
    def take_claim_back(self, number):
        if not self.paid:
            return
        paid, change, ago = self.paid.pop(number % len(self.paid))
        payer = self.desks[paid.site_id][1]
        assert actions.reverse_claim(paid, by=payer, version=paid.version, reason="退库").state == "reversed"
        assert self.plain.attempt({place: -amount for place, amount in change.items()}, ago)

    @invariant()
    def the_ledger_agrees(self):
        found = accounts(LedgerEntry.objects.all())
        for (site, source, kind), amount in self.plain.sums.items():
            account = found.get((site, FundSource(source)))
            assert (getattr(account, kind) if account else 0) == amount
            assert account is None or account.balance >= 0

    @invariant()
    def no_book_falls_below_zero(self):
        """The balance after every row, as the page shows it, where the last step wrote or tried to."""
        for site in self.sites:
            for source in SOURCES:
                if (site.pk, source) in self.plain.changed:
                    rows = book(site, Query(source=source), 1).rows
                    assert all(row.balance >= 0 for row in rows)
                    assert not rows or rows[-1].balance == self.plain.left(site.pk, source, 0)
        self.plain.changed.clear()

    def total(self, *kinds, sources=SOURCES) -> Decimal:
        """By the model on paper; what was moved out counts as less."""
        return sum(
            -amount if kind == "moved_out" else amount
            for (_, source, kind), amount in self.plain.sums.items()
            if kind in kinds and source in sources
        )

    def known(self) -> dict[str, Decimal]:
        """What the 合计 of the board has to say."""
        matching = [source for source in FundSource if source not in OF_PROGRAMME]
        return {
            "pledged": self.total("committed", sources=matching),
            "arrived": self.total("arrived", sources=matching),
            "issued": self.total("issued", "moved_in", "moved_out", sources=OF_PROGRAMME),
            "issued_arrived": self.total("arrived", sources=OF_PROGRAMME),
            "spent": self.total("spent", sources=FundSource),
        }

    @property
    def programme(self):
        return self.sites[0].programme

    @invariant()
    def the_board_agrees(self):
        money = fund_board(self.programme, self.programme.sites.all(), clock.now()).total.money
        assert {name: getattr(money, name) for name in self.known()} == self.known()
        found = reconcile(self.programme, self.programme.sites.all(), clock.now()).total
        assert found.figure("table") == found.figure("posted") == self.total("issued", sources=FundSource)
        assert found.figure("arrived") == self.total("arrived", sources=FundSource)

    def the_exported_sheets_agree(self):
        moment, sites, place = clock.now(), self.programme.sites.all(), self.programme.organization
        board = fund_board(self.programme, sites, moment)
        arrival = Sheet(write_paper(arrival_paper(board, Extras.of(sites, moment), place=place)))
        row = arrival.row_of("合计")
        behind = {name: FIGURES[name].total(FIGURES[name].entries(sites, moment)) for name in self.known()}
        assert behind == self.known()
        letters = {"pledged": "I", "arrived": "N", "issued": "F", "issued_arrived": "G", "spent": "U"}
        assert {name: arrival(f"{letter}{row}") for name, letter in letters.items()} == self.known()
        reconciled = Sheet(write_paper(reconciliation_paper(reconcile(self.programme, sites, moment), place=place)))
        row, issued = reconciled.row_of("合计"), self.total("issued", sources=FundSource)
        assert [reconciled(f"{letter}{row}") for letter in "DEI"] == [issued, issued, 0]
        table = AllocationTable.objects.issued().filter(programme=self.programme).first()
        printed = Sheet(allocation_workbook(Paper(table, self.by)))
        assert printed(f"L{printed.row_of('合计')}") == issued

    @invariant()
    def nothing_is_broken(self):
        assert list(broken_invariants()) == []


def run_books(sites, by, *, runs: int) -> None:
    class Books(Money):
        pass

    Books.sites, Books.by, Books.desks = sites, by, {site.pk: _desk(site) for site in sites}
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=runs,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def _desk(site) -> tuple:
    """Who writes its claims, and who pays them."""
    ancestors = Organization.objects.in_bulk(site.organization.ancestor_ids).values()
    township, county = (
        next(node for node in ancestors if node.level == level) for level in [Level.TOWNSHIP, Level.COUNTY]
    )
    cadre = factories.user(f"desk-{township.code}", role=Role.CADRE, organization=township)
    found = User.objects.filter(organization=county, role=Role.COUNTY_REVIEWER).first()
    return cadre, found or factories.user(f"desk-{county.code}", role=Role.COUNTY_REVIEWER, organization=county)


def test_random_ways_through_the_books(issued, sites, city_staff):
    run_books(sites, city_staff, runs=RUNS)
