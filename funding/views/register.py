"""资金台账登记簿: a page at a time, and the whole as a file."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from fedwork import clock
from fedwork.downloads import workbook_response
from fedwork.excel import write_long_list
from funding.forms.register import RegisterForm
from funding.models import LedgerEntry
from funding.register import MOST_ROWS, RegisterFile, page_rows, scope_in_words, totals
from funding.rules import can_import_entries, can_view_tables
from projects.models import Programme

PAGE_LENGTH = 50


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The newest first; the same number of queries for any number of entries."""
    form = _form(request)
    entries = form.apply(LedgerEntry.objects.visible_to(request.user))
    keys = entries.order_by("-happened_on", "-pk").values_list("pk", flat=True)
    page = Paginator(keys, PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "entries": page_rows(entries, list(page)),
        "totals": [(total, f"?{form.query(kind=total.kind.value)}") for total in totals(entries)],
        "query": form.query(),
        "now": clock.now(),
        "is_filtered": any(request.GET.values()),
        "import_to": _import_to(request, form),
    }
    return render(request, "funding/register.html", context)


def _import_to(request: HttpRequest, form: RegisterForm) -> Programme | None:
    """The programme chosen or current, where the user may post for it."""
    found = form.chosen("programme") or Programme.objects.visible_to(request.user).current(request.user, clock.today())
    return found if found and can_import_entries(request.user, found) else None


@require_safe
def register_excel(request: HttpRequest) -> HttpResponse:
    """In the order in which it happened, all pages."""
    form = _form(request)
    entries = form.apply(LedgerEntry.objects.visible_to(request.user))
    count = entries.count()
    if count > MOST_ROWS:
        messages.error(request, f"一次最多导出 {MOST_ROWS} 笔，现在有 {count} 笔，请先按县或时间筛选。")
        return redirect(f"{reverse('funding:register')}?{form.query()}")
    place = form.chosen("county") or request.user.organization
    paper = RegisterFile(entries).paper(place=str(place), scope=scope_in_words(form, count))
    return workbook_response(write_long_list(paper), f"资金台账登记簿（{place}{clock.today():%Y%m%d}）")


def _form(request: HttpRequest) -> RegisterForm:
    if not can_view_tables(request.user):
        raise PermissionDenied
    return RegisterForm(request.GET, user=request.user)
