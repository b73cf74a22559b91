"""督查情况通报 (form 3.5) and the minutes of a meeting, as Word."""

from datetime import date, datetime

from django.utils import timezone

from fedwork.excel import Column, Kind
from fedwork.word import Annex, Document, Heading, Table, Text
from projects.completeness import Counts
from projects.meeting_pack import RANKED_BY, Pack, Ranked
from projects.models import Meeting, Rectification

RANKING = ["名次", "县（市、区）", "应报", "已报", "已报率", "按时率", "已审率", "被退"]
ISSUES = ["编号", "项目点", "问题", "类别", "责任单位", "整改要求", "整改时限"]
HANGING = ["编号", "项目点", "问题", "来源", "责任单位", "时限", "状态"]

REGISTER = [
    Column("日期", lambda meeting: meeting.held_on, Kind.DATE, 12),
    Column("会议", lambda meeting: meeting.get_kind_display(), Kind.CENTRE, 14),
    Column("应开期限", lambda meeting: meeting.due_on, Kind.DATE, 12),
    Column("地点", lambda meeting: meeting.place, width=24),
    Column("主持", lambda meeting: meeting.chaired_by, width=22),
    Column("参会岗位", lambda meeting: meeting.attendee_count, Kind.NUMBER, 10),
    Column("其他参会单位", lambda meeting: meeting.guests, width=24),
    Column("议定整改", lambda meeting: meeting.item_count, Kind.NUMBER, 10),
    Column("下步要求", lambda meeting: meeting.requirements, width=50),
    Column("定稿", lambda meeting: "是" if meeting.is_finished else "否", Kind.CENTRE, 8),
]


def circular(meeting: Meeting, pack: Pack, decided: list[Rectification]) -> Document:
    """关于……项目督查情况的通报. `decided` are the meeting's 整改事项."""
    programme = meeting.programme
    title = f"关于{programme}督查情况的通报"
    return Document(
        title,
        to="各县（市、区）妇联：",
        parts=[
            Heading("一、基本情况"),
            Text(_occasion(meeting, pack)),
            Heading("二、主要成效"),
            Text("\n".join(filter(None, [meeting.achievements, _results(pack)]))),
            Heading("三、存在问题"),
            *_problems(pack, decided),
            Heading("四、下步要求"),
            *_demands(meeting, decided),
            Text(f"附件：1. 月报报送排名表\n　　　2. 问题清单（{len(decided)} 项）", indent=True),
            Annex("附件 1", "月报报送排名表"),
            Text(f"数据截至 {_moment(pack.moment)}", indent=False),
            Table(RANKING, [_ranked(row) for row in pack.ranking], [1, 2.2, 1, 1, 1.3, 1.3, 1.3, 1], centred=range(8)),
            Annex("附件 2", "问题清单"),
            _issues(decided),
        ],
        signature=[_federation(programme), _day(meeting.held_on)],
        made_at=meeting.finished_at or pack.moment,
    )


def minutes(meeting: Meeting, pack: Pack | None, decided: list[Rectification]) -> Document:
    """会议纪要; with the items still open at the pack's moment where it is a supervision meeting."""
    attendees = "、".join(
        [*map(str, meeting.attendees.select_related("organization")), *filter(None, [meeting.guests])]
    )
    parts = [
        Text(f"{_day(meeting.held_on)}", lead="时　间："),
        Text(meeting.place, lead="地　点："),
        Text(meeting.chaired_by, lead="主　持："),
        Text(attendees or "（未登记）", lead="参　会："),
        Heading("一、议程"),
        Text(meeting.agenda or "（未写）"),
        Heading("二、会议讨论情况"),
        Text(meeting.minutes or "（未写）"),
        Heading("三、议定整改事项"),
        _issues(decided) if decided else Text("会议没有议定整改事项。"),
        Heading("四、下步要求"),
        *_demands(meeting, []),
    ]
    if pack and pack.items:
        parts += [Heading("五、会前尚未销号的整改事项"), _hanging(pack)]
    return Document(
        f"{meeting.programme}{meeting.get_kind_display()}纪要",
        parts=parts,
        signature=[_federation(meeting.programme), _day(meeting.held_on)],
        made_at=meeting.finished_at or meeting.pack_at,
    )


def _occasion(meeting: Meeting, pack: Pack) -> str:
    posts = meeting.attendees.count()
    who = f"，{posts} 个岗位参会" if posts else ""
    return (
        f"{_day(meeting.held_on)}，{_federation(meeting.programme)}在{meeting.place}召开{meeting.get_kind_display()}"
        f"，{meeting.chaired_by}主持{who}。会议对照月报、日程任务和整改事项，检查了 {len(pack.sites)} 个项目点的建设进度、"
        f"规范管理和运行质量。以下数据截至 {_moment(pack.moment)}，进度以审核通过的月报为准。"
    )


def _results(pack: Pack) -> str:
    total = pack.total
    best = "、".join(row.label for row in pack.ranking if row.place == 1)
    sentence = f"到数据截至时，应报月报 {total.due} 份，已报 {total.submitted} 份，按时率 {_percent(total, 'on_time')}，已审率 {_percent(total, 'accepted')}"
    leading = f"；报送情况较好的有{best}" if best else ""
    return f"{sentence}{leading}。{len(pack.sites)} 个项目点中，进度正常的 {pack.green_count} 个。"


def _problems(pack: Pack, decided: list[Rectification]) -> list[Text]:
    """By site, named."""
    texts = [
        Text(f"{state.mark.word}灯。{state.sentence}", lead=f"{number}. {state.site}（{state.site.county_name}）：")
        for number, state in enumerate(pack.troubled, 1)
    ]
    found = [f"{item.site}：{item.problem}" for item in decided]
    if found:
        texts.append(Text("\n".join(found), lead="会议还指出："))
    return texts or [Text("各项目点进度正常，没有发现突出问题。")]


def _demands(meeting: Meeting, decided: list[Rectification]) -> list[Text]:
    texts = [Text(meeting.requirements or "（未写）")]
    if decided:
        texts.append(
            Text(
                f"会议议定的 {len(decided)} 项整改（见附件 2），责任单位要在时限内整改并附材料报送；确有困难的，在到期前申请延期。"
                "整改后经复核方可销号，没有销号的列入下次会议材料。"
            )
        )
    return texts


def _issues(decided: list[Rectification]) -> Table:
    rows = [
        [
            item.number,
            str(item.site),
            item.problem,
            item.get_category_display(),
            item.organization.name,
            item.measure,
            f"{item.due_on:%Y-%m-%d}",
        ]
        for item in decided
    ]
    return Table(ISSUES, rows, [2.5, 2.2, 3, 1.2, 1.7, 3, 2.2], centred=[0, 3, 6])


def _hanging(pack: Pack) -> Table:
    rows = [
        [
            each.item.number,
            str(each.item.site),
            each.item.problem,
            each.item.source_words,
            each.item.organization.name,
            f"{each.step.due_on:%Y-%m-%d}",
            each.mark.word,
        ]
        for each in pack.items
    ]
    return Table(HANGING, rows, [2.5, 2.2, 3.2, 2, 1.7, 2.2, 1.6], centred=[0, 5, 6])


def _ranked(row: Ranked) -> list[str]:
    counts = row.counts
    rates = [_percent(counts, name) for name in RANKED_BY]
    return [f"{row.place}", row.label, f"{counts.due}", f"{counts.submitted}", *rates, f"{counts.sent_back}"]


def _percent(counts: Counts, name: str) -> str:
    percent = counts.percent(name)
    return "—" if percent is None else f"{percent}%"


def _federation(programme) -> str:
    return f"{programme.organization}妇女联合会"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _moment(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{_day(local.date())} {local:%H:%M}"
