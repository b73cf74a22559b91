"""The columns of the notes beside the monthly report, the same on the page and in the workbook."""

from fedwork.excel import Column, Kind
from projects.models import AwarenessSurvey, GovernmentReport, InKindHelp, Inspection, Note, Pairing

DAY = Column("日期", lambda note: note.happened_on, Kind.DATE, 12)
PLACE = Column("项目点或单位", lambda note: note.place, width=24)
COUNTY = Column("县（市、区）", lambda note: note.site.county_name if note.site else "", width=14)
POST = Column("记录岗位", lambda note: note.post, width=20)

COLUMNS: dict[type[Note], list[Column]] = {
    Pairing: [
        COUNTY,
        PLACE,
        Column("结对单位", lambda note: note.partner, width=22),
        Column("方式", lambda note: note.get_kind_display(), Kind.CENTRE, 10),
        Column("共建内容", lambda note: note.content, width=40),
        Column("开始", lambda note: note.happened_on, Kind.DATE, 12),
        Column("结束", lambda note: note.ended_on or "进行中", Kind.DATE, 12),
        POST,
    ],
    InKindHelp: [
        DAY,
        COUNTY,
        PLACE,
        Column("提供单位", lambda note: note.given_by, width=22),
        Column("物资", lambda note: note.item, width=20),
        Column("数量", lambda note: note.quantity.normalize(), Kind.NUMBER, 10, number_format="0.##"),
        Column("单位", lambda note: note.unit, Kind.CENTRE, 8),
        Column("折价（元，不计入资金）", lambda note: note.estimated_value, Kind.NUMBER, 20, number_format="#,##0.00"),
        POST,
    ],
    GovernmentReport: [
        DAY,
        PLACE,
        Column("级别", lambda note: note.get_level_display(), Kind.CENTRE, 12),
        Column("汇报对象", lambda note: note.body, width=24),
        Column("汇报事项", lambda note: note.matter, width=40),
        Column("结果", lambda note: note.result or "待答复", width=40),
        POST,
    ],
    AwarenessSurvey: [
        DAY,
        PLACE,
        Column("询问人数", lambda note: note.asked, Kind.NUMBER, 10),
        Column("知晓", lambda note: note.aware, Kind.NUMBER, 8),
        Column("知晓率（%）", lambda note: note.aware_percent, Kind.NUMBER, 12),
        Column("参加", lambda note: note.took_part, Kind.NUMBER, 8),
        Column("参与率（%）", lambda note: note.took_part_percent, Kind.NUMBER, 12),
        Column("调查方式", lambda note: note.note, width=30),
        POST,
    ],
    Inspection: [
        DAY,
        COUNTY,
        PLACE,
        Column("督查组", lambda note: note.team, width=26),
        Column("建设进度", lambda note: note.on_progress, width=36),
        Column("规范管理", lambda note: note.on_management, width=36),
        Column("运行质量", lambda note: note.on_quality, width=36),
        Column("整改事项", lambda note: note.item_count, Kind.NUMBER, 10),
        POST,
    ],
}


def shown(column: Column, note: Note) -> str:
    """As the page shows it."""
    value = column.getter(note)
    if column.kind is Kind.NUMBER:
        return (
            f"{value:,.2f}"
            if column.number_format == "#,##0.00"
            else f"{value:f}"
            if hasattr(value, "as_tuple")
            else f"{value}"
        )
    return f"{value}"
