"""Every change of money: commitments, allocation tables, the ledger. Amounts are Decimal yuan. All refuse by
ValidationError (a Chinese sentence) or PermissionDenied, and leave an AuditEvent per changed object."""

from funding.actions.allocation import discard_draft, draft_allocation_table, issue_allocation_table, refresh_draft
from funding.actions.commitments import CommitmentChange, set_commitments, set_many_commitments
from funding.actions.ledger import (
    Posting,
    post_entries,
    post_entry,
    reallocate,
    reverse_entry,
    take_back_reallocation,
)

__all__ = [
    "CommitmentChange",
    "Posting",
    "discard_draft",
    "draft_allocation_table",
    "issue_allocation_table",
    "post_entries",
    "post_entry",
    "reallocate",
    "refresh_draft",
    "reverse_entry",
    "set_commitments",
    "set_many_commitments",
    "take_back_reallocation",
]
