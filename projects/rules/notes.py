"""Work logs, pairing, reports to government, surveys, inspections, bulletins."""

from projects.models import Bulletin, Note, ProjectSite
from projects.rules.base import within
from projects.rules.programmes import can_manage_programme


def can_write_notes(user, model: type[Note]) -> bool:
    """Whether it is the user's work at all."""
    return user.is_active and user.role in model.AT_SITES | model.OFFICES


def can_write_note(user, model: type[Note], site: ProjectSite | None) -> bool:
    """Of an approved site in the own part of the tree; without a site, of the own office."""
    if site is None:
        return user.is_active and user.role in model.OFFICES and user.organization_id is not None
    may = user.is_active and user.role in model.AT_SITES
    return may and site.is_approved and within(user, site.organization)


def can_change_note(user, note: Note) -> bool:
    """The post that wrote it, not only the person."""
    if note.site is None and note.organization_id != user.organization_id:
        return False
    return user.role == note.role and can_write_note(user, type(note), note.site)


def can_manage_bulletin(user, obj: Bulletin | None = None) -> bool:
    """Who runs the programme issues its bulletin."""
    return can_manage_programme(user, obj and obj.programme)
