"""Leading groups, responsibilities and plans to look at; they are kept on the pages, each by its own place."""

from django.contrib import admin
from django.utils.html import format_html

from fedwork.numbers import posted_integer
from organizations.modeladmin import ScopedModelAdmin, ScopedTabularInline, tag_html
from projects import rules
from projects.admin.filters import ProgrammeFilter
from projects.models import Duty, GroupMember, ImplementationPlan, LeadingGroup, PlanStep


class OfProgramme(ProgrammeFilter):
    """These rows name their programme themselves."""

    def queryset(self, request, queryset):
        programme = posted_integer(self.value())
        return queryset if programme < 0 else queryset.filter(programme=programme)


class ReadOnlyAdmin(ScopedModelAdmin):
    may_view = staticmethod(rules.can_view_in_admin)
    actions = None
    list_filter = [OfProgramme]

    def view_on_site(self, obj) -> str:
        return obj.get_absolute_url()

    @admin.display(description="单位、项目点", ordering="organization__code")
    def where(self, obj) -> str:
        return obj.place


class MemberInline(ScopedTabularInline):
    model = GroupMember
    may_view = staticmethod(rules.can_view_in_admin)
    fields = readonly_fields = ["role", "unit", "post", "name", "from_on", "to_on", "document_number"]
    verbose_name_plural = "历次任职"

    def get_queryset(self, request):
        return super().get_queryset(request).standing().order_by("from_on", "pk")


@admin.register(LeadingGroup)
class LeadingGroupAdmin(ReadOnlyAdmin):
    list_display = ["where", "kind", "head", "document_number", "established_on", "disbanded_on"]
    list_select_related = ["programme", "organization", "site"]
    list_filter = [OfProgramme, "kind"]
    search_fields = ["organization__name", "site__name", "document_number"]
    search_help_text = "单位、项目点或文号"
    fields = [
        *["programme", "organization", "site", "parent", "kind", "seat"],
        *["document_number", "established_on", "disbanded_on", "disband_reason", "recorded_by", "recorded_at"],
    ]
    inlines = [MemberInline]

    def get_queryset(self, request):
        return super().get_queryset(request).with_head()

    @admin.display(description="组长（主任）")
    def head(self, group: LeadingGroup) -> str:
        return group.head_words or "—"


class StepInline(ScopedTabularInline):
    model = PlanStep
    may_view = staticmethod(rules.can_view_in_admin)
    fields = readonly_fields = ["kind", "note", "made_by", "made_at"]
    verbose_name_plural = "办理经过"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("made_by")


@admin.register(ImplementationPlan)
class ImplementationPlanAdmin(ReadOnlyAdmin):
    list_display = ["where", "number", "status", "document_number", "saved_at", "approved_at"]
    list_select_related = ["programme", "organization", "site"]
    list_filter = [OfProgramme, "state"]
    search_fields = ["organization__name", "site__name", "document_number"]
    search_help_text = "单位、项目点或文号"
    fields = [
        *["programme", "organization", "site", "number", "state", "document_number", "tasks", "steps", "measures"],
        *["saved_by", "saved_at", "approved_by", "approved_at"],
    ]
    inlines = [StepInline]

    @admin.display(description="状态")
    def status(self, plan: ImplementationPlan) -> str:
        return tag_html(plan.mark.tag, plan.mark.word)


@admin.register(Duty)
class DutyAdmin(ReadOnlyAdmin):
    list_display = ["task", "of_site", "lead_unit", "post", "due_on"]
    list_select_related = ["site"]
    search_fields = ["task", "lead_unit", "post"]
    search_help_text = "任务、单位或岗位"
    view_on_site = False

    @admin.display(description="项目点")
    def of_site(self, duty: Duty) -> str:
        return format_html('<a href="{}">{}</a>', duty.site.get_absolute_url(), duty.site) if duty.site else "整个批次"
