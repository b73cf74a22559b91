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

from fedwork import clock
from fedwork.dates import DayInput
from organizations.importexport import ListImportExportMixin
from organizations.modeladmin import ScopedModelAdmin, tag_html
from projects import rules
from projects.actions import add_site, approve_site, change_site, remove_site
from projects.admin.filters import CountyFilter, ProgrammeFilter
from projects.admin.inputs import OfficeInputs
from projects.imports import ProjectSiteResource
from projects.models import CreationType, Programme, ProjectSite
from projects.states import Mark, SiteStatus

MOST_AT_ONCE = 200


@dataclass
class Outcome:
    """What became of one site of a batch."""

    site: ProjectSite
    is_approved: bool
    sentence: str


class DecisionForm(forms.Form):
    """The province's decision, one for all that are approved together; empty, it is the programme's own."""

    document_number = forms.CharField(label="省批复文号", max_length=60, required=False)
    decided_on = forms.DateField(
        label="省批复日期",
        required=False,
        widget=DayInput,
        help_text="空着即批次的立项文号和立项日期；项目点自批复的月份起报月报",
    )


def approve_each(sites, *, by, **decision) -> list[Outcome]:
    """`decision`: document_number, decided_on."""
    return [_approve(site, by=by, **decision) for site in sites]


def _approve(site: ProjectSite, *, by, **decision) -> Outcome:
    try:
        approve_site(site, by=by, **decision)
    except ValidationError as error:
        return Outcome(site, False, "；".join(error.messages))
    except PermissionDenied:
        return Outcome(site, False, "您没有权限批准这个项目点。")
    return Outcome(site, True, "已批准，日程和应报的月报已生成。")


def quota_lines(sites: list[ProjectSite]) -> list[dict]:
    """Per creation type of the selection: quota, approved so far, selected, and what comes of that."""
    wanted = [site.creation_type_id for site in sites if not site.is_settled]
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


class TypeFilter(admin.SimpleListFilter):
    """By name: each programme has types of its own with the same names."""

    title, parameter_name = "创建类型", "type"

    def lookups(self, request, model_admin):
        types = CreationType.objects.filter(programme__in=Programme.objects.visible_to(request.user))
        return [(name, name) for name in types.names()]

    def queryset(self, request, queryset):
        return queryset.filter(creation_type__name=self.value()) if self.value() else queryset


class SiteForm(forms.ModelForm):
    class Meta:
        model = ProjectSite
        fields = ["programme", "creation_type", "organization", "name", "leader_title", "province_amount"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "name" in self.fields:
            self.fields["name"].required = False
            self.fields["name"].help_text = "空着即用乡镇名加村名，如：山南镇小井庄村"
        if "creation_type" in self.fields:
            self._offer_types()

    def _get_validation_exclusions(self) -> set:
        """The state stands in no field, but which unit is taken hangs on it."""
        return super()._get_validation_exclusions() - {"status"}

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
        if obj is None:
            return []
        return own if obj.status == SiteStatus.PROPOSED else ["creation_type", "organization", *own]

    def get_changeform_initial_data(self, request) -> dict:
        programme = Programme.objects.within(request.user.scope_path).running_first(clock.today()).first()
        return {"programme": programme} | super().get_changeform_initial_data(request)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "programme":
            field.queryset = field.queryset.within(request.user.scope_path)
        return field

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
        sites = list(
            queryset.select_related("programme__organization", "organization", "creation_type")[: MOST_AT_ONCE + 1]
        )
        if len(sites) > MOST_AT_ONCE:
            messages.error(request, f"一次最多批准 {MOST_AT_ONCE} 个项目点，请先筛选，分几次批准。")
            return None
        return self._approve(request, sites, is_confirmed="confirmed" in request.POST)

    def _approve(self, request, sites: list[ProjectSite], *, is_confirmed: bool) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": "批准项目点",
            "opts": self.opts,
            "checkbox_name": ACTION_CHECKBOX_NAME,
        }
        context["form"] = form = DecisionForm(request.POST if is_confirmed else None)
        if is_confirmed and form.is_valid():
            context["outcomes"] = approve_each(sites, by=request.user, **form.cleaned_data)
            context["approved_count"] = sum(outcome.is_approved for outcome in context["outcomes"])
            context["title"] = "批准结果"
            return TemplateResponse(request, "admin/projects/projectsite/approved.html", context)
        quotas = quota_lines(sites)
        open_types = {line["type"].pk for line in quotas if line["mark"].tag != "bad"}
        may_be = [
            site.creation_type_id in open_types
            and site.status == SiteStatus.CHECKED
            and rules.can_approve_site(request.user, site)
            for site in sites
        ]
        context |= {"sites": sites, "quotas": quotas, "can_approve_any": any(may_be)}
        return TemplateResponse(request, "admin/projects/projectsite/approve.html", context)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["can_approve"] = (
            obj is not None and obj.status == SiteStatus.CHECKED and rules.can_approve_site(request.user, obj)
        )
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)
