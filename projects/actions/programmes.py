from collections.abc import Callable

from dateutil.relativedelta import relativedelta
from django.core.exceptions import PermissionDenied
from django.db import transaction

from organizations.models import AuditEvent
from projects import rules
from projects.actions.lights import copy_light_rules, offer_usual_lights
from projects.actions.standards import copy_standards
from projects.models import ActivityKind, ArchiveCategory, Programme, PublicityChannel
from projects.models.archive import USUAL_CATEGORIES
from projects.models.fieldwork import CHANNELS, KINDS, TRAINING_KIND


def offer_usual_words(programme: Programme) -> None:
    """A new programme without kinds of activity, channels of publicity, archive categories or rules of lights of its
    own gets those that are usual; the categories are required of the creation types that it has by now."""
    _offer_usual_categories(programme)
    offer_usual_lights(programme)
    for model, names in [(ActivityKind, KINDS), (PublicityChannel, CHANNELS)]:
        if not model.objects.filter(programme=programme).exists():
            model.objects.bulk_create(
                model(programme=programme, name=name, position=position) for position, name in enumerate(names, 1)
            )
            programme.activity_kinds.filter(name=TRAINING_KIND).update(is_training=True)


def _offer_usual_categories(programme: Programme) -> None:
    if programme.archive_categories.exists():
        return
    names = ["name", "retention", "source", "minimum", "from_stage"]
    categories = ArchiveCategory.objects.bulk_create(
        ArchiveCategory(programme=programme, position=position, **dict(zip(names, usual, strict=True)))
        for position, (*usual, _) in enumerate(USUAL_CATEGORIES, 1)
    )
    required = ArchiveCategory.required_for.through
    required.objects.bulk_create(
        required(archivecategory=category, creationtype=kind)
        for category, (*_, is_required) in zip(categories, USUAL_CATEGORIES, strict=True)
        for kind in programme.creation_types.all()
        if is_required
    )


# What other apps keep of a programme and take over into its copy: called with both, and with `by`.
ALSO_COPIED: list[Callable[..., None]] = []


@transaction.atomic
def copy_programme(programme: Programme, *, year: int, by) -> Programme:
    """Next year's programme with the same rules: types, quotas, stages, tasks, measures, archive
    categories, standards as drafts; dates move by whole years.

    Raises ValidationError when the name is taken (the name is last year's with the year replaced), PermissionDenied.
    """
    if not rules.can_manage_programme(by, programme):
        raise PermissionDenied
    shift = relativedelta(years=year - programme.year)
    copy = Programme.objects.get(pk=programme.pk)
    copy.pk, copy.year, copy.document_number, copy.issued_on = None, year, "", None
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
    for category in programme.archive_categories.prefetch_related("required_for"):
        copied = _copy_row(category, programme=copy)
        copied.required_for.set(types[kind.pk] for kind in category.required_for.all())
    copy_standards(types)
    for stage in programme.stages.prefetch_related("tasks", "outputs"):
        _copy_stage(stage, programme=copy, shift=shift, types=types)
    copy_light_rules(programme, copy)
    for copy_more in ALSO_COPIED:
        copy_more(programme, copy, by=by)
    AuditEvent.objects.record(
        "复制批次", copy, by=by, organization=copy.organization, note=f"复制自“{programme}”", source=programme.pk
    )
    return copy


def _copy_stage(stage, *, programme: Programme, shift: relativedelta, types: dict) -> None:
    tasks, outputs = list(stage.tasks.all()), list(stage.outputs.all())
    copy = _copy_row(stage, programme=programme, starts_on=stage.starts_on + shift, ends_on=stage.ends_on + shift)
    for task in tasks:
        _copy_row(
            task,
            stage=copy,
            creation_type=types.get(task.creation_type_id),
            starts_on=task.starts_on + shift,
            due_on=task.due_on + shift,
            on_day=task.on_day and task.on_day + shift,
        )
    for output in outputs:
        _copy_row(output, stage=copy)


def _copy_row(row, **changes):
    fields = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
    for name in changes:
        fields.pop(f"{name}_id", None)
    return type(row).objects.create(**fields | changes)
