"""Word documents, opened and read back: layout of an official letter, fonts by name, text as text."""

import io
from datetime import UTC, datetime

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from fedwork.word import Annex, Document, Heading, Table, Text, write_document

MADE_AT = datetime(2026, 11, 22, 4, tzinfo=UTC)
LETTER = Document(
    "关于示例项目督查情况的通报",
    to="各县（市、区）妇联：",
    parts=[
        Heading("一、基本情况"),
        Text("第一段。\n第二段。", lead="时间："),
        Heading("（一）细节", level=2),
        Annex("附件 1", "进度排名表"),
        Table(["序号", "县区"], [["1", "=1+1"], ["2", "坏\x00字"]], [1, 4], centred=[0]),
    ],
    signature=["合肥市妇女联合会", "2026年11月22日"],
    made_at=MADE_AT,
)


@pytest.fixture
def letter():
    return docx.Document(io.BytesIO(write_document(LETTER)))


def test_the_same_letter_gives_the_same_bytes():
    assert write_document(LETTER) == write_document(LETTER)


def test_the_order_of_what_is_said(letter):
    assert [paragraph.text for paragraph in letter.paragraphs if paragraph.text] == [
        "关于示例项目督查情况的通报",
        "各县（市、区）妇联：",
        "一、基本情况",
        "时间：第一段。",
        "第二段。",
        "（一）细节",
        "合肥市妇女联合会",
        "2026年11月22日",
        "附件 1",
        "进度排名表",
    ]


def test_the_page_is_that_of_gb_t_9704(letter):
    section = letter.sections[0]
    sizes = [section.page_width, section.page_height, section.top_margin, section.left_margin]
    assert [round(size.mm) for size in sizes] == [210, 297, 37, 28]
    width = section.page_width - section.left_margin - section.right_margin
    height = section.page_height - section.top_margin - section.bottom_margin
    assert (round(width / Mm(1)), round(height / Mm(1))) == (156, 225)


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages(letter):
    assert letter.settings.odd_and_even_pages_header_footer
    footers = [letter.sections[0].footer, letter.sections[0].even_page_footer]
    assert [footer.paragraphs[0].text for footer in footers] == ["—  —"] * 2
    assert [footer.paragraphs[0].alignment.name for footer in footers] == ["RIGHT", "LEFT"]
    assert all("PAGE" in footer.paragraphs[0]._p.xml for footer in footers)


def test_fonts_are_named_for_chinese_text(letter):
    def font(words: str) -> tuple:
        run = next(p for p in letter.paragraphs if p.text == words).runs[0]
        return run._r.rPr.rFonts.get(qn("w:eastAsia")), run.font.size

    assert font("关于示例项目督查情况的通报") == ("方正小标宋简体", Pt(22))
    assert font("一、基本情况") == ("黑体", Pt(16))
    assert font("（一）细节") == ("楷体", Pt(16))
    assert font("第二段。") == ("仿宋", Pt(16))


def test_tables_hold_text_and_repeat_their_heading(letter):
    (table,) = letter.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["序号", "县区"], ["1", "=1+1"], ["2", "坏字"]]
    assert "w:tblHeader" in table.rows[0]._tr.xml
    assert "w:tblHeader" not in table.rows[1]._tr.xml
    assert sum(column.width for column in table.columns) == pytest.approx(Mm(156), rel=0.01)


def test_the_stamp_is_the_moment_that_was_given(letter):
    properties = letter.core_properties
    assert (properties.created, properties.modified) == (MADE_AT, MADE_AT)
    assert (properties.title, properties.comments) == ("关于示例项目督查情况的通报", "")
