from organizations.admin.accounts import UserAdmin
from organizations.admin.audit import AuditEventAdmin

__all__ = ["AuditEventAdmin", "UserAdmin"]
