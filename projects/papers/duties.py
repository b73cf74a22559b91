"""责任分解表: the duties of the programme, those of single sites, and who keeps in touch with each site."""

from datetime import date, datetime

from django.utils import timezone

from fedwork.excel import Block, Box, Kind, Paper, head
from projects.duties import DutyTable, SiteContacts
from projects.models import Duty, SiteContact

COLUMNS = [("序号", 5), ("任务", 34), ("牵头单位", 16), ("责任岗位", 30), ("配合单位", 30), ("完成时限", 13)]
WIDTHS = [width for _, width in COLUMNS]
CONTACTS = ["序号", "项目点", "县（市、区）", "市部室联系岗位", "县区联系岗位", "缺"]
NOTES = ["说明：责任跟岗位走，人员变动由接任的人承担；联系岗位每个项目点市、县各一个。"]
SIGNATURE = ["单位负责人（签字）：", "审核人：", "填表人：", "填报日期：　　年　　月　　日"]


def duty_paper(table: DutyTable, *, place: str, now: datetime) -> Paper:
    moment = timezone.localtime(now)
    until = f"数据截至 {moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"
    return Paper(
        tab="责任分解表",
        title=f"{table.programme}责任分解表",
        widths=WIDTHS,
        above=[[f"填报单位：{place}妇联（盖章）", until]],
        blocks=_blocks(table),
        signature=[SIGNATURE],
        notes=NOTES,
        made_at=now,
    )


def _blocks(table: DutyTable) -> list[Block]:
    heading = [head(word) for word, _ in COLUMNS]
    blocks = [Block([heading, *_rows(table.common)], caption="一、整个批次")]
    if table.of_sites:
        blocks.append(Block([heading, *_rows(table.of_sites)], caption="二、各项目点"))
    rows = [_contacts(number, each) for number, each in enumerate(table.sites, 1)]
    caption = f"{'三' if table.of_sites else '二'}、项目点联系岗位"
    return [*blocks, Block([[head(word) for word in CONTACTS], *rows], caption=caption)]


def _rows(duties: list[Duty]) -> list[list[Box]]:
    rows = [_row(number, duty) for number, duty in enumerate(duties, 1)]
    return rows or [[Box("（没有）", across=len(COLUMNS))]]


def _row(number: int, duty: Duty) -> list[Box]:
    task = f"{duty.site}：{duty.task}" if duty.site else duty.task
    words = [task, duty.lead_unit, duty.post, duty.cooperating]
    return [Box(str(number), Kind.CENTRE), *map(Box, words), Box(_day(duty.due_on), Kind.CENTRE)]


def _contacts(number: int, each: SiteContacts) -> list[Box]:
    contacts = [_contact(each.city), _contact(each.county)]
    site = each.site
    words = [site.name, site.county_name, *contacts, "、".join(each.missing)]
    return [Box(str(number), Kind.CENTRE), *map(Box, words)]


def _contact(contact: SiteContact | None) -> str:
    return f"{contact} {contact.phone}".strip() if contact else ""


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d}"
