"""What templates/assessments/_veto_hints.html takes."""

from assessments import rules
from assessments.hints import veto_hints
from fedwork import clock
from projects.models import ProjectSite


def hints_of(user, site: ProjectSite) -> dict:
    """From the first round on: before that money and 整改 have lists of their own."""
    hints = veto_hints(site, now=clock.now()) if site.score_rounds.exists() else []
    return {"hints": hints, "can_propose_veto": rules.can_propose_veto(user, site)}
