from funding.models.allocation import AllocationLine, AllocationTable
from funding.models.bookkeeping import BookkeepingStatement
from funding.models.claim import (
    Claim,
    ClaimLine,
    ClaimState,
    ClaimStep,
    ClaimStepKind,
    ClaimTerms,
    PaymentMethod,
)
from funding.models.claim_file import ClaimFile
from funding.models.entry_file import EntryFile
from funding.models.evaluation import EvaluatedProgramme, EvaluationIndicator, EvaluationLine, SelfEvaluation
from funding.models.ledger import LedgerEntry, Reallocation, SpendingPurpose, VoucherUse
from funding.models.scan import Scan
from funding.models.workfund import WomenCount, WorkFundEntry, WorkFundStandard

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
    "EvaluatedProgramme",
    "EvaluationIndicator",
    "EvaluationLine",
    "LedgerEntry",
    "PaymentMethod",
    "Reallocation",
    "Scan",
    "SelfEvaluation",
    "SpendingPurpose",
    "VoucherUse",
    "WomenCount",
    "WorkFundEntry",
    "WorkFundStandard",
]
