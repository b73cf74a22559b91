"""Creation standards: written as a draft, published once, followed by a new version."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max

from fedwork import clock
from organizations.models import AuditEvent
from projects import rules
from projects.models import CreationStandard, CreationType


def next_version(kind: CreationType) -> int:
    return (kind.standards.aggregate(last=Max("version"))["last"] or 0) + 1


@transaction.atomic
def publish_standard(standard: CreationStandard, *, by) -> CreationStandard:
    """From now on sites of this type are judged by it when they are approved; nobody can change it any more.

    Raises ValidationError when it is published already or says nothing, and PermissionDenied.
    """
    rows = CreationStandard.objects.select_for_update(of=("self",))
    standard = rows.select_related("creation_type__programme__organization").get(pk=standard.pk)
    if standard.is_published:
        raise ValidationError(f"“{standard}”已经发布，不必重复发布。")
    if not rules.can_manage_standard(by, standard):
        raise PermissionDenied
    if not standard.paragraphs:
        raise ValidationError(f"“{standard}”还没有内容，不能发布。")
    standard.published_at, standard.published_by = clock.now(), by
    standard.save(update_fields=["published_at", "published_by"])
    organization = standard.creation_type.programme.organization
    AuditEvent.objects.record("发布创建标准", standard, by=by, organization=organization, version=standard.version)
    return standard


def copy_standards(types: dict[int, CreationType]) -> None:
    """Next year's standards begin as drafts with this year's words. `types` gives the new type of each old one."""
    for old, new in types.items():
        if standard := CreationStandard.objects.in_force(old):
            CreationStandard.objects.create(creation_type=new, version=1, text=standard.text)
