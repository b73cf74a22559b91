"""Entries from an Excel list: the template, the reading, and what would become of each row.

The key of an entry follows from what its row says (and from how often the same stands above it), so that a file sent
again, or sent with more rows, posts only what isn't there yet.
"""

import io
import re
import unicodedata
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from django.core.exceptions import ValidationError

from fedwork.excel import mark_workbook, write_template
from fedwork.uploads import read_workbook
from funding import rules
from funding.actions import Posting, rehearse_entries
from funding.forms.ledger import EntryForm
from funding.imports import text_of
from funding.models import LedgerEntry, SpendingPurpose
from funding.states import BY_DOCUMENT, EntryKind, FundSource
from projects.models import Programme, ProjectSite

MOST_ROWS = 1000
SITE, IN_KIND = "项目点", "实物折价"
FIELDS = {  # heading -> field of EntryForm
    "类别": "kind",
    "资金来源": "source",
    "金额（元）": "amount",
    "日期": "happened_on",
    "凭证号": "voucher_number",
    "用途": "purpose",
    IN_KIND: "is_in_kind",
    "摘要": "memo",
}
HEADINGS = [SITE, *FIELDS]
HEADING_OF = {name: heading for heading, name in FIELDS.items()}
OPTIONAL = {"凭证号", "用途", IN_KIND, "摘要"}
WIDTHS = {SITE: 38, "资金来源": 16, "凭证号": 20, "摘要": 34}
NOTES = [
    "一行一笔，从第二行起填；项目点、类别、资金来源、用途、实物折价从下拉列表里选。",
    "金额单位为元，可以写 20000、20,000、2万 或 1.5万元；日期写成 2026-11-20 的样子。",
    "拨付、到位、支出和退回要填凭证号，支出还要选用途；捐赠的物资按折价记，“实物折价”选“是”。",
    "下达随分配表、调剂随调剂文件入账，不在这里导入；报账单支付的支出已经入账，也不要再导入。",
    "上传后先看预览，确认才入账：要么全部入账，要么一笔也不入。同一个文件传两次不会重复记账。",
]
NAMESPACE = uuid.UUID("6f0a3f0e-6d0b-4d53-9c8b-0a4f7f6f8f15")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00:00)?")


class Desk:
    """Whose import of which programme it is: the sites in scope, and the words that a row may use."""

    def __init__(self, programme: Programme, user):
        self.programme, self.user = programme, user

    @cached_property
    def sites(self) -> list[ProjectSite]:
        sites = ProjectSite.objects.visible_to(self.user).approved().filter(programme=self.programme)
        return list(sites.by_county().select_related("programme__organization", "organization"))

    @cached_property
    def kinds(self) -> list[EntryKind]:
        kinds = [kind for kind in EntryKind if kind not in BY_DOCUMENT]
        return [kind for kind in kinds if self.sites and rules.can_post(self.user, self.sites[0], kind)]

    @cached_property
    def words(self) -> dict[str, dict[str, object]]:
        """By field, what a word of the list stands for."""
        return {
            "kind": {kind.label: kind.value for kind in self.kinds},
            "source": {label: value for value, label in FundSource.choices},
            "purpose": {purpose.name: purpose.pk for purpose in SpendingPurpose.objects.filter(is_active=True)},
            "is_in_kind": {"是": "on", "否": ""},
        }

    @cached_property
    def by_name(self) -> dict[str, list[ProjectSite]]:
        """By what may stand in the column: the code alone, code and name, or a name."""
        found: dict[str, list[ProjectSite]] = {}
        for site in self.sites:
            for name in [site.organization.code, site_words(site), site.name]:
                found.setdefault(_plain(name), []).append(site)
        return found


def site_words(site: ProjectSite) -> str:
    return f"{site.organization.code} {site.name}"


def entry_template(desk: Desk) -> bytes:
    choices = {HEADING_OF[name]: list(words) for name, words in desk.words.items()}
    return write_template(
        HEADINGS,
        numbers=["金额（元）"],
        choices={SITE: [site_words(site) for site in desk.sites]} | choices,
        note_rows=NOTES,
        widths=WIDTHS,
        max_rows=MOST_ROWS,
        title="资金台账",
    )


@dataclass
class Line:
    """A row of the file. `errors` are sentences by heading, "" for the row as a whole."""

    number: int
    cells: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    posting: Posting | None = None
    earlier: LedgerEntry | None = None
    similar: LedgerEntry | None = None

    @property
    def shown(self) -> list[tuple[str, str, str]]:
        """(heading, what stands there, what is wrong with it)."""
        return [(heading, self.cells[heading], self.errors.get(heading, "")) for heading in HEADINGS]

    @property
    def row_error(self) -> str:
        return self.errors.get("", "")


@dataclass(frozen=True)
class Plan:
    lines: list[Line]

    @property
    def refused(self) -> list[Line]:
        return [line for line in self.lines if line.errors]

    @property
    def new(self) -> list[Line]:
        return [line for line in self.lines if line.posting and not line.errors and not line.earlier]

    @property
    def known(self) -> list[Line]:
        return [line for line in self.lines if line.earlier]

    @property
    def similar(self) -> list[Line]:
        """New ones beside which the ledger has the like already."""
        return [line for line in self.new if line.similar]

    @property
    def postings(self) -> list[Posting]:
        return [line.posting for line in self.lines if line.posting]

    @property
    def can_post(self) -> bool:
        return bool(self.new) and not self.refused

    def marks(self) -> dict[int, dict[str, str]]:
        return {line.number: line.errors for line in self.refused}


def marked_file(data: bytes, plan: Plan) -> bytes:
    """The user's own workbook with what is wrong in red."""
    return mark_workbook(data, plan.marks())


def plan_import(data: bytes, desk: Desk) -> Plan:
    """Nothing is written. ValidationError for a file that can't be read at all."""
    if not desk.sites:
        raise ValidationError("没有可以登记的项目点。")
    lines = read_lines(data)
    taken: Counter = Counter()
    for line in lines:
        _understand(line, desk, taken)
    plan = Plan(lines)
    _find_known(plan)
    whole = [line for line in lines if line.posting]
    for place, refusals in rehearse_entries([line.posting for line in whole], by=desk.user).items():
        for name, words in refusals:
            whole[place].errors.setdefault(HEADING_OF.get(name, ""), words)
    return plan


def read_lines(data: bytes) -> list[Line]:
    headings, *rows = read_workbook(io.BytesIO(data), max_rows=MOST_ROWS) or [[]]
    columns = {text_of(heading): place for place, heading in reversed(list(enumerate(headings)))}
    if missing := [heading for heading in HEADINGS if heading not in columns and heading not in OPTIONAL]:
        raise ValidationError(f"表头缺少这些列：{'、'.join(missing)}。请用本页的模板。")
    lines = []
    for number, row in enumerate(rows, 2):
        cells = {heading: text_of(row[columns[heading]]) if heading in columns else "" for heading in HEADINGS}
        if any(cells.values()):
            lines.append(Line(number, cells))
    if not lines:
        raise ValidationError("文件里没有数据行。第一行应是表头，从第二行起一行一笔。")
    return lines


def _understand(line: Line, desk: Desk, taken: Counter) -> None:
    """Sets the posting of a line that makes sense, or its errors."""
    site = _site(line, desk)
    data = {name: _value(line, name, desk) for name in FIELDS.values()}
    form = EntryForm(data | {"key": str(uuid.uuid4())}, site=site or desk.sites[0], user=desk.user)
    for name, errors in form.errors.items():
        line.errors.setdefault(HEADING_OF.get(name, ""), errors[0])
    if line.errors:
        return
    posting = form.posting()
    content = _content(posting)
    taken[content] += 1
    line.posting = replace(posting, key=uuid.uuid5(NAMESPACE, f"{content}|{taken[content]}"))


def _site(line: Line, desk: Desk) -> ProjectSite | None:
    written = line.cells[SITE]
    found = desk.by_name.get(_plain(written)) or desk.by_name.get(_plain(written.partition(" ")[0]), [])
    if len(found) == 1:
        return found[0]
    if found:
        line.errors[SITE] = f"有 {len(found)} 个项目点叫“{written}”，请从列表里选带代码的。"
    else:
        line.errors[SITE] = f"“{written}”不是本批次里您可以登记的项目点。" if written else "请选择项目点。"
    return None


def _value(line: Line, name: str, desk: Desk) -> object:
    """What the form is given for a cell: the value of a word, a day as it wants it, else the text."""
    heading = HEADING_OF[name]
    written = line.cells[heading]
    if name == "happened_on":
        match = _DAY.fullmatch(unicodedata.normalize("NFKC", written))
        return "{}-{:0>2}-{:0>2}".format(*match.groups()) if match else written
    if name not in desk.words or not written:
        return written
    value = next((value for word, value in desk.words[name].items() if _plain(word) == _plain(written)), None)
    if value is None:
        line.errors[heading] = _unknown(name, written, desk)
    return value


def _unknown(name: str, written: str, desk: Desk) -> str:
    if name == "kind" and written in {kind.label for kind in BY_DOCUMENT}:
        return f"“{written}”随文件入账，不能导入。"
    return f"“{written}”不在列表里，请从 {'、'.join(desk.words[name])} 里选。"


def _plain(words: str) -> str:
    """As it is compared: blanks, and full-width letters and brackets, make no other word."""
    return "".join(unicodedata.normalize("NFKC", words).split())


def _content(posting: Posting) -> str:
    purpose = posting.purpose.pk if posting.purpose else ""
    parts = [posting.site.pk, posting.kind, posting.source, f"{posting.amount:.2f}", posting.happened_on.isoformat()]
    parts += [posting.voucher_number.strip(), purpose, posting.memo.strip(), int(posting.is_in_kind)]
    return "|".join(map(str, parts))


def _find_known(plan: Plan) -> None:
    """What was posted from such a row before, and what looks the same but came another way. Two queries."""
    earlier = LedgerEntry.objects.select_related("reversal").in_bulk([p.key for p in plan.postings], field_name="key")
    days = [posting.happened_on for posting in plan.postings]
    around = LedgerEntry.objects.standing().filter(site__in={posting.site.pk for posting in plan.postings})
    around = around.filter(happened_on__range=(min(days), max(days))) if days else around.none()
    alike = {_likeness(entry): entry for entry in around}
    for line in plan.lines:
        if line.posting:
            line.earlier = earlier.get(line.posting.key)
            line.similar = alike.get(_likeness(line.posting))


def _likeness(row: Posting | LedgerEntry) -> tuple[int, str, str, object, date]:
    return row.site.pk if isinstance(row, Posting) else row.site_id, row.kind, row.source, row.amount, row.happened_on
