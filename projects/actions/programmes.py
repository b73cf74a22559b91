from dateutil.relativedelta import relativedelta
from django.core.exceptions import PermissionDenied
from django.db import transaction

from organizations.models import AuditEvent
from projects import rules
from projects.actions.lights import copy_light_rules, offer_usual_lights
from projects.models import ActivityKind, Programme, PublicityChannel
from projects.models.fieldwork import CHANNELS, KINDS


def offer_usual_words(programme: Programme) -> None:
    """A new programme without kinds of activity, channels of publicity or rules of lights of its own gets those that
    are usual."""
    for model, names in [(ActivityKind, KINDS), (PublicityChannel, CHANNELS)]:
        if not model.objects.filter(programme=programme).exists():
            model.objects.bulk_create(
                model(programme=programme, name=name, position=position) for position, name in enumerate(names, 1)
            )
    offer_usual_lights(programme)


@transaction.atomic
def copy_programme(programme: Programme, *, year: int, by) -> Programme:
    """Next year's programme with the same rules: types, quotas, stages, tasks, measures; dates move by whole years.

    Raises ValidationError when the name is taken (the name is last year's with the year replaced), PermissionDenied.
    """
    if not rules.can_manage_programme(by, programme):
        raise PermissionDenied
    shift = relativedelta(years=year - programme.year)
    copy = Programme.objects.get(pk=programme.pk)
    copy.pk, copy.year, copy.document_number = None, year, ""
    copy.name = programme.name.replace(str(programme.year), str(year))
    copy.first_month, copy.last_month = copy.first_month + shift, copy.last_month + shift
    copy.meeting_first_on = copy.meeting_first_on and copy.meeting_first_on + shift
    copy.full_clean()
    copy.save(force_insert=True)
    types = {row.pk: _copy_row(row, programme=copy) for row in programme.creation_types.all()}
    kinds = {row.pk: _copy_row(row, programme=copy) for row in programme.activity_kinds.all()}
    for channel in programme.channels.all():
        _copy_row(channel, programme=copy)
    for measure in programme.measures.all():
        _copy_row(measure, programme=copy, kind=kinds.get(measure.kind_id))
    for stage in programme.stages.prefetch_related("tasks"):
        _copy_stage(stage, programme=copy, shift=shift, types=types)
    copy_light_rules(programme, copy)
    AuditEvent.objects.record(
        "复制批次", copy, by=by, organization=copy.organization, note=f"复制自“{programme}”", source=programme.pk
    )
    return copy


def _copy_stage(stage, *, programme: Programme, shift: relativedelta, types: dict) -> None:
    tasks = list(stage.tasks.all())
    copy = _copy_row(stage, programme=programme, starts_on=stage.starts_on + shift, ends_on=stage.ends_on + shift)
    for task in tasks:
        _copy_row(
            task,
            stage=copy,
            creation_type=types.get(task.creation_type_id),
            starts_on=task.starts_on + shift,
            due_on=task.due_on + shift,
        )


def _copy_row(row, **changes):
    fields = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    for name in changes:
        fields.pop(f"{name}_id", None)
    return type(row).objects.create(**fields | changes)
