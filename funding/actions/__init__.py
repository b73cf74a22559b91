"""Every change of money: commitments, allocation tables, the ledger. Amounts are Decimal yuan. All refuse by
ValidationError (a Chinese sentence) or PermissionDenied, and leave an AuditEvent per changed object."""

from funding.actions.allocation import (
    IssueTerms,
    discard_draft,
    draft_allocation_table,
    issue_allocation_table,
    refresh_draft,
)
from funding.actions.bookkeeping import say_bookkeeping
from funding.actions.claim_files import add_claim_file, remove_claim_file
from funding.actions.claims import (
    check_claim,
    pay_claim,
    return_claim,
    reverse_claim,
    submit_claim,
    void_claim,
    withdraw_claim,
    write_claim,
)
from funding.actions.commitments import CommitmentChange, set_commitments, set_many_commitments
from funding.actions.entry_files import add_entry_file, remove_entry_file
from funding.actions.evaluation import LineInput, confirm_evaluation, start_evaluation, write_evaluation
from funding.actions.ledger import (
    Posting,
    post_entries,
    post_entry,
    rehearse_entries,
    reverse_entry,
)
from funding.actions.reallocations import reallocate, take_back_reallocation
from funding.actions.workfunds import Deposit, Headcount, enter_work_funds, reverse_work_fund

__all__ = [
    "CommitmentChange",
    "Deposit",
    "Headcount",
    "IssueTerms",
    "LineInput",
    "Posting",
    "add_claim_file",
    "add_entry_file",
    "check_claim",
    "confirm_evaluation",
    "discard_draft",
    "draft_allocation_table",
    "enter_work_funds",
    "issue_allocation_table",
    "pay_claim",
    "post_entries",
    "post_entry",
    "reallocate",
    "refresh_draft",
    "rehearse_entries",
    "remove_claim_file",
    "remove_entry_file",
    "return_claim",
    "reverse_claim",
    "reverse_entry",
    "reverse_work_fund",
    "say_bookkeeping",
    "set_commitments",
    "set_many_commitments",
    "start_evaluation",
    "submit_claim",
    "take_back_reallocation",
    "void_claim",
    "withdraw_claim",
    "write_claim",
    "write_evaluation",
]
