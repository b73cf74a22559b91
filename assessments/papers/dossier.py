"""验收卷 as one Word document (GB/T 9704 manner): a heading for each subject, tables, and the conclusion at the end."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.utils import timezone

from assessments.dossier import Dossier
from assessments.models import Acceptance
from assessments.papers.acceptance import money_rows
from fedwork.numbers import plain_number
from fedwork.word import Contents, Document, Heading, Part, Table, Text

NUMERALS = "一二三四五六七八九十"
NOTHING = "（无）"


def dossier_document(found: Dossier) -> Document:
    site = found.site
    titles = [f"{NUMERALS[place]}、{title}" for place, (title, _) in enumerate(CHAPTERS)]
    parts: list[Part] = [Contents(titles)]
    for title, (_, write) in zip(titles, CHAPTERS, strict=True):
        parts += [Heading(title), *write(found)]
    return Document(
        f"{site.name}\n项目验收卷",
        parts=parts,
        cover=[
            f"{site.programme}",
            f"创建类型：{site.creation_type}",
            f"{site.county_name}{site.township_name}",
            f"数据截至 {_day(found.today)}",
        ],
        made_at=found.now,
    )


def _table(heading: list[str], rows: list[list[str]], widths: list[float], centred: tuple = ()) -> list[Part]:
    return [Table(heading, rows, widths, centred)] if rows else [Text(NOTHING)]


def _basics(found: Dossier) -> list[Part]:
    told = found.facts["site"]
    words = [
        ("项目名称", told["project"]),
        ("项目点", told["name"]),
        ("承办单位", f"{told['county']}{told['unit']}"),
        ("负责人", told["leader"]),
        ("联系电话", told["phone"]),
        ("实施期", told["period"]),
    ]
    return [Text(value or "（未填）", lead=f"{label}：") for label, value in words]


def _schedule(found: Dossier) -> list[Part]:
    parts: list[Part] = []
    for number, plan in enumerate(found.stages):
        stage = plan.stage
        done = f"，{_day(timezone.localdate(stage.completed_at))}确认完成" if stage.is_completed else "，未确认完成"
        words = f"（{NUMERALS[number]}）{stage.get_kind_display()}：{stage.starts_on} 至 {stage.ends_on}{done}"
        rows = [_task(line, found.today) for line in plan.lines]
        heading = ["工作内容", "计划起止", "进度", "情况"]
        parts += [Heading(words, level=2), *_table(heading, rows, [5, 4, 1.5, 2], (1, 2, 3))]
    return parts or [Text(NOTHING)]


def _task(line, today: date) -> list[str]:
    item, percent = line.item, line.progress.percent
    days = item.days_overdue(percent, today)
    state = (
        "完成" if percent == 100 else f"逾期 {days} 天" if days else "进行中" if today >= item.starts_on else "未到时间"
    )
    return [item.name, f"{item.starts_on} 至 {item.due_on}", f"{percent}%", state]


def _work(found: Dossier) -> list[Part]:
    return _table(["工作", "应做", "实际"], found.facts["work"], [4, 4, 5])


def _reports(found: Dossier) -> list[Part]:
    rows = [
        [
            report.month_label,
            f"{timezone.localtime(report.due_at):%Y-%m-%d}",
            f"{timezone.localtime(report.submitted_at):%Y-%m-%d}" if report.submitted_at else "未报",
            report.mark(found.now).word,
        ]
        for report in found.reports
    ]
    return _table(["报告期", "应报", "报送", "审核"], rows, [3, 3, 3, 3], (0, 1, 2, 3))


def _visits(found: Dossier) -> list[Part]:
    rows = [
        [f"{visit.happened_on}", visit.get_level_display(), visit.visitors, visit.follow_up or "—"]
        for visit in found.visits
    ]
    return _table(["日期", "谁去的", "到点人员", "后续要办的事"], rows, [2.5, 2, 4, 5], (0, 1))


def _money(found: Dossier) -> list[Part]:
    money = found.facts["money"]
    rows = [[label, f"{amount:,.2f}"] for label, _, amount in money_rows(found.facts)]
    rows += [["到位合计", f"{Decimal(money['arrived']):,.2f}"], ["实物折价", f"{Decimal(money['in_kind']):,.2f}"]]
    return [
        Text("单位：元。到位和支出以记账凭证为准；结余＝到位－支出－退回。"),
        *_table(["项目", "金额"], rows, [3, 2], (1,)),
    ]


def _scores(found: Dossier) -> list[Part]:
    rounds = _table(
        ["哪一级", "得分", "等次", "提交日期", "文号"], found.facts["rounds"], [2, 2, 2, 3, 4], (0, 1, 2, 3)
    )
    rows = [_criterion(row) for group in found.scores.groups for row in group.rows] if found.scores.rounds else []
    heading = ["序号", "考核内容", "分值", "自评", "县评", "市评", "依据、扣分原因"]
    return [*rounds, *_table(heading, rows, [1.2, 4.5, 1.1, 1.1, 1.1, 1.1, 5], (0, 2, 3, 4, 5))]


def _criterion(row) -> list[str]:
    last = next((line for line in reversed(row.lines) if line), None)
    words = (last.why_lost or last.basis) if last else ""
    evidence = f"佐证：{row.criterion.evidence}" if row.criterion.evidence else ""
    return [
        row.criterion.code,
        row.criterion.content,
        plain_number(row.criterion.points),
        *(
            "不适用" if line and line.score.is_inapplicable else plain_number(line and line.points)
            for line in row.lines
        ),
        "；".join(filter(None, [words, evidence])),
    ]


def _items(found: Dossier) -> list[Part]:
    rows = [
        [
            row.item.number,
            row.item.source_words,
            row.item.problem,
            row.done or "—",
            f"{row.item.due_on}",
            row.item.mark(found.today).word,
        ]
        for row in found.items
    ]
    return _table(["编号", "来源", "问题", "整改情况", "时限", "状态"], rows, [2.2, 2, 4, 4, 2, 1.6], (0, 4, 5))


def _vetoes(found: Dossier) -> list[Part]:
    return _table(["否决项", "核查情况", "依据"], found.facts["vetoes"], [4, 2.5, 5], (1,))


def _evidence(found: Dossier) -> list[Part]:
    """Files of vetoes and of the province's result, with what proves them unchanged."""
    rows = [
        [f"{number:02}", each.title, f"{each.uploaded_by}，{_day(timezone.localdate(each.uploaded_at))}", each.sha256]
        for number, each in enumerate(found.evidence, 1)
    ]
    heading = ["序号", "佐证材料", "上传", "校验值（SHA-256）"]
    return _table(heading, rows, [1, 5, 3.5, 4], (0,)) if rows else []


def _archive(found: Dossier) -> list[Part]:
    rows = [[section.label, f"{section.count}", section.mark.word] for section in found.catalogue.sections]
    return [
        Text("文件随卷打包，按目录分文件夹，附 SHA-256 校验值。"),
        *_table(["类别", "件数", "齐全情况"], rows, [5, 2, 4], (1, 2)),
    ]


def _conclusions(found: Dossier) -> list[Part]:
    return [part for each in found.acceptances for part in _conclusion(each)] or [Text("还没有验收。")]


def _conclusion(acceptance: Acceptance) -> list[Part]:
    told = [
        ("县级意见", acceptance.county_opinion),
        ("验收组意见", acceptance.opinion),
        ("市级意见", acceptance.city_opinion),
        ("验收组", "；".join(acceptance.members)),
    ]
    parts: list[Part] = [Heading(f"{acceptance.label}：{acceptance.mark.word}", level=2)]
    parts += [Text(words, lead=f"{label}：") for label, words in told if words]
    if acceptance.is_concluded:
        due = f"，{acceptance.due_on} 前整改到位" if acceptance.due_on else ""
        day = _day(timezone.localdate(acceptance.concluded_at))
        score = f"得分 {plain_number(acceptance.total)}，等次{acceptance.grade}"
        parts.append(Text(f"{acceptance.get_conclusion_display()}{due}。{score}。{day}", lead="结论："))
    return [*parts, Text("验收组签字：　　　　　　　　　县（盖章）：　　　　　　市（盖章）：")]


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


CHAPTERS: list[tuple[str, Callable[[Dossier], list[Part]]]] = [
    ("基本情况", _basics),
    ("日程安排和完成情况", _schedule),
    ("工作完成情况", _work),
    ("月报报送情况", _reports),
    ("调研指导", _visits),
    ("资金", _money),
    ("考核评分和佐证", _scores),
    ("整改", _items),
    ("一票否决核查和备查资料", lambda found: [*_vetoes(found), *_evidence(found), *_archive(found)]),
    ("验收", _conclusions),
]
