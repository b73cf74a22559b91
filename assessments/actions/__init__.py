"""Every verb that changes rubrics and scores."""

from assessments.actions.rubrics import copy_rubric, create_rubric, import_rubric, publish_rubric
from assessments.actions.scoring import (
    ScoreContent,
    StaleRoundError,
    enter_province_result,
    open_round,
    save_scores,
    submit_round,
)

__all__ = [
    "ScoreContent",
    "StaleRoundError",
    "copy_rubric",
    "create_rubric",
    "enter_province_result",
    "import_rubric",
    "open_round",
    "publish_rubric",
    "save_scores",
    "submit_round",
]
