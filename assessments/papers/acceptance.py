"""验收评审表 (form 3.7): parts one to four from the system, then the group's opinion, the conclusion, and room to sign."""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from assessments.facts import facts_of
from assessments.models import Acceptance, Conclusion
from fedwork.excel import Block, Box, Kind, Paper, head

WIDTHS = [14, 12, 12, 12, 12, 12, 12, 14]
WHOLE = len(WIDTHS)
SIGNERS = 5
SEAL = "（盖章）　　　　年　　月　　日"
GENERAL = "General"
MONEY = [
    ("{fund}下达", "province"),
    ("{fund}到位", "province_arrived"),
    ("配套承诺", "pledged"),
    ("配套到位", "matching"),
    ("支出", "spent"),
    ("结余", "balance"),
]
FEN = "#,##0.00"


def acceptance_paper(acceptance: Acceptance, *, now: datetime) -> Paper:
    facts = facts_of(acceptance, now=now)
    return Paper(
        tab="验收评审表",
        title="项目验收评审表",
        widths=WIDTHS,
        above=[[f"项目名称：{facts['site']['project']}", f"{acceptance.label}　数据截至 {facts['as_of']}"]],
        blocks=[
            _unit(facts["site"]),
            _tasks(facts),
            _money(facts),
            _scores(facts),
            _vetoes(facts),
            _opinion(acceptance),
            _conclusion(acceptance),
            _signatures(acceptance),
            _seals(acceptance),
        ],
        repeats=True,
        notes=["说明：一至四由系统按数据截至时间填写，作出结论时固定；资金单位为元，以到账和支出的凭证为准。"],
        made_at=acceptance.concluded_at or now,
    )


def _pair(label: str, value: str, *, across: int = 3) -> list[Box]:
    return [head(label), Box(value, Kind.CENTRE, across=across)]


def _unit(site: dict) -> Block:
    rows = [
        [("项目点", site["name"]), ("创建类型", site["kind"])],
        [("承办单位", f"{site['county']}{site['unit']}"), ("实施期", site["period"])],
        [("负责人", site["leader"]), ("联系电话", site["phone"])],
    ]
    return Block([[box for pair in row for box in _pair(*pair)] for row in rows])


def _tasks(facts: dict) -> Block:
    stages = [
        [
            Box(stage, Kind.CENTRE),
            Box(window, Kind.CENTRE, across=2),
            *(Box(number, Kind.CENTRE) for number in (planned, done, late)),
            Box(completed or "未确认", Kind.CENTRE, across=2),
        ]
        for stage, window, planned, done, late, completed in facts["tasks"]
    ]
    work = [
        [Box(name, across=3), Box(wanted, across=2), Box(actual, across=3)] for name, wanted, actual in facts["work"]
    ]
    heading = [
        head("阶段"),
        head("计划起止", across=2),
        head("计划任务"),
        head("已完成"),
        head("逾期未完成"),
        head("阶段确认完成", across=2),
    ]
    between = [head("工作", across=3), head("应做", across=2), head("实际", across=3)]
    return Block([heading, *stages, between, *work], caption="一、任务完成情况")


def money_rows(facts: dict) -> list[tuple[str, str, Decimal]]:
    """(label, name, yuan), the programme's money by its own name."""
    return [(label.format(fund=facts["site"]["fund"]), name, Decimal(facts["money"][name])) for label, name in MONEY]


def _yuan(label: str, amount: Decimal, *, name: str = "") -> list[Box]:
    return [head(label), Box(amount, Kind.NUMBER, across=3, name=name, number_format=FEN)]


def _money(facts: dict) -> Block:
    money = facts["money"]
    pairs = [_yuan(label, amount, name=name) for label, name, amount in money_rows(facts)]
    rows = [[*pairs[place], *pairs[place + 1]] for place in range(0, len(pairs), 2)]
    rows.append(
        [
            *_yuan("到位合计", Decimal(money["arrived"])),
            *_yuan("实物折价", Decimal(money["in_kind"])),
        ]
    )
    return Block(rows, caption="二、资金（元）", heading_rows=0)


def _scores(facts: dict) -> Block:
    heading = [head("考核项目", across=3), head("分值"), head("自评分"), head("县评分"), head("市评分"), head("得分率")]
    rows = [
        [
            Box(name, across=3),
            _points(most),
            *map(_points, points),
            Box(facts.get("rates", {}).get(name, ""), Kind.CENTRE),
        ]
        for name, most, *points in facts["sections"]
    ]
    ends = [
        [
            Box(level, Kind.CENTRE, across=3),
            Box("总分", Kind.CENTRE),
            _points(total),
            Box(f"{grade}　{day} 提交　{document}".rstrip(), across=3),
        ]
        for level, total, grade, day, document in facts["rounds"]
    ]
    return Block([heading, *rows, *ends], caption="三、得分")


def _points(points: str) -> Box:
    return Box(Decimal(points) if points else "", Kind.NUMBER, number_format=GENERAL)


def _vetoes(facts: dict) -> Block:
    items = facts["items"]
    rows = [
        [Box(label, across=3), Box(state, Kind.CENTRE, across=2), Box(basis, across=3)]
        for label, state, basis in facts["vetoes"]
    ] or [[Box("没有登记一票否决事项", across=WHOLE)]]
    rows.append(
        [
            Box(
                f"整改事项：交办 {items['raised']} 项，已销号 {items['closed']} 项，未销号 {items['open']} 项",
                across=WHOLE,
            )
        ]
    )
    return Block(
        [[head("否决项", across=3), head("核查情况", across=2), head("依据", across=3)], *rows],
        caption="四、一票否决核查",
    )


def _opinion(acceptance: Acceptance) -> Block:
    return Block([[Box(acceptance.opinion, across=WHOLE, lines=4)]], caption="五、验收组意见", heading_rows=0)


def _conclusion(acceptance: Acceptance) -> Block:
    due = f"（{acceptance.due_on:%Y-%m-%d} 前）" if acceptance.due_on else "（　　年　　月　　日前）"
    words = [
        f"{'☑' if acceptance.conclusion == each else '□'}{each.label}{due if each == Conclusion.RECTIFY else ''}"
        for each in Conclusion
    ]
    score = f"得分 {acceptance.total.normalize():f}，等次 {acceptance.grade}" if acceptance.total is not None else ""
    return Block(
        [[Box("　　".join(words), Kind.CENTRE, across=WHOLE - 3, is_bold=True), Box(score, Kind.CENTRE, across=3)]],
        caption="六、验收结论",
        heading_rows=0,
    )


def _signatures(acceptance: Acceptance) -> Block:
    members = acceptance.members + [""] * max(0, SIGNERS - len(acceptance.members))
    heading = [head("验收组"), head("姓名、单位、职务", across=4), head("签字", across=3)]
    rows = [
        [Box("组长" if place == 0 else "成员", Kind.CENTRE), Box(member, across=4), Box("", across=3, lines=2)]
        for place, member in enumerate(members)
    ]
    return Block([heading, *rows])


def _seals(acceptance: Acceptance) -> Block:
    rows = [
        _seal("县级意见", acceptance.county_opinion, acceptance.county_at),
        _seal("市级意见", acceptance.city_opinion, acceptance.concluded_at),
    ]
    return Block(rows, heading_rows=0)


def _seal(label: str, opinion: str, moment: datetime | None) -> list[Box]:
    when = f"（盖章）　　{timezone.localdate(moment):%Y年%-m月%-d日}" if moment else SEAL
    return [head(label), Box(f"{opinion}\n\n{when}".lstrip(), across=WHOLE - 1, lines=4)]
