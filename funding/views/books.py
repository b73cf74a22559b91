"""A site's account book: entries with the balance after each, new entries, reversals."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fedwork import clock
from funding import rules
from funding.actions import post_entry, reverse_entry
from funding.amounts import MatchingRule
from funding.board import Money, Span, Standing, money_of
from funding.book import book
from funding.forms.ledger import BookFilterForm, BookkeepingForm, EntryForm, ReversalForm
from funding.models import LedgerEntry
from funding.rules import can_view_tables
from projects.models import ProjectSite


def get_site(request: HttpRequest, pk: int) -> ProjectSite:
    """A site in the user's subtree, else 404; a role without business data gets 403."""
    if not can_view_tables(request.user):
        raise PermissionDenied
    sites = ProjectSite.objects.visible_to(request.user)
    return get_object_or_404(sites.select_related("programme__organization", "organization", "creation_type"), pk=pk)


def get_entry(request: HttpRequest, pk: int) -> LedgerEntry:
    if not can_view_tables(request.user):
        raise PermissionDenied
    entries = LedgerEntry.objects.visible_to(request.user)
    around = ["site__programme__organization", "site__organization", "purpose", "recorded_by", "table", "reallocation"]
    return get_object_or_404(entries.select_related(*around, "reverses", "reversal"), pk=pk)


@require_safe
def site_book(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_site(request, pk)
    form = BookFilterForm(request.GET)
    query = form.query()
    found = book(site, query, request.GET.get("page"))
    context = {
        "site": site,
        "form": form,
        "query": query,
        "book": found,
        "page_obj": found.page,
        "standing": standing_of(site),
        "is_filtered": any(request.GET.values()),
        "can_post": rules.can_post_any(request.user, site),
        "bookkeeping": site.bookkeeping_statements.select_related("recorded_by").first(),
        "bookkeeping_form": BookkeepingForm() if rules.can_say_bookkeeping(request.user, site) else None,
    }
    return render(request, "funding/site_book.html", context)


def standing_of(site: ProjectSite) -> Standing:
    now = clock.now()
    money = money_of(ProjectSite.objects.filter(pk=site.pk), now).get(site.pk) or Money()
    return Standing(site, money, MatchingRule.of(site.programme), Span.of(site.programme, clock.today()))


@require_http_methods(["GET", "HEAD", "POST"])
def entry_add(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_site(request, pk)
    if not rules.can_post_any(request.user, site):
        raise PermissionDenied
    form = EntryForm(request.POST or None, site=site, user=request.user)
    if request.method == "POST" and form.is_valid() and (entry := _post(request, form)):
        messages.success(request, f"已登记：{entry.get_source_display()}{entry.get_kind_display()} {entry.amount} 元。")
        return redirect("funding:site_book", pk)
    return render(request, "funding/entry_add.html", {"site": site, "form": form}, status=200)


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
    can_reverse = (
        rules.can_post(request.user, entry.site, entry.kind)
        and not entry.is_by_document
        and not hasattr(entry, "claim_line")
        and not entry.is_reversed
        and entry.reverses is None
    )
    context = {"entry": entry, "form": form, "can_reverse": can_reverse}
    return render(request, "funding/entry_detail.html", context)
