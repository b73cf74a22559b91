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
from funding.models.ledger import LedgerEntry, Reallocation, SpendingPurpose, VoucherUse

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
    "LedgerEntry",
    "PaymentMethod",
    "Reallocation",
    "SpendingPurpose",
    "VoucherUse",
]
