from assessments.models.acceptance import Acceptance, AcceptanceState, Conclusion
from assessments.models.annual import AnnualAssessment, AnnualRule, VetoState, VetoTrigger
from assessments.models.finding import RoundFinding
from assessments.models.result import Objection, Publication, PublishedResult
from assessments.models.rubric import Criterion, Grade, Rubric, RubricSection
from assessments.models.scoring import TEAM_OF_CITY, RoundLevel, Score, ScoreRound

__all__ = [
    "TEAM_OF_CITY",
    "Acceptance",
    "AcceptanceState",
    "AnnualAssessment",
    "AnnualRule",
    "Conclusion",
    "Criterion",
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
    "VetoState",
    "VetoTrigger",
]
