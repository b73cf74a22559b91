"""专账核算: said anew, never changed."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from funding import rules
from funding.actions.ledger import lock_sites
from funding.models import BookkeepingStatement
from organizations.models import AuditEvent
from projects.models import ProjectSite


@transaction.atomic
def say_bookkeeping(site: ProjectSite, *, is_separate: bool, note: str = "", by) -> BookkeepingStatement:
    """Whether the site's money is on an account of its own. The same said again is no second statement. Raises
    ValidationError and PermissionDenied."""
    site = lock_sites([site.pk])[site.pk]
    if not rules.can_say_bookkeeping(by, site):
        raise PermissionDenied
    statement = BookkeepingStatement(site=site, is_separate=is_separate, note=note.strip(), recorded_by=by)
    latest = site.bookkeeping_statements.first()
    if latest and (latest.is_separate, latest.note) == (statement.is_separate, statement.note):
        return latest
    statement.full_clean()
    statement.save()
    said = "是" if is_separate else "否"
    AuditEvent.objects.record(
        "登记专账核算", statement, by=by, organization=site.organization, note=note, separate=said
    )
    return statement
