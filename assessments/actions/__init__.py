"""Every verb that changes rubrics, scores, acceptance and results."""

from assessments.actions.acceptance import Verdict, conclude, give_county_opinion, open_acceptance
from assessments.actions.annual import (
    answer_annual_appeal,
    appeal_annual_veto,
    assess_unit,
    decide_annual_veto,
    propose_annual_veto,
    set_annual_rule,
)
from assessments.actions.evidence import add_evidence_file, remove_evidence_file
from assessments.actions.findings import Wanting, raise_findings
from assessments.actions.results import answer_objection, publish_results, record_objection
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
    "Verdict",
    "Wanting",
    "add_evidence_file",
    "answer_annual_appeal",
    "answer_objection",
    "appeal_annual_veto",
    "assess_unit",
    "conclude",
    "copy_rubric",
    "create_rubric",
    "decide_annual_veto",
    "decide_veto",
    "enter_province_result",
    "explain_veto",
    "give_county_opinion",
    "import_rubric",
    "open_acceptance",
    "open_round",
    "propose_annual_veto",
    "propose_veto",
    "publish_results",
    "publish_rubric",
    "raise_findings",
    "record_objection",
    "remove_evidence_file",
    "save_scores",
    "set_annual_rule",
    "submit_round",
]
