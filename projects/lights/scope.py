"""What the signals look at: the sites of a programme at a moment, with what several signals need read once."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from dateutil.relativedelta import relativedelta
from django.db.models import Max, Prefetch, Q, QuerySet
from django.utils import timezone

from projects.lights.items import OpenItem
from projects.lights.tasks import Task
from projects.models import (
    MonthlyReport,
    Programme,
    ProgressLine,
    ProjectSite,
    Rectification,
    RectificationStep,
    ScheduleItem,
)
from projects.models.replan import plan_at
from projects.models.report import accepted_by
from projects.states import ReportStatus

# What a task is made of, the dates of its plan last.
ITEM_FIELDS = ["pk", "name", "occurrence", "position", "milestone_on", "milestone_percent", "starts_on", "due_on"]


@dataclass
class Scope:
    """`sites` (a queryset without a slice) are of the programme; those not approved by the moment are left out."""

    programme: Programme
    moment: datetime
    sites: QuerySet
    memo: dict = field(default_factory=dict)  # what signals of other apps read once for several of theirs

    @cached_property
    def today(self) -> date:
        return timezone.localdate(self.moment)

    @cached_property
    def approved(self) -> QuerySet:
        return self.sites.filter(programme=self.programme, approved_at__lte=self.moment)

    def here(self, prefix: str = "site") -> Q:
        """`prefix` leads to the site."""
        return Q(**{f"{prefix}__in": self.approved.order_by().values("pk")})

    @cached_property
    def listed(self) -> list[ProjectSite]:
        """Each with its organisation, all with the one programme."""
        found = list(self.approved.select_related("organization").by_county())
        for site in found:
            site.programme = self.programme
        return found

    @cached_property
    def open_reports(self) -> dict[int, int]:
        """By site the number of its first report that isn't accepted now: where its progress can be reported."""
        begun = MonthlyReport.objects.filter(self.here(), month__lte=self.today)
        waiting = begun.exclude(status=ReportStatus.ACCEPTED).order_by("site_id", "month").distinct("site_id")
        return dict(waiting.values_list("site_id", "pk"))

    @cached_property
    def open_items(self) -> list[OpenItem]:
        """整改 that was not closed by the moment, in the state that its steps gave it by then; two queries."""
        steps = RectificationStep.objects.filter(made_at__lte=self.moment)
        items = Rectification.objects.filter(
            self.here(), Q(closed_at=None) | Q(closed_at__gt=self.moment), raised_at__lte=self.moment
        )
        items = items.select_related("site", "organization", "meeting").prefetch_related(Prefetch("steps", steps))
        return [OpenItem(item, list(item.steps.all())[-1], self.today) for item in items.order_by("due_on", "pk")]

    @cached_property
    def late_tasks(self) -> list[Task]:
        """Tasks that are behind the calendar at all; four queries, rows of numbers until a task is late."""
        known, percents = self._last_accepted(), self._percents()
        found = []
        for site, *values in self._begun_items():
            percent, known_on = percents.get(values[0], 0), known.get(site, self.today)
            if percent < 100 and values[-2] <= known_on:
                item = ScheduleItem(**dict(zip(ITEM_FIELDS, values, strict=True)))
                if not item.is_told_later(self.today):
                    found.append(Task(site, item, percent, known_on, self.open_reports.get(site)))
        return [task for task in found if task.behind > 0]

    def _begun_items(self) -> QuerySet:
        """Site and ITEM_FIELDS of the tasks that had begun, as they were planned at the moment."""
        planned = plan_at(self.moment)
        items = ScheduleItem.objects.filter(self.here("stage__site"))
        items = items.annotate(then_starts=planned["starts_on"], then_due=planned["due_on"])
        items = items.filter(then_starts__lte=self.today).order_by("stage__starts_on", "position", "pk")
        return items.values_list("stage__site_id", *ITEM_FIELDS[:-2], "then_starts", "then_due")

    def _last_accepted(self) -> dict[int, date]:
        """By site the end of its last accepted month, or today when that isn't over."""
        accepted = MonthlyReport.objects.filter(accepted_by(self.moment), self.here()).order_by()
        last = accepted.values("site_id").annotate(last=Max("month")).values_list("site_id", "last")
        ends: dict[date, date] = {}  # of the few months there are
        return {
            site: ends.get(month) or ends.setdefault(month, min(month + relativedelta(day=31), self.today))
            for site, month in last
        }

    def _percents(self) -> dict[int, int]:
        """By task what the last accepted report says of it."""
        lines = ProgressLine.objects.filter(
            accepted_by(self.moment, "report__"), self.here("report__site"), percent__isnull=False
        )
        latest = lines.order_by("item_id", "-report__month").distinct("item_id")
        return dict(latest.values_list("item_id", "percent"))
