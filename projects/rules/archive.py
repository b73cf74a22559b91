"""备查资料 and creation standards."""

from organizations.models import Role
from projects.models import Attachment, CreationStandard, ProjectSite
from projects.rules.base import within
from projects.rules.programmes import can_manage_programme

KEEPERS = {Role.CADRE, Role.COUNTY_REVIEWER, Role.CITY_STAFF}


def can_file(user, owner) -> bool:
    """Put papers into the archive of a site in the own part of the tree; into a programme's who runs it."""
    if isinstance(owner, ProjectSite):
        return user.is_active and user.role in KEEPERS and within(user, owner.organization)
    return can_manage_programme(user, owner)


def can_unfile(user, attachment: Attachment) -> bool:
    """Take back what the own post put there; the city looks after all of it. What belongs to a report or record is
    removed there."""
    if not attachment.is_direct or not can_file(user, attachment.owner):
        return False
    by = attachment.uploaded_by
    return user.role == Role.CITY_STAFF or (by.role, by.organization_id) == (user.role, user.organization_id)


def can_refile(user, attachment: Attachment) -> bool:
    """Title, date and category: of a direct piece by who may take it back, of other files by who keeps the archive."""
    if attachment.main_id:  # an annex goes where its document is
        return False
    return can_unfile(user, attachment) if attachment.is_direct else can_file(user, attachment.owner)


def can_manage_standard(user, obj: CreationStandard | None = None) -> bool:
    """Write it as long as it isn't published; a published one stays as it is."""
    if obj is None:
        return can_manage_programme(user)
    return can_manage_programme(user, obj.creation_type.programme) and not obj.is_published
