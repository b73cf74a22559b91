"""红黄绿灯 as a workbook: a row for each reason."""

from collections.abc import Iterator

from fedwork.excel import Column, Kind, write_list
from projects.lights.grading import Finding, SiteLight

Row = tuple[SiteLight, Finding | None]
COLUMNS = [
    Column("县（市、区）", lambda row: row[0].site.county_name, width=16),
    Column("项目点", lambda row: row[0].site.name, width=28),
    Column("灯", lambda row: row[0].mark.word, Kind.CENTRE, 8),
    Column("原因", lambda row: row[1].words if row[1] else "", width=60),
    Column("起于", lambda row: f"{row[1].since:%Y-%m-%d}" if row[1] else "", Kind.CENTRE, 14),
    Column("怎样解除", lambda row: row[1].clears if row[1] else "", width=50),
    Column("规则", lambda row: row[1].rule.words if row[1] else "", width=40),
]


def light_workbook(lights: list[SiteLight], title: str) -> bytes:
    return write_list(COLUMNS, list(_rows(lights)), title=title)


def _rows(lights: list[SiteLight]) -> Iterator[Row]:
    for light in lights:
        yield from [(light, finding) for finding in light.findings] or [(light, None)]
