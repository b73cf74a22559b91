from funding.models.allocation import AllocationLine, AllocationTable
from funding.models.bookkeeping import BookkeepingStatement
from funding.models.claim import (
    Claim,
    ClaimFile,
    ClaimLine,
    ClaimState,
    ClaimStep,
    ClaimStepKind,
    ClaimTerms,
    PaymentMethod,
)
from funding.models.entry_file import EntryFile
from funding.models.ledger import LedgerEntry, Reallocation, SpendingPurpose, VoucherUse
from funding.models.scan import Scan

__all__ = [
    "AllocationLine",
    "AllocationTable",
    "BookkeepingStatement",
    "Claim",
    "ClaimFile",
    "ClaimLine",
    "ClaimState",
    "ClaimStep",
    "ClaimStepKind",
    "ClaimTerms",
    "EntryFile",
    "LedgerEntry",
    "PaymentMethod",
    "Reallocation",
    "Scan",
    "SpendingPurpose",
    "VoucherUse",
]
