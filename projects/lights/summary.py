"""The lights of a user's part in short: for the first page, which everybody opens all the time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import QuerySet

from projects.lights.grading import counts
from projects.lights.reading import lights_at
from projects.models import Programme, ProjectSite
from projects.states import Light, Mark

GRAVEST = 6  # sites named; the rest are one click away
MANY = 1000  # sites from which on the lights are read once in a while only
WHILE = timedelta(minutes=10)


@dataclass(frozen=True)
class Troubled:
    """A site that isn't green, with its gravest reasons."""

    site: ProjectSite
    level: Light
    sentence: str

    @property
    def mark(self) -> Mark:
        return self.level.mark


@dataclass(frozen=True)
class Summary:
    """`counts` by light; `gravest` come first. As of `moment`, which is earlier than now where there are many sites."""

    moment: datetime
    counts: Mapping[Light, int]
    gravest: list[Troubled]

    @property
    def is_lit(self) -> bool:
        """Whether there are sites at all."""
        return any(self.counts.values())


def light_summary(user, programme: Programme, now: datetime) -> Summary:
    """Of many sites as it was when the last ten minutes were full: lights are a function of the moment, so what is kept
    for a while is what would be read anew."""
    sites = ProjectSite.objects.visible_to(user)
    if sites.approved().filter(programme=programme).count() < MANY:
        return _read(programme, sites, now)
    moment = now - timedelta(seconds=now.timestamp() % WHILE.total_seconds())
    key = f"lights:{programme.pk}:{user.scope_path}:{moment.timestamp():.0f}"
    return cache.get_or_set(key, lambda: _read(programme, sites, moment), WHILE.total_seconds())


def _read(programme: Programme, sites: QuerySet, moment: datetime) -> Summary:
    lights = lights_at(programme, moment, sites)
    troubled = sorted((each for each in lights if each.findings), key=lambda each: -each.level.rank)
    gravest = [Troubled(each.site, each.level, each.sentence) for each in troubled[:GRAVEST]]
    return Summary(moment, counts(lights), gravest)
