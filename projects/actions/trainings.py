"""Trainings: entered with sessions and invited posts, then who came and how they scored."""

from collections.abc import Iterable
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from organizations.models import AuditEvent, Organization
from projects import rules
from projects.actions.attachments import remove_attachment
from projects.models import Training, TrainingAttendee, TrainingSession
from projects.trainings import invitable

STALE = "您打开之后，这次培训又有改动，请刷新后核对再改。"


@transaction.atomic
def save_training(training: Training, *, sessions: Iterable[TrainingSession], kinds: Iterable[str], by) -> Training:
    """Enter a training, or change one; `training` comes filled in as by a form with the version it was read with.
    `sessions` are all of its sessions, not yet saved; `kinds` the kinds of posts that are invited.

    Raises ValidationError (stale, a session outside the days, more persons than person-times), PermissionDenied.
    """
    is_new, sessions = training.pk is None, list(sessions)
    if is_new:
        training.organization, training.recorded_at, training.recorded_by = by.organization, clock.now(), by
    if not rules.can_record_training(by, training) or training.level not in rules.training_levels_of(by):
        raise PermissionDenied
    # A second click waits here, and finds what the first has written.
    Organization.objects.select_for_update(no_key=True).get(pk=training.organization_id)
    if not is_new:
        _refuse_stale(training)
    training.clean()
    _check(training, sessions)
    training.validate_constraints()
    training.version += 1
    training.save()
    training.sessions.all().delete()
    for session in sessions:
        session.pk, session.training = None, training
    TrainingSession.objects.bulk_create(sessions)
    _invite(training, set(kinds))
    _record("登记培训" if is_new else "修改培训", training, by=by)
    return training


@transaction.atomic
def record_attendance(training: Training, *, results: dict[int, tuple[bool, Decimal | None]], by, version: int) -> None:
    """`results`: whether each of the invited posts (by id) came, and its score. Raises as `save_training` does."""
    if not rules.can_record_training(by, training):
        raise PermissionDenied
    training.version = version
    _refuse_stale(training)
    if not training.is_begun:
        raise ValidationError("培训还没有开始，到时再登记到会情况。")
    rows = [row for row in training.attendees.all() if row.pk in results]
    for row in rows:
        row.is_present, row.score = results[row.pk]
        row.validate_constraints(exclude=["training", "kind", "organization", "site"])
    TrainingAttendee.objects.bulk_update(rows, ["is_present", "score"])
    training.version += 1
    training.save(update_fields=["version"])
    _record("登记培训到会情况", training, by=by)


@transaction.atomic
def remove_training(training: Training, *, by, version: int) -> None:
    """Only marked, and its files with it; what it covered is not covered any more."""
    if not rules.can_record_training(by, training):
        raise PermissionDenied
    training.version = version
    _refuse_stale(training)
    for attachment in training.attachments.current():
        remove_attachment(attachment, by=by)
    training.removed_at, training.removed_by = clock.now(), by
    training.save(update_fields=["removed_at", "removed_by"])
    _record("移除培训", training, by=by)


def _refuse_stale(training: Training) -> None:
    now = Training.objects.select_for_update(of=("self",)).get(pk=training.pk)
    if now.removed_at:
        raise ValidationError("这次培训已经移除。", code="removed")
    if now.version != training.version:
        raise ValidationError(STALE, code="stale")


def _check(training: Training, sessions: list[TrainingSession]) -> None:
    if any(not training.first_on <= session.held_on <= training.last_on for session in sessions):
        raise ValidationError("期次的日期要在培训的起止日期以内。")
    if len({(session.held_on, session.half_day, session.topic) for session in sessions}) < len(sessions):
        raise ValidationError("同一时段的同一内容只列一次。")
    person_times = sum(session.person_times for session in sessions)
    if training.first_on > clock.today() and (training.persons or person_times):
        raise ValidationError("培训还没有开始，人数和人次到时再填。")
    if training.persons > person_times:
        raise ValidationError(
            {"persons": f"参训人数 {training.persons} 多于各期次人次之和 {person_times}：来的人至少计一人次，请核对。"}
        )


def _invite(training: Training, kinds: set[str]) -> None:
    """Posts of these kinds that aren't invited yet come, those of other kinds go."""
    training.attendees.exclude(kind__in=kinds).delete()
    there = set(training.attendees.values_list("kind", "organization", "site"))
    TrainingAttendee.objects.bulk_create(
        TrainingAttendee(training=training, kind=kind, organization_id=organization, site_id=site)
        for kind, organization, site in invitable(training)
        if kind in kinds and (kind, organization, site) not in there
    )


def _record(action: str, training: Training, *, by) -> None:
    AuditEvent.objects.record(
        action, training, by=by, organization=training.organization, first_on=f"{training.first_on}"
    )
