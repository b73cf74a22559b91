"""The only writer of Word documents: the body and annexes of an office letter as GB/T 9704-2012 wants them.

    write_document(Document("关于……的通报", parts=[Heading("一、基本情况"), Text("……"), Table(...)], signature=[...]))

Fonts are named, not embedded: the office's PC has them. The red head is the office's own business.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import docx
from docx.document import Document as Docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from fedwork.excel import EPOCH
from fedwork.excel.cells import text as clean
from fedwork.package import repacked

SONG, FANG, HEI, KAI, TITLE_SONG = "宋体", "仿宋", "黑体", "楷体", "方正小标宋简体"
# 二号, 三号, 四号, 五号 in points.
SIZE_2, SIZE_3, SIZE_4, SIZE_5 = Pt(22), Pt(16), Pt(14), Pt(10.5)
TABLE_LINE = Pt(16)
LINE = Pt(28.9)  # 22 lines on 225 mm
TEXT_WIDTH = 156  # mm
LEFT, RIGHT, CENTRE = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.CENTER
JUSTIFIED = WD_ALIGN_PARAGRAPH.JUSTIFY


@dataclass(frozen=True)
class Heading:
    """一、（level 1, 黑体）or （一）（level 2, 楷体）; the number is part of the words."""

    words: str
    level: int = 1


@dataclass(frozen=True)
class Text:
    """A paragraph; `lead` stands before it in bold. Line ends in `words` make paragraphs of their own."""

    words: str
    lead: str = ""
    indent: bool = True


@dataclass(frozen=True)
class Table:
    """`widths` are shares of the width of the text; the heading row stands on every page. Columns named in `centred`
    (by number) are centred, the others begin at the left."""

    heading: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    centred: Sequence[int] = ()


@dataclass(frozen=True)
class Annex:
    """Begins on a page of its own: 附件 1 above its title."""

    label: str
    title: str


@dataclass(frozen=True)
class Contents:
    """目录: the headings of level 1 in their order. The page numbers come when somebody updates the field in Word."""

    headings: Sequence[str]


Part = Heading | Text | Table | Annex | Contents


@dataclass(frozen=True)
class Document:
    """`to` is whom it is sent to, before the first paragraph; `signature` the lines at the right under the body, which
    stand before the first annex. `cover` gives the lines below the title on a page of its own: a handbook has one. A
    document that goes out as an annex of another says so in `label` (附件)."""

    title: str
    parts: Sequence[Part]
    to: str = ""
    signature: Sequence[str] = ()
    cover: Sequence[str] = ()
    made_at: datetime = field(default=EPOCH)
    label: str = ""


def write_document(document: Document) -> bytes:
    """The bytes of a .docx file; the same input gives the same bytes."""
    book = docx.Document()
    _set_up(book, document)
    if document.label:
        _paragraph(book, document.label, font=HEI)
    _put_title(book, document)
    if document.to:
        _paragraph(book, document.to)
    body, annexes = _split(document.parts)
    for part in body:
        _put(book, part)
    for line in ["", *document.signature] if document.signature else []:
        _paragraph(book, line, align=RIGHT)
    for part in annexes:
        _put(book, part)
    out = io.BytesIO()
    book.save(out)
    return repacked(out.getvalue(), made_at=document.made_at, rewrite=lambda name, content: content)


def _put_title(book: Docx, document: Document) -> None:
    """At the head of the first page, or in the middle of a cover."""
    for _ in range(5 if document.cover else 0):
        _paragraph(book, "")
    for line in document.title.splitlines():
        _paragraph(book, line, font=TITLE_SONG, size=SIZE_2, align=CENTRE, line=Pt(34))
    for _ in range(8 if document.cover else 1):
        _paragraph(book, "")
    for line in document.cover:
        _paragraph(book, line, align=CENTRE)


def _split(parts: Sequence[Part]) -> tuple[Sequence[Part], Sequence[Part]]:
    first = next((place for place, part in enumerate(parts) if isinstance(part, Annex)), len(parts))
    return parts[:first], parts[first:]


def _set_up(book: Docx, document: Document) -> None:
    """A4 with the margins of an official letter, page numbers between dashes: odd ones right, even ones left."""
    section = book.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    book.settings.odd_and_even_pages_header_footer = True
    _number_pages(section)
    normal = book.styles["Normal"]
    normal.font.size = SIZE_3
    _name_font(normal.element.get_or_add_rPr(), FANG)
    properties = book.core_properties
    properties.title, properties.author, properties.comments = clean(document.title), "妇女专项经费项目管理", ""
    properties.created = properties.modified = document.made_at.astimezone(UTC).replace(tzinfo=None)
    properties.last_modified_by = properties.author


def _number_pages(section: Section) -> None:
    for footer, align in [(section.footer, RIGHT), (section.even_page_footer, LEFT)]:
        paragraph = footer.paragraphs[0]
        paragraph.alignment = align
        _run(paragraph, "— ", font=SONG, size=SIZE_4)
        _field(_run(paragraph, "", font=SONG, size=SIZE_4), "PAGE")
        _run(paragraph, " —", font=SONG, size=SIZE_4)


def _field(run: Run, code: str) -> None:
    for element in [_mark("begin"), _code(code), _mark("end")]:
        run._r.append(element)


def _put(book: Docx, part: Part) -> None:
    match part:
        case Heading():
            paragraph = _paragraph(book, part.words, font=HEI if part.level == 1 else KAI, indent=True, keeps=True)
            _outline(paragraph, part.level)
        case Text():
            lines = part.words.splitlines() or [""]
            for place, line in enumerate(lines):
                _paragraph(book, line, lead="" if place else part.lead, indent=part.indent, align=JUSTIFIED)
        case Table():
            _table(book, part)
        case Contents():
            _contents(book, part)
        case Annex():
            _paragraph(book, part.label, font=HEI, breaks=True)
            _paragraph(book, part.title, font=TITLE_SONG, size=SIZE_2, align=CENTRE, line=Pt(34))
            _paragraph(book, "", size=SIZE_5, line=Pt(12))


def _outline(paragraph: Paragraph, level: int) -> None:
    """For the navigation pane and the contents; the look is the paragraph's own."""
    outline = OxmlElement("w:outlineLvl")
    outline.set(qn("w:val"), str(level - 1))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(outline, "w:divId", "w:cnfStyle", "w:rPr", "w:sectPr", "w:pPrChange")


def _contents(book: Docx, part: Contents) -> None:
    """A field over the outline, with the headings as what it came to; the page after it is a new one."""
    _paragraph(book, "目　录", font=HEI, size=SIZE_2, align=CENTRE, line=Pt(34), breaks=True)
    paragraphs = [_paragraph(book, "") for _ in part.headings]
    if paragraphs:
        for element in [_mark("begin"), _code(' TOC \\o "1-1" \\u \\h '), _mark("separate")]:
            paragraphs[0].runs[0]._r.append(element)
    for paragraph, words in zip(paragraphs, part.headings, strict=True):
        _run(paragraph, words, font=FANG, size=SIZE_3)
    if paragraphs:
        _run(paragraphs[-1], "", font=FANG, size=SIZE_3)._r.append(_mark("end"))
    _paragraph(book, "", size=SIZE_5, line=Pt(12)).add_run().add_break(WD_BREAK.PAGE)


def _mark(kind: str):
    element = OxmlElement("w:fldChar")
    element.set(qn("w:fldCharType"), kind)
    return element


def _code(words: str):
    element = OxmlElement("w:instrText")
    element.text = words
    return element


def _paragraph(
    book: Docx | _Cell,
    words: str,
    *,
    lead: str = "",
    font: str = FANG,
    size: Pt = SIZE_3,
    align: WD_ALIGN_PARAGRAPH = LEFT,
    line: Pt = LINE,
    indent: bool = False,
    keeps: bool = False,
    breaks: bool = False,
) -> Paragraph:
    paragraph = book.add_paragraph()
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, line
    shape.keep_with_next, shape.page_break_before = keeps, breaks
    shape.first_line_indent = 2 * size if indent else None
    paragraph.alignment = align
    if lead:
        _run(paragraph, lead, font=font, size=size, bold=True)
    _run(paragraph, words, font=font, size=size)
    return paragraph


def _run(paragraph: Paragraph, words: str, *, font: str, size: Pt, bold: bool = False) -> Run:
    run = paragraph.add_run(clean(words))
    run.font.size, run.bold = size, bold
    _name_font(run._r.get_or_add_rPr(), font)
    return run


def _name_font(properties, font: str) -> None:
    """For Chinese text Word asks for the East-Asian name, which python-docx doesn't set."""
    fonts = properties.get_or_add_rFonts()
    for kind in ["ascii", "hAnsi", "eastAsia", "cs"]:
        fonts.set(qn(f"w:{kind}"), font)


def _table(book: Docx, part: Table) -> None:
    table = book.add_table(rows=0, cols=len(part.heading), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    whole = sum(part.widths)
    widths = [Mm(TEXT_WIDTH * width / whole) for width in part.widths]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    _table_row(table.add_row(), part.heading, widths, range(len(part.heading)), font=HEI)
    _repeat(table.rows[0])
    for values in part.rows:
        _table_row(table.add_row(), values, widths, part.centred, font=FANG)
    _paragraph(book, "", size=SIZE_5, line=Pt(12))


def _table_row(row: _Row, values: Sequence[str], widths: Sequence[Mm], centred: Sequence[int], *, font: str) -> None:
    for place, (cell, value, width) in enumerate(zip(row.cells, values, widths, strict=True)):
        cell.width = width
        paragraph = cell.paragraphs[0]
        paragraph.alignment = CENTRE if place in centred else LEFT
        shape = paragraph.paragraph_format
        shape.space_after, shape.line_spacing_rule, shape.line_spacing = Pt(0), WD_LINE_SPACING.EXACTLY, TABLE_LINE
        _run(paragraph, str(value), font=font, size=SIZE_5)
    _set_flag(row, "w:cantSplit")


def _repeat(row: _Row) -> None:
    _set_flag(row, "w:tblHeader")


def _set_flag(row: _Row, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))
