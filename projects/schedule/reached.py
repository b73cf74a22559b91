"""What the reports say of the tasks of many sites, asked of the database in one query."""

from django.db.models import OuterRef, Subquery
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
