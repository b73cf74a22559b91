from organizations.models.audit import AuditEvent, BrokenChainError
from organizations.models.organization import FormerName, Level, Organization, OrganizationKind
from organizations.models.user import Role, User

__all__ = ["AuditEvent", "BrokenChainError", "FormerName", "Level", "Organization", "OrganizationKind", "Role", "User"]
