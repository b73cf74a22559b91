from funding.models.allocation import AllocationLine, AllocationTable
from funding.models.ledger import LedgerEntry, Reallocation, SpendingPurpose, VoucherUse

__all__ = [
    "AllocationLine",
    "AllocationTable",
    "LedgerEntry",
    "Reallocation",
    "SpendingPurpose",
    "VoucherUse",
]
