"""One entry of the ledger: posted with its scans, read with all that stands behind it, reversed."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from funding import rules
from funding.actions import add_entry_file, post_entry, reverse_entry
from funding.amounts import yuan
from funding.forms.ledger import EntryForm, EntryPageForm, ReversalForm
from funding.models import LedgerEntry
from funding.views.access import get_entry, get_site
from funding.views.scans import keep_scans, received_files
from projects.models import Attachment


@require_http_methods(["GET", "HEAD", "POST"])
def entry_add(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_site(request, pk)
    if not rules.can_post_any(request.user, site):
        raise PermissionDenied
    form = EntryPageForm(request.POST or None, site=site, user=request.user)
    if request.method == "POST" and form.is_valid():
        scans = received_files(request, form)
        if form.is_valid() and (entry := _post(request, form)):
            kept = keep_scans(request, scans, partial(add_entry_file, entry), done="已登记")
            scanned = f"，扫描件 {kept} 个" if kept else "；凭证照片可以以后在这一笔里补传"
            messages.success(request, f"已登记：{entry.in_words} {yuan(entry.amount)} 元{scanned}。")
            return redirect("funding:site_book", pk)
    context = {"site": site, "form": form, "limits": Attachment.objects.limits()}
    return render(request, "funding/entry_add.html", context)


def _post(request: HttpRequest, form: EntryForm) -> LedgerEntry | None:
    try:
        return post_entry(form.posting(), by=request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return None


@require_safe
def entry_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _entry_page(request, get_entry(request, pk), ReversalForm())


@require_POST
def entry_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    entry = get_entry(request, pk)
    if not rules.can_post(request.user, entry.site, entry.kind):
        raise PermissionDenied
    form = ReversalForm(request.POST)
    if form.is_valid():
        try:
            reverse_entry(entry, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "已冲正。原来那一笔保留，两笔相抵。")
            return redirect("funding:site_book", entry.site_id)
    return _entry_page(request, entry, form)


def _entry_page(request: HttpRequest, entry: LedgerEntry, form: ReversalForm) -> HttpResponse:
    scans = entry.files.select_related("uploaded_by", "removed_by")
    context = {
        "entry": entry,
        "form": form,
        "can_reverse": rules.can_reverse(request.user, entry),
        "can_attach": rules.can_attach(request.user, entry),
        "scans": [(scan, rules.can_take_out(request.user, scan)) for scan in scans],
        "claim_scans": _claim_scans(entry),
        "limits": Attachment.objects.limits(),
    }
    return render(request, "funding/entry_detail.html", context)


def _claim_scans(entry: LedgerEntry) -> list:
    """What came with the claim that was paid: the scans of its voucher and of the claim as a whole."""
    if not hasattr(entry, "claim_line"):
        return []
    line = entry.claim_line
    scans = line.claim.files.current().select_related("line", "uploaded_by")
    return [scan for scan in scans if scan.line_id in {None, line.pk}]
