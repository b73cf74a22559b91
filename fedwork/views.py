"""Health and the error pages. An error page carries a number that stands in the log beside the cause."""

import logging
import uuid

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.utils import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
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


def error_page(request: HttpRequest, status: int) -> HttpResponse:
    number = uuid.uuid4().hex[:8].upper()
    logger.warning("错误 %s：%s %s %s", number, status, request.method, request.path)
    return render(request, f"{status}.html", {"number": number}, status=status)


def bad_request(request, exception=None):
    return error_page(request, 400)


def permission_denied(request, exception=None):
    return error_page(request, 403)


def not_found(request, exception=None):
    return error_page(request, 404)


def server_error(request):
    return error_page(request, 500)
