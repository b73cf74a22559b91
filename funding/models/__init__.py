from funding.models.allocation import AllocationLine, AllocationTable
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
from funding.models.evaluation import EvaluatedProgramme, EvaluationIndicator, EvaluationLine, SelfEvaluation
from funding.models.ledger import LedgerEntry, Reallocation, SpendingPurpose, VoucherUse
from funding.models.workfund import WomenCount, WorkFundEntry, WorkFundStandard

__all__ = [
    "AllocationLine",
    "AllocationTable",
    "Claim",
    "ClaimFile",
    "ClaimLine",
    "ClaimState",
    "ClaimStep",
    "ClaimStepKind",
    "ClaimTerms",
    "EvaluatedProgramme",
    "EvaluationIndicator",
    "EvaluationLine",
    "LedgerEntry",
    "PaymentMethod",
    "Reallocation",
    "SelfEvaluation",
    "SpendingPurpose",
    "VoucherUse",
    "WomenCount",
    "WorkFundEntry",
    "WorkFundStandard",
]
