"""What a criterion can score itself by, or show as evidence. Sources are registered when the app is loaded; imports no
model: the criteria's model asks here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.db.models import QuerySet
from django.utils import timezone

SHOWN_ONLY = "（只列佐证）"


@dataclass(frozen=True)
class Finding:
    """Of one site. Without a value there is nothing to score by yet. `links` are (label, address) of what it was counted
    from; `known` gives the names that a 分段 criterion of this source may use."""

    value: Decimal | None
    sentence: str
    links: tuple[tuple[str, str], ...] = ()
    known: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass
class Scope:
    """Sites of one programme at a moment; `memo` keeps what several sources read."""

    programme: object
    sites: QuerySet
    moment: datetime
    memo: dict = field(default_factory=dict)

    @cached_property
    def listed(self) -> list:
        return list(self.sites)

    @cached_property
    def ids(self) -> list[int]:
        return [site.pk for site in self.listed]

    @cached_property
    def today(self) -> date:
        return timezone.localdate(self.moment)


@dataclass(frozen=True)
class Source:
    """`read(scope)` gives a Finding for each site, by its id, in a fixed number of queries. What isn't `is_scoring` is
    evidence beside the item, which the assessor scores. What is a share counts in percent. `names` may stand in a 分段
    criterion."""

    key: str
    label: str
    read: Callable[[Scope], Mapping[int, Finding]]
    is_scoring: bool = True
    is_share: bool = False
    names: tuple[str, ...] = ()


_sources: dict[str, Source] = {}


def register(*sources: Source) -> None:
    _sources.update({source.key: source for source in sources})


def sources() -> dict[str, Source]:
    return dict(_sources)


def source_choices() -> list[tuple[str, str]]:
    """Called by the field, so that a further source needs no migration."""
    return [
        (source.key, source.label if source.is_scoring else source.label + SHOWN_ONLY) for source in _sources.values()
    ]


def read_sources(keys: set[str], scope: Scope) -> dict[str, Mapping[int, Finding]]:
    """By key of the source, then by site."""
    return {key: source.read(scope) for key, source in _sources.items() if key in keys}
