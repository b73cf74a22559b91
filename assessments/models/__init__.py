from assessments.models.acceptance import Acceptance, AcceptanceState, Conclusion
from assessments.models.annual import AnnualAssessment, AnnualRule, AnnualTrigger, AnnualVeto
from assessments.models.evidence import EvidenceFile
from assessments.models.finding import RoundFinding
from assessments.models.result import Objection, Publication, PublishedResult
from assessments.models.rubric import Criterion, Grade, Rubric, RubricSection
from assessments.models.scoring import TEAM_OF_CITY, RoundLevel, Score, ScoreRound
from assessments.models.veto import VetoFinding, VetoItem, VetoSource, VetoState

__all__ = [
    "TEAM_OF_CITY",
    "Acceptance",
    "AcceptanceState",
    "AnnualAssessment",
    "AnnualRule",
    "AnnualTrigger",
    "AnnualVeto",
    "Conclusion",
    "Criterion",
    "EvidenceFile",
    "Grade",
    "Objection",
    "Publication",
    "PublishedResult",
    "RoundFinding",
    "RoundLevel",
    "Rubric",
    "RubricSection",
    "Score",
    "ScoreRound",
    "VetoFinding",
    "VetoItem",
    "VetoSource",
    "VetoState",
]
