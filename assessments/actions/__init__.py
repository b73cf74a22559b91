"""Every verb that changes rubrics and scores."""

from assessments.actions.acceptance import Verdict, conclude, give_county_opinion, open_acceptance
from assessments.actions.findings import Wanting, raise_findings
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
    "Verdict",
    "Wanting",
    "conclude",
    "copy_rubric",
    "create_rubric",
    "enter_province_result",
    "give_county_opinion",
    "import_rubric",
    "open_acceptance",
    "open_round",
    "publish_rubric",
    "raise_findings",
    "save_scores",
    "submit_round",
]
