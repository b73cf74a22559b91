"""The base of every admin class: what is seen is decided by `visible_to`, what may be done by the app's rules.py."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.forms import BaseInlineFormSet, TypedChoiceField
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.utils.html import format_html

from organizations.models import AuditEvent
from organizations.pickers import Picker

CHOOSE = "请选择"
DASHES = models.BLANK_CHOICE_DASH[0][1]
FILTER_SUFFIXES = ["exact", "id__exact", "isnull", "gte", "lt"]  # what Django's filters add to a field's name


def tag_html(css_class: str, text: str) -> str:
    """A status tag for a list column: word and shape, see static/css/site.css."""
    return format_html('<span class="tag {}">{}</span>', css_class, text)


def _say_choose(field) -> None:
    """Where nothing is chosen yet a drop-down says so; Django shows a row of dashes."""
    if getattr(field, "empty_label", None) == DASHES:
        field.empty_label = CHOOSE
    elif isinstance(field, TypedChoiceField):
        field.choices = [(value, CHOOSE if label == DASHES else label) for value, label in field.choices]


def nobody(user, obj=None) -> bool:
    """The rule of an admin class that declares none."""
    return False


def _without_shortcuts(field):
    if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
        field.widget.can_add_related = field.widget.can_change_related = False
        field.widget.can_delete_related = field.widget.can_view_related = False
    return field


class ScopedChangeList(ChangeList):
    """Knows the way out of a list in which nothing was found."""

    @property
    def unsearched_qs(self) -> str:
        """The list without the search, the filters as they are."""
        return self.get_query_string(remove=[SEARCH_VAR])

    @property
    def everything_qs(self) -> str:
        """The same search without any filter; empty when no filter is on. A filter that hides rows until told
        otherwise names in `shows_all` the value that hides none."""
        hiding = {spec.parameter_name: spec.shows_all for spec in self.filter_specs if hasattr(spec, "shows_all")}
        asked = self.get_filters_params(self.params)
        shown = all(asked.get(name) == value for name, value in hiding.items())
        if shown and not asked.keys() - hiding.keys():
            return ""
        return self.get_query_string(hiding, remove=[*asked])


class ScopedModelAdmin(admin.ModelAdmin):
    """Closed until opened: a subclass names the rules `may_view`, `may_add`, `may_change`, `may_delete`.

    Rows, and the rows offered or accepted in foreign keys, lie in the user's subtree. Every addition, change and
    deletion leaves an AuditEvent instead of Django's own admin log.
    """

    may_view = may_add = may_change = may_delete = staticmethod(nobody)
    save_on_top = False
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    view_on_site = False  # Django's link goes by content type and id, past the scope

    class Media:
        js = ["js/admin_pickers.js"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).visible_to(request.user)

    def get_object(self, request, object_id, from_field=None):
        """An empty `_to_field` names no field."""
        return super().get_object(request, object_id, from_field or None)

    def get_changelist(self, request, **kwargs) -> type[ChangeList]:
        return ScopedChangeList

    def lookup_allowed(self, lookup: str, value, request) -> bool:
        """Only what the declared filters ask. Django would let any field of the model be asked, a letter at a time:
        the hash of a password too."""
        for item in self.get_list_filter(request):
            name = getattr(item, "parameter_name", item)
            if lookup == name or lookup in {f"{name}__{suffix}" for suffix in FILTER_SUFFIXES}:
                return True
        return False

    def has_view_permission(self, request, obj=None) -> bool:
        return self.may_view(request.user, obj) or self.may_change(request.user, obj)

    def has_add_permission(self, request, obj=None) -> bool:
        return self.may_add(request.user)

    def has_change_permission(self, request, obj=None) -> bool:
        return self.may_change(request.user, obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        return self.may_delete(request.user, obj)

    def has_module_permission(self, request) -> bool:
        return self.has_view_permission(request)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        related = db_field.remote_field.model._default_manager
        if hasattr(related, "visible_to"):
            kwargs["queryset"] = related.visible_to(request.user)
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = Picker(db_field, self.admin_site)
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and hasattr(related.model, "label"):
            field.queryset = field.queryset.with_place()
            field.label_from_instance = lambda obj: obj.label
        return field

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Without the pencil, plus, cross and eye beside a drop-down: each thing is kept on its own page."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        _say_choose(field)
        return _without_shortcuts(field)

    def get_action_choices(self, request, default_choices=(("", CHOOSE),)):
        return super().get_action_choices(request, [*default_choices])

    def organization_of(self, obj: models.Model) -> Any:
        """The organisation whose log a change of `obj` belongs to."""
        return getattr(obj, "organization", None)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """Django would lead back to the index; what lies outside the subtree answers as if it did not exist."""
        raise Http404

    def history_view(self, request, object_id, extra_context=None):
        """The log's rows about one object, for everybody who may see the object."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        pages = Paginator(AuditEvent.objects.about(obj), self.list_per_page)
        context = self.admin_site.each_context(request) | {
            "title": f"操作记录：{obj}",
            "opts": self.opts,
            "object": obj,
            "page": pages.get_page(request.GET.get("page")),
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    def log_addition(self, request, obj, message):
        self._record("新增", request, obj, message)

    def log_change(self, request, obj, message):
        self._record("修改", request, obj, message)

    def log_deletions(self, request, queryset):
        for obj in queryset:
            self._record("删除", request, obj, [])

    def _record(self, verb: str, request, obj, message) -> None:
        AuditEvent.objects.record(
            f"{verb}{obj._meta.verbose_name}",
            obj,
            by=request.user,
            organization=self.organization_of(obj),
            changes=message if isinstance(message, list) else [str(message)],
        )


class NamedInputs(BaseInlineFormSet):
    """The inputs of a table have no label beside them; each is named by its column's heading."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for field in form.fields.values():
            widget = getattr(field.widget, "widget", field.widget)  # Django wraps the drop-downs of foreign keys
            widget.attrs.setdefault("aria-label", field.label)


class ScopedInline:
    """Rows of the page's object: who may see or change the object may see or change these."""

    may_view = may_change = staticmethod(nobody)
    extra = 0

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        _say_choose(field)
        return field

    def has_view_permission(self, request, obj=None) -> bool:
        return self.may_view(request.user, obj) or self.may_change(request.user, obj)

    def has_add_permission(self, request, obj=None) -> bool:
        return self.may_change(request.user, obj)

    def has_change_permission(self, request, obj=None) -> bool:
        return self.may_change(request.user, obj)

    def has_delete_permission(self, request, obj=None) -> bool:
        return self.may_change(request.user, obj)

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        # Django's own refusal names every row that refers to this one: ten thousand report figures, say.
        formset.form.hand_clean_DELETE = refuse_removal_of_used
        return formset


class ScopedTabularInline(ScopedInline, admin.TabularInline):
    formset = NamedInputs


class ScopedStackedInline(ScopedInline, admin.StackedInline):
    """For rows with more to write than stands side by side."""


def refuse_removal_of_used(form) -> None:
    """A row whose `is_used` says that others refer to it stays."""
    row = form.instance
    if form.cleaned_data.get("DELETE") and row.pk and getattr(row, "is_used", False):
        raise ValidationError(f"{row._meta.verbose_name}“{row}”已在使用，不能删除。")
