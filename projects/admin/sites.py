"""Sites at the city's desk: entered one by one or from a list, approved singly or together."""

from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path

from fedwork.numbers import posted_integer
from organizations.importexport import ListImportExportMixin
from organizations.importexport.modeladmin import ExcelFormat
from organizations.modeladmin import ScopedModelAdmin, tag_html
from organizations.models import Level, Organization
from projects import rules
from projects.actions import add_site, approve_site, change_site, remove_site
from projects.admin.inputs import OfficeInputs
from projects.imports import ProjectSiteResource, site_template
from projects.models import CreationType, Programme, ProjectSite
from projects.states import Mark

MOST_AT_ONCE = 200


@dataclass
class Outcome:
    """What became of one site of a batch."""

    site: ProjectSite
    is_approved: bool
    sentence: str


def approve_each(sites, *, by) -> list[Outcome]:
    return [_approve(site, by=by) for site in sites]


def _approve(site: ProjectSite, *, by) -> Outcome:
    try:
        approve_site(site, by=by)
    except ValidationError as error:
        return Outcome(site, False, "；".join(error.messages))
    except PermissionDenied:
        return Outcome(site, False, "您没有权限批准这个项目点。")
    return Outcome(site, True, "已批准，日程和各月月报已生成。")


def quota_lines(sites: list[ProjectSite]) -> list[dict]:
    """Per creation type of the selection: quota, approved so far, selected, and what comes of that."""
    wanted = [site.creation_type_id for site in sites if not site.is_approved]
    types = CreationType.objects.filter(pk__in=wanted).select_related("programme").with_approved()
    return [
        {"type": kind, "selected": wanted.count(kind.pk), "mark": _quota_mark(kind, wanted.count(kind.pk))}
        for kind in types
    ]


def _quota_mark(kind: CreationType, selected: int) -> Mark:
    left = kind.quota - kind.approved
    if left <= 0:
        return Mark("名额已满，不能再批", "bad")
    return Mark(f"只剩 {left} 个，先列的先批", "warn") if selected > left else Mark("名额够用", "ok")


class ProgrammeFilter(admin.SimpleListFilter):
    title, parameter_name = "批次", "programme__id__exact"

    def lookups(self, request, model_admin):
        return [(row.pk, row.name) for row in Programme.objects.visible_to(request.user)]

    def queryset(self, request, queryset):
        programme = posted_integer(self.value())
        return queryset if programme < 0 else queryset.filter(programme=programme)


class TypeFilter(admin.SimpleListFilter):
    """By name: each programme has types of its own with the same names."""

    title, parameter_name = "创建类型", "type"

    def lookups(self, request, model_admin):
        types = CreationType.objects.filter(programme__in=Programme.objects.visible_to(request.user))
        return [(name, name) for name in types.names()]

    def queryset(self, request, queryset):
        return queryset.filter(creation_type__name=self.value()) if self.value() else queryset


class CountyFilter(admin.SimpleListFilter):
    title, parameter_name = "县（市、区）", "county"

    def lookups(self, request, model_admin):
        counties = Organization.objects.visible_to(request.user).filter(level=Level.COUNTY)
        return [(row.pk, row.name) for row in counties]

    def queryset(self, request, queryset):
        number = posted_integer(self.value())
        if number < 0:
            return queryset
        county = Organization.objects.visible_to(request.user).filter(pk=number).first()
        return queryset.filter(organization__path__startswith=county.path) if county else queryset.none()


class SiteForm(forms.ModelForm):
    class Meta:
        model = ProjectSite
        fields = ["programme", "creation_type", "organization", "name", "leader_title", "province_amount"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "creation_type" in self.fields:
            self._offer_types()

    def _offer_types(self) -> None:
        """The programme's own types; while the programme is being chosen, every programme's under its name."""
        field = self.fields["creation_type"]
        types = field.queryset.select_related("programme")
        if self.instance.pk:
            types = types.filter(programme=self.instance.programme_id)
        else:
            types = types.filter(programme__in=self.fields["programme"].queryset)
        field.queryset = types
        groups = {}
        for kind in types:
            groups.setdefault(kind.programme.name, []).append((kind.pk, kind.name))
        options = next(iter(groups.values())) if len(groups) == 1 else list(groups.items())
        field.choices = [("", "请选择"), *options]


@admin.register(ProjectSite)
class ProjectSiteAdmin(OfficeInputs, ListImportExportMixin, ScopedModelAdmin):
    may_view = may_export = staticmethod(rules.can_view_in_admin)
    may_add = may_change = may_import = staticmethod(rules.can_manage_site)
    may_delete = staticmethod(rules.can_remove_site)
    resource_classes = [ProjectSiteResource]
    form = SiteForm
    fields = ["programme", "creation_type", "organization", "name", "leader_title", "province_amount"]
    autocomplete_fields = ["organization"]
    list_display = ["name", "state", "creation_type", "county_name", "township_name", "programme"]
    list_filter = [ProgrammeFilter, "status", CountyFilter, TypeFilter]
    list_select_related = ["programme", "creation_type", "organization"]
    search_fields = ["name", "organization__name", "organization__code", "organization__initials"]
    search_help_text = "项目点、村（社区）名称，代码或拼音首字母"
    actions = ["approve_selected"]

    def get_fields(self, request, obj=None):
        places = ["county_name", "township_name", "village_name", "state", "approved_at", "approved_by"]
        return [*self.fields, *places] if obj else self.fields

    def get_readonly_fields(self, request, obj=None):
        own = ["programme", "county_name", "township_name", "village_name", "state", "approved_at", "approved_by"]
        return own if obj else []

    def get_changeform_initial_data(self, request) -> dict:
        latest = Programme.objects.visible_to(request.user).first()
        return {"programme": latest} | super().get_changeform_initial_data(request)

    def view_on_site(self, obj: ProjectSite) -> str:
        return obj.get_absolute_url()

    @admin.display(description="状态", ordering="status")
    def state(self, site: ProjectSite) -> str:
        return tag_html(site.tag, site.get_status_display())

    # Entering: the action writes the audit row.

    def save_model(self, request, obj, form, change) -> None:
        (change_site if change else add_site)(obj, by=request.user)

    def delete_model(self, request, obj) -> None:
        remove_site(obj, by=request.user)

    def log_addition(self, request, obj, message) -> None:
        pass

    def log_change(self, request, obj, message) -> None:
        pass

    def log_deletions(self, request, queryset) -> None:
        pass

    def changeform_view(self, request, *args, **kwargs) -> HttpResponse:
        return self._told(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request, *args, **kwargs) -> HttpResponse:
        return self._told(request, super().delete_view, *args, **kwargs)

    def _told(self, request, view, *args, **kwargs) -> HttpResponse:
        """What changed under the user's hands since the form was checked is told in words."""
        try:
            return view(request, *args, **kwargs)
        except ValidationError as error:
            messages.error(request, "；".join(error.messages))
            return redirect("admin:projects_projectsite_changelist")

    def get_actions(self, request) -> dict:
        found = super().get_actions(request)
        found.pop("delete_selected", None)
        return found if rules.can_manage_site(request.user) else {}

    # Approving

    def get_urls(self):
        approve = path(
            "<int:pk>/approve/", self.admin_site.admin_view(self.approve_view), name="projects_projectsite_approve"
        )
        return [approve, *super().get_urls()]

    def approve_view(self, request, pk: int) -> HttpResponse:
        site = self.get_object(request, str(pk))
        if site is None:
            raise Http404
        if not rules.can_approve_sites(request.user):
            raise PermissionDenied
        return self._approve(request, [site], is_confirmed=request.method == "POST")

    @admin.action(description="批准所选项目点")
    def approve_selected(self, request, queryset) -> HttpResponse | None:
        sites = list(queryset.select_related("programme", "organization", "creation_type")[: MOST_AT_ONCE + 1])
        if len(sites) > MOST_AT_ONCE:
            messages.error(request, f"一次最多批准 {MOST_AT_ONCE} 个项目点，请先筛选，分几次批准。")
            return None
        return self._approve(request, sites, is_confirmed="confirmed" in request.POST)

    def _approve(self, request, sites: list[ProjectSite], *, is_confirmed: bool) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": "批准结果" if is_confirmed else "批准项目点",
            "opts": self.opts,
            "checkbox_name": ACTION_CHECKBOX_NAME,
        }
        if is_confirmed:
            context["outcomes"] = approve_each(sites, by=request.user)
            context["approved_count"] = sum(outcome.is_approved for outcome in context["outcomes"])
            return TemplateResponse(request, "admin/projects/projectsite/approved.html", context)
        context |= {"sites": sites, "quotas": quota_lines(sites)}
        return TemplateResponse(request, "admin/projects/projectsite/approve.html", context)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["can_approve"] = obj is not None and rules.can_approve_site(request.user, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    # The list from Excel

    def import_template(self, request) -> HttpResponse:
        self._require(self.has_import_permission(request))
        return self._download(site_template(request.user), ExcelFormat(), "项目点导入模板")
