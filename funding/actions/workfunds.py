"""工作经费: entering and reversing. Every posting locks its organisations first, so that the ceiling is tested one
after the other."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Sum

from fedwork import clock
from funding.amounts import yuan
from funding.models import WomenCount, WorkFundEntry
from funding.models.posted import SIGNED
from funding.workfunds.rules import can_enter_work_funds
from organizations.models import AuditEvent, Organization

Kind = WorkFundEntry.Kind
SAME = ["organization", "year", "kind", "amount", "number"]


@dataclass(frozen=True)
class Deposit:
    """What somebody wants to enter; the same `key` again is answered with the first entry."""

    organization: Organization
    year: int
    kind: str
    amount: Decimal
    happened_on: date
    number: str
    memo: str = ""
    key: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass(frozen=True)
class Headcount:
    organization: Organization
    year: int
    women: int
    source: str


@transaction.atomic
def enter_work_funds(deposits: list[Deposit], counts: Iterable[Headcount] = (), *, by) -> int:
    """All or none; how many rows were written. Raises ValidationError with a sentence for each refused row, and
    PermissionDenied."""
    counts = list(counts)
    places = _lock([*deposits, *counts], by=by)
    known = set(WorkFundEntry.objects.filter(key__in=[one.key for one in deposits]).values_list("key", flat=True))
    entries = [_entry(one, by=by) for one in deposits if one.key not in known]
    _refuse(_problems(entries))
    for entry in entries:
        entry.save(force_insert=True)
    _refuse(_breaches(entries))
    changed = [count for count in counts if _keep_count(count, by=by)]
    for entry in entries:
        _log("登记工作经费", entry, by=by)
    for count in changed:
        detail = {"year": count.year, "women": count.women, "source": count.source}
        AuditEvent.objects.record(
            "登记妇女人数", places[count.organization.pk], by=by, organization=count.organization, **detail
        )
    return len(entries) + len(changed)


@transaction.atomic
def reverse_work_fund(entry: WorkFundEntry, *, reason: str, by) -> WorkFundEntry:
    """冲正: a new row that takes the entry back. Raises ValidationError and PermissionDenied."""
    _lock([entry], by=by)
    entry = WorkFundEntry.objects.select_related("organization").get(pk=entry.pk)
    if entry.reverses_id:
        raise ValidationError("这一笔本身就是冲正，不能再冲正；需要的话请重新登记。")
    if entry.is_reversed:
        raise ValidationError("这一笔已经冲正过了。")
    same = {name: getattr(entry, name) for name in SAME}
    reversal = WorkFundEntry(**same, happened_on=clock.today(), memo=reason.strip(), reverses=entry)
    reversal.recorded_at, reversal.recorded_by = clock.now(), by
    reversal.clean_fields(exclude=["organization", "recorded_by", "reverses"])
    reversal.validate_constraints()
    reversal.save(force_insert=True)
    _refuse(_breaches([reversal]))
    _log("冲正工作经费", reversal, by=by)
    return reversal


def _lock(rows: Iterable, *, by) -> dict[int, Organization]:
    """In the order of their keys, so that two writers never wait for each other."""
    found = Organization.objects.select_for_update(of=["self"])
    places = {each.pk: each for each in found.filter(pk__in={row.organization.pk for row in rows}).order_by("pk")}
    if not all(can_enter_work_funds(by, place) for place in places.values()):
        raise PermissionDenied
    return places


def _entry(one: Deposit, *, by) -> WorkFundEntry:
    fields = vars(one) | {"number": one.number.strip(), "memo": one.memo.strip()}
    return WorkFundEntry(**fields, recorded_at=clock.now(), recorded_by=by)


def _problems(entries: list[WorkFundEntry]) -> Iterable[str]:
    """What is wrong with each by itself, and numbers that stand there already."""
    standing = WorkFundEntry.objects.standing().filter(organization__in={entry.organization_id for entry in entries})
    taken = set(standing.values_list("organization", "year", "kind", "number"))
    for entry in entries:
        place = (entry.organization_id, entry.year, entry.kind, entry.number)
        try:
            entry.clean_fields(exclude=["organization", "recorded_by"])
            entry.clean()
            entry.validate_constraints(exclude=["key"])
        except ValidationError as error:
            yield f"{entry.organization}：{''.join(error.messages)}"
        if entry.number and place in taken:
            yield f"{entry.organization}：{entry.year}年的“{entry.number}”已经登记过{entry.get_kind_display()}。"
        taken.add(place)


def _breaches(entries: list[WorkFundEntry]) -> Iterable[str]:
    """Money that arrives is in a budget: what arrived never exceeds what was budgeted for the year."""
    years = {(entry.organization_id, entry.year): entry for entry in entries}
    rows = WorkFundEntry.objects.filter(organization__in={pk for pk, _ in years}).order_by()
    sums: dict = defaultdict(Decimal)
    for row in rows.values("organization", "year", "kind").annotate(total=Sum(SIGNED)):
        sums[row["organization"], row["year"], row["kind"]] = row["total"]
    for place, entry in years.items():
        budgeted, arrived = sums[*place, Kind.BUDGETED], sums[*place, Kind.ARRIVED]
        if arrived > budgeted:
            words = f"{entry.year}年到位 {yuan(arrived)} 元，多于列入预算的 {yuan(budgeted)} 元"
            yield f"{entry.organization}：{words}，请先登记预算。"


def _refuse(problems: Iterable[str]) -> None:
    if found := list(problems):
        raise ValidationError(found)


def _keep_count(count: Headcount, *, by) -> bool:
    """Whether it said something new. The old number stays in the log."""
    row = WomenCount.objects.filter(organization=count.organization, year=count.year).first()
    if row and (row.women, row.source) == (count.women, count.source.strip()):
        return False
    row = row or WomenCount(organization=count.organization, year=count.year)
    row.women, row.source = count.women, count.source.strip()
    row.recorded_at, row.recorded_by = clock.now(), by
    try:
        row.clean_fields(exclude=["organization", "recorded_by"])
        row.validate_constraints()
    except ValidationError as error:
        raise ValidationError(f"{count.organization}：{''.join(error.messages)}") from error
    row.save()
    return True


def _log(action: str, entry: WorkFundEntry, *, by) -> None:
    AuditEvent.objects.record(
        action,
        entry,
        by=by,
        organization=entry.organization,
        note=entry.memo,
        year=entry.year,
        kind=entry.kind,
        amount=str(entry.amount),
        number=entry.number,
    )
