"""日历订阅: the secret address under which a phone or Outlook fetches a user's dates."""

import hashlib
import secrets

from django.db import models

from fedwork import clock


class CalendarFeedQuerySet(models.QuerySet):
    def of_token(self, token: str) -> "CalendarFeed | None":
        """The feed of somebody who may still sign in."""
        found = self.filter(token_hash=digest(token), user__is_active=True)
        return found.select_related("user__organization").first()


class CalendarFeed(models.Model):
    """One per user. The address holds the token; here is only its hash, so that a copy of the database opens nothing."""

    user = models.OneToOneField(
        "organizations.User", on_delete=models.CASCADE, related_name="calendar_feed", verbose_name="账号"
    )
    token_hash = models.CharField("口令校验值", max_length=64, unique=True)
    made_at = models.DateTimeField("启用时间", default=clock.now)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "日历订阅"

    def __str__(self) -> str:
        return f"{self.user}的日历订阅"


def new_token() -> str:
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """The token is 32 random bytes, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
