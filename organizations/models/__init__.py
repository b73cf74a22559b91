from organizations.models.audit import AuditEvent, BrokenChainError, rehearsal
from organizations.models.calendar import CalendarException
from organizations.models.organization import PARENT_LEVELS, FormerName, Level, Organization, OrganizationKind
from organizations.models.user import Role, User

__all__ = [
    "PARENT_LEVELS",
    "AuditEvent",
    "BrokenChainError",
    "CalendarException",
    "FormerName",
    "Level",
    "Organization",
    "OrganizationKind",
    "Role",
    "User",
    "rehearsal",
]
