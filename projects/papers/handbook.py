"""项目创建手册 of a programme as Word, from what the system knows today. Chapter by chapter: one that has nothing to say
is left out, and the others are numbered in their order.

Other apps add chapters of their own (rubric, organisation): `EXTRA_CHAPTERS.append(function)` when the app is ready.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from fedwork import clock
from fedwork.numbers import grouped_number
from fedwork.word import Contents, Document, Heading, Part, Table, Text
from organizations.calendar import load_calendar
from projects.duties import contacts_of
from projects.groups import counties_of, rosters_of
from projects.meeting_plan import due_days
from projects.models import CreationStandard, GroupMember, LeadingGroup, Measure, Programme, ProjectSite, SiteContact
from projects.states import ReviewChain

NUMBERS = "一二三四五六七八九十"
FORMS = [
    ("项目资金分配表", "市妇联编制，下达后不可改，调整另出新版", "资金分配表"),
    ("项目进度月报表", "每个项目点每月一份", "月报，“打印”里有填好的表和空表"),
    ("项目进度月报汇总表", "县、市按月汇总", "月报汇总"),
    ("督查台账", "整改事项逐项登记，销号管理", "整改事项"),
    ("督查情况通报、会议纪要", "每次督查汇报会以后", "督查会议"),
    ("调研指导一览表", "各项目点各月应访、已访和缺", "调研指导"),
    ("备查资料目录", "每个项目点一份，可连同资料打包", "备查资料"),
]


@dataclass(frozen=True)
class Chapter:
    title: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Reader:
    """For whom the handbook is made: `sites` are those that they see, `is_whole` when these are all."""

    programme: Programme
    sites: QuerySet
    is_whole: bool


EXTRA_CHAPTERS: list[Callable[[Reader], Chapter | None]] = []


def handbook(reader: Reader, *, now: datetime) -> Document:
    programme = reader.programme
    chapters = [chapter for write in [*CHAPTERS, *EXTRA_CHAPTERS] if (chapter := write(reader)) and chapter.parts]
    titles = [f"{chinese_number(number)}、{chapter.title}" for number, chapter in enumerate(chapters, 1)]
    parts: list[Part] = [Contents(titles)]
    for title, chapter in zip(titles, chapters, strict=True):
        parts += [Heading(title), *chapter.parts]
    return Document(
        f"{programme}\n创建手册",
        parts=parts,
        cover=[f"{programme.organization}妇女联合会", _day(timezone.localdate(now))],
        made_at=now,
    )


def chinese_number(number: int) -> str:
    """1 to 99: 一, 十, 十二, 二十一."""
    tens, ones = divmod(number, 10)
    before = "" if tens == 0 else "十" if tens == 1 else f"{NUMBERS[tens - 1]}十"
    return before + (NUMBERS[ones - 1] if ones else "")


def _basis(reader: Reader) -> Chapter:
    programme = reader.programme
    facts = [("立项文号：", programme.document_number), ("依　　据：", programme.legal_basis)]
    parts: list[Part] = [Text(words, lead=lead) for lead, words in facts if words]
    if programme.goals:
        parts += [Heading("（一）创建目标", level=2), Text(programme.goals)]
    return Chapter("依据和目标", parts)


def _quotas(reader: Reader) -> Chapter:
    types = list(reader.programme.creation_types.all())
    rows = [[f"{number}", kind.name, f"{kind.quota}"] for number, kind in enumerate(types, 1)]
    rows += [["", "合计", f"{sum(kind.quota for kind in types)}"]] if rows else []
    words = "项目点按下列类型和名额申报、审核和批准，批准后名称和类型不再变动。"
    return Chapter(
        "创建类型和名额", [Text(words), _table(["序号", "创建类型", "名额（个）"], rows, [1, 4, 2])] if rows else []
    )


def _standards(reader: Reader) -> Chapter:
    """Those in force, by type."""
    parts: list[Part] = []
    for number, kind in enumerate(reader.programme.creation_types.all(), 1):
        standard = CreationStandard.objects.in_force(kind.pk)
        if standard is None:
            continue
        parts.append(Heading(f"（{chinese_number(number)}）{kind}（第 {standard.version} 版）", level=2))
        parts += [Text("", lead=words) if is_heading else Text(words) for is_heading, words in standard.paragraphs]
    return Chapter("创建标准", parts)


def _schedule(reader: Reader) -> Chapter:
    parts: list[Part] = []
    stages = reader.programme.stages.prefetch_related("tasks__creation_type")
    for number, stage in enumerate(stages, 1):
        window = f"{_day(stage.starts_on)}至{_day(stage.ends_on)}"
        parts.append(Heading(f"（{chinese_number(number)}）{stage.get_kind_display()}（{window}）", level=2))
        rows = [
            [str(task), str(task.creation_type or "全部类型"), f"{task.starts_on:%Y-%m-%d}", f"{task.due_on:%Y-%m-%d}"]
            for task in stage.tasks.all()
        ]
        words = Text("这个阶段没有列统一的任务。")
        parts.append(_table(["工作内容", "适用", "开始", "计划完成"], rows, [5, 2, 2, 2]) if rows else words)
    return Chapter("阶段和进度日程安排", parts)


def _reporting(reader: Reader) -> Chapter:
    programme = reader.programme
    rule = programme.due_rule
    chain = {
        ReviewChain.COUNTY_CITY: "填报单位提交后，先由县（市、区）妇联审核，再由市妇联审核",
        ReviewChain.CITY_ONLY: "填报单位提交后，由市妇联审核",
    }[ReviewChain(programme.review_chain)]
    locked = f"逾期 {programme.lock_days} 天锁定，需由市妇联逐份解锁。" if programme.lock_days is not None else ""
    rows = [[_month(due.month), f"{_day(due.day)} {due.at:%H:%M}"] for due in rule.due_days(programme.months())]
    return Chapter(
        "月报报送",
        [
            Text(f"每个项目点每月报送一份进度月报，{rule}。没有进展的也要报，写明原因，作零报告。{locked}"),
            Text(f"{chain}。退回的按意见改好再报，是否按时以首次提交为准。"),
            _table(["报告期", "截止时间"], rows, [1, 2], centred=[0, 1]),
        ],
    )


def _measures(reader: Reader) -> Chapter:
    rows = [
        [measure.get_section_display(), measure.name, measure.unit, _definition(measure)]
        for measure in reader.programme.measures.select_related("kind")
    ]
    notes = "人次和人数分开：一个人参加三次，是 1 人、3 人次。资金按实际到账和支出填写，承诺不作到位。"
    return Chapter(
        "月报指标和口径", [_table(["类别", "指标", "单位", "口径"], rows, [1, 2, 1, 4]), Text(notes)] if rows else []
    )


def _definition(measure: Measure) -> str:
    if not measure.is_counted:
        return "按当月实际发生数填写，没有发生的填 0"
    of_kind = f"“{measure.kind}”类" if measure.kind else ""
    return f"由工作记录自动计数：当月{of_kind}{measure.get_source_display()}之和"


def _visits_and_meetings(reader: Reader) -> Chapter:
    programme = reader.programme
    parts: list[Part] = []
    if programme.has_monthly_visits:
        parts.append(
            Text("市妇联每月到每个项目点至少指导一次，从活动、硬件、资料三个方面提出意见，当场记录；县级妇联随时到点。")
        )
    if days := due_days(programme, load_calendar()):
        when = "、".join(_day(day) for day in days)
        parts.append(Text(f"每 {programme.meeting_interval} 个月召开一次督查汇报会，最迟召开日期：{when}。"))
    parts.append(
        Text(
            "到点指导、督查和会议发现的问题列为整改事项，交办到岗位，限期整改；到期前可以申请延期，由整改人以外的人复核后销号。"
        )
    )
    return Chapter("调研指导和督查", parts)


def _money(reader: Reader) -> Chapter:
    programme = reader.programme
    amount = f"每个项目点{programme.fund_name} {grouped_number(programme.province_amount)} 元。"
    if not programme.asks_matching:
        text = "不要求配套。下达、拨付、到位、支出分别登记，不能混用；专款专用，专账核算。"
        return Chapter("资金", [Text(amount + text)])
    floor = grouped_number(programme.matching_floor)
    return Chapter(
        "资金和配套",
        [
            Text(f"{amount}配套资金不少于 {floor} 元，低于此数的不予下达。"),
            Text(
                f"配套资金与专项资金之比争取达到 {programme.matching_ratio.normalize():f}:1，未达到的在分配表上注明。"
            ),
            Text(
                "配套资金由县级、乡镇（街道）、村（社区）和社会捐助落实，实物折价另列。承诺、下达、拨付、到位、支出分别登记，不能混用；专款专用，专账核算。"
            ),
        ],
    )


def _archive(reader: Reader) -> Chapter:
    rows = [
        [
            f"{category.position:02}",
            category.name,
            category.get_retention_display(),
            "、".join(map(str, category.required_for.all())) or "不作要求",
            f"{category.minimum}",
            category.get_source_display() or "上传",
        ]
        for category in reader.programme.archive_categories.prefetch_related("required_for")
    ]
    heading = ["目录号", "类别", "保管期限", "必备的类型", "至少（件）", "资料来源"]
    words = "资料随做随存，正文连同附件为一件，工作记录连同照片为一件。系统里已有的记录自动归入，不用重复上传。"
    return Chapter("备查资料", [Text(words), _table(heading, rows, [1.2, 2, 1.6, 3, 1.4, 2])] if rows else [])


def _sites(reader: Reader) -> Chapter:
    sites: Sequence[ProjectSite] = reader.sites.approved().select_related("creation_type").by_county()
    rows = [
        [f"{number}", site.county_name, site.township_name, site.name, str(site.creation_type), site.leader_title]
        for number, site in enumerate(sites, 1)
    ]
    heading = ["序号", "县（市、区）", "乡镇（街道）", "项目点", "类型", "负责人职务"]
    title = "项目点名单" if reader.is_whole else "本辖区项目点名单"
    return Chapter(title, [_table(heading, rows, [1, 2, 2, 3, 2, 2])] if rows else [])


def _forms(reader: Reader) -> Chapter:
    rows = [[f"{number}", *row] for number, row in enumerate(FORMS, 1)]
    return Chapter("表格目录", [_table(["序号", "表格", "用途", "在系统的哪里"], rows, [1, 3, 4, 4])])


def _groups(reader: Reader) -> Chapter:
    """The groups of the city and of the counties whose sites the reader sees, by their posts: people change."""
    places = [reader.programme.organization, *counties_of(_approved(reader))]
    standing = LeadingGroup.objects.filter(programme=reader.programme, site=None, organization__in=places)
    rosters = [roster.by_post() for roster in rosters_of(standing, clock.today())]
    rosters.sort(key=lambda roster: (roster.group.organization.level, roster.group.organization.code, roster.group.pk))
    rows = [
        [str(each.group), str(each.head or ""), _listed(each.deputies), _listed(each.plain_members)] for each in rosters
    ]
    heading = ["机构", "组长（主任）", "副组长", "成员"]
    words = "组长为项目第一责任人。职责跟岗位走，人员变动由接任的人承担。"
    return Chapter("组织领导", [Text(words), _table(heading, rows, [3, 2, 2, 3], centred=())] if rows else [])


def _listed(members: Sequence[GroupMember]) -> str:
    return "、".join(map(str, members))


def _duties(reader: Reader) -> Chapter:
    """Those of the whole programme; those of single sites stand in the table of the programme."""
    rows = [
        [f"{number}", duty.task, duty.lead_unit, duty.post, duty.cooperating, f"{duty.due_on:%Y-%m-%d}"]
        for number, duty in enumerate(reader.programme.duties.filter(site=None), 1)
    ]
    heading = ["序号", "任务", "牵头单位", "责任岗位", "配合单位", "完成时限"]
    return Chapter("责任分解", [_table(heading, rows, [1, 4, 2, 2, 3, 2], centred=(0, 5))] if rows else [])


def _plan(reader: Reader) -> Chapter:
    """The city's, in the version that holds."""
    programme = reader.programme
    plan = programme.plans.current().filter(organization=programme.organization_id, site=None).first()
    parts: list[Part] = [Text(plan.document_number, lead="文号：")] if plan and plan.document_number else []
    for number, (heading, lines) in enumerate(plan.printed_sections if plan else [], 1):
        title = heading.partition("、")[2]
        parts += [Heading(f"（{chinese_number(number)}）{title}", level=2), *map(Text, lines)]
    return Chapter("实施方案", parts)


def _approved(reader: Reader) -> list[ProjectSite]:
    return list(reader.sites.approved().select_related("organization").by_county())


def _contacts(reader: Reader) -> Chapter:
    """By post: people change."""
    sites = _approved(reader)
    counties = list(dict.fromkeys(site.county_name for site in sites if site.county_name))
    rows = [[f"{reader.programme.organization}妇联", "市级业务员", "项目管理、审核、督查、资金下达"]]
    rows += [[f"{county}妇联", "县级审核员", "月报审核、到点指导、督促整改"] for county in counties]
    rows.append(["各乡镇（街道）妇联", "填报员", "工作记录、月报填报、备查资料"])
    named = [each for each in contacts_of(sites) if each.city or each.county]
    below = [[str(each.site), *(_telephone(contact) for contact in [each.city, each.county])] for each in named]
    parts: list[Part] = [_table(["单位", "岗位", "职责"], rows, [3, 2, 4])]
    if below:
        heading = Heading("（一）各项目点的联系岗位", level=2)
        parts += [heading, _table(["项目点", "市部室联系岗位", "县区联系岗位"], below, [3, 3, 3], centred=())]
    return Chapter("联系岗位", parts)


def _telephone(contact: SiteContact | None) -> str:
    return f"{contact} {contact.phone}".strip() if contact else "还没有指定"


CHAPTERS: list[Callable[[Reader], Chapter | None]] = [
    _basis,
    _quotas,
    _groups,
    _duties,
    _plan,
    _standards,
    _schedule,
    _reporting,
    _measures,
    _visits_and_meetings,
    _money,
    _archive,
    _sites,
    _forms,
    _contacts,
]


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], centred=(0,)) -> Table:
    return Table(heading, rows, widths, centred=centred)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _month(month: date) -> str:
    return f"{month.year}年{month.month}月"
