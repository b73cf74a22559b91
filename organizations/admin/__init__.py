from organizations.admin.accounts import UserAdmin
from organizations.admin.audit import AuditEventAdmin
from organizations.admin.tree import OrganizationAdmin, OrganizationKindAdmin

__all__ = ["AuditEventAdmin", "OrganizationAdmin", "OrganizationKindAdmin", "UserAdmin"]
