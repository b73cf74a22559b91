"""The lights of sites at a moment, and at the end of each month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from django.db.models import QuerySet
from django.utils import timezone

from projects.lights.grading import Readings, Rule, SiteLight, counts, grade, rule_of
from projects.lights.scope import Scope
from projects.models import LightChange, Programme, ProjectSite
from projects.states import Light


def rules_at(programme: Programme, moment: datetime) -> list[Rule]:
    """The rules in use then, in their order; one query."""
    return _in_use(_changes(programme, moment), moment)


def _changes(programme: Programme, until: datetime) -> list[LightChange]:
    changes = LightChange.objects.filter(rule__programme=programme, made_at__lte=until)
    return list(changes.select_related("rule").order_by("made_at", "pk"))


def _in_use(changes: list[LightChange], moment: datetime) -> list[Rule]:
    """Of each rule the version that held at the moment, unless it was switched off."""
    held = {change.rule_id: change for change in changes if change.made_at <= moment}
    found = [
        rule_of(each.rule.signal, yellow=each.yellow, red=each.red, position=each.rule.position)
        for each in sorted(held.values(), key=lambda each: (each.rule.position, each.rule_id))
        if each.is_active
    ]
    return [rule for rule in found if rule]


@dataclass(frozen=True)
class Look:
    """What was seen at a moment, before it is compared with rules: the same readings serve several rules."""

    scope: Scope
    readings: Readings

    def lights(self, rules: list[Rule]) -> list[SiteLight]:
        return grade(self.scope.listed, rules, self.readings)


def look(scope: Scope, rules: list[Rule]) -> Look:
    return Look(scope, {rule.signal.key: list(rule.signal.read(scope)) for rule in rules})


def lights_at(programme: Programme, moment: datetime, sites: QuerySet | None = None) -> list[SiteLight]:
    """The approved sites by county, each with its light. `sites` narrows down (a queryset without a slice); as many
    queries for one site as for ten thousand."""
    return lights_by_moment(programme, [moment], sites)[0]


def lights_by_moment(
    programme: Programme, moments: Sequence[datetime], sites: QuerySet | None = None
) -> list[list[SiteLight]]:
    """The same for several moments in the order of time, each by the rules of its time, with the queries of one."""
    changes = _changes(programme, moments[-1])
    scopes = Scope.series(programme, moments, ProjectSite.objects.all() if sites is None else sites)
    by_moment = [(scope, _in_use(changes, scope.moment)) for scope in scopes]
    return [look(scope, rules).lights(rules) for scope, rules in by_moment]


def month_ends(programme: Programme, now: datetime) -> list[datetime]:
    """The last moments of the programme's months that have ended."""
    firsts = [month + relativedelta(months=1) for month in programme.months()]
    return [moment for first in firsts if (moment := _before(first)) < now]


def _before(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time())) - timedelta(microseconds=1)


@dataclass(frozen=True)
class MonthEnd:
    """How many sites were red, yellow and green."""

    moment: datetime
    counts: dict[Light, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def bars(self) -> list[tuple[Light, int, int, int]]:
        """(light, number, where its part of a bar of 100 begins, how wide it is)"""
        parts, start, before = [], 0, 0
        for light, number in self.counts.items():
            before += number
            end = round(100 * before / self.total) if self.total else 0
            parts.append((light, number, start, end - start))
            start = end
        return parts


def trend_lights(
    programme: Programme, now: datetime, sites: QuerySet | None = None
) -> tuple[list[SiteLight], list[MonthEnd]]:
    """The lights of now; and the ends of the months that are over, and now, with what they count."""
    moments = [*month_ends(programme, now), now]
    found = lights_by_moment(programme, moments, sites)
    return found[-1], [MonthEnd(*each) for each in zip(moments, map(counts, found), strict=True)]


def trend(programme: Programme, now: datetime, sites: QuerySet | None = None) -> list[MonthEnd]:
    return trend_lights(programme, now, sites)[1]
