"""督查检查记录 of one inspection, as Word: for the archive of its site."""

from fedwork.word import Document, Heading, Text
from projects.models import Inspection
from projects.papers.groups import chinese_day


def inspection_document(inspection: Inspection) -> Document:
    parts = [
        Text(str(inspection.site), lead="项目点："),
        Text(chinese_day(inspection.happened_on), lead="督查日期："),
        Text(inspection.team, lead="督查组："),
    ]
    for heading, finding in inspection.findings:
        parts += [Heading(heading.label), *map(Text, finding.splitlines())]
    signature = [inspection.post, chinese_day(inspection.happened_on)]
    return Document("督查检查记录", parts=parts, signature=signature, made_at=inspection.recorded_at)
