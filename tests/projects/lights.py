"""Rules of lights as tests need them: as if they had always been so."""

import pgtrigger

from projects.models import LightChange, LightRule

OF_THE_PACK = ["task_overdue", "rectification_overdue", "reports_overdue", "task_lagging"]


def only(programme, *signals: str) -> None:
    """The programme has never looked at anything else."""
    for model, path in [(LightRule, "signal__in"), (LightChange, "rule__signal__in")]:
        others = model.objects.exclude(**{path: signals})
        owner = "rule__programme" if model is LightChange else "programme"
        with pgtrigger.ignore("projects.LightChange:light_change_append_only"):
            others.filter(**{owner: programme}).update(is_active=False)


def set_rule(programme, signal: str, *, yellow: int | None = None, red: int | None = None) -> LightRule:
    """The programme has always had these thresholds."""
    rule = programme.light_rules.get(signal=signal)
    with pgtrigger.ignore("projects.LightChange:light_change_append_only"):
        rule.changes.update(yellow=yellow, red=red, is_active=True)
    programme.light_rules.filter(pk=rule.pk).update(yellow=yellow, red=red, is_active=True)
    rule.refresh_from_db()
    return rule
