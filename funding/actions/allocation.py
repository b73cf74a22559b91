"""The life of an allocation table: drawn up, refreshed, issued or discarded."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from funding.actions.ledger import post_table
from funding.amounts import yuan
from funding.drafting import RULES, draw_up, is_current
from funding.models import AllocationTable
from funding.rules import can_draft_table, can_manage_commitments, can_manage_tables
from funding.states import TableStatus
from organizations.models import AuditEvent
from projects.models import Programme


@transaction.atomic
def draft_allocation_table(programme: Programme, *, by) -> AllocationTable:
    """A draft of the next version, drawn up from the approved sites and their commitments."""
    programme = Programme.objects.select_for_update(of=["self"]).select_related("organization").get(pk=programme.pk)
    if not can_draft_table(by, programme):
        raise PermissionDenied
    latest = programme.allocation_tables.order_by("-number").first()
    if latest and not latest.is_issued:
        raise ValidationError("这个批次已有一张编制中的分配表，请先下达或废弃。")
    table = AllocationTable(
        programme=programme,
        number=latest.number + 1 if latest else 1,
        title=_title(programme),
        unit_name=f"{programme.organization.name}妇女联合会",
        created_by=by,
    )
    _fill(table)
    _record("编制分配表", table, by=by)
    return table


def _title(programme: Programme) -> str:
    city = programme.organization.name
    return f"{'' if programme.name.startswith(city) else city}{programme.name}资金分配表"


def _fill(table: AllocationTable) -> None:
    """Take the programme's rules and the lines over from the data as they are now."""
    lines = draw_up(table.programme)
    if not lines:
        raise ValidationError("这个批次还没有已批准的项目点，不能编制分配表。")
    for name in RULES:
        setattr(table, name, getattr(table.programme, name))
    table.save()
    table.lines.all().delete()
    for line in lines:
        line.table = table
    table.lines.bulk_create(lines)


@transaction.atomic
def refresh_draft(table: AllocationTable, *, by) -> AllocationTable:
    """重新取数: draw the draft up again."""
    table = _locked_draft(table, by=by)
    _fill(table)
    _record("分配表重新取数", table, by=by)
    return table


@dataclass(frozen=True)
class IssueTerms:
    """What is said when a table is issued; attendees by post (S0: 集体研究)."""

    document_number: str
    issued_on: date | None
    decision_meeting: str
    decided_on: date | None
    attendees: str
    finance_number: str = ""
    finance_on: date | None = None
    reason: str = ""

    def write_to(self, table: AllocationTable) -> None:
        for name, value in vars(self).items():
            setattr(table, name, value.strip() if isinstance(value, str) else value)


@transaction.atomic
def issue_allocation_table(table: AllocationTable, terms: IssueTerms, *, by) -> AllocationTable:
    """下达: the draft becomes an official document and cannot change any more (S0: 配套最低 1 万元)."""
    table = _locked_draft(table, by=by)
    terms.write_to(table)
    _refuse_incomplete(table)
    if not is_current(table):
        raise ValidationError("编制以后项目点、配套承诺或批次参数有变动，请重新取数，核对后再下达。")
    _refuse_below_floor(table)
    table.status, table.issued_by, table.issued_at = TableStatus.ISSUED, by, clock.now()
    table.save()
    post_table(table, by=by)
    said = {"document_number": table.document_number, "decision_meeting": table.decision_meeting}
    _record("下达分配表", table, by=by, note=table.reason, **said)
    return table


NEEDED = {
    "document_number": "请填写文号。",
    "issued_on": "请填写下达日期。",
    "decision_meeting": "资金分配须经集体研究，请填写会议名称。",
    "decided_on": "请填写集体研究的日期。",
    "attendees": "请填写参会的岗位。",
}


def _refuse_incomplete(table: AllocationTable) -> None:
    errors = {name: words for name, words in NEEDED.items() if not getattr(table, name)}
    if table.number > 1 and not table.reason:
        errors["reason"] = "调整须写明原因。"
    if bool(table.finance_number) != bool(table.finance_on):
        errors["finance_on" if table.finance_number else "finance_number"] = "财政文号和日期要一起填写。"
    if errors := _wrong_days(table) | errors:
        raise ValidationError(errors)


def _wrong_days(table: AllocationTable) -> dict[str, str]:
    """By field; the meeting comes before the issue, and an adjustment after what it adjusts."""
    issued_on, errors = table.issued_on, {}
    for name, word in [("issued_on", "下达日期"), ("decided_on", "决策日期"), ("finance_on", "财政下达日期")]:
        if (day := getattr(table, name)) and day > clock.today():
            errors[name] = f"{word}不能晚于今天。"
    if issued_on and table.decided_on and table.decided_on > issued_on:
        errors.setdefault("decided_on", "决策日期不能晚于下达日期。")
    if issued_on and table.previous and issued_on < table.previous.issued_on:
        errors["issued_on"] = f"下达日期不能早于上一版（{table.previous.issued_on}）。"
    return errors


def _refuse_below_floor(table: AllocationTable) -> None:
    blocked = [line for line in table.lines.all() if line.is_below_floor]
    if blocked:
        raise ValidationError(
            [f"{line.site_name}：配套资金 {yuan(line.matching)} 元，{line.remark}。" for line in blocked]
        )


@transaction.atomic
def discard_draft(table: AllocationTable, *, by) -> None:
    """废弃草稿. What it said is in the audit row."""
    table = _locked_draft(table, by=by)
    _record("废弃分配表草稿", table, by=by)
    table.delete()


def _locked_draft(table: AllocationTable, *, by) -> AllocationTable:
    """The table's row, locked, fresh and still a draft that `by` may change."""
    found = AllocationTable.objects.select_for_update(of=["self"]).select_related("programme__organization")
    table = found.filter(pk=table.pk).first()
    if table is None:
        raise ValidationError("这张草稿已被废弃。")
    if not can_manage_commitments(by, table.programme):
        raise PermissionDenied
    if not can_manage_tables(by, table):
        raise ValidationError(f"这张表已下达（{table.document_number}），不能再改；需要调整请编制新的一版。")
    return table


def _record(action: str, table: AllocationTable, *, by, note: str = "", **detail) -> None:
    sums = table.lines.sums()
    detail |= {"sites": sums.sites, "province": str(sums.province), "matching": str(sums.matching)}
    organization = table.programme.organization
    AuditEvent.objects.record(action, table, by=by, organization=organization, note=note, **detail)
