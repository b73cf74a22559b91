"""Rules of the lights: the versions that held, and the page on which a change is tried on past months and confirmed."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from fedwork import clock
from organizations.modeladmin import ScopedModelAdmin, ScopedTabularInline
from projects import rules
from projects.actions import change_light_rule
from projects.actions.lights import THRESHOLDS, newest_change
from projects.lights.preview import preview
from projects.models import LightChange, LightRule


class ThresholdForm(forms.ModelForm):
    class Meta:
        model = LightRule
        fields = THRESHOLDS


class ConfirmForm(forms.Form):
    """`seen` is the newest change that the preview knew of."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="原因",
        max_length=LightChange._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写明为什么调整、谁同意的，记入操作记录",
    )


class ChangeInline(ScopedTabularInline):
    model = LightChange
    may_view = staticmethod(rules.can_view_in_admin)
    fields = readonly_fields = ["made_at", "words", "reason", "made_by"]
    ordering = ["-made_at", "-pk"]
    can_delete = False
    verbose_name_plural = "各次规则"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("rule", "made_by")

    @admin.display(description="规则")
    def words(self, change: LightChange) -> str:
        return change.words


@admin.register(LightRule)
class LightRuleAdmin(ScopedModelAdmin):
    """The rows come with the programme. They are read here; the button leads to the page that changes them."""

    may_view = staticmethod(rules.can_view_in_admin)
    fields = readonly_fields = ["programme", "signal", "hint", "words", "is_active"]
    inlines = [ChangeInline]
    list_display = ["signal", "programme", "words", "is_active", "change"]
    list_display_links = ["signal"]
    list_filter = ["programme"]
    list_select_related = ["programme__organization"]
    actions = None

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("programme__organization")

    def organization_of(self, obj: LightRule):
        return obj.programme.organization

    @admin.display(description="现在的规则")
    def words(self, rule: LightRule) -> str:
        return rule.words

    @admin.display(description="怎么算")
    def hint(self, rule: LightRule) -> str:
        return rule.known_signal.hint if rule.known_signal else ""

    def get_list_display(self, request):
        return self.list_display if rules.can_manage_programme(request.user) else self.list_display[:-1]

    @admin.display(description="修改")
    def change(self, rule: LightRule) -> str:
        address = reverse("admin:projects_lightrule_edit", args=[rule.pk])
        return format_html('<a href="{}" aria-label="修改{}的界限">修改…</a>', address, rule.get_signal_display())

    def get_urls(self):
        edit = path("<int:pk>/edit/", self.admin_site.admin_view(self.edit_view), name="projects_lightrule_edit")
        return [edit, *super().get_urls()]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["can_edit"] = obj is not None and rules.can_manage_programme(request.user, obj.programme)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def edit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Thresholds in the address are tried on past months; a POST of the same address makes them hold."""
        rule = self.get_object(request, str(pk))
        if rule is None:
            raise Http404
        if not rules.can_manage_programme(request.user, rule.programme):
            raise PermissionDenied
        form = ThresholdForm(request.GET if request.GET else None, instance=rule)
        confirm = ConfirmForm(request.POST or None, initial={"seen": newest_change(rule.programme)})
        is_sent = request.method == "POST" and form.is_valid() and confirm.is_valid()
        if is_sent and self._change(request, rule, confirm):
            return redirect("admin:projects_lightrule_change", rule.pk)
        return self._edit_page(request, rule, form, confirm)

    @staticmethod
    def _change(request: HttpRequest, rule: LightRule, confirm: ConfirmForm) -> LightRule | None:
        try:
            done = change_light_rule(rule, by=request.user, **confirm.cleaned_data)
        except ValidationError as error:
            confirm.add_error(None, error)
            return None
        messages.success(request, f"已修改，从现在起按新的规则亮灯。{done.words}。")
        return done

    def _edit_page(self, request, rule: LightRule, form: ThresholdForm, confirm: ConfirmForm) -> HttpResponse:
        stale = confirm.has_error("__all__", code="stale")
        is_tried = form.is_bound and form.is_valid() and form.has_changed()
        context = self.admin_site.each_context(request) | {
            "title": f"修改规则：{rule.get_signal_display()}",
            "opts": self.opts,
            "rule": rule,
            "now_words": LightRule.objects.get(pk=rule.pk).words,
            "form": form,
            "confirm": confirm,
            "is_unchanged": form.is_bound and form.is_valid() and not form.has_changed(),
            "effects": preview(rule, clock.now()) if is_tried and not stale else [],
        }
        return TemplateResponse(request, "admin/projects/lightrule/edit.html", context, status=409 if stale else 200)
