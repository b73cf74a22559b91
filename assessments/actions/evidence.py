"""Files come to a veto or to the province's result, and are marked as taken out. What they belong to is the lock."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from assessments import rules
from assessments.actions.vetoes import locked_veto
from assessments.models import EvidenceFile, ScoreRound, VetoFinding
from assessments.models.evidence import Record
from fedwork import clock
from fedwork.received import ReceivedFile
from funding.actions.scans import keep_scan, take_out_scan
from projects.actions.attachments import whole

TOO_LATE = "佐证材料只能由上传的人在当天移除；传错了请另传一份，并在说明里写清楚。"


def add_evidence_file(record: Record, *, by, received: ReceivedFile) -> EvidenceFile:
    """The same content sent twice is kept once. Raises ValidationError (decided, too many, disk full) and
    PermissionDenied; no file stays without its row."""
    is_veto = isinstance(record, VetoFinding)
    scan = EvidenceFile(uploaded_by=by, uploaded_at=clock.now(), **{"veto" if is_veto else "score_round": record})
    scan.is_of_site = is_veto and rules.can_explain_veto(by, record)
    with whole(scan):
        record = _locked(record)
        if not rules.can_attach_evidence(by, record):
            raise PermissionDenied
        return keep_scan(scan, received, beside=record.files, action="上传考核佐证", **_about(record))


@transaction.atomic
def remove_evidence_file(scan: EvidenceFile, *, by) -> None:
    """Only marked: whoever read it may have relied on it. Raises ValidationError and PermissionDenied."""
    record = _locked(scan.record)
    if scan.uploaded_by_id != by.pk or not rules.can_attach_evidence(by, record):
        raise PermissionDenied
    if not scan.removed_at and not rules.can_take_out_evidence(by, scan):
        raise ValidationError(TOO_LATE)
    take_out_scan(scan, only_mark=True, by=by, action="移除考核佐证", **_about(record))


def _locked(record: Record) -> Record:
    if isinstance(record, VetoFinding):
        return locked_veto(record)
    return ScoreRound.objects.select_for_update(of=("self",)).for_page().get(pk=record.pk)


def _about(record: Record) -> dict:
    return {"organization": record.site.organization, record._meta.model_name: record.pk}
