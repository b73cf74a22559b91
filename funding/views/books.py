"""A site's account book: entries with the balance after each."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fedwork import clock
from funding import rules
from funding.amounts import MatchingRule
from funding.board import Span, Standing
from funding.book import book
from funding.forms.ledger import BookFilterForm, BookkeepingForm
from funding.money import Money, money_of
from funding.views.access import get_site
from projects.models import ProjectSite


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
        "can_reallocate": rules.can_reallocate(request.user, site),
        "can_post": rules.can_post_any(request.user, site),
        "bookkeeping": site.bookkeeping_statements.select_related("recorded_by").first(),
        "bookkeeping_form": BookkeepingForm() if rules.can_say_bookkeeping(request.user, site) else None,
    }
    return render(request, "funding/site_book.html", context)


def standing_of(site: ProjectSite) -> Standing:
    now = clock.now()
    money = money_of(ProjectSite.objects.filter(pk=site.pk), now).get(site.pk) or Money()
    return Standing(site, money, MatchingRule.of(site.programme), Span.of(site.programme, clock.today()))
