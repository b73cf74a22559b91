"""专账核算, said on the page of a site's account book."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from funding.actions import say_bookkeeping
from funding.forms.ledger import BookkeepingForm
from funding.rules import can_say_bookkeeping
from funding.views.books import get_site


@require_POST
def say(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_site(request, pk)
    if not can_say_bookkeeping(request.user, site):
        raise PermissionDenied
    form = BookkeepingForm(request.POST)
    try:
        if form.is_valid():
            say_bookkeeping(site, by=request.user, **form.cleaned_data)
            messages.success(request, "已登记专账核算情况。")
        else:
            messages.error(request, "请选择“是”或“否”。")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("funding:site_book", pk)
