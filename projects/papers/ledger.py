"""Form 3.5, 督查台账, landscape."""

from datetime import date, datetime

from django.utils import timezone

from fedwork.excel import Block, Box, Kind, Paper, head
from projects.rectifications import LedgerRow

# Heading and width in characters.
COLUMNS = [
    ("编号", 13),
    ("督查日期", 11),
    ("督查组", 15),
    ("县区", 9),
    ("项目点", 16),
    ("问题描述", 26),
    ("问题类别", 6),
    ("责任单位", 12),
    ("责任人", 12),
    ("整改措施", 24),
    ("整改时限", 11),
    ("整改情况", 26),
    ("完成日期", 11),
    ("复核人", 9),
    ("是否销号", 6),
    ("延期记录", 20),
]
NOTES = [
    "说明：1. 督查组一栏为事项的来源；责任人为责任岗位现在的在岗人员，职责跟岗位走。",
    "2. 整改时限为现行时限；延期须在到期前申请，由复核方批准。整改后由整改人以外的人复核，方可销号。",
]
SIGNATURE = ["单位负责人（签字）：", "审核人：", "填表人：", "填报日期：　　年　　月　　日"]


def ledger_paper(rows: list[LedgerRow], *, place: str, scope: str, now: datetime) -> Paper:
    moment = timezone.localtime(now)
    until = f"数据截至 {moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"
    return Paper(
        tab="督查台账",
        title="项目督查台账",
        widths=[width for _, width in COLUMNS],
        above=[[f"填报单位：{place}妇联（盖章）", scope, until]],
        blocks=[Block([[head(word) for word, _ in COLUMNS], *(_row(row) for row in rows)])],
        signature=[SIGNATURE],
        notes=NOTES,
        landscape=True,
        repeats=True,
        made_at=now,
    )


def _row(row: LedgerRow) -> list[Box]:
    item = row.item
    return [
        Box(item.number, Kind.CENTRE),
        _day(item.found_on),
        Box(item.source_words),
        Box(item.site.county_name),
        Box(item.site.name),
        Box(item.problem),
        Box(item.get_category_display(), Kind.CENTRE),
        Box(item.organization.name),
        Box("、".join(map(str, row.holder.people)) or "该岗位没有在用账号"),
        Box(item.measure),
        _day(item.due_on),
        Box(row.done),
        _day(row.done_on),
        Box(row.reviewer, Kind.CENTRE),
        Box("是" if item.is_closed else "否", Kind.CENTRE),
        Box(row.extensions),
    ]


def _day(day: date | None) -> Box:
    return Box(f"{day:%Y-%m-%d}" if day else "", Kind.CENTRE)
