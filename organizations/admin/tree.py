"""The tree at the city's desk: find, add, edit, move, close; small lists in and out."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from organizations import rules
from organizations.actions import (
    add_organization,
    classify_organization,
    close_organization,
    move_organization,
    rename_organization,
    reopen_organization,
)
from organizations.admin.tree_filters import KindFilter, PlaceFilter, StateFilter
from organizations.forms.organizations import CloseForm, MoveForm, NewOrganizationForm, OrganizationForm, ReopenForm
from organizations.importexport import ListImportExportMixin
from organizations.imports.organizations import OrganizationList
from organizations.modeladmin import ScopedModelAdmin, tag_html
from organizations.models import FormerName, Organization, OrganizationKind


class FormerNameInline(admin.TabularInline):
    """Written by renaming, read here."""

    model = FormerName
    fields = readonly_fields = ["name", "used_until"]
    extra = 0
    can_delete = False

    def has_view_permission(self, request, obj=None) -> bool:
        return True

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(Organization)
class OrganizationAdmin(ListImportExportMixin, ScopedModelAdmin):
    """Code, level and place are fixed once a node stands: it is moved and closed on pages of their own, never deleted."""

    may_view = may_export = staticmethod(rules.can_view_organizations)
    may_add = may_change = may_import = staticmethod(rules.can_manage_organizations)
    resource_classes = [OrganizationList]
    list_display = ["name", "place_of", "level", "kind", "code", "state"]
    list_filter = [PlaceFilter, "level", KindFilter, StateFilter]
    list_select_related = ["kind", "parent__parent__parent"]
    search_fields = ["name"]
    search_help_text = "名称（曾用名也可）、代码开头或拼音首字母"
    autocomplete_fields = ["parent"]
    inlines = [FormerNameInline]

    @admin.display(description="所在", empty_value="")
    def place_of(self, organization: Organization) -> str:
        return organization.place

    @admin.display(description="状态")
    def state(self, organization: Organization) -> str:
        return tag_html("", "已撤销") if organization.is_closed else tag_html("ok", "在用")

    def get_search_results(self, request, queryset, search_term) -> tuple[QuerySet, bool]:
        """Also what the pickers offer: there only what is open, with its place."""
        found = queryset.search(search_term) if search_term.strip() else queryset
        if request.path == reverse("admin:autocomplete"):
            found = found.filter(valid_to=None).with_place()
        return found, False

    # Adding and editing

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change, form=OrganizationForm if obj else NewOrganizationForm, **kwargs)

    def get_fields(self, request, obj=None) -> list[str]:
        if obj is None:
            return ["parent", "level", "code", "name", "kind", "valid_from"]
        closing = ["valid_to", "successor"] if obj.is_closed else []
        return ["name", "kind", "valid_from", "place_of", "level", "code", *closing]

    def get_readonly_fields(self, request, obj=None) -> list[str]:
        return ["place_of", "level", "code", "valid_to", "successor"] if obj else []

    def get_inlines(self, request, obj) -> list:
        return self.inlines if obj and obj.former_names.exists() else []

    def save_model(self, request, obj, form, change) -> None:
        if not change:
            values = {name: form.cleaned_data[name] for name in self.get_fields(request)}
            obj.__dict__.update(add_organization(by=request.user, **values).__dict__)
            return
        node = Organization.objects.get(pk=obj.pk)
        if "name" in form.changed_data:
            rename_organization(node, by=request.user, name=obj.name)
        if {"kind", "valid_from"} & set(form.changed_data):
            classify_organization(node, by=request.user, kind=obj.kind, valid_from=obj.valid_from)

    def log_addition(self, request, obj, message) -> None:
        """Nothing: the actions write the log."""

    log_change = log_addition

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """What the form let pass and the action still refuses (somebody was quicker) is said, not a crash."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as error:
            messages.error(request, "没有保存：" + "".join(error.messages))
            return redirect(request.path)

    # Moving, closing, reopening: a form, then a confirmation that says what will happen

    def get_urls(self) -> list:
        wrap = self.admin_site.admin_view
        pages = {"move": self.move_view, "close": self.close_view, "reopen": self.reopen_view}
        return [
            path(f"<int:pk>/{verb}/", wrap(view), name=f"organizations_organization_{verb}")
            for verb, view in pages.items()
        ] + super().get_urls()

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._decide(request, pk, MoveForm, move_organization, title="移动", done="已移动。")

    def close_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._decide(request, pk, CloseForm, close_organization, title="撤销", done="已撤销。")

    def reopen_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._decide(request, pk, ReopenForm, reopen_organization, title="恢复", done="已恢复。")

    def _decide(self, request: HttpRequest, pk: int, form_class, action, *, title: str, done: str) -> HttpResponse:
        organization = self._get_managed(request, pk)
        form = form_class(request.POST or None, organization=organization, user=request.user)
        is_valid = request.method == "POST" and form.is_valid()
        if is_valid and "confirmed" in request.POST:
            try:
                action(organization, by=request.user, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                messages.success(request, f"“{organization}”{done}")
                return redirect("admin:organizations_organization_change", pk)
        context = self.admin_site.each_context(request) | {
            "title": f"{title}：{organization}",
            "verb": title,
            "opts": self.opts,
            "organization": organization,
            "form": form,
            "media": self.media + form.media,
            "consequences": form.consequences() if is_valid and not form.errors else [],
        }
        return TemplateResponse(request, "admin/organizations/organization/decide.html", context)

    def _get_managed(self, request: HttpRequest, pk: int) -> Organization:
        organization = self.get_queryset(request).with_place().filter(pk=pk).first()
        if organization is None:
            raise Http404
        if not self.has_change_permission(request, organization):
            raise PermissionDenied
        return organization


@admin.register(OrganizationKind)
class OrganizationKindAdmin(ScopedModelAdmin):
    may_view = may_add = may_change = staticmethod(rules.can_manage_kinds)
    list_display = ["name", "level", "suffixes"]
    list_filter = ["level"]
    fields = ["name", "level", "suffixes"]

    def get_readonly_fields(self, request, obj=None) -> list[str]:
        """Organisations of the old level would carry it."""
        return ["level"] if obj else []
