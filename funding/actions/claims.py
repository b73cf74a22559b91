"""Every step of a claim (报账单): written, submitted, checked at the township, paid by the county, returned, taken back.

The claim's row is the lock under which all of them happen; payment then locks the site, as every posting does. Each
step says which version it saw: of two at once the second is told that the claim has moved on.
"""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from funding.actions.ledger import Posting, post_entries, reverse_together
from funding.claims import rules
from funding.claims.checks import name_of, problems, total_of, voucher_problems
from funding.models import Claim, ClaimFile, ClaimLine, ClaimState, ClaimStep, ClaimStepKind, ClaimTerms, VoucherUse
from funding.models.claim import TO_WRITE, UNDER_WAY
from funding.states import EntryKind, FundSource
from organizations.models import AuditEvent, Level, Organization, Role, User
from projects.models import Programme

MOVED_ON = "您打开之后，这张报账单又有新的办理，请看过再办。"
WRITTEN = ["source", "subject", "method", "handler_post", "certifier_post", "approver_post"]
STEP, STATE = ClaimStepKind, ClaimState


@transaction.atomic
def write_claim(claim: Claim, lines: list[ClaimLine], *, by) -> Claim:
    """Keep a new claim, or what was changed in one that is a draft or came back. `lines` are all its vouchers from now
    on; `claim.version` is the one that the writer saw. Raises ValidationError and PermissionDenied."""
    if not rules.can_write_claims(by, claim.site):
        raise PermissionDenied
    is_new = claim.pk is None
    if is_new:
        claim.created_at, claim.version = clock.now(), 0
    else:
        kept = _locked(claim, claim.version, TO_WRITE)
        for name in WRITTEN:
            setattr(kept, name, getattr(claim, name))
        claim = kept
    claim.full_clean()
    claim.version += 1
    claim.save()
    _write_lines(claim, lines, by=by)
    _step(claim, STEP.WRITTEN if is_new else STEP.CHANGED, "填写报账单" if is_new else "修改报账单", by=by)
    return claim


def _write_lines(claim: Claim, lines: list[ClaimLine], *, by) -> None:
    gone = claim.lines.exclude(pk__in=[line.pk for line in lines if line.pk])
    scans = ClaimFile.objects.filter(line__in=gone, removed_at=None)
    scans.update(removed_at=clock.now(), removed_by=by)
    gone.delete()
    for number, line in enumerate(lines, 1):
        line.claim, line.voucher_key = claim, VoucherUse.written(line.voucher_number)
        if line.voucher_on and line.voucher_on > clock.today():
            raise ValidationError(f"{name_of(number, line)}的开票日期晚于今天。")
        try:
            line.full_clean()
        except ValidationError as error:
            raise ValidationError([f"{name_of(number, line)}：{words}" for words in error.messages]) from None
        line.save()


@transaction.atomic
def submit_claim(claim: Claim, *, by, version: int) -> Claim:
    """提交: to the township where somebody else than the writers can check it, otherwise to the county."""
    claim = _locked(claim, version, TO_WRITE)
    if not rules.can_write_claims(by, claim.site):
        raise PermissionDenied
    # Two claims with one voucher at the same time: the second sees the first.
    Programme.objects.select_for_update(no_key=True).get(pk=claim.site.programme_id)
    if found := problems(claim, list(claim.lines.select_related("purpose"))):
        raise ValidationError(found)
    checks, words = _goes_to_township(claim, by)
    claim.state = STATE.TOWNSHIP if checks else STATE.COUNTY
    claim.submitted_at, claim.submitted_by = clock.now(), by
    claim.checked_at = claim.checked_by = None
    _save(claim, "state", "submitted_at", "submitted_by", "checked_at", "checked_by")
    _step(claim, STEP.SUBMITTED, "提交报账单", words, by=by)
    return claim


def _goes_to_township(claim: Claim, by) -> tuple[bool, str]:
    """Whether it does, and the reason to be read in the log."""
    if not ClaimTerms.of(claim.site.programme).has_township_check:
        return False, "本批次不设乡镇审核，直接报县级"
    above = Organization.objects.filter(pk__in=claim.site.organization.ancestor_ids, level=Level.TOWNSHIP)
    checkers = User.objects.filter(organization__in=above, role=Role.CADRE, is_active=True)
    if checkers.exclude(pk__in=claim.writer_ids | {by.pk}).exists():
        return True, "报乡镇审核"
    return False, "乡镇没有填写人以外的审核人，直接报县级"


@transaction.atomic
def withdraw_claim(claim: Claim, *, by, version: int) -> Claim:
    """撤回, as long as it isn't paid."""
    claim = _locked(claim, version, UNDER_WAY)
    if not rules.can_write_claims(by, claim.site):
        raise PermissionDenied
    claim.state = STATE.DRAFT
    _save(claim, "state")
    _step(claim, STEP.WITHDRAWN, "撤回报账单", by=by)
    return claim


@transaction.atomic
def void_claim(claim: Claim, *, by, version: int, reason: str) -> Claim:
    """作废: a draft or a returned claim that will not be submitted any more; it stays to be seen."""
    claim = _locked(claim, version, TO_WRITE)
    if not rules.can_write_claims(by, claim.site):
        raise PermissionDenied
    claim.state = STATE.VOID
    _save(claim, "state")
    _step(claim, STEP.VOIDED, "作废报账单", reason, by=by)
    return claim


@transaction.atomic
def check_claim(claim: Claim, *, by, version: int, note: str = "") -> Claim:
    """乡镇审核通过."""
    claim = _locked(claim, version, {STATE.TOWNSHIP})
    if not rules.can_check_claim(by, claim):
        raise PermissionDenied
    claim.state, claim.checked_at, claim.checked_by = STATE.COUNTY, clock.now(), by
    _save(claim, "state", "checked_at", "checked_by")
    _step(claim, STEP.CHECKED, "乡镇审核报账单", note, by=by)
    return claim


@transaction.atomic
def return_claim(claim: Claim, *, by, version: int, reason: str) -> Claim:
    """退回 by the township or the county, whoever has it; it can be changed and submitted again."""
    claim = _locked(claim, version, UNDER_WAY)
    may = rules.can_check_claim if claim.state == STATE.TOWNSHIP else rules.can_pay_claim
    if not may(by, claim):
        raise PermissionDenied
    claim.state = STATE.RETURNED
    _save(claim, "state")
    _step(claim, STEP.RETURNED, "退回报账单", reason, by=by)
    return claim


@transaction.atomic
def pay_claim(claim: Claim, *, by, version: int, paid_on: date, payment_number: str = "", note: str = "") -> Claim:
    """支付: each voucher becomes one spending in the ledger, in this transaction. The same click again is answered with
    what the first one did. Raises ValidationError (by line; or the ledger's ceiling) and PermissionDenied."""
    claim = locked_claim(claim)
    if not rules.can_pay_claim(by, claim):
        raise PermissionDenied
    if (claim.state, claim.paid_by_id, claim.version) == (STATE.PAID, by.pk, version + 1):
        return claim
    _refuse(claim, version, {STATE.COUNTY})
    lines = list(claim.lines.select_related("purpose"))
    if found := list(voucher_problems(claim, lines)):
        raise ValidationError(found)
    _post(claim, lines, paid_on, by=by)
    claim.state, claim.paid_at, claim.paid_by = STATE.PAID, clock.now(), by
    claim.paid_on, claim.payment_number = paid_on, payment_number.strip()
    claim.clean_fields(exclude=["site"])
    _save(claim, "state", "paid_at", "paid_by", "paid_on", "payment_number")
    _step(claim, STEP.PAID, "支付报账单", note, by=by, amount=str(total_of(lines)), paid_on=f"{paid_on}")
    return claim


def _post(claim: Claim, lines: list[ClaimLine], paid_on: date, *, by) -> None:
    postings = [posting_of(claim, line, paid_on) for line in lines]
    try:
        entries = post_entries(postings, by=by)
    except ValidationError as error:
        raise ValidationError(error.messages, code=getattr(error, "code", None)) from None
    for line, entry in zip(lines, entries, strict=True):
        line.entry = entry
        line.save(update_fields=["entry"])


def posting_of(claim: Claim, line: ClaimLine, paid_on: date) -> Posting:
    """The spending that a voucher becomes."""
    return Posting(
        claim.site,
        EntryKind.SPENT,
        FundSource(claim.source),
        line.amount,
        paid_on,
        voucher_number=line.voucher_number,
        purpose=line.purpose,
        memo=f"{claim.number}：{claim.subject}，付{line.payee}"[:200],
        key=line.key,
    )


@transaction.atomic
def reverse_claim(claim: Claim, *, by, version: int, reason: str) -> Claim:
    """退库冲销: every entry of a paid claim is reversed, its vouchers can be used again on a new claim."""
    claim = _locked(claim, version, {STATE.PAID})
    if not rules.can_pay_claim(by, claim):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": "请写明原因。"})
    entries = [line.entry for line in claim.lines.select_related("entry__site", "entry__purpose")]
    reverse_together(entries, reason=f"{claim.number}冲销：{reason.strip()}"[:200], by=by)
    claim.state = STATE.REVERSED
    _save(claim, "state")
    _step(claim, STEP.REVERSED, "冲销报账单", reason, by=by)
    return claim


def locked_claim(claim: Claim) -> Claim:
    """The claim as it is now, nobody else's until the transaction ends."""
    rows = Claim.objects.select_for_update(of=("self",))
    return rows.select_related("site__programme__organization", "site__organization").get(pk=claim.pk)


def _locked(claim: Claim, version: int, allowed: set) -> Claim:
    claim = locked_claim(claim)
    _refuse(claim, version, allowed)
    return claim


def _refuse(claim: Claim, version: int, allowed: set) -> None:
    if claim.version != version:
        raise ValidationError(MOVED_ON, code="stale")
    if claim.state not in allowed:
        raise ValidationError(f"现在的状态是“{claim.get_state_display()}”，不能这样办理。")


def _save(claim: Claim, *fields: str) -> None:
    claim.version += 1
    claim.save(update_fields=["version", *fields])


def _step(claim: Claim, kind: ClaimStepKind, action: str, text: str = "", *, by, **detail) -> None:
    """The step, and the row in the log, which comes last."""
    step = ClaimStep(claim=claim, kind=kind, text=text.strip(), state=claim.state, made_at=clock.now(), made_by=by)
    step.full_clean(exclude=["claim", "made_by"])
    step.save(force_insert=True)
    vars(claim).pop("writer_ids", None)
    AuditEvent.objects.record(
        action,
        claim,
        by=by,
        organization=claim.site.organization,
        note=step.text,
        state=claim.get_state_display(),
        **detail,
    )
