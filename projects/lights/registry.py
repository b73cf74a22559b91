"""What lights can look at. An app registers its signals when it is loaded (apps.py), so that `projects` need not know
which apps there are. Imports no model: the rules' model asks here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Signal:
    """`read(scope)` gives the readings of the sites where there is something to worry about, in a fixed number of
    queries. A reading's value counts in `unit`; `usual` are the thresholds (yellow, red) that a new programme gets."""

    key: str
    label: str
    unit: str
    read: Callable[..., Iterable]
    usual: tuple[int | None, int | None]
    hint: str = ""
    is_for: Callable[..., bool] = lambda programme: True  # whether a programme of such rules has any use for it

    def amount(self, value: int) -> str:
        """“2 份”."""
        return f"{value}{self.unit}" if self.unit == "%" else f"{value} {self.unit}"


_signals: dict[str, Signal] = {}


def register(*signals: Signal) -> None:
    _signals.update({signal.key: signal for signal in signals})


def signals() -> dict[str, Signal]:
    """By key, in the order in which findings of the same gravity are told."""
    return dict(_signals)


def signal_choices() -> list[tuple[str, str]]:
    return [(signal.key, signal.label) for signal in _signals.values()]
