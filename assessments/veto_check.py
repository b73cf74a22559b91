"""一票否决核查: what is known of veto items of sites. Whoever keeps them registers a reader when the app is loaded, so
that acceptance, results and the county's assessment ask in one place."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class VetoFact:
    """One veto item of a site: `state` in words (如“已认定”), and only what is confirmed decides anything."""

    label: str
    state: str
    basis: str
    is_confirmed: bool


Reader = Callable[[list[int]], Mapping[int, list[VetoFact]]]
_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """`reader(ids of sites)` gives by site what is known, in a fixed number of queries."""
    _readers.append(reader)


def veto_facts(site_ids: Iterable[int]) -> dict[int, list[VetoFact]]:
    ids, found = list(site_ids), defaultdict(list)
    for reader in _readers:
        for pk, facts in reader(ids).items():
            found[pk] += facts
    return found


def vetoed(site_ids: Iterable[int]) -> set[int]:
    """Sites with a confirmed veto item."""
    return {pk for pk, facts in veto_facts(site_ids).items() if any(fact.is_confirmed for fact in facts)}
