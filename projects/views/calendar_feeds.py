"""日历订阅: the page on which a user switches it on, and the feed itself, which knows its reader by the address alone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from projects.actions import renew_feed, stop_feed
from projects.models import CalendarFeed
from projects.schedule.feed import feed_of


@require_safe
def calendar_settings(request: HttpRequest) -> HttpResponse:
    return _render(request)


@require_POST
def calendar_renew(request: HttpRequest) -> HttpResponse:
    """The address is shown this once: nobody can read it out of the database."""
    token = renew_feed(by=request.user)
    return _render(request, address=request.build_absolute_uri(reverse("projects:calendar_feed", args=[token])))


@require_POST
def calendar_stop(request: HttpRequest) -> HttpResponse:
    stop_feed(by=request.user)
    messages.success(request, "已停用日历订阅，原来的地址不再有效。")
    return redirect("projects:calendar_settings")


def _render(request: HttpRequest, address: str = "") -> HttpResponse:
    context = {
        "feed": CalendarFeed.objects.filter(user=request.user).first(),
        "address": address,
        "webcal": address.replace("https://", "webcal://", 1).replace("http://", "webcal://", 1),
    }
    return render(request, "projects/calendar_settings.html", context)


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """404 for every address that opens nothing, whyever."""
    feed = CalendarFeed.objects.of_token(token)
    if feed is None:
        raise Http404
    content = feed_of(feed.user, base=request.build_absolute_uri("/").rstrip("/"))
    headers = {"Cache-Control": "private, max-age=900", "Content-Disposition": 'inline; filename="fedwork.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)
