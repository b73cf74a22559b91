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
from assessments.actions.vetoes import decide_veto, explain_veto, propose_veto

__all__ = [
    "ScoreContent",
    "StaleRoundError",
    "copy_rubric",
    "create_rubric",
    "decide_veto",
    "enter_province_result",
    "explain_veto",
    "import_rubric",
    "open_round",
    "propose_veto",
    "publish_rubric",
    "save_scores",
    "submit_round",
]
