from django.apps import apps
from django.contrib import admin
from django.utils.html import format_html, format_html_join

from organizations import rules
from organizations.modeladmin import ScopedModelAdmin
from organizations.models import AuditEvent

RECENT = 5000
HEADINGS = {
    "accepted": "已通过",
    "after": "改后",
    "amounts": "金额",
    "before": "改前",
    "changes": "改动",
    "closed_names": "撤销的名称",
    "code": "代码",
    "former": "原名称",
    "former_parent": "原上级",
    "full_name": "姓名",
    "kind": "类型",
    "level": "层级",
    "name": "名称",
    "parent": "上级",
    "phone": "电话",
    "place": "所在组织",
    "role": "角色",
    "round": "第几次提交",
    "successor": "并入",
    "username": "账号",
    "valid_from": "启用日期",
    "valid_to": "撤销日期",
    "version": "版本",
    "added": "新增",
    "changed": "修改",
    "deleted": "删除",
    "due": "应报",
    "fields": "栏目",
    "measure": "指标",
    "missing": "没有通过",
    "object": "对象",
    "reports": "月报份数",
    "until": "开放到",
    "document_number": "文号",
    "sites": "项目点数",
    "province": "专项资金",
    "matching": "配套资金",
    "source": "来源",
}
INTERNAL = {"id", "path"}  # of an organisation named in the detail: its name says it to people


def detail_lines(detail, heading: str = "") -> list[tuple[str, str]]:
    """(heading, value) for each single value, whatever lies in what: “原上级 名称”, “肥西县”."""
    if isinstance(detail, dict):
        inner = [(HEADINGS.get(name, name), value) for name, value in detail.items() if name not in INTERNAL]
        return [line for name, value in inner for line in detail_lines(value, f"{heading} {name}".strip())]
    if isinstance(detail, list) and any(isinstance(value, dict | list) for value in detail):
        return [line for value in detail for line in detail_lines(value, heading)]
    if isinstance(detail, list):
        return [(heading, "、".join(map(str, detail)) or "无")]
    return [(heading, {None: "无", True: "是", False: "否", "": "（空）"}.get(detail, str(detail)))]


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

    list_filter = ["action", "at"]
    search_fields = ["actor_name", "object_label", "note"]
    search_help_text = "按操作人、对象或说明查找"
    fields = ["at", "actor_name", "action", "object_label", "object_kind", "object_id", "note", "detail_table", "hash"]
    readonly_fields = ["object_kind", "detail_table"]

    @admin.display(description="对象类型")
    def object_kind(self, event: AuditEvent) -> str:
        try:
            return str(apps.get_model(event.object_type)._meta.verbose_name)
        except (LookupError, ValueError):  # written by a version that had such a thing
            return "已不再使用的类型"

    @admin.display(description="明细")
    def detail_table(self, event: AuditEvent) -> str:
        if not event.detail:
            return "无"
        rows = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td></tr>', detail_lines(event.detail))
        return format_html("<table><tbody>{}</tbody></table>", rows)
