"""The locks after repeated failures, kept by django-axes: from which address somebody comes, what is counted, and how
long a lock lasts."""

import math
from datetime import timedelta

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username, get_cool_off, get_failure_limit
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Q, QuerySet, Sum
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


class SignInHandler(AxesDatabaseHandler):
    """axes counts failures by name and address together; two wider limits stand beside that.

    One address trying many names (each try costs a password hash) is stopped whatever the names, and so is one name
    tried from many addresses. The second limit is high, because it lets a stranger keep a colleague out for a while.
    """

    def get_failures(self, request: HttpRequest, credentials: dict | None = None) -> int:
        """As many as lock when a wider limit is reached: axes compares with its one limit only."""
        failures = super().get_failures(request, credentials)
        reached = wider_locks(get_client_username(request, credentials), request.axes_ip_address)
        return max(failures, get_failure_limit(request, credentials)) if reached else failures


def wider_locks(username: str, address: str | None) -> list[Q]:
    """Which failures keep this name, or this address, out at present: conditions on AccessAttempt."""
    by_address, by_account = Q(ip_address=address), Q(username=username)
    failures = _recent_failures(by_address | by_account).aggregate(
        address=Sum("failures_since_start", filter=by_address, default=0),
        account=Sum("failures_since_start", filter=by_account, default=0),
    )
    limits = [
        (by_address, failures["address"], settings.LOGIN_ADDRESS_LIMIT),
        (by_account, failures["account"], settings.LOGIN_ACCOUNT_LIMIT),
    ]
    return [condition for condition, number, limit in limits if number >= limit]


def _recent_failures(condition: Q) -> QuerySet:
    return AccessAttempt.objects.filter(condition, attempt_time__gte=timezone.now() - get_cool_off())


def lock_minutes() -> int:
    return math.ceil(get_cool_off() / timedelta(minutes=1))


def minutes_until_unlock(username: str, address: str | None) -> int:
    """Counted from the failure that locked; attempts during the lock don't prolong it."""
    condition = Q(username=username, ip_address=address)
    for wider in wider_locks(username, address):
        condition |= wider
    last = _recent_failures(condition).aggregate(last=Max("attempt_time"))["last"] or timezone.now()
    return max(1, math.ceil((last + get_cool_off() - timezone.now()) / timedelta(minutes=1)))
