"""Long lists of what is missing: the first of them, and how many more there are."""

from collections.abc import Sequence
from dataclasses import dataclass

SHOWN = 30


@dataclass(frozen=True)
class Shortened:
    shown: Sequence
    total: int

    @classmethod
    def of(cls, rows: Sequence) -> "Shortened":
        return cls(rows[:SHOWN], len(rows))

    @property
    def more(self) -> int:
        return self.total - len(self.shown)
