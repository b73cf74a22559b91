"""The month's reports by Excel: download, upload, look at what would change, confirm."""

from datetime import date

from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fedwork.downloads import workbook_response
from projects.forms.report import ReportForm
from projects.models import MonthlyReport
from projects.sheet import report_sheets
from projects.views.month import first_of_month, open_reports
from projects.workbook import Plan, Upload, plan_upload, read_upload, write_workbook

SALT = "projects.workbook"
PREVIEW_SECONDS = 2 * 60 * 60
MAX_SITES = 200
EXPIRED = "预览已过期或者换了人登录，请重新上传文件。"


@require_safe
def month_workbook(request: HttpRequest, year: int, month: int) -> HttpResponse:
    first = first_of_month(request, year, month)
    reports = list(open_reports(request, first)[:MAX_SITES])
    if not reports:
        return _render(request, first, error="这个月没有要填的月报，不用下载填报表。")
    book = write_workbook(_forms(reports), user=request.user, month=first)
    return workbook_response(book, f"{year}年{month}月月报填报表")


def _forms(reports: list[MonthlyReport]) -> list[ReportForm]:
    return [ReportForm(sheet=sheet) for sheet in report_sheets(reports)]


@require_http_methods(["GET", "HEAD", "POST"])
def month_upload(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """The page, and the preview of what was uploaded: nothing is written here."""
    first = first_of_month(request, year, month)
    if request.method != "POST":
        return _render(request, first)
    file = request.FILES.get("file")
    if file is None:
        return _render(request, first, error="请先选择填好的 Excel 文件。")
    try:
        upload = read_upload(file, user=request.user, month=first)
    except ValidationError as error:
        return _render(request, first, error=error.messages[0])
    plan = plan_upload(upload, user=request.user).try_out(by=request.user)
    return _render(request, first, plan=plan, token=_sealed(request, upload))


def _sealed(request: HttpRequest, upload: Upload) -> str:
    """What was previewed travels through the page itself, sealed for this user, this session and two hours; there is
    no file to keep, and what is confirmed is what was shown."""
    return signing.dumps(
        {**upload.packed(), "user": request.user.pk, "session": request.session.session_key}, salt=SALT, compress=True
    )


def _opened(request: HttpRequest, month: date) -> Upload | None:
    try:
        data = signing.loads(request.POST.get("token", ""), salt=SALT, max_age=PREVIEW_SECONDS)
    except signing.BadSignature:
        return None
    is_own = (data.pop("user"), data.pop("session")) == (request.user.pk, request.session.session_key)
    return Upload.unpacked(data) if is_own and data["month"] == f"{month:%Y-%m}" else None


@require_POST
def month_confirm(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """Writes what was previewed; a result for each site."""
    first = first_of_month(request, year, month)
    upload = _opened(request, first)
    if upload is None:
        return _render(request, first, error=EXPIRED)
    plan = plan_upload(upload, user=request.user).carry_out(by=request.user)
    return _render(request, first, plan=plan, token=_sealed(request, upload), is_done=True)


@require_POST
def month_marked(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """What was typed, on the state of now, the cells that were refused in red with the reason as a comment."""
    first = first_of_month(request, year, month)
    upload = _opened(request, first)
    if upload is None:
        return _render(request, first, error=EXPIRED)
    plan = plan_upload(upload, user=request.user).try_out(by=request.user)
    forms = [ReportForm(sheet=planned.sheet) for planned in plan.reports if not planned.lock]
    if not forms:
        return _render(request, first, error="这些月报都已提交或锁定，没有可以改的格子。")
    book = write_workbook(forms, user=request.user, month=first, typed=plan.typed(), marks=plan.marks())
    return workbook_response(book, f"{year}年{month}月月报填报表（标红）")


def _render(
    request: HttpRequest, month: date, *, error: str = "", plan: Plan | None = None, token: str = "", is_done=False
) -> HttpResponse:
    context = {"month": month, "error": error, "plan": plan, "token": token, "is_done": is_done}
    return render(request, "projects/month_upload.html", context, status=422 if error else 200)
