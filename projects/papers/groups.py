"""领导小组名单 as of a day, as Word: an annex to the document that establishes the group."""

from datetime import date

from fedwork import clock
from fedwork.word import Document, Heading, Part, Text
from projects.groups import Roster
from projects.models import GroupMember

INDENT = "\u3000\u3000\u3000\u3000"


def roster_document(roster: Roster, day: date) -> Document:
    group = roster.group
    return Document(
        f"{group.title}成员名单",
        label="附件",
        parts=[*_parts(roster), *_office(roster), Text(_footing(roster, day))],
        signature=[f"{group.place}妇联" if not group.site else group.place, chinese_day(day)],
        made_at=clock.now(),
    )


def _parts(roster: Roster) -> list[Part]:
    rows = [
        (f"{roster.group.lead_label if roster.group.is_office else '组　长'}：", [roster.head] if roster.head else []),
        ("副组长：", roster.deputies),
        ("成　员：", roster.plain_members),
    ]
    return [part for lead, members in rows for part in _listed(lead, members)] or [Text("（当日没有成员）")]


def _listed(lead: str, members: list[GroupMember]) -> list[Text]:
    """The first stands beside the word, the others below it."""
    return [
        Text(_words(member), lead=lead) if number == 0 else Text(INDENT + _words(member))
        for number, member in enumerate(members)
    ]


def _words(member: GroupMember) -> str:
    """Name first where there is one, as such lists have it."""
    post = f"{member.unit}{member.post}"
    return f"{member.name}　{post}" if member.name else post


def _office(roster: Roster) -> list[Part]:
    if not roster.office:
        return []
    office = roster.office
    seat = f"，办公室设在{office.group.seat}" if office.group.seat else ""
    director = f"，由{_words(office.head)}兼任办公室主任" if office.head else ""
    return [
        Heading("办公室"),
        Text(f"领导小组下设办公室{seat}{director}。"),
        *_listed("成　员：", office.plain_members),
    ]


def _footing(roster: Roster, day: date) -> str:
    group = roster.group
    number = f"（{group.document_number}）" if group.document_number else ""
    changes = sorted({member.document_number for member in roster.members if member.document_number})
    changed = f"，其后按{'、'.join(changes)}调整" if changes else ""
    head = "组长为项目第一责任人。" if not group.is_office else ""
    return f"{head}本名单据{chinese_day(group.established_on)}成立文件{number}整理{changed}，为{chinese_day(day)}在任情况。"


def chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
