"""A small rubric with each method once, and sites that are scored by it."""

from datetime import timedelta
from decimal import Decimal

from assessments import actions
from assessments.actions import ScoreContent
from assessments.models import (
    Acceptance,
    Criterion,
    RoundLevel,
    Rubric,
    RubricSection,
    ScoreRound,
    VetoFinding,
    VetoItem,
)
from assessments.models.veto import EXPLAIN_DAYS
from assessments.sheet import score_sheet
from fedwork import clock
from projects.models import CreationType, Rectification
from projects.posts import Posts

# (section, [(code, points, method, standard, source)]); together 100.
SMALL = [
    (
        "组织领导",
        [
            ("A1", "30", "count", "有方案\n有日程\n已备案", ""),
            ("A2", "20", "deduct", "没有文件，扣完\n每缺一样，扣 0.5 分", ""),
        ],
    ),
    ("教育培训", [("B1", "20", "ratio", "达到 4 场，得满分", "sessions")]),
    ("文化娱乐活动", [("C1", "1", "pass", "", "")]),
    ("关爱救助", [("D1", "1", "pass", "", "")]),
    ("维权帮扶", [("E1", "1", "pass", "", "")]),
    (
        "资金管理",
        [
            ("G1", "22", "pass", "专款专用", ""),
            ("G2", "4", "formula", "配套下限，得 2 分\n配套目标，得 4 分", "arrival"),
        ],
    ),
    ("资料收集", [("H1", "1", "pass", "", "")]),
]
PASSED_OR_NOT = ["C1", "D1", "E1", "G1", "H1"]
TEAM = "示例甲，市妇联，副主席\n示例乙，市妇联发展部，部长\n示例丙，市财政局，科长"


def criterion(code="A1", points="4", method="pass", standard="合格", source="", **fields) -> Criterion:
    """Not saved."""
    fields.setdefault("content", f"示例内容 {code}")
    return Criterion(
        code=code, points=Decimal(points), method=method, standard=standard, source=source, ways="查资料", **fields
    )


def draft(kind: CreationType, *, by, rows=SMALL) -> Rubric:
    rubric = actions.create_rubric(kind, "发展部", by=by)
    sections = [(name, [criterion(*row) for row in criteria]) for name, criteria in rows]
    return actions.import_rubric(rubric, sections, by=by)


def published(kind: CreationType, *, by, rows=SMALL) -> Rubric:
    return actions.publish_rubric(draft(kind, by=by, rows=rows), by=by)


def code_ids(rubric: Rubric) -> dict[str, int]:
    return dict(Criterion.objects.filter(section__rubric=rubric).values_list("code", "pk"))


def section(rubric: Rubric, name: str) -> RubricSection:
    return rubric.sections.get(name=name)


def answers(score_round: ScoreRound, **texts) -> ScoreContent:
    """Everything answered: all conditions met but one, nothing deducted, passed."""
    marks = {}
    for line in score_sheet(score_round).lines:
        if not line.criterion.is_automatic:
            best = line.rule.samples(line.known)[0 if line.criterion.method == "deduct" else -1]
            marks |= {(line.criterion.pk, number): mark for number, mark in enumerate(best)}
    marks[code_ids(score_round.rubric)["A1"], 2] = Decimal(0)
    return ScoreContent(marks=marks, texts=texts)


def scored(site, level: RoundLevel, *, by, **texts) -> ScoreRound:
    """A submitted round."""
    opened = actions.open_round(site, level, by=by)
    texts.setdefault("team", TEAM)
    saved = actions.save_scores(opened, by=by, version=opened.version, content=answers(opened, **texts))
    return actions.submit_round(saved, by=by, version=saved.version)


def scored_by_all(site, people: dict) -> ScoreRound:
    """By the site, the county and the city; returns the city's round."""
    scored(site, RoundLevel.SELF, by=people["cadre"])
    scored(site, RoundLevel.COUNTY, by=people["county"])
    return scored(site, RoundLevel.CITY, by=people["city"])


def raised(score_round: ScoreRound, wanting: actions.Wanting, *, by, due_on) -> Rectification:
    """One finding as an item of the cadre's post."""
    post = Posts([score_round.site.organization]).answering(score_round.site.organization)[0]
    return actions.raise_findings(score_round, [wanting], post=post, due_on=due_on, by=by)[0]


def with_county_opinion(site, people: dict) -> Acceptance:
    opened = actions.open_acceptance(site, by=people["city"])
    if opened.county_at:
        return opened
    return actions.give_county_opinion(opened, by=people["county"], version=opened.version, opinion="同意报市验收。")


def verdict(conclusion="passed", **fields) -> actions.Verdict:
    fields = {"team": TEAM, "opinion": "听了汇报，看了现场，查了资料。", "city_opinion": "同意。"} | fields
    return actions.Verdict(conclusion, **fields)


def accepted(site, people: dict, conclusion="passed", **fields) -> Acceptance:
    opened = with_county_opinion(site, people)
    return actions.conclude(opened, verdict(conclusion, **fields), by=people["city"], version=opened.version)


def proposed_veto(site, code="VT3", *, by) -> VetoFinding:
    """Explained by nobody yet."""
    item = VetoItem.objects.get(rubric__creation_type=site.creation_type, rubric__published_at__isnull=False, code=code)
    return actions.propose_veto(site, item, "三次催办不理", by=by)


def vetoed(site, code="VT3", *, by, decided_by) -> VetoFinding:
    """Confirmed, when the days in which the site could explain are over."""
    proposed = proposed_veto(site, code, by=by)
    with clock.set_to(clock.now() + timedelta(days=EXPLAIN_DAYS)):
        return actions.decide_veto(proposed, by=decided_by, is_confirmed=True, decision="核对属实")
