"""评分表 (form 3.4): the rubric with what each level gave, why points were lost, and room to sign."""

from datetime import datetime

from django.utils import timezone

from assessments.comparison import Comparison, Group, Row
from assessments.models import RoundLevel
from assessments.papers.rubric import section_box
from assessments.sheet import Line
from fedwork.excel import Block, Box, Kind, Paper, head
from fedwork.numbers import plain_number

WIDTHS = (6, 14, 26, 7, 30, 8, 8, 8, 30)
HEADINGS = ["序号", "考核项目（分值）", "考核内容", "分值", "评分标准", "自评分", "县评分", "市评分", "扣分原因"]
GENERAL = "General"
SIGNERS = 5  # rows to sign, the head first


def score_paper(found: Comparison, *, now: datetime) -> Paper:
    """Columns of levels that haven't scored stay empty, to be filled in by hand."""
    site = found.site
    moment = timezone.localtime(now)
    return Paper(
        tab="评分表",
        title=f"{site.programme.year}年{site.creation_type}考核评分表",
        widths=WIDTHS,
        above=[
            [f"被考评单位：{site.name}", f"{site.county_name} {site.township_name}".strip(), f"{moment:%Y-%m-%d} 打印"],
        ],
        blocks=[_scores(found), _signatures(found)],
        notes=["说明：以最高一级的考评结果为准，各级评分都保留。不适用的条目不计入总分，按适用条目折算成 100 分。"],
        landscape=True,
        repeats=True,
        made_at=now,
    )


def _scores(found: Comparison) -> Block:
    rows = [[head(words) for words in HEADINGS]]
    for group in found.groups:
        rows += [_row(group, row, is_first=number == 0) for number, row in enumerate(group.rows)]
        rows.append(_subtotal(group))
    return Block([*rows, *_foot(found)])


def _row(group: Group, row: Row, *, is_first: bool) -> list[Box]:
    # One row more than there are criteria: the subtotal stands beside the section, too.
    section = [section_box(group.section.name, group.most, len(group.rows) + 1)] if is_first else []
    points = [_points(row, number) for number in range(len(row.lines))]
    return [
        Box(row.criterion.code, Kind.CENTRE),
        *section,
        Box(row.criterion.content),
        Box(row.criterion.points, Kind.CENTRE, name=f"most{row.criterion.pk}", number_format=GENERAL),
        Box(row.criterion.standard),
        *points,
        Box(row.why),
    ]


def _points(row: Row, number: int) -> Box:
    line: Line | None = row.lines[number]
    if line and line.score.is_inapplicable:
        return Box("不适用", Kind.CENTRE)
    points = line.points if line else None
    return Box(
        "" if points is None else points, Kind.CENTRE, name=f"l{number}c{row.criterion.pk}", number_format=GENERAL
    )


def _subtotal(group: Group) -> list[Box]:
    first, last = group.rows[0].criterion.pk, group.rows[-1].criterion.pk
    most = Box(
        group.most, Kind.CENTRE, formula=f"SUM({{most{first}}}:{{most{last}}})", number_format=GENERAL, is_bold=True
    )
    sums = [
        Box("" if points is None else points, Kind.CENTRE, number_format=GENERAL, is_bold=True)
        for points in group.points
    ]
    return [Box("", Kind.CENTRE), Box("小计", Kind.CENTRE, is_bold=True), most, Box(""), *sums, Box("")]


def _foot(found: Comparison) -> list[list[Box]]:
    totals = [
        Box(sheet.base if sheet else "", Kind.CENTRE, number_format=GENERAL, is_bold=True) for sheet in found.sheets
    ]
    grades = [Box(sheet.grade if sheet else "", Kind.CENTRE, is_bold=True) for sheet in found.sheets]
    most = Box(sum((group.most for group in found.groups), 0), Kind.CENTRE, number_format=GENERAL, is_bold=True)
    return [
        [_label("合计", 3), most, Box("按适用条目折算成 100 分"), *totals, Box(_minimums(found))],
        [_label("等次", 3), Box(""), Box(""), *grades, Box("")],
        [_label("附加分", 3), *_bonus(found)],
        [_label("一票否决项", 3), Box(_has_veto(found), Kind.CENTRE, across=2), Box(_veto_basis(found), across=4)],
        [_label("最终得分、等次", 3), Box(_final(found), across=6, is_bold=True)],
    ]


def _bonus(found: Comparison) -> list[Box]:
    most = found.rubric.bonus_points if found.rubric else 0
    if not most:
        return [Box("—", Kind.CENTRE), Box("本批次不设附加分", across=5)]
    given = [Box(sheet.bonus if sheet else "", Kind.CENTRE, number_format=GENERAL) for sheet in found.sheets]
    words = f"最多 {plain_number(most)} 分，计入最终得分"
    return [Box(most, Kind.CENTRE, number_format=GENERAL), Box(words), *given, Box(found.bonus_reason)]


def _minimums(found: Comparison) -> str:
    below = found.sheets[-1].below_minimum if found.sheets[-1] else []
    return "；".join(f"{part.section}低于 {part.section.minimum_percent}%" for part in below)


def _has_veto(found: Comparison) -> str:
    """Ticked when one stands; otherwise left to the team to tick."""
    return "☑有　□无" if found.confirmed else "□有　□无"


def _veto_basis(found: Comparison) -> str:
    return "依据：" + "；".join(f"{veto.item}（{veto.decision}）" for veto in found.confirmed)


def _final(found: Comparison) -> str:
    if found.deciding is None:
        return "　　　　分　　　　等次："
    document = f"（{found.province.document_number}）" if found.province else ""
    deciding = found.deciding
    result = "不通过（一票否决）" if found.confirmed else deciding.grade
    return f"{plain_number(deciding.total)} 分　{result}　（{deciding.get_level_display()}）{document}"


def _label(words: str, across: int) -> Box:
    return Box(words, Kind.CENTRE, across=across, is_bold=True)


def _signatures(found: Comparison) -> Block:
    """The highest level's team, and room for those who are missing."""
    sheet = next((sheet for sheet in reversed(found.sheets) if sheet), None)
    members = sheet.round.members if sheet and sheet.round.level > RoundLevel.SELF else []
    members = (members + [""] * SIGNERS)[: max(SIGNERS, len(members))]
    rows = [[head("考评组", across=2), head("姓名、单位、职务", across=3), head("签字", across=3), head("日期")]]
    rows += [
        [
            Box("组长" if number == 0 else "成员", Kind.CENTRE, across=2),
            Box(member, across=3),
            Box("", across=3),
            Box("　　年　月　日", Kind.CENTRE, lines=2),
        ]
        for number, member in enumerate(members)
    ]
    unit = [
        Box("被考评单位负责人", Kind.CENTRE, across=2),
        Box(f"{found.site.name}（盖章）", across=3),
        Box("", across=3),
        Box("　　年　月　日", Kind.CENTRE, lines=2),
    ]
    return Block([*rows, unit], caption="签字")
