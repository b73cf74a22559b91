"""What the signals look at: the sites of a programme at a moment, with what several signals need read once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from dateutil.relativedelta import relativedelta
from django.db.models import QuerySet
from django.utils import timezone

from projects.lights.facts import TASK_FIELDS, Facts, LateReport
from projects.lights.items import OpenItem
from projects.lights.tasks import PlannedTask, Task
from projects.models import Programme, ProjectSite

DATES = 1 + len(TASK_FIELDS)  # where the dates begin in a row of a task


@dataclass
class Scope:
    """One of the moments of `facts`; the sites not approved by then are left out."""

    facts: Facts
    number: int = 0

    @classmethod
    def at(cls, programme: Programme, moment: datetime, sites: QuerySet) -> "Scope":
        return cls(Facts(programme, [moment], sites))

    @classmethod
    def series(cls, programme: Programme, moments: Sequence[datetime], sites: QuerySet) -> list["Scope"]:
        """Of moments in the order of time, with the queries of one."""
        facts = Facts(programme, moments, sites)
        return [cls(facts, number) for number in range(len(moments))]

    @property
    def programme(self) -> Programme:
        return self.facts.programme

    @property
    def moment(self) -> datetime:
        return self.facts.moments[self.number]

    @cached_property
    def today(self) -> date:
        return timezone.localdate(self.moment)

    @cached_property
    def listed(self) -> list[ProjectSite]:
        return [site for site in self.facts.listed if site.approved_at <= self.moment]

    @cached_property
    def ids(self) -> set[int]:
        return {site.pk for site in self.listed}

    @cached_property
    def overdue_reports(self) -> list[LateReport]:
        """Never submitted by the moment though due, the earliest due first."""
        return [
            report
            for report in self.facts.late_reports
            if report.due_at < self.moment
            and report.month <= self.today
            and (report.first_submitted_at is None or report.first_submitted_at > self.moment)
            and report.site_id in self.ids
        ]

    @cached_property
    def open_items(self) -> list[OpenItem]:
        """整改 that was not closed by the moment, in the state that its steps gave it by then."""
        return [
            OpenItem(item, [step for step in item.known_steps if step.made_at <= self.moment][-1], self.today)
            for item in self.facts.items
            if item.raised_at <= self.moment
            and (item.closed_at is None or item.closed_at > self.moment)
            and item.site_id in self.ids
        ]

    @cached_property
    def late_tasks(self) -> list[Task]:
        """Tasks that are behind the calendar at all."""
        known, percents = self._last_accepted(), self._percents()
        mine = DATES + 2 * self.number
        found = []
        for row in self.facts.tasks:
            site, values, starts_on, due_on = row[0], row[1:DATES], row[mine], row[mine + 1]
            percent, known_on = percents.get(values[0], 0), known.get(site, self.today)
            if percent < 100 and starts_on <= known_on and site in self.ids:
                item = PlannedTask(*values, starts_on, due_on)
                if not item.is_told_later(self.today) and item.is_lagging(percent, known_on):
                    found.append(Task(site, item, percent, known_on, self.facts))
        return found

    def _last_accepted(self) -> dict[int, date]:
        """By site the end of its last accepted month, or today when that isn't over."""
        last: dict[int, date] = {}
        for site, number, month in self.facts.accepted_months:
            if number <= self.number:
                last[site] = max(month, last.get(site, month))
        ends = {month: min(month + relativedelta(day=31), self.today) for month in set(last.values())}
        return {site: ends[month] for site, month in last.items()}

    def _percents(self) -> dict[int, int]:
        """By task what the last accepted report says of it."""
        told: dict[int, tuple[date, int]] = {}
        for task, number, month, percent in self.facts.told_percents:
            if number <= self.number and (task not in told or month > told[task][0]):
                told[task] = month, percent
        return {task: percent for task, (_, percent) in told.items()}
