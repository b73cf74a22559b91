"""What scopes of several moments look at, each thing read once for all of them: as many queries for seven moments as
for one. What the database can pick out by then is picked out there; rows come back with the number of the moment from
which on they count."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, reduce
from operator import or_

from django.db.models import Case, F, Max, Prefetch, Q, QuerySet, Value, When
from django.utils import timezone

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
from projects.models.report import accepted_by, standing
from projects.states import ReportStatus

TASK_FIELDS = ["pk", "name", "occurrence", "milestone_on", "milestone_percent"]


@dataclass(slots=True)
class LateReport:
    """Of thousands of reports only what a light needs."""

    pk: int
    site_id: int
    month: date
    due_at: datetime
    first_submitted_at: datetime | None


@dataclass
class Facts:
    """`moments` in the order of time; `sites` (a queryset without a slice) are of the programme."""

    programme: Programme
    moments: Sequence[datetime]
    sites: QuerySet
    memo: dict = field(default_factory=dict)  # what signals of other apps read once for several of theirs

    @property
    def until(self) -> datetime:
        return self.moments[-1]

    def here(self, prefix: str = "site") -> Q:
        """Of the sites approved by the last moment; `prefix` leads to the site."""
        approved = self.sites.filter(programme=self.programme, approved_at__lte=self.until)
        return Q(**{f"{prefix}__in": approved.order_by().values("pk")})

    def first_after(self, name: str) -> Case:
        """The number of the first moment by which the time in the field `name` had come, None for none of them."""
        return Case(*(When(**{f"{name}__lte": moment}, then=Value(n)) for n, moment in enumerate(self.moments)))

    @cached_property
    def listed(self) -> list[ProjectSite]:
        """Each with its organisation, all with the one programme."""
        approved = self.sites.filter(programme=self.programme, approved_at__lte=self.until)
        found = list(approved.as_rows().by_county())
        for site in found:
            site.programme = self.programme
        return found

    @cached_property
    def open_reports(self) -> dict[int, int]:
        """By site the number of its first report that isn't accepted now: where its progress can be reported."""
        begun = MonthlyReport.objects.filter(self.here(), month__lte=timezone.localdate(self.until))
        waiting = begun.exclude(status=ReportStatus.ACCEPTED).order_by("site_id", "month").distinct("site_id")
        return dict(waiting.values_list("site_id", "pk"))

    @cached_property
    def late_reports(self) -> list[LateReport]:
        """Those that weren't sent by their due time, the earliest due first."""
        due = MonthlyReport.objects.filter(standing(self.until)["due"], self.here(), due_at__lt=self.until)
        late = due.filter(Q(first_submitted_at=None) | Q(first_submitted_at__gt=F("due_at")))
        late = late.order_by("due_at", "month")
        return [LateReport(*row) for row in late.values_list("pk", "site_id", "month", "due_at", "first_submitted_at")]

    @cached_property
    def accepted_months(self) -> list[tuple[int, int, date]]:
        """(site, number of the moment, last month that was accepted by then and not before), by moments."""
        accepted = MonthlyReport.objects.filter(accepted_by(self.until), self.here())
        last = accepted.order_by().values("site_id", by=self.first_after("accepted_at")).annotate(last=Max("month"))
        return list(last.order_by("by").values_list("site_id", "by", "last"))

    @cached_property
    def told_percents(self) -> list[tuple[int, int, date, int]]:
        """(task, number of the moment, month, percent): the last of the reports accepted by then and not before."""
        lines = ProgressLine.objects.filter(
            accepted_by(self.until, "report__"), self.here("report__site"), percent__isnull=False
        )
        lines = lines.annotate(by=self.first_after("report__accepted_at"))
        latest = lines.order_by("item_id", "by", "-report__month").distinct("item_id", "by")
        return list(latest.values_list("item_id", "by", "report__month", "percent"))

    @cached_property
    def tasks(self) -> list[tuple]:
        """(site, TASK_FIELDS, start and due date as planned at each moment) of the tasks that had begun."""
        dates, begun = {}, []
        for number, moment in enumerate(self.moments):
            planned = plan_at(moment)
            dates |= {f"starts_{number}": planned["starts_on"], f"due_{number}": planned["due_on"]}
            begun.append(Q(**{f"starts_{number}__lte": timezone.localdate(moment)}))
        items = ScheduleItem.objects.filter(self.here("stage__site")).annotate(**dates).filter(reduce(or_, begun))
        items = items.order_by("stage__starts_on", "position", "pk")
        return list(items.values_list("stage__site_id", *TASK_FIELDS, *dates))

    @cached_property
    def items(self) -> list[Rectification]:
        """整改 that was open at one of the moments, each with its `known_steps`; two queries."""
        steps = RectificationStep.objects.filter(made_at__lte=self.until)
        items = Rectification.objects.filter(
            self.here(), Q(closed_at=None) | Q(closed_at__gt=self.moments[0]), raised_at__lte=self.until
        )
        items = items.select_related("site", "organization", "meeting")
        return list(items.prefetch_related(Prefetch("steps", steps, to_attr="known_steps")).order_by("due_on", "pk"))
