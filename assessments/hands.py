"""Nobody scores their own site: whose hands made what a level is to judge."""

from assessments.models import Acceptance, RoundLevel, ScoreRound
from projects.models import MonthlyReport, ProjectSite


def has_hand_in(user, site: ProjectSite, level: RoundLevel) -> bool:
    """Whether the user scored the site for a level below, or reported for it: such a person, whatever post they hold now,
    doesn't judge it. A self-assessment is by those who did the work, and the province's result is only written down from
    its document. Two queries."""
    if level in {RoundLevel.SELF, RoundLevel.PROVINCE}:
        return False
    below = ScoreRound.objects.filter(hands=user, site=site, level__lt=level)
    return below.exists() or MonthlyReport.objects.filter(site=site, submitted_by=user).exists()


def has_judged(user, site: ProjectSite) -> bool:
    """Whether the user scored the site for any level, or concluded one of its acceptances. Two queries."""
    scored = ScoreRound.objects.filter(hands=user, site=site)
    return scored.exists() or Acceptance.objects.filter(site=site, concluded_by=user).exists()
