"""The lock after repeated failures, kept by django-axes: from which address somebody comes, and how long a lock lasts."""

import math
from datetime import timedelta

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest
from django.utils import timezone


def client_address(request: HttpRequest) -> str | None:
    """The address that the outermost of our own proxies saw (PROXY_COUNT of them), else the connection's.

    Counted from the right: what stands further left in X-Forwarded-For was written by the visitor, who would escape
    the lock, or put it on somebody else, by making up an address.
    """
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    hops = settings.PROXY_COUNT
    return forwarded[-hops] if 0 < hops <= len(forwarded) and forwarded[-hops] else request.META.get("REMOTE_ADDR")


def lock_minutes() -> int:
    return math.ceil(get_cool_off() / timedelta(minutes=1))


def minutes_until_unlock(username: str, address: str | None) -> int:
    """Counted from the failure that locked; attempts during the lock don't prolong it."""
    failures = AccessAttempt.objects.filter(username=username, ip_address=address)
    last = failures.aggregate(last=Max("attempt_time"))["last"] or timezone.now()
    return max(1, math.ceil((last + get_cool_off() - timezone.now()) / timedelta(minutes=1)))
