"""工作简报: numbered and written by who runs the programme."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from organizations.models import AuditEvent
from projects import rules
from projects.models import Bulletin, Programme


@transaction.atomic
def save_bulletin(bulletin: Bulletin, *, by) -> Bulletin:
    """Enter an issue, or change one; it carries the version that it was read with. Raises ValidationError,
    PermissionDenied."""
    if not rules.can_manage_bulletin(by, bulletin):
        raise PermissionDenied
    # Of two who take the same number at once the second is told by the check of uniqueness.
    Programme.objects.select_for_update(no_key=True).get(pk=bulletin.programme_id)
    is_new = bulletin.pk is None
    if not is_new and Bulletin.objects.get(pk=bulletin.pk).version != bulletin.version:
        raise ValidationError("您打开之后，这期简报又有改动，请刷新后核对再改。", code="stale")
    bulletin.year = bulletin.issued_on.year
    bulletin.clean()
    bulletin.validate_constraints()
    bulletin.version += 1
    bulletin.written_at, bulletin.written_by = clock.now(), by
    bulletin.save()
    AuditEvent.objects.record(
        "编写工作简报" if is_new else "修改工作简报",
        bulletin,
        by=by,
        organization=bulletin.programme.organization,
        number=bulletin.number,
    )
    return bulletin
