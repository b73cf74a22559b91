"""考核评分细则表 (form 3.4): one table with a section's lines together. What is exported can be imported again."""

from assessments.methods import NOTHING, Method
from assessments.models import Criterion, Rubric
from assessments.sheet import criteria_of
from assessments.sources import source_choices
from fedwork.excel import EPOCH, Block, Box, Kind, Paper, head
from fedwork.numbers import plain_number

SECTION, CONTENT, POINTS = "考核项目（分值）", "考核内容", "分值"
CODE, METHOD, STANDARD, WAYS = "序号", "计分方法", "评分标准", "考核方式"
EVIDENCE, SOURCE, TAG = "佐证资料", "系统取数", "四项行动一项建设"
HEADINGS = [CODE, SECTION, CONTENT, POINTS, METHOD, STANDARD, WAYS, EVIDENCE, SOURCE, TAG]
WIDTHS = (6, 14, 26, 7, 9, 32, 14, 16, 18, 11)
TOTAL = "合计"
NOTES = [
    "说明：1. 得分以 0.5 分为一档，不足的舍去。不适用的条目不计入总分，按适用条目折算成 100 分。",
    "2. “系统取数”由系统按记录计分，考评人可写明原因改定；“只列佐证”的由考评人看了再评。",
]


def rubric_paper(rubric: Rubric) -> Paper:
    """Needs `creation_type__programme__organization`."""
    criteria = criteria_of(rubric)
    year = rubric.programme.year
    state = f"{rubric.published_at:%Y-%m-%d} 发布" if rubric.is_published else "草稿，未发布"
    return Paper(
        tab="评分细则",
        title=f"{year}年{rubric.creation_type}考核评分细则",
        widths=WIDTHS,
        above=[
            [
                f"制定单位：{rubric.programme.organization}妇女联合会{rubric.department}",
                f"第 {rubric.version} 版（{state}）",
            ]
        ],
        blocks=[Block([[head(words) for words in HEADINGS], *_rows(criteria), _total(criteria)])],
        notes=[*NOTES, _grades(rubric), _bonus(rubric)],
        landscape=True,
        repeats=True,
        made_at=rubric.published_at or EPOCH,
    )


def _rows(criteria: list[Criterion]) -> list[list[Box]]:
    together: dict[int, list[Criterion]] = {}
    for criterion in criteria:
        together.setdefault(criterion.section_id, []).append(criterion)
    return [
        _row(criterion, lines if number == 0 else [])
        for lines in together.values()
        for number, criterion in enumerate(lines)
    ]


def _row(criterion: Criterion, lines: list[Criterion]) -> list[Box]:
    """`lines` are those of the section when the row is its first."""
    section = (
        [section_box(criterion.section.name, sum((line.points for line in lines), NOTHING), len(lines))]
        if lines
        else []
    )
    return [
        Box(criterion.code, Kind.CENTRE),
        *section,
        Box(criterion.content),
        Box(criterion.points, Kind.CENTRE, name=f"points{criterion.pk}", number_format="General"),
        Box(Method(criterion.method).label, Kind.CENTRE),
        Box(criterion.standard),
        Box(criterion.ways),
        Box(criterion.evidence),
        Box(dict(source_choices()).get(criterion.source, "")),
        Box(criterion.tag),
    ]


def section_box(name: str, points, down: int) -> Box:
    return Box(f"{name}\n（{plain_number(points)} 分）", Kind.CENTRE, down=down, is_bold=True)


def _total(criteria: list[Criterion]) -> list[Box]:
    formula = f"SUM({{points{criteria[0].pk}}}:{{points{criteria[-1].pk}}})" if criteria else ""
    total = sum((criterion.points for criterion in criteria), NOTHING)
    sums = Box(total, Kind.CENTRE, formula=formula, number_format="General", is_bold=True)
    return [Box(TOTAL, Kind.CENTRE, across=3, is_bold=True), sums, Box(f"{len(criteria)} 条", across=6)]


def _bonus(rubric: Rubric) -> str:
    if not rubric.bonus_points:
        return "4. 不设附加分。"
    return f"4. 附加分：特色做法、获得的荣誉等，最多 {plain_number(rubric.bonus_points)} 分，写明依据，计入最终得分。"


def _grades(rubric: Rubric) -> str:
    grades = "；".join(f"{grade.name} {plain_number(grade.from_points)} 分起" for grade in rubric.grades.all())
    least = "；".join(
        f"{section}得分率低于 {section.minimum_percent}% 的，定为最低一等"
        for section in rubric.sections.all()
        if section.minimum_percent
    )
    return "；".join(filter(None, [f"3. 等次：{grades}", least])) + "。"
