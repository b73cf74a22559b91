"""From the programme's templates to the tasks of a site: every turn of a task becomes a row with its dates."""

from collections.abc import Iterator

from organizations.calendar import Calendar
from projects.models import ScheduleItem, Stage, TaskTemplate
from projects.schedule.cadence import Occurrence
from projects.states import Rhythm


def items_of(stage: Stage, tasks: list[TaskTemplate], calendar: Calendar) -> Iterator[ScheduleItem]:
    """Not saved. `tasks` come with their stage and its programme."""
    for task in tasks:
        for turn in _turns(task, calendar):
            yield _item(stage, task, turn)


def _turns(task: TaskTemplate, calendar: Calendar) -> list[Occurrence]:
    """A task of which a part is due earlier stays one task; the part is its milestone."""
    found = task.occurrences(calendar)
    return [Occurrence(task.starts_on, task.due_on)] if task.rhythm == Rhythm.FRACTION else found


def _item(stage: Stage, task: TaskTemplate, turn: Occurrence) -> ScheduleItem:
    is_part = task.rhythm == Rhythm.FRACTION
    times = f"，{turn.times}次" if turn.times > 1 else ""
    occurrence = f"{turn.label}{times}" if task.is_recurring else ""
    return ScheduleItem(
        stage=stage,
        template=task,
        name=f"{task.name}（{occurrence}）" if occurrence else task.name,
        occurrence=occurrence,
        times=turn.times,
        starts_on=turn.starts_on,
        due_on=turn.due_on,
        baseline_starts_on=turn.starts_on,
        baseline_due_on=turn.due_on,
        milestone_on=task.on_day if is_part else None,
        milestone_percent=task.number if is_part else None,
        owner=task.owner,
        evidence=task.evidence,
        evidence_count=task.evidence_count,
        position=task.position,
    )
