"""Readings against rules: which light a site has, and what it says for itself."""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from projects.lights.registry import Signal, signals
from projects.states import Light, Mark

SAID = 3  # so many reasons go into a sentence


@dataclass(frozen=True)
class Link:
    """Where that can be done which clears a finding."""

    label: str
    address: str


class Reading(ABC):
    """What one signal found at one site. `value` grows with the trouble; `key` says what it is about: of two findings
    about the same thing the graver one counts."""

    site_id: int
    value: int

    @property
    @abstractmethod
    def key(self) -> Hashable: ...

    @property
    @abstractmethod
    def words(self) -> str:
        """The numbers, without a full stop."""

    @abstractmethod
    def since(self, threshold: int) -> date:
        """The day on which the value came to the threshold."""

    @abstractmethod
    def clears(self, threshold: int) -> str:
        """What takes the value below the threshold, a sentence."""

    @abstractmethod
    def link(self, user) -> Link | None:
        """Where the user does it, None where it is somebody else's work."""


@dataclass(frozen=True)
class Rule:
    """A signal with its thresholds as they held at a moment; None is never."""

    signal: Signal
    yellow: int | None
    red: int | None
    position: int = 0

    def level_of(self, value: int) -> Light:
        if self.red is not None and value >= self.red:
            return Light.RED
        return Light.YELLOW if self.yellow is not None and value >= self.yellow else Light.GREEN

    def threshold_of(self, level: Light) -> int:
        return self.red if level == Light.RED else self.yellow

    @property
    def lowest(self) -> int:
        """Below it the light is green."""
        return min(threshold for threshold in [self.yellow, self.red] if threshold is not None)

    @property
    def words(self) -> str:
        """“月报逾期未报：1 份起亮黄灯，2 份起亮红灯”."""
        said = [
            f"{self.signal.amount(threshold)}起亮{light.label}灯"
            for threshold, light in [(self.yellow, Light.YELLOW), (self.red, Light.RED)]
            if threshold is not None
        ]
        return f"{self.signal.label}：{'，'.join(said) or '不亮灯'}"


@dataclass(frozen=True)
class Finding:
    """Why a light isn't green."""

    rule: Rule
    reading: Reading
    level: Light

    @property
    def mark(self) -> Mark:
        return self.level.mark

    @property
    def words(self) -> str:
        return self.reading.words

    @property
    def since(self) -> date:
        """From when on it has been this grave."""
        return self.reading.since(self.rule.threshold_of(self.level))

    @property
    def clears(self) -> str:
        return self.reading.clears(self.rule.lowest)

    @property
    def rank(self) -> tuple:
        """The gravest first, then as the rules are ordered, then the largest."""
        return -self.level.rank, self.rule.position, -self.reading.value


@dataclass
class SiteLight:
    site: object
    findings: list[Finding] = field(default_factory=list)

    @property
    def level(self) -> Light:
        return self.findings[0].level if self.findings else Light.GREEN

    @property
    def mark(self) -> Mark:
        return self.level.mark

    @property
    def sentence(self) -> str:
        """The gravest reasons."""
        reasons = [finding.words for finding in self.findings]
        more = f"；另有 {len(reasons) - SAID} 项" if len(reasons) > SAID else ""
        return "；".join(reasons[:SAID]) + more + "。" if reasons else ""


Readings = Mapping[str, list[Reading]]  # by key of the signal


def rule_of(key: str, *, yellow: int | None, red: int | None, position: int) -> Rule | None:
    """None for a signal of an app that isn't there any more."""
    signal = signals().get(key)
    return signal and Rule(signal, yellow, red, position)


def grade(sites: Iterable, rules: Iterable[Rule], readings: Readings) -> list[SiteLight]:
    """The sites in their order, each with its findings, the gravest first."""
    lights = {site.pk: SiteLight(site) for site in sites}
    found = [
        Finding(rule, reading, level)
        for rule in rules
        for reading in readings.get(rule.signal.key, [])
        if (level := rule.level_of(reading.value)) != Light.GREEN
    ]
    told = set()
    for finding in sorted(found, key=lambda each: each.rank):
        about = finding.reading.site_id, finding.reading.key
        if about not in told:
            told.add(about)
            lights[finding.reading.site_id].findings.append(finding)
    return list(lights.values())


def counts(lights: Iterable[SiteLight]) -> dict[Light, int]:
    """How many are red, yellow and green."""
    found = Counter(light.level for light in lights)
    return {level: found[level] for level in Light}
