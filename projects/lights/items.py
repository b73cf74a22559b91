"""整改 as it stood at a moment."""

from dataclasses import dataclass
from datetime import date

from projects.models import Rectification, RectificationState, RectificationStep
from projects.models.rectification import TAG_OF_STATE, TO_RECTIFY
from projects.states import Mark


@dataclass(frozen=True)
class OpenItem:
    """An item that was not closed by the moment, in the state that it then had."""

    item: Rectification
    step: RectificationStep
    today: date

    @property
    def days_overdue(self) -> int:
        """0 when there is nothing to worry about."""
        return max(0, (self.today - self.step.due_on).days) if self.step.state in TO_RECTIFY else 0

    @property
    def is_overdue(self) -> bool:
        return self.days_overdue > 0

    @property
    def mark(self) -> Mark:
        if self.is_overdue:
            return Mark("逾期", "bad")
        return Mark(RectificationState(self.step.state).label, TAG_OF_STATE[self.step.state])
