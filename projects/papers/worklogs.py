"""工作日志 of a month, to print and as Excel: one line a day, additions below the original."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from fedwork.excel import Block, Box, Kind, Paper, head
from projects.models import WorkLog

COLUMNS = [("日期", 11), ("星期", 6), ("工作内容", 58), ("记录岗位", 16)]
WEEKDAYS = "一二三四五六日"


def worklog_paper(logs: Iterable[WorkLog], *, place: str, month: date) -> Paper:
    rows = [_row(log) for log in logs] or [[Box("本月没有日志", Kind.CENTRE, across=4)]]
    return Paper(
        tab="工作日志",
        title="工作日志",
        widths=[width for _, width in COLUMNS],
        above=[[f"单位：{place}", f"{month.year}年{month.month}月"]],
        blocks=[Block([[head(word) for word, _ in COLUMNS], *rows])],
        signature=[["单位负责人（签字）：", "记录人（签字）："]],
        notes=["注明“补记”的，是日志锁定以后补充的内容；注明“后补”的，是隔天以后才写的。"],
        repeats=True,
    )


def _row(log: WorkLog) -> list[Box]:
    day = log.happened_on
    return [
        Box(f"{day.month}月{day.day}日", Kind.CENTRE),
        Box(WEEKDAYS[day.weekday()], Kind.CENTRE),
        Box("\n".join(_lines(log))),
        Box(log.post, Kind.CENTRE),
    ]


def _lines(log: WorkLog) -> list[str]:
    lines = [log.content]
    if log.days_late > 1:
        lines.append(f"（后补：{_day(log.recorded_at)}写）")
    return lines + [f"补记（{_day(each.added_at)}）：{each.text}" for each in log.additions.all()]


def _day(moment) -> str:
    day = timezone.localdate(moment)
    return f"{day.month}月{day.day}日"
