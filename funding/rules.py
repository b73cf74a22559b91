"""Who may do what with the ledger and the allocation tables. Pure functions; scope itself is `visible_to`."""

from django.utils import timezone

from fedwork import clock
from funding.states import CASH_MOVEMENTS, EntryKind
from organizations.models import Role
from projects.rules import can_manage_programme

ADMIN_READERS = {Role.CITY_STAFF, Role.COUNTY_REVIEWER, Role.AUDITOR}
READERS = ADMIN_READERS | {Role.CADRE, Role.LEADER}


def can_view_tables(user, obj=None) -> bool:
    """System administrators look after accounts and parameters and see no business data."""
    return user.is_active and user.role in READERS


def can_read_letters(user) -> bool:
    """Letters are written to counties; a township reads its lines of the table."""
    return can_view_tables(user) and user.role != Role.CADRE


def can_view_in_admin(user, obj=None) -> bool:
    return user.is_active and user.role in ADMIN_READERS


def can_manage_commitments(user, programme=None) -> bool:
    """City staff, for the programmes of their own organisation."""
    is_city = user.is_active and user.role == Role.CITY_STAFF
    return is_city and (programme is None or programme.organization_id == user.organization_id)


def can_draft_table(user, programme) -> bool:
    return can_manage_commitments(user, programme)


def can_manage_tables(user, table=None) -> bool:
    """City staff make and issue the tables; an issued one is changed by a new version only."""
    if table is None:
        return can_manage_commitments(user)
    return can_manage_commitments(user, table.programme) and not table.is_issued


def can_post(user, site, kind: EntryKind) -> bool:
    """Promises are the city's to enter; money that moves is entered by the county that pays it, or the city."""
    if not user.is_active or user.scope_path is None or not site.organization.path.startswith(user.scope_path):
        return False
    if user.role == Role.COUNTY_REVIEWER:
        return kind != EntryKind.COMMITTED
    return can_manage_programme(user, site.programme)


def can_reallocate(user, site) -> bool:
    """调剂 is decided by who runs the programme."""
    return can_manage_programme(user, site.programme)


def can_post_any(user, site) -> bool:
    """Whether there is anything that the user may enter for the site."""
    return any(can_post(user, site, kind) for kind in CASH_MOVEMENTS)


def can_import_entries(user, programme) -> bool:
    """Who may post by hand for sites of the programme."""
    return (user.is_active and user.role == Role.COUNTY_REVIEWER) or can_manage_programme(user, programme)


def can_reverse(user, entry) -> bool:
    """A document's entries fall with the document: the table, the reallocation, the claim."""
    is_alone = not entry.is_by_document and not hasattr(entry, "claim_line")
    return is_alone and not entry.is_reversed and not entry.reverses_id and can_post(user, entry.site, entry.kind)


def can_attach(user, entry) -> bool:
    """Scans come from who may post such an entry; to what a document posted, from who decides on such documents."""
    return can_reallocate(user, entry.site) if entry.is_by_document else can_post(user, entry.site, entry.kind)


def can_take_out(user, scan) -> bool:
    """Who sent it, on the same day."""
    is_of_today = timezone.localdate(scan.uploaded_at) == clock.today()
    return scan.uploaded_by_id == user.pk and is_of_today and not scan.removed_at


def can_say_bookkeeping(user, site) -> bool:
    """Whether the money is kept on an account of its own is said by who enters the money."""
    return site.is_approved and can_post_any(user, site)
