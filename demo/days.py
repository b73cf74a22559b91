"""Office days and hours, so that the demo's history happens when people are at their desks."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from organizations.calendar import PUBLISHED as OFFICE

is_working_day = OFFICE.is_workday
# Beginnings of the office's half days.
HALF_DAYS = [time(8, 40), time(14, 40)]


def working_day(day: date, shift: int = 0) -> date:
    """`day` itself or the next working day, then `shift` working days on (back when negative)."""
    if not is_working_day(day):
        day = OFFICE.add_workdays(day, -1 if shift < 0 else 1)
    return OFFICE.add_workdays(day, shift)


def at_desk(day: date, rng: Random) -> datetime:
    """A moment in office hours of `day`, Asia/Shanghai."""
    return _within(datetime.combine(day, rng.choice(HALF_DAYS)), rng)


def spread(count: int, *, start: date, until: datetime, rng: Random) -> list[datetime]:
    """`count` moments in office hours in ascending order, evenly from `start` to shortly before `until`.

    Empty when there are fewer half days than moments.
    """
    slots = list(_half_days(start, until))
    if len(slots) < count:
        return []
    chosen = [slots[(index + 1) * len(slots) // count - 1] for index in range(count)]
    return [_within(slot, rng) for slot in chosen]


def _half_days(start: date, until: datetime) -> Iterator[datetime]:
    """Half days from `start` that were over by `until`."""
    end = timezone.localtime(until).replace(tzinfo=None)
    day = start
    while day <= end.date():
        if is_working_day(day):
            yield from (slot for hour in HALF_DAYS if (slot := datetime.combine(day, hour)) + timedelta(hours=3) <= end)
        day += timedelta(days=1)


def _within(slot: datetime, rng: Random) -> datetime:
    return timezone.make_aware(slot + timedelta(minutes=rng.randrange(165), seconds=rng.randrange(60)))
