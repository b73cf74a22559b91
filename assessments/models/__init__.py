from assessments.models.rubric import Criterion, Grade, Rubric, RubricSection
from assessments.models.scoring import TEAM_OF_CITY, RoundLevel, Score, ScoreRound

__all__ = ["TEAM_OF_CITY", "Criterion", "Grade", "RoundLevel", "Rubric", "RubricSection", "Score", "ScoreRound"]
