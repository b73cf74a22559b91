"""Who may do what with commitments and allocation tables. Pure functions; scope itself is `visible_to`."""

from organizations.models import Role

READERS = {Role.CITY_STAFF, Role.COUNTY_REVIEWER, Role.AUDITOR}


def can_view_in_admin(user, obj=None) -> bool:
    return user.is_active and user.role in READERS


def can_manage_commitments(user, obj=None) -> bool:
    return user.is_active and user.role == Role.CITY_STAFF


def can_manage_tables(user, obj=None) -> bool:
    """City staff make and issue the tables; an issued one is changed by a new version only."""
    return user.is_active and user.role == Role.CITY_STAFF and (obj is None or not obj.is_issued)
