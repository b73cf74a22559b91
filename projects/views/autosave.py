"""Every field saves itself: what static/js/entry.js sends while somebody types, on the page of one report or in the
grid of all."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from fedwork.numbers import grouped_number, plain_number, posted_integer
from projects.actions import StaleReportError
from projects.forms.report import ReportForm
from projects.models import MonthlyReport
from projects.sheet import FigureLine, Sheet, TaskLine, report_sheet
from projects.views.access import get_own_report


@require_POST
def report_autosave(request: HttpRequest, pk: int) -> JsonResponse:
    """Keeps the posted fields. 200 {version, status, saved_at, fields, errors}: each field as it is stored now, and a sentence
    for each that wasn't understood. 409 {message, version, conflicts}: nothing was stored."""
    report = get_own_report(request, pk)
    if posted_integer(request.POST.get("writer")) != request.user.pk:
        return JsonResponse({"message": "这个窗口打开之后换了人登录，请重新打开这一页。"}, status=409)
    form = ReportForm(request.POST, sheet=report_sheet(report))
    form.is_valid()
    try:
        saved = form.save(by=request.user, version=posted_integer(request.POST.get("version")))
    except StaleReportError as error:
        return JsonResponse(_conflicts(get_own_report(request, pk), error), status=409)
    except ValidationError as error:
        return JsonResponse({"message": error.messages[0]}, status=409)
    return JsonResponse(_saved(saved, form))


def as_typed(value) -> str:
    """A stored value as it stands in its field."""
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, Decimal):
        return plain_number(value)
    return value.isoformat() if isinstance(value, date) else str("" if value is None else value)


def _saved(report: MonthlyReport, form: ReportForm) -> dict:
    sheet, touched = report_sheet(report), form.touched()
    lines = {line.key: _figure(line) for line in sheet.figures if line.key in touched}
    lines |= {task.percent_key: _task(task) for task in sheet.open_tasks if task.percent_key in touched}
    stored = sheet.stored()
    return {
        "version": report.version,
        "status": {"word": report.get_status_display(), "tag": report.tag},
        "saved_at": f"{timezone.localtime(report.saved_at):%H:%M}",
        "fields": {key: {"value": as_typed(stored.get(key))} | lines.get(key, {}) for key in touched},
        "errors": {key: " ".join(errors) for key, errors in form.errors.items()},
    }


def _figure(line: FigureLine) -> dict:
    return {
        "cumulative": grouped_number(line.cumulative),
        "warning": line.anomaly.sentence if line.anomaly else "",
    }


def _task(task: TaskLine) -> dict:
    return {"mark": task.mark._asdict(), "warning": task.anomaly.sentence if task.anomaly else ""}


def _conflicts(report: MonthlyReport, error: StaleReportError) -> dict:
    sheet: Sheet = report_sheet(report)
    stored = sheet.stored()
    return {
        "message": error.messages[0],
        "version": report.version,
        "by": f"{report.saved_by or ''} {timezone.localtime(report.saved_at):%H:%M}".strip(),
        "conflicts": {key: as_typed(stored.get(key)) for key in error.conflicts},
    }
