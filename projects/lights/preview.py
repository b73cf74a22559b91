"""What another rule would have said: at the end of each past month and now, before and after, by the same readings."""

from dataclasses import dataclass
from datetime import datetime

from projects.lights.grading import Rule, SiteLight, counts
from projects.lights.reading import look, month_ends, rules_at
from projects.lights.scope import Scope
from projects.models import LightRule, ProjectSite
from projects.states import Light


@dataclass(frozen=True)
class Effect:
    """One moment: the lights by the rules that hold now, and by the changed ones."""

    moment: datetime
    before: list[SiteLight]
    after: list[SiteLight]

    @property
    def rows(self) -> list[tuple[Light, int, int]]:
        """(light, sites before, sites after)"""
        before, after = counts(self.before), counts(self.after)
        return [(light, before[light], after[light]) for light in Light]

    @property
    def changed(self) -> list[tuple[SiteLight, SiteLight]]:
        pairs = zip(self.before, self.after, strict=True)
        return [(before, after) for before, after in pairs if before.level != after.level]


def preview(changed: LightRule, now: datetime) -> list[Effect]:
    """`changed` has the thresholds to try, not saved. The newest first."""
    before = rules_at(changed.programme, now)
    after = _with(before, changed)
    moments = [*month_ends(changed.programme, now), now]
    scopes = Scope.series(changed.programme, moments, ProjectSite.objects.all())
    return [_effect(scope, before, after) for scope in reversed(scopes)]


def _with(rules: list[Rule], changed: LightRule) -> list[Rule]:
    others = [rule for rule in rules if rule.signal.key != changed.signal]
    return others + [changed.rule] * (changed.is_active and changed.rule is not None)


def _effect(scope: Scope, before: list[Rule], after: list[Rule]) -> Effect:
    asked = {rule.signal.key: rule for rule in [*before, *after]}
    seen = look(scope, list(asked.values()))
    return Effect(scope.moment, seen.lights(before), seen.lights(after))
