"""The schedules of one or of many sites: every task with plan, baseline, progress and evidence."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count

from projects.models import Attachment, ReplanRequest, ScheduleItem, Stage
from projects.progress import ItemProgress, item_progress, latest_lines


@dataclass
class PlanLine:
    """One task; `attached` counts its files in all reports, `requests` are what was asked about its dates."""

    progress: ItemProgress
    attached: int = 0
    requests: list[ReplanRequest] = field(default_factory=list)

    @property
    def item(self) -> ScheduleItem:
        return self.progress.item

    @property
    def pending(self) -> ReplanRequest | None:
        return next((request for request in self.requests if request.is_pending), None)

    @property
    def can_be_moved(self) -> bool:
        return self.progress.percent < 100 and not self.item.stage.is_completed

    @property
    def evidence_words(self) -> str:
        """“签到册、照片 1/2”; empty where nothing is asked."""
        item = self.item
        return f"{item.evidence} {self.attached}/{item.evidence_count}" if item.evidence_count else item.evidence


@dataclass
class StagePlan:
    stage: Stage
    lines: list[PlanLine]

    @property
    def done(self) -> int:
        return sum(line.progress.percent == 100 for line in self.lines)


def plans(sites, today: date) -> dict[int, list[StagePlan]]:
    """By site; five queries for any number of sites."""
    items = _items(sites)
    reported = {line.item_id: line for line in latest_lines(sites)}
    files = Attachment.objects.current().filter(item__stage__site__in=sites).order_by().values("item")
    attached = {row["item"]: row["files"] for row in files.annotate(files=Count("pk"))}
    requests = defaultdict(list)
    for request in ReplanRequest.objects.filter(item__stage__site__in=sites).for_list():
        requests[request.item_id].append(request)
    found: dict[int, list[StagePlan]] = defaultdict(list)
    for stage in Stage.objects.filter(site__in=sites).order_by("starts_on", "pk"):
        lines = [
            PlanLine(item_progress(item, reported.get(item.pk), today), attached.get(item.pk, 0), requests[item.pk])
            for item in items[stage.pk]
        ]
        found[stage.site_id].append(StagePlan(stage, lines))
    return found


def _items(sites) -> dict[int, list[ScheduleItem]]:
    """By stage, in the order of the site's pages."""
    found = defaultdict(list)
    for item in ScheduleItem.objects.filter(stage__site__in=sites).select_related("stage").order_by("position", "pk"):
        found[item.stage_id].append(item)
    return found
