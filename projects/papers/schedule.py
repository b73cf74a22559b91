"""进度和日程安排表 of one site, and of all sites of a place, landscape."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.utils import timezone

from fedwork.excel import Block, Box, Kind, Paper, head
from projects.models import ProjectSite
from projects.schedule.plans import PlanLine, StagePlan

# Heading and width in characters.
PLACES = [("县区", 10), ("项目点", 17)]
COLUMNS = [
    ("阶段", 9),
    ("工作内容", 30),
    ("责任", 12),
    ("佐证材料", 14),
    ("基准开始", 11),
    ("基准完成", 11),
    ("计划开始", 11),
    ("计划完成", 11),
    ("实际完成", 11),
    ("完成%", 6),
    ("序时%", 6),
    ("情况", 9),
]
NOTES = [
    "说明：1. 基准为项目点批准时的日程，不再改动；计划为经批复调整后的现行日程。",
    "2. 完成%取已提交且未被退回的月报中最近一个月的；序时%为到数据截至日按时间应达到的进度。",
]


def site_paper(site: ProjectSite, stages: list[StagePlan], now: datetime) -> Paper:
    rows = [_row(line) for stage in stages for line in stage.lines]
    above = [[f"项目点：{site.county_name}{site.name}（{site.creation_type}）", _until(now)]]
    return _paper(COLUMNS, rows, above=above, now=now)


def sites_paper(place: str, found: Iterable[tuple[ProjectSite, list[StagePlan]]], now: datetime) -> Paper:
    """In the order given."""
    rows = [
        [Box(site.county_name), Box(site.name), *_row(line)]
        for site, stages in found
        for stage in stages
        for line in stage.lines
    ]
    return _paper([*PLACES, *COLUMNS], rows, above=[[f"范围：{place}", _until(now)]], now=now)


def _paper(columns: list[tuple[str, float]], rows: list[list[Box]], *, above, now: datetime) -> Paper:
    return Paper(
        tab="进度和日程安排",
        title="项目进度和日程安排表",
        widths=[width for _, width in columns],
        above=above,
        blocks=[Block([[head(word) for word, _ in columns], *rows])],
        notes=NOTES,
        landscape=True,
        repeats=True,
        made_at=now,
    )


def _until(now: datetime) -> str:
    moment = timezone.localtime(now)
    return f"数据截至 {moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"


def _row(line: PlanLine) -> list[Box]:
    item, progress = line.item, line.progress
    return [
        Box(item.stage.get_kind_display(), Kind.CENTRE),
        Box(item.name),
        Box(item.get_owner_display(), Kind.CENTRE),
        Box(line.evidence_words),
        *_days([item.baseline_starts_on, item.baseline_due_on, item.starts_on, item.due_on, progress.done_on]),
        Box(progress.percent, Kind.NUMBER),
        Box(progress.expected, Kind.NUMBER),
        Box(progress.mark.word, Kind.CENTRE),
    ]


def _days(days: Iterable[date | None]) -> Iterator[Box]:
    return (Box(f"{day:%Y-%m-%d}" if day else "", Kind.CENTRE) for day in days)
