"""Health and the error pages. An error page carries a number that stands in the log beside the cause."""

import logging
import sys
import uuid

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)


@login_not_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 "正常" when the database answers, 503 otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return HttpResponse("数据库暂时连接不上", status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse("正常", content_type="text/plain; charset=utf-8")


def error_page(request: HttpRequest, status: int, template: str = "", **context) -> HttpResponse:
    """The page of `status`, rendered without the request: no context processor, hence no session and no database."""
    number = uuid.uuid4().hex[:8].upper()
    log = logger.error if status >= 500 else logger.warning
    log("错误 %s：%s %s %s", number, status, request.method, request.path)
    page = render_to_string(template or f"{status}.html", {"number": number, **context})
    return HttpResponse(page, status=status)


def bad_request(request, exception=None):
    return error_page(request, 400)


def permission_denied(request, exception=None):
    """A refusal raised with a sentence in Chinese shows it: PermissionDenied("已下达的分配表不能修改。")."""
    return error_page(request, 403, reason=str(exception or ""))


def csrf_failure(request, reason=""):
    return error_page(request, 403, "403_csrf.html")


def not_found(request, exception=None):
    return error_page(request, 404)


def method_not_allowed(request, allowed: str):
    response = error_page(request, 405)
    response["Allow"] = allowed
    return response


def server_error(request):
    """Called inside the `except` of what went wrong: a database that is gone is an outage, not a fault of ours."""
    if is_outage(sys.exc_info()[1]):
        return service_unavailable(request)
    return error_page(request, 500)


def is_outage(error: BaseException | None) -> bool:
    """Whether the database is gone. A deadlock or a timeout is an OperationalError, too, but one to look into.

    A connection that could not be made, or was lost, comes without an SQLSTATE; a server that says goodbye gives one of
    class 08 (connection) or 57P (shutting down, starting up).
    """
    if isinstance(error, OperationalError):
        return (getattr(error.__cause__, "sqlstate", None) or "08").startswith(("08", "57P"))
    return isinstance(error, InterfaceError)


def service_unavailable(request):
    # Without a session on the request its middleware does not try to save into the database that is gone,
    # which would take the connection timeout a second time.
    request.session = None
    response = error_page(request, 503)
    response["Retry-After"] = "30"
    return response
