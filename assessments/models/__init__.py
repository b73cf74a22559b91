from assessments.models.acceptance import Acceptance, AcceptanceState, Conclusion
from assessments.models.finding import RoundFinding
from assessments.models.rubric import Criterion, Grade, Rubric, RubricSection
from assessments.models.scoring import TEAM_OF_CITY, RoundLevel, Score, ScoreRound

__all__ = [
    "TEAM_OF_CITY",
    "Acceptance",
    "AcceptanceState",
    "Conclusion",
    "Criterion",
    "Grade",
    "RoundFinding",
    "RoundLevel",
    "Rubric",
    "RubricSection",
    "Score",
    "ScoreRound",
]
