"""Rubrics: drafts are written here, section by section, or come from a workbook; what is published can only be read."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from assessments import rules
from assessments.actions import copy_rubric, import_rubric, publish_rubric
from assessments.actions.rubrics import number_new, offer_usual_rows, publishing_problems
from assessments.admin.importing import EXPIRED, RubricUploadForm, opened, read_upload, sealed
from assessments.methods import NOTHING
from assessments.models import Criterion, Grade, Rubric, RubricSection, VetoItem
from fedwork.numbers import plain_number
from organizations.modeladmin import ScopedModelAdmin, ScopedStackedInline, ScopedTabularInline, tag_html
from projects.admin.inputs import OfficeInputs
from projects.models import CreationType


def can_manage_section(user, obj: RubricSection | None = None) -> bool:
    return rules.can_manage_rubric(user, obj and obj.rubric)


class SectionInline(OfficeInputs, ScopedTabularInline):
    model = RubricSection
    may_view = staticmethod(rules.can_view_rubrics_in_admin)
    may_change = staticmethod(rules.can_manage_rubric)
    fields = ["position", "name", "minimum_percent", "criteria"]
    readonly_fields = ["criteria"]
    verbose_name_plural = "考核项目"

    def get_queryset(self, request):
        counts = {"count": Count("criteria"), "points": Sum("criteria__points")}
        return super().get_queryset(request).annotate(**counts).order_by("position", "pk")

    @admin.display(description="考核内容")
    def criteria(self, section: RubricSection) -> str:
        if not section.pk:
            return "保存以后再列考核内容"
        address = reverse("admin:assessments_rubricsection_change", args=[section.pk])
        return format_html(
            '<a href="{}">{} 条，{} 分</a>', address, section.count, plain_number(section.points or NOTHING)
        )


class GradeInline(OfficeInputs, ScopedTabularInline):
    model = Grade
    may_view = staticmethod(rules.can_view_rubrics_in_admin)
    may_change = staticmethod(rules.can_manage_rubric)
    fields = ["name", "from_points"]
    verbose_name_plural = "等次"


class VetoInline(OfficeInputs, ScopedTabularInline):
    model = VetoItem
    may_view = staticmethod(rules.can_view_rubrics_in_admin)
    may_change = staticmethod(rules.can_manage_rubric)
    fields = ["code", "content", "source"]
    verbose_name_plural = "一票否决项"


class CopyForm(forms.Form):
    creation_type = forms.ModelChoiceField(None, label="复制给哪个创建类型", empty_label=None)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = CreationType.objects.filter(programme__organization__path__startswith=user.scope_path)
        field = self.fields["creation_type"]
        field.queryset = kinds.select_related("programme").order_by("-programme__year", "position")
        field.label_from_instance = lambda kind: f"{kind}（{kind.programme}）"


@admin.register(Rubric)
class RubricAdmin(OfficeInputs, ScopedModelAdmin):
    may_view = staticmethod(rules.can_view_rubrics_in_admin)
    may_add = may_change = may_delete = staticmethod(rules.can_manage_rubric)
    fields = ["creation_type", "version", "department", "bonus_points", "total", "published_at", "published_by"]
    readonly_fields = ["version", "total", "published_at", "published_by"]
    inlines = [SectionInline, GradeInline, VetoInline]
    list_display = ["name", "programme", "version", "department", "total", "state", "published_at"]
    list_filter = ["creation_type__programme"]
    list_select_related = ["creation_type__programme"]
    ordering = ["-creation_type__programme__year", "creation_type__position", "-version"]
    actions = ["publish"]

    def get_queryset(self, request):
        rubrics = super().get_queryset(request).with_points()
        return rubrics.select_related("creation_type__programme__organization", "published_by")

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, "creation_type"] if obj else self.readonly_fields

    def get_inlines(self, request, obj):
        """A new draft gets the usual grades and veto items when it is saved."""
        return self.inlines if obj else [SectionInline]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "creation_type":
            return CopyForm(user=request.user).fields["creation_type"]
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def organization_of(self, obj: Rubric):
        return obj.programme.organization

    def save_model(self, request, obj, form, change) -> None:
        if not change:
            number_new(obj)
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            offer_usual_rows(form.instance)

    def get_actions(self, request) -> dict:
        return super().get_actions(request) if rules.can_manage_rubric(request.user) else {}

    def view_on_site(self, obj: Rubric) -> str:
        return obj.get_absolute_url()

    @admin.display(description="创建类型", ordering="creation_type__position")
    def name(self, rubric: Rubric) -> str:
        return rubric.creation_type.name

    @admin.display(description="批次", ordering="creation_type__programme")
    def programme(self, rubric: Rubric) -> str:
        return rubric.programme.name

    @admin.display(description="分值合计")
    def total(self, rubric: Rubric) -> str:
        return f"{plain_number(getattr(rubric, 'points', None) or 0)} 分"

    @admin.display(description="状态")
    def state(self, rubric: Rubric) -> str:
        return tag_html("ok", "已发布") if rubric.is_published else tag_html("idle", "草稿")

    @admin.action(description="发布所选的细则", permissions=["change"])
    def publish(self, request, queryset) -> None:
        """Each on its own; what is refused says why."""
        for rubric in queryset:
            self._publish(request, rubric)

    @staticmethod
    def _publish(request, rubric: Rubric) -> None:
        try:
            publish_rubric(rubric, by=request.user)
        except ValidationError as error:
            messages.error(request, f"“{rubric}”没有发布：{' '.join(error.messages)}")
        except PermissionDenied:
            messages.error(request, f"您不能发布“{rubric}”。")
        else:
            messages.success(request, f"已发布“{rubric}”，今后开始的评分按这一版。")

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/copy/", view(self.copy_view), name="assessments_rubric_copy"),
            path("<int:pk>/import/", view(self.import_view), name="assessments_rubric_import"),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        can_manage = obj is not None and rules.can_manage_rubric(request.user, obj)
        context |= {
            "can_import": can_manage,
            "can_copy": obj is not None and rules.can_copy_rubric(request.user, obj),
            "problems": publishing_problems(obj) if can_manage else [],
        }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def _rubric(self, request: HttpRequest, pk: int, may) -> Rubric:
        rubric = self.get_object(request, str(pk))
        if rubric is None:
            raise Http404
        if not may(request.user, rubric):
            raise PermissionDenied
        return rubric

    def copy_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        rubric = self._rubric(request, pk, rules.can_copy_rubric)
        form = CopyForm(request.POST or None, user=request.user, initial={"creation_type": rubric.creation_type_id})
        if request.method == "POST" and form.is_valid():
            try:
                copy = copy_rubric(rubric, form.cleaned_data["creation_type"], by=request.user)
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, f"已复制为“{copy}”，改好以后再发布。")
                return redirect("admin:assessments_rubric_change", copy.pk)
        return self._page(request, rubric, "copy", form=form, title=f"复制“{rubric}”")

    def import_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Upload, preview, and the confirmation that writes."""
        rubric = self._rubric(request, pk, rules.can_manage_rubric)
        if request.method == "POST" and "token" in request.POST:
            return self._import(request, rubric)
        form = RubricUploadForm(request.POST or None, request.FILES or None)
        read = read_upload(form) if request.method == "POST" else None
        token = sealed(request, rubric, read) if read and not read.errors else ""
        return self._page(request, rubric, "import", form=form, read=read, token=token, title=f"导入“{rubric}”")

    def _import(self, request: HttpRequest, rubric: Rubric) -> HttpResponse:
        read = opened(request, rubric)
        if read is None:
            messages.error(request, EXPIRED)
            return redirect("admin:assessments_rubric_import", rubric.pk)
        try:
            import_rubric(rubric, read.sections, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, f"已导入 {len(read.criteria)} 条，合计 {plain_number(read.total)} 分。")
        return redirect("admin:assessments_rubric_change", rubric.pk)

    def _page(self, request: HttpRequest, rubric: Rubric, name: str, **context) -> HttpResponse:
        context |= self.admin_site.each_context(request) | {"title": context["title"]}
        context |= {"opts": self.opts, "rubric": rubric}
        return TemplateResponse(request, f"admin/assessments/rubric/{name}.html", context)


class CriterionInline(OfficeInputs, ScopedStackedInline):
    model = Criterion
    may_view = staticmethod(rules.can_view_rubrics_in_admin)
    may_change = staticmethod(can_manage_section)
    fieldsets = [
        (
            None,
            {
                "classes": ["side-by-side"],
                "fields": [
                    ("code", "points", "method", "position"),
                    ("content", "standard"),
                    ("ways", "evidence"),
                    ("source", "tag"),
                ],
            },
        )
    ]
    formfield_overrides = {models.TextField: {"widget": forms.Textarea(attrs={"rows": 4, "cols": 36})}}
    verbose_name_plural = "考核内容"

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in {"content", "ways", "evidence"}:
            kwargs["widget"] = forms.Textarea(attrs={"rows": 2, "cols": 36})
        if db_field.name == "code":
            kwargs["widget"] = forms.TextInput(attrs={"size": 5})
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "source":
            field.choices = [("", "人工评"), *[choice for choice in field.choices if choice[0]]]
        return field


@admin.register(RubricSection)
class RubricSectionAdmin(OfficeInputs, ScopedModelAdmin):
    """The second level below a rubric: the criteria of one section. Reached from the rubric's page alone."""

    may_view = staticmethod(rules.can_view_rubrics_in_admin)
    may_change = staticmethod(can_manage_section)
    fields = ["name", "minimum_percent", "how"]
    readonly_fields = ["how"]
    inlines = [CriterionInline]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("rubric__creation_type__programme__organization")

    def has_module_permission(self, request) -> bool:
        return False

    def organization_of(self, obj: RubricSection):
        return obj.rubric.programme.organization

    @admin.display(description="评分标准的写法")
    def how(self, section: RubricSection) -> str:
        lines = [
            "按比例：达到 200 人次，得满分",
            "按条件：一行一个条件，如：有实施方案",
            "扣分：没有成立文件，扣完；每缺一样，扣 0.5 分（以“每”开头的可扣多次）",
            "合格：写明合格的要求，合格得满分，不合格不得分",
            "分段：达到 10000 元，得 2 分；下一行：达到 30000 元，得 4 分（中间按比例）；取“配套到位额”时可写“配套下限，得 2 分”“配套目标，得 4 分”",
            "以“注”开头的一行只作说明。",
        ]
        return format_html("<ul>{}</ul>", format_html("".join(["<li>{}</li>"] * len(lines)), *lines))

    def changelist_view(self, request, extra_context=None) -> HttpResponse:
        return redirect("admin:assessments_rubric_changelist")

    def response_post_save_change(self, request, obj: RubricSection) -> HttpResponse:
        return redirect("admin:assessments_rubric_change", obj.rubric_id)
