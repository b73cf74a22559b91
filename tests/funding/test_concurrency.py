"""Several people at once, on real connections."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from funding import actions
from funding.models import AllocationTable
from organizations.models import AuditEvent
from tests import concurrency
from tests.funding.cast import issue, pledged

pytestmark = pytest.mark.django_db(transaction=True)
CLICKS = 6


def at_once(act) -> list[str]:
    """What CLICKS simultaneous calls came to: "" or the refusal."""
    barrier = Barrier(CLICKS)

    def click(number: int) -> str:
        try:
            barrier.wait()
            act(number)
        except ValidationError as error:
            return " ".join(error.messages)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(CLICKS) as pool:
        return sorted(pool.map(click, range(CLICKS)))


def test_many_clicks_issue_once(draft, city_staff):
    def act(number):
        issue(AllocationTable.objects.get(pk=draft.pk), by=city_staff, document_number=f"合妇〔2026〕{number + 1}号")

    outcomes = at_once(act)
    assert outcomes[0] == ""
    assert all(outcome.startswith("这张表已下达") for outcome in outcomes[1:])
    assert AuditEvent.objects.filter(action="下达分配表").count() == 1


def test_many_clicks_make_one_draft(sites, programme, city_staff):
    outcomes = at_once(lambda _: actions.draft_allocation_table(programme, by=city_staff))
    assert outcomes == ["", *["这个批次已有一张编制中的分配表，请先下达或废弃。"] * (CLICKS - 1)]
    assert AllocationTable.objects.get().lines.count() == 3


def test_issue_or_discard_but_not_both(draft, city_staff):
    def act(number):
        table = AllocationTable(pk=draft.pk)
        if number % 2:
            issue(table, by=city_staff)
        else:
            actions.discard_draft(table, by=city_staff)

    outcomes = at_once(act)
    assert outcomes.count("") == 1
    events = AuditEvent.objects.filter(action__in=["下达分配表", "废弃分配表草稿"])
    assert events.count() == 1


def test_the_same_commitment_at_once_ends_as_one_of_the_two(sites, city_staff):
    def act(number):
        actions.set_commitments(sites[0], dict.fromkeys(["county", "social"], Decimal(number + 1)), by=city_staff)

    assert at_once(act) == [""] * CLICKS
    county, social = [pledged(sites[0], source) for source in ["county", "social"]]
    assert county == social


def test_grids_with_sites_in_common_do_not_block_each_other(sites, city_staff):
    first, second, third = sites
    overlapping = [[first, second], [second, third], [first, third]]

    def act(number):
        for turn in range(8):
            amount = Decimal(10_000 + number * 100 + turn)
            changes = [actions.CommitmentChange(site, {"county": amount}, {}) for site in overlapping[number % 3]]
            actions.set_many_commitments(changes, by=city_staff)

    assert concurrency.at_once(act, people=6) == [None] * 6
