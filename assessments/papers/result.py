"""验收结果一览表 with ranks, as it stands or as it was published."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from assessments.models import Publication
from assessments.results import Result
from fedwork.excel import Block, Box, Kind, Paper, head

COLUMNS = [
    ("名次", 7),
    ("同类型名次", 9),
    ("县（市、区）", 13),
    ("项目点", 30),
    ("创建类型", 16),
    ("得分", 9),
    ("等次", 9),
    ("验收结论", 12),
]
FROZEN = ["rank", "rank_in_kind", "county_name", "name", "kind", "total", "grade"]
NOTE = "说明：得分以最高一级的考评为准；同分同名次，下一名次顺延；限期整改、不通过的不排名次。"


def result_paper(rows: Sequence[Result], *, title: str, place: str, now: datetime) -> Paper:
    told = [
        (row.rank, row.rank_in_kind, row.site.county_name, row.site.name, *_of_kind(row), _verdict(row)) for row in rows
    ]
    until = f"数据截至 {timezone.localtime(now):%Y-%m-%d %H:%M}"
    return _paper(f"{title}验收结果一览表", [f"范围：{place}", until], told, now)


def _of_kind(row: Result) -> tuple:
    return row.site.creation_type, row.total, row.grade


def _verdict(row: Result) -> str:
    return f"{row.mark.word}（一票否决）" if row.is_vetoed else row.mark.word


def published_paper(publication: Publication) -> Paper:
    told = [
        (*(getattr(each, name) for name in FROZEN), each.get_conclusion_display()) for each in publication.rows.all()
    ]
    days = f"公示期：{publication.starts_on} 至 {publication.ends_on}（{publication.workdays} 个工作日）"
    above = [days, f"受理异议：{publication.contact}"]
    return _paper(f"{publication.programme}验收结果公示名单", above, told, publication.published_at)


def _paper(title: str, above: list[str], rows: Sequence[tuple], made_at: datetime) -> Paper:
    body = [
        [
            Box(_number(rank), Kind.CENTRE),
            Box(_number(rank_in_kind), Kind.CENTRE),
            Box(county),
            Box(name),
            Box(f"{kind}", Kind.CENTRE),
            Box("" if total is None else total, Kind.NUMBER, number_format="General"),
            Box(grade, Kind.CENTRE),
            Box(conclusion, Kind.CENTRE),
        ]
        for rank, rank_in_kind, county, name, kind, total, grade, conclusion in rows
    ]
    return Paper(
        tab="验收结果",
        title=title,
        widths=[width for _, width in COLUMNS],
        above=[above],
        blocks=[Block([[head(words) for words, _ in COLUMNS], *body])],
        notes=[NOTE],
        landscape=True,
        repeats=True,
        made_at=made_at,
    )


def _number(rank: int | None) -> str:
    return "—" if rank is None else f"{rank}"
