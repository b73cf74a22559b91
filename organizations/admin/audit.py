import json

from django.contrib import admin

from organizations import rules
from organizations.modeladmin import ScopedModelAdmin
from organizations.models import AuditEvent

RECENT = 5000


class ActionFilter(admin.SimpleListFilter):
    """The actions of the latest rows: asking for those of the whole log would read all of it on each view. What is rare
    is found by the search."""

    title = "操作"
    parameter_name = "action"

    def lookups(self, request, model_admin) -> list[tuple[str, str]]:
        latest = AuditEvent.objects.order_by("-id").values_list("action", flat=True)[:RECENT]
        return [(action, action) for action in sorted({*latest, self.value() or ""} - {""})]

    def queryset(self, request, queryset):
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditEventAdmin(ScopedModelAdmin):
    """The log, for reading. `manage.py verify_audit` tells whether it is whole."""

    may_view = staticmethod(rules.can_view_audit)
    list_display = ["at", "actor_name", "action", "object_label", "note"]
    list_filter = [ActionFilter, "at"]
    search_fields = ["actor_name", "action", "object_label", "note"]
    search_help_text = "按操作人、操作、对象或说明查找"
    fields = ["at", "actor_name", "action", "object_label", "object_type", "object_id", "note", "detail_text", "hash"]
    readonly_fields = ["detail_text"]

    @admin.display(description="明细")
    def detail_text(self, event: AuditEvent) -> str:
        return json.dumps(event.detail, ensure_ascii=False, indent=1) if event.detail else "无"
