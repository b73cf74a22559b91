"""The time that the application goes by: the real one, or another within `set_to`.

The demo writes months of history through the ordinary actions, and tests walk through a programme's year; both say
which day it is instead of reaching around the rules.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """Aware datetime."""
    return _moment.get() or timezone.now()


def today() -> date:
    """The calendar day in Asia/Shanghai."""
    return timezone.localdate(now())


@contextmanager
def set_to(moment: datetime) -> Iterator[None]:
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
