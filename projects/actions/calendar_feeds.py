"""日历订阅 switched on, renewed and switched off by its user."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from fedwork import clock
from organizations.models import AuditEvent
from projects import rules
from projects.models import CalendarFeed
from projects.models.calendar_feed import digest, new_token


@transaction.atomic
def renew_feed(*, by) -> str:
    """A new secret address; the old one is dead. Returns the token, which is kept nowhere."""
    if not rules.can_subscribe(by):
        raise PermissionDenied
    token = new_token()
    CalendarFeed.objects.update_or_create(user=by, defaults={"token_hash": digest(token), "made_at": clock.now()})
    AuditEvent.objects.record("启用日历订阅", by, by=by, organization=by.organization)
    return token


@transaction.atomic
def stop_feed(*, by) -> None:
    """Twice is as good as once."""
    if CalendarFeed.objects.filter(user=by).delete()[0]:
        AuditEvent.objects.record("停用日历订阅", by, by=by, organization=by.organization)
