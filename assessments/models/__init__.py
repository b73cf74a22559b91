from assessments.models.rubric import Criterion, Grade, Rubric, RubricSection
from assessments.models.scoring import TEAM_OF_CITY, RoundLevel, Score, ScoreRound
from assessments.models.veto import VetoFinding, VetoItem, VetoState

__all__ = [
    "TEAM_OF_CITY",
    "Criterion",
    "Grade",
    "RoundLevel",
    "Rubric",
    "RubricSection",
    "Score",
    "ScoreRound",
    "VetoFinding",
    "VetoItem",
    "VetoState",
]
