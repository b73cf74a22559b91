"""What the reports say of the tasks of many sites, asked of the database in one query."""

from datetime import date

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from projects.models import ProgressLine, ScheduleItem
from projects.states import SUBMITTED


def with_reached(items=None):
    """Tasks with `reached`: the percent in the latest report that stands submitted, 0 where none speaks of them."""
    said = ProgressLine.objects.filter(
        item=OuterRef("pk"), report__status__in=sorted(SUBMITTED), percent__isnull=False
    ).order_by("-report__month")
    items = ScheduleItem.objects.all() if items is None else items
    return items.annotate(reached=Coalesce(Subquery(said.values("percent")[:1]), 0))


def task_counts(sites, today: date) -> dict[int, dict[str, int]]:
    """{tasks, done, overdue} by site; one query."""
    rows = with_reached(ScheduleItem.objects.filter(stage__site__in=sites)).order_by().values("stage__site")
    counted = rows.annotate(
        tasks=Count("pk"),
        done=Count("pk", filter=Q(reached=100)),
        overdue=Count("pk", filter=Q(reached__lt=100, due_on__lt=today)),
    )
    return {row["stage__site"]: row for row in counted}
