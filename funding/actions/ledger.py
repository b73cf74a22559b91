"""Posting to the ledger. Every posting locks its sites first, so that ceilings are tested one after the other."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from fedwork import clock
from funding import rules
from funding.accounts import Tally, broken_rules
from funding.models import AllocationTable, LedgerEntry, SpendingPurpose, VoucherUse
from funding.states import BY_DOCUMENT, EntryKind, FundSource
from organizations.models import AuditEvent, rehearsal
from projects.models import ProjectSite


@dataclass(frozen=True)
class Posting:
    """What somebody wants to enter; the same `key` again is answered with the first entry."""

    site: ProjectSite
    kind: EntryKind
    source: FundSource
    amount: Decimal
    happened_on: date
    voucher_number: str = ""
    purpose: SpendingPurpose | None = None
    memo: str = ""
    is_in_kind: bool = False
    key: uuid.UUID = field(default_factory=uuid.uuid4)

    def entry(self, **document) -> LedgerEntry:
        fields = {name: value for name, value in vars(self).items() if name not in {"memo", "voucher_number"}}
        return LedgerEntry(memo=self.memo.strip(), voucher_number=self.voucher_number.strip(), **fields, **document)


def post_entry(posting: Posting, *, by) -> LedgerEntry:
    """Raises ValidationError (by field, or a sentence per broken rule) and PermissionDenied."""
    return post_entries([posting], by=by)[0]


@transaction.atomic
def post_entries(postings: list[Posting], *, by) -> list[LedgerEntry]:
    """All or none."""
    sites = lock_sites(posting.site.pk for posting in postings)
    for posting in postings:
        _refuse_foreign(posting, sites[posting.site.pk], by=by)
    earlier = _earlier(postings)
    written = {posting.key: write_entry(posting.entry(), by=by) for posting in postings if posting.key not in earlier}
    refuse_breaches(sites)
    log_entries("登记资金", written.values(), by=by)
    return [(earlier | written)[posting.key] for posting in postings]


def rehearse_entries(postings: list[Posting], *, by) -> dict[int, list[tuple[str, str]]]:
    """What stands against each, by its place: (field or "", sentence). Nothing is kept. Under the same locks and by the
    same steps as `post_entries`, so that what passes here is what will be posted, unless others post meanwhile."""
    refusals: dict[int, list[tuple[str, str]]] = {}
    with rehearsal():
        sites = lock_sites(posting.site.pk for posting in postings)
        earlier = _earlier(postings)
        tally = Tally(LedgerEntry.objects.filter(site__in=sites))
        for place, posting in enumerate(postings):
            if posting.key in earlier:
                continue
            try:
                _refuse_foreign(posting, sites[posting.site.pk], by=by)
                with transaction.atomic():
                    write_entry(posting.entry(), by=by)
            except ValidationError as error:
                refusals[place] = _sentences(error)
            else:
                tally.add(place, posting)
    return refusals | {place: [("amount", words)] for place, words in tally.broken.items()}


def _refuse_foreign(posting: Posting, site: ProjectSite, *, by) -> None:
    if posting.kind in BY_DOCUMENT:
        raise ValidationError(f"“{EntryKind(posting.kind).label}”随文件入账，不能单独登记。")
    if not rules.can_post(by, site, posting.kind):
        raise PermissionDenied


def _sentences(error: ValidationError) -> list[tuple[str, str]]:
    if not hasattr(error, "error_dict"):
        return [("", words) for words in error.messages]
    told = error.message_dict
    return [("" if field == NON_FIELD_ERRORS else field, words) for field in told for words in told[field]]


@transaction.atomic
def reverse_entry(entry: LedgerEntry, *, reason: str, by, key: uuid.UUID | None = None) -> LedgerEntry:
    """冲正: a new row that takes the entry back. Raises ValidationError and PermissionDenied."""
    sites = lock_sites([entry.site_id])
    entry = LedgerEntry.objects.select_related("site__programme", "site__organization").get(pk=entry.pk)
    if not rules.can_post(by, entry.site, entry.kind):
        raise PermissionDenied
    if key and (earlier := LedgerEntry.objects.filter(key=key, reverses=entry).first()):
        return earlier
    if entry.is_by_document:
        raise ValidationError(f"“{entry.get_kind_display()}”随文件入账，不能单独冲正。")
    if hasattr(entry, "claim_line"):
        raise ValidationError(f"这笔支出随报账单 {entry.claim_line.claim.number} 支付，请在报账单里整单冲销。")
    reversal = write_reversal(entry, reason=reason, by=by, key=key)
    refuse_breaches(sites)
    log_entries("冲正资金", [reversal], by=by)
    return reversal


def reverse_together(entries: list[LedgerEntry], *, reason: str, by) -> None:
    """The entries of a document that stands or falls as a whole. Runs inside the action that takes it back, which has
    asked the rules and writes the document's audit row."""
    sites = lock_sites(entry.site_id for entry in entries)
    reversals = [write_reversal(entry, reason=reason, by=by) for entry in entries]
    refuse_breaches(sites)
    log_entries("冲正资金", reversals, by=by)


def post_table(table: AllocationTable, *, by) -> None:
    """下达: the ledger says what the table says. Of an earlier version only what differs is reversed and posted anew.

    Runs inside the action that issues the table, which writes the audit row.
    """
    lines = {
        (line.site_id, source): amount
        for line in table.lines.all()
        for source, amount in line.by_source(table.fund_source).items()
        if amount
    }
    issued = LedgerEntry.objects.standing().filter(kind=EntryKind.ISSUED, site__programme=table.programme_id)
    before = {(entry.site_id, FundSource(entry.source)): entry for entry in issued}
    sites, moment = lock_sites({site for site, _ in lines.keys() | before.keys()}), clock.now()
    for place, entry in before.items():
        if lines.get(place) != entry.amount:
            write_reversal(entry, reason=f"{table.document_number}（{table.version_label}）", by=by, moment=moment)
    for (site, source), amount in lines.items():
        if (site, source) in before and before[site, source].amount == amount:
            continue
        posting = Posting(sites[site], EntryKind.ISSUED, source, amount, table.issued_on, memo=table.document_number)
        write_entry(posting.entry(table=table), by=by, moment=moment)
    refuse_breaches(sites)


def lock_sites(keys: Iterable[int]) -> dict[int, ProjectSite]:
    """In the order of their keys, so that two writers never wait for each other."""
    found = ProjectSite.objects.select_for_update(of=["self"]).select_related("programme__organization", "organization")
    return {site.pk: site for site in found.filter(pk__in=set(keys)).order_by("pk")}


def write_entry(entry: LedgerEntry, *, by, moment: datetime | None = None) -> LedgerEntry:
    """The site is locked by now; what holds over several entries is tested at the end by `refuse_breaches`. Entries of
    one change are given its one `moment`: no past moment lies between a promise taken back and the new one."""
    is_early = not entry.site.is_approved and entry.reverses is None
    if is_early and entry.kind != EntryKind.COMMITTED:
        raise ValidationError(f"“{entry.site}”还没有批准，不能登记资金。")
    entry.recorded_at, entry.recorded_by = moment or clock.now(), by
    entry.clean_fields(exclude=["site", "recorded_by", "table", "reallocation", "reverses"])  # known to be there
    entry.clean()
    _insert(entry)
    if entry.kind == EntryKind.SPENT and not entry.reverses_id:
        _hold_voucher(entry)
    return entry


def _insert(entry: LedgerEntry) -> None:
    """The database judges; asking it beforehand for each of its rules would cost twenty queries an entry."""
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:
        if errors := _broken_rules(entry):
            raise ValidationError(errors) from None
        raise


# Where on a form stands what a rule of the database asks for.
FIELD_OF_RULE = {
    "entry_has_voucher": "voucher_number",
    "entry_purpose_of_spending": "purpose",
    "entry_in_kind": "is_in_kind",
}


def _broken_rules(entry: LedgerEntry) -> dict[str, list[str]]:
    """In words, by field."""
    errors: dict[str, list[str]] = {}
    for constraint in entry._meta.constraints:
        try:
            constraint.validate(LedgerEntry, entry)
        except ValidationError as error:
            errors.setdefault(FIELD_OF_RULE.get(constraint.name, NON_FIELD_ERRORS), []).extend(error.messages)
    return errors


def write_reversal(
    entry: LedgerEntry, *, reason: str, by, key: uuid.UUID | None = None, moment: datetime | None = None
) -> LedgerEntry:
    if entry.reverses_id:
        raise ValidationError("这一笔本身就是冲正，不能再冲正；需要的话请重新登记。")
    if entry.is_reversed:
        raise ValidationError("这一笔已经冲正过了。")
    same = ["site", "kind", "source", "amount", "is_in_kind", "voucher_number", "purpose", "table", "reallocation"]
    reversal = LedgerEntry(
        **{name: getattr(entry, name) for name in same},
        happened_on=clock.today(),
        memo=reason.strip(),
        reverses=entry,
        key=key or uuid.uuid4(),
    )
    reversal = write_entry(reversal, by=by, moment=moment)
    VoucherUse.objects.filter(entry=entry).delete()
    return reversal


def refuse_breaches(sites: dict[int, ProjectSite]) -> None:
    """ValidationError with a sentence for every rule that the entries of these sites break."""
    errors = [f"{sites[pk]}：{words}。" for pk, words in broken_rules(LedgerEntry.objects.filter(site__in=sites))]
    if errors:
        raise ValidationError(errors, code="ceiling")


def _earlier(postings: list[Posting]) -> dict[uuid.UUID, LedgerEntry]:
    """What was posted under these keys before; ValidationError when that was something else."""
    found = LedgerEntry.objects.in_bulk([posting.key for posting in postings], field_name="key")
    fields = [
        "site_id",
        "kind",
        "source",
        "amount",
        "happened_on",
        "is_in_kind",
        "purpose_id",
        "voucher_number",
        "memo",
    ]
    for posting in postings:
        wanted, earlier = posting.entry(), found.get(posting.key)
        if earlier and any(getattr(earlier, name) != getattr(wanted, name) for name in fields):
            raise ValidationError("这一次提交已经登记了另一笔，请刷新页面核对后再登记。", code="key")
    return found


def _hold_voucher(entry: LedgerEntry) -> None:
    number = VoucherUse.written(entry.voucher_number)
    try:
        with transaction.atomic():
            VoucherUse.objects.create(programme=entry.site.programme, number=number, entry=entry)
    except IntegrityError:
        used = VoucherUse.objects.select_related("entry__site").filter(programme=entry.site.programme, number=number)
        where = f"，用于{used[0].entry.site}" if used else ""
        raise ValidationError(
            {"voucher_number": f"凭证 {entry.voucher_number} 已经列支过{where}，不能重复使用。"}
        ) from None


def log_entries(action: str, entries: Iterable[LedgerEntry], *, by) -> None:
    """Last of all: whoever holds the log's lock must not wait for a site."""
    for entry in entries:
        AuditEvent.objects.record(
            action,
            entry,
            by=by,
            organization=entry.site.organization,
            note=entry.memo,
            kind=entry.kind,
            source=entry.source,
            amount=str(entry.amount),
        )
