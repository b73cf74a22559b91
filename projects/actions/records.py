"""Activities and publicity: written down, put right and removed as long as the report of their month is open.

Each function locks that report, so that nothing is counted anew while it is being submitted. A report whose counted
figures change is a new version: what somebody checked before isn't what would be sent.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import transaction

from fedwork import clock
from organizations.models import AuditEvent
from projects.actions.attachments import remove_attachment
from projects.actions.locking import lock_for_filling_in
from projects.actions.reopening import refuse_changes_outside
from projects.counting import counted_values, measures_counting
from projects.models import MonthlyReport, SiteRecord


def add_record(record: SiteRecord, *, by) -> SiteRecord:
    """Keep a new activity or piece of publicity; `record` isn't saved yet.

    Raises ValidationError (locked, with the lock's sentence and code; outside the programme; not reopened by the
    return) and PermissionDenied.
    """
    return add_records([record], by=by)[0]


@transaction.atomic
def add_records(records: list[SiteRecord], *, by) -> list[SiteRecord]:
    """Several new ones of the same site and month, all or none. Raises as `add_record` does."""
    with _counting_anew(*records, by=by):
        for record in records:
            _check(record)
            record.recorded_at, record.recorded_by = clock.now(), by
            record.save()
    for record in records:
        _log("新增", record, by=by)
    return records


@transaction.atomic
def change_record(record: SiteRecord, *, by, version: int) -> SiteRecord:
    """Write what was put right in `record`; `version` is the one that was looked at. Its month stays: what was noted
    in the wrong month is removed there and added here. Raises as `add_record` does."""
    with _counting_anew(record, by=by):
        stored = _locked(record)
        if stored.version != version:
            raise ValidationError("您打开之后，这条记录又有改动，请刷新后核对再改。", code="stale")
        if (stored.site_id, stored.month) != (record.site_id, record.month):
            raise ValidationError(f"日期要在{stored.month_label}以内。记错了月份的，请移除这一条，到那个月另记。")
        _check(record)
        record.version = version + 1
        record.save()
    _log("修改", record, by=by)
    return record


@transaction.atomic
def remove_record(record: SiteRecord, *, by) -> None:
    """Mark it as removed, and remove its photos. Twice is as good as once. Raises as `add_record` does."""
    with _counting_anew(record, by=by) as report:
        stored = type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)
        if stored.removed_at:
            return
        for attachment in record.attachments.current().select_related("site__organization"):
            attachment.report = report
            remove_attachment(attachment, by=by)
        record.removed_at, record.removed_by = clock.now(), by
        record.save(update_fields=["removed_at", "removed_by"])
    _log("移除", record, by=by)


def _check(record: SiteRecord) -> None:
    """The report is locked by now, so that a second click finds what the first has written."""
    record.clean()
    record.validate_constraints()


def _locked(record: SiteRecord) -> SiteRecord:
    stored = type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)
    if stored.removed_at:
        raise ValidationError("这条记录已经移除。", code="removed")
    return stored


@contextmanager
def _counting_anew(record: SiteRecord, *more: SiteRecord, by) -> Iterator[MonthlyReport]:
    """Around writing records of one site and month."""
    report = record.report
    if report is None:
        raise ValidationError(f"{record.month_label}不在批次的月报月份之内，不能记。")
    report = lock_for_filling_in(report, by=by)
    measures = measures_counting([record, *more], report)
    before = counted_values(report, measures)
    yield report
    if counted_values(report, measures) != before:
        refuse_changes_outside(report, before)
        report.version, report.saved_at, report.saved_by = report.version + 1, clock.now(), by
        report.save(update_fields=["version", "saved_at", "saved_by"])


def _log(verb: str, record: SiteRecord, *, by) -> None:
    AuditEvent.objects.record(
        f"{verb}{record._meta.verbose_name}",
        record,
        by=by,
        organization=record.site.organization,
        happened_on=str(record.happened_on),
    )
