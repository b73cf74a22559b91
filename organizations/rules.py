"""Who may do what with organisations and accounts. Pure functions; scope itself is `visible_to`."""

from organizations.models import Organization, Role, User

MANAGERS = {Role.CITY_STAFF, Role.SYSTEM_ADMIN}
# Which accounts a manager may create or change, by the manager's own role.
ASSIGNABLE = {
    Role.CITY_STAFF: {Role.CADRE, Role.COUNTY_REVIEWER, Role.CITY_STAFF, Role.LEADER},
    Role.SYSTEM_ADMIN: set(Role),
}


def assignable_roles(user: User) -> set[Role]:
    return ASSIGNABLE.get(user.role, set())


def can_view_organizations(user, obj=None) -> bool:
    return user.is_active


def can_manage_organizations(user, obj: Organization | None = None) -> bool:
    """In the own subtree only."""
    return user.is_active and user.role in MANAGERS and (obj is None or obj.path.startswith(user.scope_path))


def can_manage_kinds(user, obj=None) -> bool:
    """Every city uses the same kinds, so they belong to who sees the whole tree."""
    return user.is_active and user.role == Role.SYSTEM_ADMIN and user.scope_path == ""


def can_manage_calendar(user, obj=None) -> bool:
    """Working days are the same for everybody; whoever keeps deadlines or parameters may enter them."""
    return user.is_active and user.role in MANAGERS


def can_view_calendar(user, obj=None) -> bool:
    return user.is_active and user.role in MANAGERS | {Role.AUDITOR}


def can_view_users(user, obj=None) -> bool:
    return user.is_active and user.role in MANAGERS | {Role.AUDITOR}


def can_create_users(user) -> bool:
    return user.is_active and user.role in MANAGERS


def can_manage_users(user, obj: User | None = None) -> bool:
    """Change, disable, give a new first password. Nobody does so to the own account, so nobody raises or locks out
    themselves; whoever is above (系统管理员, 审计员) stays above."""
    if obj is None:
        return can_create_users(user)
    return can_create_users(user) and obj.pk != user.pk and can_assign(user, obj.role, obj.organization)


def can_assign(user, role: str, organization: Organization | None) -> bool:
    """Whether `user` may give `role` at `organization`: the role is in the manager's gift, the place in the subtree.

    An account without organisation reaches over the whole tree: only who does so already may make one.
    """
    if user.scope_path is None or role not in assignable_roles(user):
        return False
    return user.scope_path == "" if organization is None else organization.path.startswith(user.scope_path)


def can_view_audit(user, obj=None) -> bool:
    return user.is_active and user.role in {Role.AUDITOR, Role.CITY_STAFF}
