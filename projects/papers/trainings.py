"""培训台账 and 培训覆盖情况 as Excel, landscape."""

from datetime import datetime

from django.utils import timezone

from fedwork.excel import Block, Box, Kind, Paper, head
from projects.models import Training
from projects.trainings import Coverage, LevelRow, SiteCoverage

COLUMNS = [
    ("序号", 6),
    ("日期", 20),
    ("谁举办", 8),
    ("培训名称", 30),
    ("专题", 22),
    ("地点", 20),
    ("期次", 8),
    ("人次", 9),
    ("人数", 9),
    ("到会岗位", 10),
    ("平均分", 9),
]
NOTES = [
    "说明：1. 一个半天、一个内容为一期；人次为各期到课之和；人数一人只算一次，不同培训的人数不相加。",
    "2. 项目点自己办的培训记在工作记录的活动里，计入月报，这里只列合计。",
]
COVERAGE = [("序号", 6), ("县（市、区）", 14), ("项目点", 22), ("负责人", 42), ("书记", 42), ("是否都已培训", 10)]


def training_paper(
    trainings: list[Training], levels: list[LevelRow], *, place: str, scope: str, now: datetime
) -> Paper:
    rows = [_row(number, training) for number, training in enumerate(trainings, 1)]
    return Paper(
        tab="培训台账",
        title="培训台账",
        widths=[width for _, width in COLUMNS],
        above=[[f"填报单位：{place}妇联（盖章）", scope, _until(now)]],
        blocks=[
            Block([[head(word) for word, _ in COLUMNS], *rows, _total(trainings)]),
            Block([_level_heading(), *map(_level, levels)], caption="按举办单位"),
        ],
        notes=NOTES,
        landscape=True,
        repeats=True,
        made_at=now,
    )


def _row(number: int, training: Training) -> list[Box]:
    average = training.average
    return [
        Box(str(number), Kind.CENTRE),
        Box(f"{training.first_on.year}年{training.days_in_words}", Kind.CENTRE),
        Box(training.get_level_display(), Kind.CENTRE),
        Box(training.title),
        Box("、".join(training.topic_names)),
        Box(training.place),
        Box(training.session_count, Kind.NUMBER, name=f"sessions{number}"),
        Box(training.person_times, Kind.NUMBER, name=f"times{number}"),
        Box(training.persons, Kind.NUMBER),
        Box(training.present, Kind.NUMBER),
        Box("—" if average is None else f"{average:.1f}", Kind.CENTRE),
    ]


def _total(trainings: list[Training]) -> list[Box]:
    last = len(trainings)
    sums = {name: f"SUM({{{name}1}}:{{{name}{last}}})" if last else "" for name in ["sessions", "times"]}
    return [
        Box("合计", Kind.CENTRE, across=6, is_bold=True),
        Box(sum(each.session_count for each in trainings), Kind.NUMBER, formula=sums["sessions"], is_bold=True),
        Box(sum(each.person_times for each in trainings), Kind.NUMBER, formula=sums["times"], is_bold=True),
        *[Box("—", Kind.CENTRE)] * 3,
    ]


def _level_heading() -> list[Box]:
    return [head("举办单位", across=3), head("培训（场）"), head("期次"), head("人次", across=6)]


def _level(row: LevelRow) -> list[Box]:
    return [
        Box(row.label, across=3),
        Box(row.trainings, Kind.NUMBER),
        Box(row.sessions, Kind.NUMBER),
        Box(row.person_times, Kind.NUMBER, across=6),
    ]


def coverage_paper(coverage: Coverage, *, place: str, scope: str, now: datetime) -> Paper:
    rows = [_covered(number, row) for number, row in enumerate(coverage.rows, 1)]
    shares = "，".join(f"{label} {reached}/{whole}" for label, reached, whole in coverage.shares)
    gaps = "、".join(coverage.gaps) or "无"
    return Paper(
        tab="培训覆盖情况",
        title="项目点负责人和书记培训覆盖情况",
        widths=[width for _, width in COVERAGE],
        above=[[f"范围：{place}", scope, _until(now)], [shares]],
        blocks=[Block([[head(word) for word, _ in COVERAGE], *rows])],
        notes=[f"没有培训到的岗位：{gaps}。", "基地、车间没有村（社区）书记，只看负责人。"],
        landscape=True,
        repeats=True,
        made_at=now,
    )


def _covered(number: int, row: SiteCoverage) -> list[Box]:
    return [
        Box(str(number), Kind.CENTRE),
        Box(row.site.county_name),
        Box(row.site.name),
        Box(row.head.words),
        Box(row.secretary.words if row.secretary else "—"),
        Box("是" if row.is_complete else "否", Kind.CENTRE),
    ]


def _until(now: datetime) -> str:
    moment = timezone.localtime(now)
    return f"数据截至 {moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"
