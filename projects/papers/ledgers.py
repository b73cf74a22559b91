"""活动台账, 宣传台账 and 调研指导覆盖 as Excel; their columns are those of the pages."""

from collections import defaultdict

from fedwork.excel import Column, Kind, write_list
from projects.models import Publicity, PublicityChannel
from projects.visit_coverage import Reach

ACTIVITIES = [
    Column("日期", lambda each: each.happened_on, Kind.DATE, 12),
    Column("县（市、区）", lambda each: each.site.county_name, width=14),
    Column("项目点", lambda each: each.site.name, width=24),
    Column("类别", lambda each: each.kind.name, Kind.CENTRE, 14),
    Column("活动名称", lambda each: each.title, width=32),
    Column("节日", lambda each: each.get_festival_display(), Kind.CENTRE, 16),
    Column("地点", lambda each: each.place, width=20),
    Column("场次", lambda each: each.sessions, Kind.NUMBER, 8),
    Column("人次", lambda each: each.person_times, Kind.NUMBER, 8),
    Column("人数", lambda each: each.persons, Kind.NUMBER, 8),
    Column("件数", lambda each: each.cases, Kind.NUMBER, 8),
    Column("负责岗位", lambda each: each.head_post, width=18),
]
PIECES = [
    Column("日期", lambda each: each.happened_on, Kind.DATE, 12),
    Column("县（市、区）", lambda each: each.site.county_name, width=14),
    Column("项目点", lambda each: each.site.name, width=24),
    Column("渠道", lambda each: each.channel.name, Kind.CENTRE, 14),
    Column("标题", lambda each: each.title, width=40),
    Column("网址", lambda each: each.link, width=40),
]
REACH = ["到了几个县（市、区）", "乡镇（街道）", "村（社区、基地）", "次数"]


def channel_table(pieces: list[Publicity], channels: list[PublicityChannel]) -> list[tuple[str, list[int], int]]:
    """(site, number in each channel, all) of the sites that have any, and the sum at the end."""
    counts: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for piece in pieces:
        counts[piece.site.name][piece.channel_id] += 1
    rows = [
        (site, [by_channel[channel.pk] for channel in channels], sum(by_channel.values()))
        for site, by_channel in sorted(counts.items())
    ]
    sums = [sum(numbers) for numbers in zip(*(numbers for _, numbers, _ in rows), strict=True)]
    return [*rows, ("合计", sums, sum(sums))] if rows else []


def channel_columns(channels: list[PublicityChannel]) -> list[Column]:
    by_channel = [
        Column(channel.name, lambda row, place=place: row[1][place], Kind.NUMBER, 12)
        for place, channel in enumerate(channels)
    ]
    return [
        Column("项目点", lambda row: row[0], width=24),
        *by_channel,
        Column("合计", lambda row: row[2], Kind.NUMBER, 8),
    ]


def reach_workbook(rows: list[Reach], title: str) -> bytes:
    columns = [
        Column("谁去的", lambda row: row.label, width=24),
        *(
            Column(heading, lambda row, place=place: row.numbers[place], Kind.NUMBER, 20)
            for place, heading in enumerate(REACH)
        ),
    ]
    return write_list(columns, rows, title=title)
