import json

from django.contrib import admin

from organizations import rules
from organizations.modeladmin import ScopedModelAdmin
from organizations.models import AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(ScopedModelAdmin):
    """The log, for reading. `manage.py verify_audit` tells whether it is whole."""

    may_view = staticmethod(rules.can_view_audit)
    list_display = ["at", "actor_name", "action", "object_label", "note"]
    list_filter = ["action", "at"]
    search_fields = ["actor_name", "object_label", "note"]
    search_help_text = "按操作人、对象或说明查找"
    fields = ["at", "actor_name", "action", "object_label", "object_type", "object_id", "note", "detail_text", "hash"]
    readonly_fields = ["detail_text"]

    @admin.display(description="明细")
    def detail_text(self, event: AuditEvent) -> str:
        return json.dumps(event.detail, ensure_ascii=False, indent=1) if event.detail else "无"
