"""会议材料: what a supervision meeting looks at, as it was known at a moment.

Reports count as the boards count them; the lights (projects.lights) go by the rules, reports and items as they stood. So
the same moment gives the same pack, whenever it is opened. A fixed number of queries.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from projects.completeness import Board, Counts, board
from projects.lights.grading import Rule, SiteLight
from projects.lights.items import OpenItem
from projects.lights.reading import look, rules_at
from projects.lights.scope import Scope
from projects.lights.signals import LaggingTask
from projects.lights.tasks import Task
from projects.models import MonthlyReport, Programme, ProjectSite
from projects.places import Places
from projects.states import Light

RANKED_BY = ["submitted", "on_time", "accepted"]


@dataclass(frozen=True)
class Ranked:
    place: int
    label: str
    counts: Counts

    @property
    def percents(self) -> list[Decimal | None]:
        """已报率, 按时率, 已审率, by which the places are ranked."""
        return [self.counts.percent(name) for name in RANKED_BY]


@dataclass(frozen=True)
class Pack:
    """`items` are all that were open, `overdue` all tasks past their date, whatever lights the rules give them."""

    programme: Programme
    moment: datetime
    board: Board
    ranking: list[Ranked]
    rules: list[Rule]
    sites: list[SiteLight]
    overdue: list[Task]
    items: list[OpenItem]

    @property
    def total(self) -> Counts:
        return self.board.total

    @property
    def red(self) -> list[SiteLight]:
        return [light for light in self.sites if light.level == Light.RED]

    @property
    def yellow(self) -> list[SiteLight]:
        return [light for light in self.sites if light.level == Light.YELLOW]

    @property
    def green_count(self) -> int:
        return len(self.sites) - len(self.red) - len(self.yellow)

    @property
    def troubled(self) -> list[SiteLight]:
        return self.red + self.yellow

    @property
    def overdue_tasks(self) -> list[tuple[ProjectSite, Task]]:
        tasks: dict[int, list[Task]] = {}
        for task in self.overdue:
            tasks.setdefault(task.site_id, []).append(task)
        return [(light.site, task) for light in self.sites for task in tasks.get(light.site.pk, [])]

    @property
    def lagging_tasks(self) -> list[tuple[ProjectSite, Task]]:
        """Those not overdue that their light speaks of."""
        return [
            (light.site, finding.reading.task)
            for light in self.sites
            for finding in light.findings
            if isinstance(finding.reading, LaggingTask) and not finding.reading.task.is_overdue
        ]


def meeting_pack(programme: Programme, moment: datetime) -> Pack:
    rules, scope = rules_at(programme, moment), Scope.at(programme, moment, ProjectSite.objects.all())
    reports = MonthlyReport.objects.filter(site__programme=programme)
    found = board(reports, Places.find(reports, programme.organization, 0), moment)
    lights = look(scope, rules).lights(rules)
    overdue = [task for task in scope.late_tasks if task.is_overdue]
    return Pack(programme, moment, found, ranked(found), rules, lights, overdue, scope.open_items)


def ranked(found: Board) -> list[Ranked]:
    """By the rates of what came, what came in time and what was accepted; equal rates share a place."""

    def key(row):
        return [-(row.counts.percent(column) or 0) for column in RANKED_BY]

    rows, keys = sorted(found.rows, key=key), sorted(map(key, found.rows))
    return [Ranked(keys.index(key(row)) + 1, row.label, row.counts) for row in rows]
