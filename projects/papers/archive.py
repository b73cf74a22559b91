"""备查资料目录 of one site, landscape; and the table of completeness over many sites."""

from datetime import datetime

from django.utils import timezone

from fedwork.excel import Block, Box, Column, Kind, Paper, head, write_list
from projects.archive import Board, Catalogue, Item, Section, Standing
from projects.models import ProjectSite

# Heading and width in characters.
COLUMNS = [
    ("件号", 7),
    ("题名", 40),
    ("成文日期", 12),
    ("来源", 12),
    ("归档人", 14),
    ("文件数", 7),
    ("校验值（SHA-256 前 16 位）", 26),
    ("备注", 20),
]
NOTES = [
    "说明：1. 正文连同附件为一件，一条工作记录连同照片为一件；系统生成的由系统数据随时写出，不用上传。",
    "2. 校验值用来核对文件有没有改动，全部文件的完整校验值在打包文件的目录页里。",
    "3. 文件在保管期限内不删除，移除只作标记并写明原因。",
]
SIGNATURE = ["单位负责人（签字）：", "归档人：", "日期：　　年　　月　　日"]
HASH_SHOWN = 16


def catalogue_paper(catalogue: Catalogue, *, now: datetime) -> Paper:
    """Each category with its items in order; a category that isn't complete says what it lacks."""
    site, moment = catalogue.owner, timezone.localtime(now)
    rows = [row for section in catalogue.sections for row in _section_rows(section)]
    return Paper(
        tab="备查资料目录",
        title="备查资料目录",
        widths=[width for _, width in COLUMNS],
        above=[
            [f"项目点：{site}（{site.creation_type}）", f"{site.programme}"],
            [standing_words(catalogue), f"数据截至 {moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"],
        ],
        blocks=[Block([[head(word) for word, _ in COLUMNS], *rows])],
        signature=[SIGNATURE],
        notes=NOTES,
        landscape=True,
        repeats=True,
        made_at=now,
    )


def standing_words(catalogue: Catalogue) -> str:
    """“应有 10 类，已齐 8 类，齐全率 80%；缺：资金、工作日志”."""
    asked, missing = catalogue.asked, catalogue.missing
    if not asked:
        return "现在没有必备的类别"
    lacks = "；缺：" + "、".join(section.name for section in missing) if missing else ""
    return f"应有 {len(asked)} 类，已齐 {len(asked) - len(missing)} 类，齐全率 {catalogue.percent}%{lacks}"


def _section_rows(section: Section) -> list[list[Box]]:
    retention = f"　保管期限：{section.category.get_retention_display()}" if section.category else ""
    words = f"{section.label}（{section.count} 件）{retention}　{section.mark.word}"
    rows = [[Box(words, across=len(COLUMNS), is_bold=True)]]
    if not section.items:
        rows.append([Box("（无）", Kind.CENTRE, across=len(COLUMNS))])
    return rows + [_item_row(section, item) for item in section.items]


def _item_row(section: Section, item: Item) -> list[Box]:
    first = item.pieces[0].attachment if item.pieces else None
    return [
        Box(f"{section.position:02}-{item.number:02}", Kind.CENTRE),
        Box(item.title),
        Box(f"{item.dated_on:%Y-%m-%d}" if item.dated_on else "", Kind.CENTRE),
        Box(item.source, Kind.CENTRE),
        Box(str(first.uploaded_by) if first else "系统生成", Kind.CENTRE),
        Box(len(item.pieces) or "", Kind.CENTRE),
        Box(first.sha256[:HASH_SHOWN] if first else "", Kind.CENTRE),
        Box(_remark(item)),
    ]


def _remark(item: Item) -> str:
    twins = sorted({piece.same_as for piece in item.pieces if piece.same_as})
    return "；".join(
        ["批次共用"] * item.is_shared
        + ["不计件"] * (not item.is_counted and not item.is_shared)
        + [f"与 {twin} 内容相同" for twin in twins]
    )


def board_workbook(board: Board, title: str) -> bytes:
    """A row for each site, the worst first."""
    sites = ProjectSite.objects.select_related("creation_type").in_bulk([each.site_id for each in board.standings])

    def of_site(read):
        return lambda standing: read(sites[standing.site_id])

    columns = [
        Column("县（市、区）", of_site(lambda site: site.county_name), width=16),
        Column("乡镇（街道）", of_site(lambda site: site.township_name), width=16),
        Column("项目点", of_site(lambda site: site.name), width=26),
        Column("创建类型", of_site(lambda site: site.creation_type.name), Kind.CENTRE, 14),
        Column("应有（类）", lambda standing: standing.asked, Kind.NUMBER, 11),
        Column("已齐（类）", lambda standing: standing.there, Kind.NUMBER, 11),
        Column("齐全率", _rate, Kind.CENTRE, 10),
        Column("缺的类别", lambda standing: standing.missing_names, width=60),
    ]
    return write_list(columns, board.standings, title=title)


def _rate(standing: Standing) -> str:
    return "—" if standing.percent is None else f"{standing.percent}%"
