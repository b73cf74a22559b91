"""Claims on random ways against a model in plain Python: who has it, what is spent, which vouchers are taken."""

import os
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from funding import actions
from funding.invariants import broken_invariants
from funding.models import Claim, LedgerEntry
from funding.states import EntryKind
from organizations.models import Role
from tests import factories
from tests.funding.claims import new_claim, new_line, scan
from tests.funding.ledger import account, post

pytestmark = pytest.mark.django_db
RUNS = int(os.environ.get("CLAIM_RUNS", "4"))
ARRIVED = 15_000
NUMBERS = st.integers(0, 9)


class Ways(RuleBasedStateMachine):
    """`plain` has of each claim its state, amount and voucher, as somebody would keep them in a notebook."""

    site = writer = township = county = None

    def __init__(self):
        super().__init__()
        self.atom = transaction.atomic()
        self.atom.__enter__()
        self.plain: dict[int, dict] = {}

    def teardown(self):
        transaction.set_rollback(True)
        self.atom.__exit__(None, None, None)

    @rule(amount=st.integers(1, 9_000_00), voucher=st.sampled_from(["甲1", "甲2", "甲3", "甲4"]))
    def write(self, amount, voucher):
        line = new_line(Decimal(amount) / 100, voucher_number=voucher)
        claim = actions.write_claim(new_claim(self.site), [line], by=self.writer)
        scan(claim, by=self.writer)
        self.plain[claim.pk] = {"state": "draft", "amount": Decimal(amount) / 100, "voucher": voucher}

    def step(self, number, allowed, then, act, *, legal=True):
        """One step of one of the claims: done where it is legal, refused without a trace elsewhere."""
        if not self.plain:
            return
        pk = sorted(self.plain)[number % len(self.plain)]
        claim, kept = Claim.objects.get(pk=pk), self.plain[pk]
        steps = claim.steps.count()
        is_legal = kept["state"] in allowed and (legal if isinstance(legal, bool) else legal(kept))
        try:
            with transaction.atomic():
                act(claim)
        except ValidationError:
            assert not is_legal
            assert claim.steps.count() == steps
        else:
            assert is_legal
            assert claim.steps.count() == steps + 1
            kept["state"] = then

    def in_states(self, *states) -> list[dict]:
        return [kept for kept in self.plain.values() if kept["state"] in states]

    def is_free(self, kept) -> bool:
        under_way, paid = self.in_states("township", "county"), self.in_states("paid")
        left = ARRIVED - sum(other["amount"] for other in under_way + paid)
        return kept["amount"] <= left and kept["voucher"] not in {other["voucher"] for other in under_way + paid}

    @rule(number=NUMBERS)
    def submit(self, number):
        def act(claim):
            return actions.submit_claim(claim, by=self.writer, version=claim.version)

        self.step(number, {"draft", "returned"}, "township", act, legal=self.is_free)

    @rule(number=NUMBERS)
    def check(self, number):
        self.step(number, {"township"}, "county", lambda c: actions.check_claim(c, by=self.township, version=c.version))

    @rule(number=NUMBERS)
    def send_back(self, number):
        def act(claim):
            by = self.county if claim.state == "county" else self.township
            return actions.return_claim(claim, by=by, version=claim.version, reason="不全")

        self.step(number, {"township", "county"}, "returned", act)

    @rule(number=NUMBERS)
    def pay(self, number):
        def act(claim):
            day = claim.lines.get().voucher_on
            return actions.pay_claim(claim, by=self.county, version=claim.version, paid_on=day)

        self.step(number, {"county"}, "paid", act)

    @rule(number=NUMBERS)
    def take_back(self, number):
        def act(claim):
            return actions.reverse_claim(claim, by=self.county, version=claim.version, reason="退库")

        self.step(number, {"paid"}, "reversed", act)

    @rule(number=NUMBERS)
    def withdraw(self, number):
        def act(claim):
            return actions.withdraw_claim(claim, by=self.writer, version=claim.version)

        self.step(number, {"township", "county"}, "draft", act)

    @invariant()
    def the_ledger_has_what_is_paid(self):
        paid = self.in_states("paid")
        assert account(self.site).spent == sum(kept["amount"] for kept in paid)
        standing = LedgerEntry.objects.standing().filter(kind=EntryKind.SPENT)
        assert sorted(entry.voucher_number for entry in standing) == sorted(kept["voucher"] for kept in paid)

    @invariant()
    def nothing_is_broken(self):
        states = dict(Claim.objects.values_list("pk", "state"))
        assert states == {pk: kept["state"] for pk, kept in self.plain.items()}
        assert list(broken_invariants()) == []


def test_random_ways_of_claims(sites, tree, cadre, county_reviewer):
    post(sites[0], EntryKind.ARRIVED, ARRIVED, by=county_reviewer)

    class Ours(Ways):
        pass

    Ours.site, Ours.township, Ours.county = sites[0], cadre, county_reviewer
    Ours.writer = factories.user("village", role=Role.CADRE, organization=tree.village)
    run_state_machine_as_test(
        Ours,
        settings=settings(
            max_examples=RUNS, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
