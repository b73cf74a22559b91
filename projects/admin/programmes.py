"""Programmes and their rules: types with quotas, stages with task templates, measures."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from fedwork import clock
from fedwork.dates import MonthField
from organizations.modeladmin import ScopedModelAdmin, ScopedTabularInline
from organizations.models import Level
from projects import rules
from projects.actions import copy_programme, offer_usual_words, recompute_due_dates
from projects.admin.inputs import OfficeInputs
from projects.due import DueDay
from projects.models import (
    ActivityKind,
    ArchiveCategory,
    CreationType,
    Measure,
    Programme,
    ProgrammeStage,
    PublicityChannel,
    StageOutput,
    TaskTemplate,
)
from projects.models.programme import DUE_FIELDS
from projects.states import StageKind

YEARS = range(2000, 2101)


class ProgrammeInline(OfficeInputs, ScopedTabularInline):
    may_view = staticmethod(rules.can_view_in_admin)
    may_change = staticmethod(rules.can_manage_programme)


class CreationTypeInline(ProgrammeInline):
    model = CreationType
    fields = ["name", "quota", "position"]
    verbose_name_plural = "创建类型和名额"


class StageInline(ProgrammeInline):
    model = ProgrammeStage
    fields = ["kind", "starts_on", "ends_on", "tasks"]
    readonly_fields = ["tasks"]
    max_num = len(StageKind)
    verbose_name_plural = "阶段和任务"

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(task_count=Count("tasks")).order_by("starts_on", "pk")

    def get_extra(self, request, obj=None, **kwargs) -> int:
        return 0 if obj else len(StageKind)

    @admin.display(description="任务模板")
    def tasks(self, stage: ProgrammeStage) -> str:
        if not stage.pk:
            return "保存批次后再列任务"
        address = reverse("admin:projects_programmestage_change", args=[stage.pk])
        return format_html('<a href="{}">任务（{} 项）</a>', address, stage.task_count)


class MeasureInline(ProgrammeInline):
    model = Measure
    fields = ["section", "name", "unit", "source", "kind", "tolerance", "position"]
    verbose_name_plural = "月报指标"

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        if field := formset.form.base_fields.get("kind"):
            kinds = obj.activity_kinds.all() if obj else ActivityKind.objects.none()
            field.queryset = kinds
            # Read once, not once for each measure.
            field.choices = [("", "不按活动"), *((kind.pk, kind.name) for kind in kinds)]
        return formset


class ActivityKindInline(ProgrammeInline):
    model = ActivityKind
    fields = ["name", "is_training", "position"]
    verbose_name_plural = "活动类别"


class ChannelInline(ProgrammeInline):
    model = PublicityChannel
    fields = ["name", "position"]
    verbose_name_plural = "宣传渠道"


class ArchiveCategoryForm(forms.ModelForm):
    def _save_m2m(self) -> None:
        """A type may have gone by another row of the same page."""
        chosen = [kind.pk for kind in self.cleaned_data["required_for"]]
        self.cleaned_data["required_for"] = CreationType.objects.filter(pk__in=chosen)
        super()._save_m2m()


class ArchiveCategoryInline(ProgrammeInline):
    model, form = ArchiveCategory, ArchiveCategoryForm
    fields = ["position", "name", "retention", "source", "required_for", "minimum", "from_stage"]
    verbose_name_plural = "备查资料目录"

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("required_for")

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(db_field, request, widget=forms.CheckboxSelectMultiple, **kwargs)

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        if field := formset.form.base_fields.get("required_for"):
            types = obj.creation_types.all() if obj else CreationType.objects.none()
            field.queryset = types
            field.choices = [(kind.pk, kind.name) for kind in types]
            field.help_text = ""
            source = formset.form.base_fields["source"]
            source.choices = [("", "不自动归入"), *source.choices[1:]]
        return formset


class CopyForm(forms.Form):
    year = forms.IntegerField(label="复制到哪一年", min_value=YEARS[0], max_value=YEARS[-1])


class DueRuleForm(forms.ModelForm):
    """The rule and its months, for the preview."""

    first_month, last_month = MonthField(), MonthField()

    class Meta:
        model = Programme
        fields = ["first_month", "last_month", *DUE_FIELDS]


def coming_due_days(programme: Programme) -> list[DueDay]:
    """Of the months that aren't due yet; of all of them when the programme is over."""
    days = programme.due_rule.due_days(programme.months())
    return [due for due in days if due.at > clock.now()] or days


@admin.register(Programme)
class ProgrammeAdmin(OfficeInputs, ScopedModelAdmin):
    may_view = staticmethod(rules.can_view_in_admin)
    may_add = may_change = staticmethod(rules.can_manage_programme)
    month_fields = ("first_month", "last_month")
    fieldsets = [
        (None, {"fields": ["organization", "name", "year", "document_number", "issued_on", "legal_basis", "goals"]}),
        ("调研指导", {"fields": ["has_monthly_visits"]}),
        ("资金", {"fields": ["fund_source", "fund_name", "province_amount", "matching_floor", "matching_ratio"]}),
        (
            "月报",
            {
                "fields": [
                    "first_month",
                    "last_month",
                    *DUE_FIELDS,
                    "due_preview",
                    "lock_days",
                    "review_chain",
                ]
            },
        ),
        ("工作日志", {"fields": ["log_edit_days", "log_every_days"]}),
        ("督查汇报会", {"fields": ["meeting_interval", "meeting_first_on"]}),
    ]
    inlines = [CreationTypeInline, StageInline, ActivityKindInline, ChannelInline, MeasureInline, ArchiveCategoryInline]
    list_display = ["name", "year", "organization", "quotas", "approved", "proposed", "review_chain"]
    list_filter = ["year"]
    list_select_related = ["organization"]
    search_fields = ["name", "document_number"]
    search_help_text = "批次名称或文号"
    actions = None

    def get_inlines(self, request, obj):
        """A new programme gets the usual categories when it is saved: only then are there types to require them of."""
        return [inline for inline in self.inlines if obj or inline is not ArchiveCategoryInline]

    def get_queryset(self, request):
        return super().get_queryset(request).with_counts(request.user).select_related("organization")

    def get_readonly_fields(self, request, obj=None):
        # Its sites lie in the subtree of the organisation that runs it.
        return ["organization", "due_preview"] if obj else ["due_preview"]

    @admin.display(description="各月截止时间")
    def due_preview(self, programme: Programme) -> str:
        """As the rule stands; static/js/due-preview.js asks anew while somebody changes it."""
        days = coming_due_days(programme) if programme.pk else []
        return render_to_string("admin/projects/programme/_due_days.html", {"days": days, "rule": programme.due_rule})

    def save_related(self, request, form, formsets, change) -> None:
        """Last of all the rows: recording holds everybody else up."""
        super().save_related(request, form, formsets, change)
        programme = form.instance
        if not change:
            offer_usual_words(programme)
        if change and {*DUE_FIELDS} & {*form.changed_data}:
            changed = recompute_due_dates(programme, by=request.user, note=f"改为{programme.due_rule}")
            messages.info(request, f"{changed} 份还没有到期的月报，截止时间已按新的规则调整。")

    def get_changeform_initial_data(self, request) -> dict:
        return {"organization": request.user.organization_id} | super().get_changeform_initial_data(request)

    def get_formset_kwargs(self, request, obj, inline, prefix) -> dict:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, StageInline) and not (obj and obj.pk):
            kwargs["initial"] = [{"kind": kind} for kind in StageKind]
        return kwargs

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "organization":
            field.queryset = field.queryset.filter(level__lte=Level.CITY)
            field.empty_label = None
        return field

    def view_on_site(self, obj: Programme) -> str:
        return obj.get_absolute_url()

    @admin.display(description="名额", ordering="quota_total")
    def quotas(self, programme) -> int:
        return programme.quota_total

    @admin.display(description="已批准", ordering="approved_sites")
    def approved(self, programme) -> int:
        return programme.approved_sites

    @admin.display(description="申报中")
    def proposed(self, programme) -> int:
        return programme.site_count - programme.approved_sites

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/copy/", view(self.copy_view), name="projects_programme_copy"),
            path("due-preview/", view(self.due_preview_view), name="projects_programme_due_preview"),
            *super().get_urls(),
        ]

    def due_preview_view(self, request) -> HttpResponse:
        """A part of the page: the due dates that the posted rule would give. Nothing is stored."""
        if not rules.can_manage_programme(request.user):
            raise PermissionDenied
        form = DueRuleForm(request.GET)
        programme = form.save(commit=False) if form.is_valid() else None
        context = {"days": coming_due_days(programme), "rule": programme.due_rule} if programme else {}
        return TemplateResponse(request, "admin/projects/programme/_due_days.html", context)

    def copy_view(self, request, pk: int) -> HttpResponse:
        """Asks for the year, then copies."""
        programme = self.get_object(request, str(pk))
        if programme is None:
            raise Http404
        if not rules.can_manage_programme(request.user, programme):
            raise PermissionDenied
        form = CopyForm(request.POST or None, initial={"year": programme.year + 1})
        if request.method == "POST" and form.is_valid():
            copy = self._copy(request, programme, form)
            if copy:
                messages.success(request, f"已复制为“{copy}”。请核对文号、名额和各阶段的日期。")
                return redirect("admin:projects_programme_change", copy.pk)
        return self._copy_page(request, programme, form)

    @staticmethod
    def _copy(request, programme: Programme, form: CopyForm) -> Programme | None:
        try:
            return copy_programme(programme, year=form.cleaned_data["year"], by=request.user)
        except ValidationError as error:
            form.add_error("year", error.messages)
            return None

    def _copy_page(self, request, programme: Programme, form: CopyForm) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": f"复制“{programme}”",
            "opts": self.opts,
            "programme": programme,
            "form": form,
            "stage_count": programme.stages.count(),
            "task_count": TaskTemplate.objects.filter(stage__programme=programme).count(),
            "measure_count": programme.measures.count(),
            "types": programme.creation_types.all(),
        }
        return TemplateResponse(request, "admin/projects/programme/copy.html", context)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["can_copy"] = obj is not None and rules.can_manage_programme(request.user, obj)
        context["approved_count"] = obj.approved_sites if obj else 0
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


class TaskInline(OfficeInputs, ScopedTabularInline):
    model = TaskTemplate
    may_view = staticmethod(rules.can_view_in_admin)
    may_change = staticmethod(rules.can_manage_stage)
    fields = [
        "name",
        "creation_type",
        "starts_on",
        "due_on",
        "rhythm",
        "number",
        "on_day",
        "anchor",
        "is_due_moved",
        "owner",
        "evidence",
        "evidence_count",
        "position",
    ]
    verbose_name_plural = "任务"

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        field = formset.form.base_fields.get("creation_type")
        if field:
            types = obj.programme.creation_types.all()
            field.queryset = types
            # Read once, not once for each task.
            field.choices = [("", "全部类型"), *((kind.pk, kind.name) for kind in types)]
        return formset


class OutputInline(ScopedTabularInline):
    model = StageOutput
    may_view = staticmethod(rules.can_view_in_admin)
    may_change = staticmethod(rules.can_manage_stage)
    fields = ["name", "proof", "parameter", "position"]
    verbose_name_plural = "阶段产出：都有了，才能确认阶段完成"


@admin.register(ProgrammeStage)
class ProgrammeStageAdmin(OfficeInputs, ScopedModelAdmin):
    """The second level below a programme: the tasks of one stage. Reached from the programme's page alone."""

    may_view = staticmethod(rules.can_view_in_admin)
    may_change = staticmethod(rules.can_manage_stage)
    fields = ["starts_on", "ends_on"]
    inlines = [TaskInline, OutputInline]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("programme__organization")

    def has_module_permission(self, request) -> bool:
        return False

    def organization_of(self, obj: ProgrammeStage):
        return obj.programme.organization

    def changelist_view(self, request, extra_context=None) -> HttpResponse:
        return redirect("admin:projects_programme_changelist")

    def response_post_save_change(self, request, obj: ProgrammeStage) -> HttpResponse:
        return redirect("admin:projects_programme_change", obj.programme_id)
