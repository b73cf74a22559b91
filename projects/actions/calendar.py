"""The office's working days, and the due dates that hang on them. Nothing is recorded before every row is locked and
written: from the first record on everybody else's actions wait."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import transaction

from fedwork import clock
from organizations.models import AuditEvent, CalendarException
from organizations.rules import can_manage_calendar
from projects.models import MonthlyReport, Programme


@transaction.atomic
def recompute_due_dates(programme: Programme, *, by, note: str) -> int:
    """Give the reports that aren't due yet and were never submitted the dates of the present rule and calendar.

    How many were changed; one audit row when any was. A new date that has passed already is left out: nobody becomes
    overdue by a change of the rule. The caller has checked that `by` may change the rule.
    """
    changed = _move_due_dates(programme)
    _record_moves({programme: changed}, by=by, note=note)
    return changed


def save_calendar_exceptions(exceptions: list[CalendarException], *, by) -> int:
    """Enter or change days; how many reports are due at another time now. Raises ValidationError, PermissionDenied."""

    def write() -> None:
        for row in exceptions:
            row.full_clean()
            row.save()

    verb = "修改" if exceptions[0].pk else "新增"
    return _change_calendar(write, exceptions, verb=verb, by=by)


def remove_calendar_exception(exception: CalendarException, *, by) -> int:
    """The day goes by what is published again; how many reports are due at another time now. Raises PermissionDenied."""
    rows = CalendarException.objects.filter(pk=exception.pk)
    return _change_calendar(rows.delete, [exception], verb="删除", by=by)


@transaction.atomic
def _change_calendar(write: Callable, exceptions: list[CalendarException], *, verb: str, by) -> int:
    if not can_manage_calendar(by):
        raise PermissionDenied
    write()
    programmes = Programme.objects.select_related("organization").order_by("pk")
    moved = {row: _move_due_dates(row) for row in programmes if row.due_rule.asks_calendar}
    note = f"{verb}工作日调整：{exceptions[0]}{f' 等 {len(exceptions)} 天' if len(exceptions) > 1 else ''}"
    for exception in exceptions:
        AuditEvent.objects.record(f"{verb}工作日调整", exception, by=by)
    _record_moves(moved, by=by, note=note)
    return sum(moved.values())


def _move_due_dates(programme: Programme) -> int:
    now, changed = clock.now(), 0
    calendar = programme.due_rule.load_calendar()
    rows = MonthlyReport.objects.filter(site__programme=programme, first_submitted_at=None, due_at__gt=now)
    held = list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", "month"))
    for month in sorted({month for _, month in held}):
        due_at = programme.due_at(month, calendar)
        if due_at > now:
            its_rows = MonthlyReport.objects.filter(pk__in=[pk for pk, its_month in held if its_month == month])
            changed += its_rows.exclude(due_at=due_at).update(due_at=due_at)
    return changed


def _record_moves(moved: dict[Programme, int], *, by, note: str) -> None:
    for programme, changed in moved.items():
        if changed:
            AuditEvent.objects.record(
                "重算截止时间", programme, by=by, organization=programme.organization, note=note, reports=changed
            )
