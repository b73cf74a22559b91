"""Read models of 整改事项: the page of one, and the ledger (督查台账) of many."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from organizations.calendar import load_calendar
from organizations.models import User
from projects import rules
from projects.models import Rectification, RectificationState, RectificationStep, StepKind
from projects.posts import Holder, Post, people_at


@dataclass(frozen=True)
class Doing:
    """What the user can do with an item now, on whom it lies, and who makes sure of it."""

    answers: bool
    asks: bool
    decides: bool
    closes: bool
    waits_for: str
    reviewer: str


def doing(item: Rectification, user, today: date) -> Doing:
    answers = item.is_to_rectify and rules.can_answer_rectification(user, item)
    return Doing(
        answers=answers,
        asks=answers and item.asked_until is None and today <= item.due_on,
        decides=item.asked_until is not None and rules.can_decide_extension(user, item),
        closes=item.state == RectificationState.SUBMITTED and rules.can_close_rectification(user, item),
        waits_for=_waits_for(item),
        reviewer=_reviewer(item),
    )


def _reviewer(item: Rectification) -> str:
    return f"{item.get_desk_display().removesuffix('审核')}妇联"


def _waits_for(item: Rectification) -> str:
    """On whom it lies now, in words."""
    if item.state == RectificationState.SUBMITTED:
        return f"等{_reviewer(item)}复核"
    if item.is_to_rectify:
        return f"等{item.post_name}整改" + (f"；延期申请等{_reviewer(item)}批复" if item.asked_until else "")
    return ""


@dataclass(frozen=True)
class LedgerRow:
    """One line of the 督查台账."""

    item: Rectification
    holder: Holder
    done: str
    extensions: str

    @property
    def done_on(self) -> date | None:
        """The day on which it was handed in; a returned one isn't done."""
        return timezone.localdate(self.item.submitted_at) if not self.item.is_to_rectify else None

    @property
    def reviewer(self) -> str:
        return str(self.item.closed_by or "")


def ledger(items: list[Rectification]) -> list[LedgerRow]:
    """In the order of `items`; two queries more than theirs. Needs `site`, `organization`, `closed_by`, and `steps`
    prefetched with `made_by`."""
    posts = {item.pk: Post(item.organization, item.role) for item in items}
    people = people_at(set(posts.values()))
    return [_ledger_row(item, posts[item.pk], people) for item in items]


def _ledger_row(item: Rectification, post: Post, people: dict[Post, list[User]]) -> LedgerRow:
    steps = list(item.steps.all())
    done = next((step.text for step in reversed(steps) if step.kind == StepKind.SUBMITTED), "")
    return LedgerRow(item, Holder(post, people.get(post, [])), done, _extensions(steps))


def _extensions(steps: list[RectificationStep]) -> str:
    """“10月8日申请延至10月20日：雨天停工；10月9日同意延期”, a line for each request."""
    lines = []
    for step in steps:
        day = timezone.localtime(step.made_at)
        if step.kind == StepKind.ASKED:
            until = step.asked_until
            lines.append(f"{day.month}月{day.day}日申请延至{until.month}月{until.day}日：{step.text}")
        elif step.kind in {StepKind.GRANTED, StepKind.REFUSED} and lines:
            lines[-1] += f"；{day.month}月{day.day}日{step.get_kind_display()}"
    return "\n".join(lines)


def workdays_left(item: Rectification, today: date) -> int:
    """Working days from today to the due date; negative when it has passed."""
    return load_calendar().workdays_between(today, item.due_on)
