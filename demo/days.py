"""Office days and hours, so that the demo's history happens when people are at their desks."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

# Public holidays of fixed date, (month, day). Spring Festival moves; a demo can do without it.
HOLIDAYS = {(1, 1), (5, 1), (5, 2), (5, 3)} | {(10, day) for day in range(1, 8)}
# Beginnings of the office's half days.
HALF_DAYS = [time(8, 40), time(14, 40)]


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS


def working_day(day: date, shift: int = 0) -> date:
    """`day` itself or the next working day, then `shift` working days on (back when negative)."""
    step = timedelta(days=-1 if shift < 0 else 1)
    while not is_working_day(day):
        day += step
    for _ in range(abs(shift)):
        day += step
        while not is_working_day(day):
            day += step
    return day


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
