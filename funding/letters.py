"""What goes out with an allocation table as Word: the letter to each county with its part as annex (下达通知), and the note
that explains a new version (调整说明). Body and annexes; the red head is the office's."""

import io
import zipfile

from fedwork.excel import EPOCH
from fedwork.word import Annex, Document, Heading, Table, Text, write_document
from funding.amounts import Sums, in_words, yuan
from funding.comparison import Comparison
from funding.models import AllocationTable
from funding.sheet import County, Sheet, day_words, numeral

# Heading, share of the width and amount of the columns of the annex; those of matching money stand only where there is some.
ANNEX_NAMES = [("序号", 9), ("乡镇（街道）", 19), ("项目点", 27)]
ANNEX_MATCHING = [
    ("配套小计", 17, "matching"),
    ("县级", 16, "county"),
    ("乡镇", 16, "township"),
    ("村", 15, "village"),
    ("社会", 14, "social"),
    ("合计", 18, "total"),
]
CHANGE_HEADING = ["县（市、区）", "项目点", "变动", "资金", "调整前", "调整后", "增减"]
CHANGE_WIDTHS = [22, 36, 13, 24, 22, 22, 22]
MATCHING_DUTY = "落实配套"
DUTIES = [
    ("专款专用", "资金按批准的用途使用，实行县级报账，有专人管理，单独核算，不得截留、挤占、挪用。"),
    (MATCHING_DUTY, "附表所列配套资金由承诺的各方按时拨到位；到位以入账为准，承诺不算到位。"),
    ("及时登记", "拨付、到位和支出随时登记资金台账，市妇联按月核对到位情况和支出进度。"),
]


def letter(sheet: Sheet, county: County) -> Document:
    """下达通知 to one county."""
    table = sheet.table
    changed = table.number > 1
    subject = f"关于{'调整' if changed else ''}下达{_programme(table)}资金的通知"
    return Document(
        title=subject,
        to=f"{county.name}妇女联合会：",
        parts=[
            Text(_opening(sheet, county)),
            *_duties(sheet),
            Text("特此通知。"),
            Text(f"附件：{county.name}资金分配明细表"),
            Annex("附件", f"{county.name}资金分配明细表"),
            Text(f"{table.document_number}　单位：元", indent=False),
            _lines(sheet, county),
            *_remarks(county),
        ],
        signature=[table.unit_name, day_words(table.issued_on)],
        made_at=table.issued_at or EPOCH,
    )


def _programme(table: AllocationTable) -> str:
    return str(table.programme)


def _opening(sheet: Sheet, county: County) -> str:
    table = sheet.table
    decided = f"经{table.decision_meeting}（{day_words(table.decided_on)}）集体研究，" if table.decision_meeting else ""
    finance = f"根据{table.finance_number}文件，" if table.finance_number else ""
    what = f"现将{table.version_label}后的资金下达你处" if table.number > 1 else "现将有关资金下达你处"
    reason = f"（调整原因：{table.reason}）" if table.number > 1 else ""
    sums = _sums(sheet, county.sums, matching="各级配套资金")
    return f"{finance}{decided}{what}{reason}：{sums}，明细见附件。现就有关事项通知如下："


def _sums(sheet: Sheet, sums: Sums, *, matching: str) -> str:
    own = f"{sums.sites} 个项目点，{sheet.table.fund_name} {yuan(sums.province)} 元"
    if not sheet.has_matching:
        return own
    return f"{own}，{matching} {yuan(sums.matching)} 元，合计 {yuan(sums.total)} 元"


def _duties(sheet: Sheet) -> list[Text]:
    kept = [duty for duty in DUTIES if sheet.has_matching or duty[0] != MATCHING_DUTY]
    return [Text(words, lead=f"{numeral(place)}、{lead}。") for place, (lead, words) in enumerate(kept, 1)]


def _lines(sheet: Sheet, county: County) -> Table:
    columns = [(sheet.table.fund_name.removesuffix("资金"), 17, "province")]
    columns += ANNEX_MATCHING if sheet.has_matching else []
    named = [
        ([str(place), line.township_name, f"{line.village_name}（{line.creation_type}）"], line)
        for place, line in enumerate(county.lines, 1)
    ]
    named.append((["合计", "", f"{county.sums.sites} 个"], county.sums))
    rows = [[*names, *(yuan(getattr(row, key)) for *_, key in columns)] for names, row in named]
    headings = [*(heading for heading, _ in ANNEX_NAMES), *(heading for heading, *_ in columns)]
    widths = [*(width for _, width in ANNEX_NAMES), *(width for _, width, _ in columns)]
    return Table(headings, rows, widths, centred=[0, *range(len(ANNEX_NAMES), len(headings))])


def _remarks(county: County) -> list[Text]:
    """What has to be caught up, by name."""
    words = [f"{line.site_name}{line.remark}" for line in county.lines if line.remark]
    return [Text(f"备注：{'；'.join(words)}。", indent=False)] if words else []


def letters(sheet: Sheet) -> list[tuple[str, bytes]]:
    """The name of each county's file, and the file."""
    return [
        (f"{place:02}_{county.name}资金下达通知.docx", write_document(letter(sheet, county)))
        for place, county in enumerate(sheet.counties, 1)
    ]


def letters_package(sheet: Sheet) -> bytes:
    """All letters in one ZIP file; the same table gives the same bytes."""
    out = io.BytesIO()
    stamp = (sheet.table.issued_at or EPOCH).timetuple()[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in letters(sheet):
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, content)
    return out.getvalue()


def adjustment_note(sheet: Sheet, comparison: Comparison) -> bytes:
    """调整说明: what a new version changes against the one before, why, and by whose decision."""
    table = sheet.table
    return write_document(
        Document(
            title=f"关于《{table.title}》{table.version_label}的说明",
            parts=[
                Heading("一、调整原因"),
                Text(f"{table.reason.rstrip('。')}。"),
                Heading("二、决策情况"),
                *_decision(table),
                Heading("三、调整内容"),
                Text(_summary(comparison)),
                *_changes(comparison),
                Heading("四、调整后的资金"),
                Text(_after(sheet)),
            ],
            signature=[table.unit_name, day_words(table.issued_on)],
            made_at=table.issued_at,
        )
    )


def _decision(table: AllocationTable) -> list[Text]:
    if not table.decision_meeting:
        return [Text("本版下达时未登记决策会议。")]
    parts = [
        Text(f"{day_words(table.decided_on)}，{table.decision_meeting}集体研究决定。参会：{table.attendees}。"),
        Text(f"以{table.document_number}于{day_words(table.issued_on)}下达。"),
    ]
    if table.finance_number:
        parts.append(Text(f"财政文号：{table.finance_number}，{day_words(table.finance_on)}。"))
    return parts


def _summary(comparison: Comparison) -> str:
    if not comparison.sites:
        return "各项目点的金额没有变动。"
    total = comparison.sums[-1]
    return (
        f"与{comparison.before_label}相比，{len(comparison.sites)} 个项目点有变动，"
        f"合计由 {total.before_text} 元变为 {total.after_text} 元（{total.difference_text} 元）。明细如下（单位：元）："
    )


def _changes(comparison: Comparison) -> list[Table]:
    rows = [
        [site.county_name, site.site_name, site.kind, amount.label, *amount.texts]
        for site in comparison.sites
        for amount in site.amounts
    ]
    return [Table(CHANGE_HEADING, rows, CHANGE_WIDTHS, centred=[2, 4, 5, 6])] if rows else []


def _after(sheet: Sheet) -> str:
    asked = f"；每个项目点配套不低于 {in_words(floor)}" if (floor := sheet.table.matching_floor) else ""
    sums = _sums(sheet, sheet.sums, matching="配套资金")
    return f"调整后 {sums}{asked}。前一版自本版下达之日起停止使用。"
