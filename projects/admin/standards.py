"""Creation standards: drafts are written here and published; what is published can only be read."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError

from organizations.modeladmin import ScopedModelAdmin, tag_html
from projects import rules
from projects.actions import next_version, publish_standard
from projects.admin.inputs import OfficeInputs
from projects.models import CreationStandard, CreationType


@admin.register(CreationStandard)
class CreationStandardAdmin(OfficeInputs, ScopedModelAdmin):
    may_view = staticmethod(rules.can_view_in_admin)
    may_add = may_change = may_delete = staticmethod(rules.can_manage_standard)
    fields = ["creation_type", "version", "text", "published_at", "published_by"]
    readonly_fields = ["version", "published_at", "published_by"]
    list_display = ["name", "programme", "version", "state", "published_at"]
    list_filter = ["creation_type__programme"]
    list_select_related = ["creation_type__programme"]
    ordering = ["-creation_type__programme__year", "creation_type__position", "-version"]
    actions = ["publish"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("creation_type__programme__organization")

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, "creation_type"] if obj else self.readonly_fields

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "creation_type":
            kinds = CreationType.objects.filter(programme__organization__path__startswith=request.user.scope_path)
            kwargs["queryset"] = kinds.select_related("programme").order_by("-programme__year", "position")
            field = super().formfield_for_foreignkey(db_field, request, **kwargs)
            field.label_from_instance = lambda kind: f"{kind}（{kind.programme}）"
            return field
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "text":
            kwargs["widget"] = forms.Textarea(attrs={"rows": 24})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def organization_of(self, obj: CreationStandard):
        return obj.creation_type.programme.organization

    def save_model(self, request, obj, form, change) -> None:
        if not change:
            obj.version = next_version(obj.creation_type)
        super().save_model(request, obj, form, change)

    def get_actions(self, request) -> dict:
        return super().get_actions(request) if rules.can_manage_standard(request.user) else {}

    def view_on_site(self, obj: CreationStandard) -> str:
        return obj.get_absolute_url()

    @admin.display(description="创建类型", ordering="creation_type__position")
    def name(self, standard: CreationStandard) -> str:
        return standard.creation_type.name

    @admin.display(description="批次", ordering="creation_type__programme")
    def programme(self, standard: CreationStandard) -> str:
        return standard.creation_type.programme.name

    @admin.display(description="状态")
    def state(self, standard: CreationStandard) -> str:
        return tag_html("ok", "已发布") if standard.is_published else tag_html("idle", "草稿")

    @admin.action(description="发布所选的标准", permissions=["change"])
    def publish(self, request, queryset) -> None:
        """Each on its own; what is refused says why."""
        for standard in queryset:
            try:
                publish_standard(standard, by=request.user)
            except ValidationError as error:
                messages.error(request, error.messages[0])
            except PermissionDenied:
                messages.error(request, f"您不能发布“{standard}”。")
            else:
                messages.success(request, f"已发布“{standard}”，今后批准的项目点按这一版。")
