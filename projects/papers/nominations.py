"""申报审核表 of one site, A4 portrait with the three opinions, and 项目点一览表 of a programme, landscape."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone

from fedwork.excel import EPOCH, Block, Box, Kind, Paper, head
from projects.models import Nomination, NominationVerb, Programme, ProjectSite
from projects.nominations import REACHED, Dossier

FORM_WIDTHS = [16, 8, 16, 8, 16, 8, 16, 8]
SEAL = "（盖章）　　　　年　　月　　日"
FORM_NOTES = ["说明：一式三份，申报单位、县（市、区）妇联、市妇联各存一份。摸底数字以摸底日期为准。"]
# Heading and width in characters.
REGISTER = [
    ("序号", 5),
    ("县（市、区）", 10),
    ("乡镇（街道）", 12),
    ("项目点名称", 20),
    ("创建类型", 11),
    ("负责人职务", 12),
    ("创建内容", 30),
    ("妇女总数", 8),
    ("预计受益", 8),
    ("推荐名次", 6),
    ("状态", 10),
    ("省批复文号", 18),
    ("批复日期", 11),
    ("专项资金（元）", 12),
]
REGISTER_SIGNATURE = ["单位负责人（签字）：", "审核人：", "填表人：", "填报日期：　　年　　月　　日"]


def nomination_paper(file: Dossier) -> Paper:
    site = file.site
    unit = f"{site.township_name}妇联" if site.township_name else site.village_name
    submitted = file.last(NominationVerb.SUBMITTED)
    day = _day(timezone.localdate(submitted.made_at)) if submitted else "　　年　　月　　日"
    return Paper(
        tab="申报审核表",
        title="项目点申报审核表",
        widths=FORM_WIDTHS,
        above=[[site.programme.name], [f"申报单位：{unit}（盖章）", f"申报日期：{day}"]],
        blocks=[_unit(site, file.nomination), _survey(file.nomination), _statement(file.nomination), _opinions(file)],
        notes=FORM_NOTES,
        made_at=file.steps[-1].made_at if file.steps else EPOCH,
    )


def _pair(label: str, value, *, across: int = 1, kind: Kind = Kind.CENTRE) -> list[Box]:
    return [head(label), Box("" if value is None else value, kind, across=across)]


def _long(label: str, text: str, lines: int = 3) -> list[Box]:
    return [head(label), Box(text, across=len(FORM_WIDTHS) - 1, lines=lines)]


def _unit(site: ProjectSite, nomination: Nomination) -> Block:
    return Block(
        [
            [*_pair("项目点名称", site.name, across=3), *_pair("创建类型", str(site.creation_type), across=3)],
            [
                *_pair("县（市、区）", site.county_name),
                *_pair("乡镇（街道）", site.township_name),
                *_pair("村（社区、基地）", site.village_name, across=3),
            ],
            [
                *_pair("负责人职务", site.leader_title),
                *_pair("联系人职务", nomination.contact_post),
                *_pair("联系电话", nomination.contact_phone, across=3),
            ],
        ],
        caption="一、申报单位",
        heading_rows=0,
    )


def _survey(nomination: Nomination) -> Block:
    numbers = [
        ("妇女总数（人）", nomination.women),
        ("劳动年龄（人）", nomination.working_age),
        ("留守妇女（人）", nomination.left_behind),
        ("留守儿童家庭户", nomination.left_behind_families),
        ("有技能妇女（人）", nomination.skilled),
        ("妇女组织（个）", nomination.groups),
        ("巾帼志愿者（人）", nomination.volunteers),
        ("阵地面积（㎡）", nomination.venue_area),
    ]
    rows = [[box for pair in numbers[start : start + 4] for box in _pair(*pair)] for start in (0, 4)]
    day = _day(nomination.surveyed_on) if nomination.surveyed_on else ""
    return Block(
        [
            *rows,
            _long("现有阵地", nomination.venues, 2),
            _long("主要产业", nomination.industries, 2),
            _long("妇女需求", nomination.needs, 3),
            [*_pair("摸底日期", day, across=3), *_pair("摸底人员", nomination.surveyed_by, across=3)],
        ],
        caption="二、摸底情况",
        heading_rows=0,
    )


def _statement(nomination: Nomination) -> Block:
    return Block(
        [
            _long("特色和示范作用", nomination.feature),
            _long("创建内容", nomination.content),
            _pair("预计受益（人）", nomination.beneficiaries, across=len(FORM_WIDTHS) - 1),
        ],
        caption="三、申报内容",
        heading_rows=0,
    )


def _opinions(file: Dossier) -> Block:
    return Block(
        [
            [head(label), Box(f"{text}\n\n{SEAL}".lstrip(), across=len(FORM_WIDTHS) - 1, lines=4)]
            for label, text in [
                ("县级推荐意见", _county(file)),
                ("市级审核意见", _city(file)),
                ("省级批复意见", _province(file)),
            ]
        ],
        caption="四、审核意见",
        heading_rows=0,
    )


def _county(file: Dossier) -> str:
    made = file.recommendation
    return f"{made.organization}妇联推荐，同类型第 {made.rank} 名。{made.reason}" if made else ""


def _city(file: Dossier) -> str:
    visits = [
        f"{_day(check.checked_on)}，{check.leader_post}带队（{check.team_posts}）到{check.place}审核，{check.words}：{check.finding}"
        for check in file.checks
    ]
    passed = file.last(NominationVerb.CHECKED) if file.site.status in REACHED["checked"] else None
    return "\n".join([*visits, passed.text] if passed else visits)


def _province(file: Dossier) -> str:
    site, nomination = file.site, file.nomination
    if not site.is_settled:
        return ""
    day = f"（{_day(nomination.decided_on)}）" if nomination.decided_on else ""
    if site.is_approved:
        return f"{nomination.document_number}{day}批准为{site.creation_type}项目点。"
    declined = file.last(NominationVerb.DECLINED)
    return f"{nomination.document_number}{day}未获批准：{declined.text}" if declined else ""


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def register_paper(
    sites: Sequence[ProjectSite], *, programme: Programme | None, place: str, scope: str, now: datetime
) -> Paper:
    """Needs `creation_type`, `nomination` and `recommendation` with each site."""
    moment = timezone.localtime(now)
    until = f"数据截至 {_day(moment.date())} {moment:%H:%M}"
    rows = [_register_row(number, site) for number, site in enumerate(sites, 1)]
    return Paper(
        tab="项目点一览表",
        title=f"{programme or ''}项目点一览表",
        widths=[width for _, width in REGISTER],
        above=[[f"填报单位：{place}妇联（盖章）", scope, until]],
        blocks=[Block([[head(word) for word, _ in REGISTER], *rows, _total(sites)])],
        signature=[REGISTER_SIGNATURE],
        landscape=True,
        repeats=True,
        made_at=now,
    )


def _register_row(number: int, site: ProjectSite) -> list[Box]:
    nomination = getattr(site, "nomination", None) or Nomination()
    recommendation = getattr(site, "recommendation", None)
    return [
        Box(str(number), Kind.CENTRE),
        Box(site.county_name),
        Box(site.township_name),
        Box(site.name),
        Box(str(site.creation_type), Kind.CENTRE),
        Box(site.leader_title),
        Box(nomination.content),
        Box(nomination.women, Kind.NUMBER),
        Box(nomination.beneficiaries, Kind.NUMBER, name=f"gain{number}"),
        Box(str(recommendation.rank) if recommendation else "", Kind.CENTRE),
        Box(site.get_status_display(), Kind.CENTRE),
        Box(nomination.document_number),
        Box(f"{nomination.decided_on:%Y-%m-%d}" if nomination.decided_on else "", Kind.CENTRE),
        Box(site.province_amount, Kind.NUMBER, name=f"money{number}", number_format="#,##0.00"),
    ]


def _total(sites: Sequence[ProjectSite]) -> list[Box]:
    gain = sum((nomination.beneficiaries or 0) for site in sites if (nomination := getattr(site, "nomination", None)))
    money = sum(site.province_amount for site in sites)

    def total(name: str, value, **options) -> Box:
        formula = f"SUM({{{name}1}}:{{{name}{len(sites)}}})" if sites else ""
        return Box(value, Kind.NUMBER, is_bold=True, formula=formula, **options)

    return [
        Box(f"合计　{len(sites)} 个", Kind.CENTRE, across=8, is_bold=True),
        total("gain", gain),
        Box("", across=4),
        total("money", money, number_format="#,##0.00"),
    ]
