from organizations.admin.accounts import UserAdmin
from organizations.admin.audit import AuditEventAdmin
from organizations.admin.tree import OrganizationAdmin

__all__ = ["AuditEventAdmin", "OrganizationAdmin", "UserAdmin"]
