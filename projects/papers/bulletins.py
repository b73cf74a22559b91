"""工作简报 as Word."""

from fedwork.word import Document, Heading, Text
from projects.models import Bulletin

SECTIONS = [
    ("工作动态", "lead"),
    ("活动开展情况", "activities"),
    ("宣传报道情况", "publicity"),
    ("下步安排", "outlook"),
]
NUMERALS = "一二三四"


def bulletin_document(bulletin: Bulletin) -> Document:
    """Sections without text are left out, the others numbered."""
    told = [(title, text) for title, name in SECTIONS if (text := getattr(bulletin, name))]
    parts = [Text(f"第 {bulletin.number} 期（{bulletin.year} 年）", indent=False), Text(bulletin.title)]
    for numeral, (title, text) in zip(NUMERALS, told, strict=False):
        parts += [Heading(f"{numeral}、{title}"), Text(text)]
    day = bulletin.issued_on
    return Document(
        "工作简报",
        parts=parts,
        signature=[f"{bulletin.programme.organization}妇女联合会", f"{day.year}年{day.month}月{day.day}日"],
        made_at=bulletin.written_at,
    )
