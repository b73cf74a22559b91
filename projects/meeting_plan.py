"""When the supervision meetings of a programme are due, by its rule, and which of them were held."""

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from organizations.calendar import Calendar, load_calendar
from projects.models import Meeting, Programme
from projects.states import Mark

SOON = timedelta(days=21)


@dataclass(frozen=True)
class Slot:
    """One of the programme's dates, and the meeting that answers it."""

    number: int
    due_on: date
    meeting: Meeting | None = None

    def mark(self, today: date) -> Mark:
        if self.meeting and self.meeting.held_on <= today:
            return Mark("已召开", "ok") if self.meeting.held_on <= self.due_on else Mark("逾期召开", "warn")
        if self.due_on < today:
            return Mark("逾期未开", "bad")
        if self.meeting:
            return Mark("已安排", "wait")
        return Mark("快到期", "warn") if self.due_on - today <= SOON else Mark("未到", "idle")


def due_days(programme: Programme, calendar: Calendar) -> list[date]:
    """The last working days on which the meetings can be held (S0: 每两个月召开一次; a programme that begins in June
    meets by the ends of August, October and December). Empty where the programme meets as it likes."""
    interval = programme.meeting_interval
    if not interval:
        return []
    first = programme.meeting_first_on or programme.first_month + relativedelta(months=interval, day=31)
    day_31 = 31 if (first + timedelta(days=1)).day == 1 else None
    end = programme.last_month + relativedelta(day=31)
    days, number = [], 0
    while (day := first + relativedelta(months=number * interval, day=day_31)) <= end:
        days.append(day if calendar.is_workday(day) else calendar.add_workdays(day, -1))
        number += 1
    return days


def plan(programme: Programme) -> list[Slot]:
    """Two queries."""
    held = {meeting.due_on: meeting for meeting in programme.meetings.supervision().exclude(due_on=None)}
    days = due_days(programme, load_calendar())
    return [Slot(number, day, held.get(day)) for number, day in enumerate(days, 1)]


def unplanned(programme: Programme, slots: list[Slot]) -> list[Meeting]:
    """Meetings beyond the plan, also those whose date the rule no longer names."""
    planned = [slot.meeting.pk for slot in slots if slot.meeting]
    return list(programme.meetings.exclude(pk__in=planned))
