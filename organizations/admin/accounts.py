from functools import partial

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from organizations import rules
from organizations.actions import accounts as actions
from organizations.forms.accounts import AccountForm, NewAccountForm
from organizations.importexport import ListImportExportMixin
from organizations.imports.accounts import AccountList
from organizations.modeladmin import ScopedModelAdmin
from organizations.models import User

MOST_AT_ONCE = 200

admin.site.unregister(Group)  # permissions come from the role (rules.py)


@admin.register(User)
class UserAdmin(ListImportExportMixin, ScopedModelAdmin):
    """Accounts: added singly or from a list, changed, disabled, given a new first password; never deleted."""

    may_view = may_export = staticmethod(rules.can_view_users)
    may_add = may_import = staticmethod(rules.can_create_users)
    may_change = staticmethod(rules.can_manage_users)
    resource_classes = [AccountList]
    list_display = ["username", "full_name", "role", "organization", "phone", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    list_select_related = ["organization"]
    search_fields = ["username", "full_name", "organization__name"]
    search_help_text = "按账号、姓名或所在组织查找"
    autocomplete_fields = ["organization"]
    readonly_fields = ["is_active", "must_change_password", "last_login", "created_at"]
    actions = ["disable", "enable", "reset_passwords"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, form=AccountForm if obj else NewAccountForm, **kwargs)
        form.by = request.user
        return form

    def get_fields(self, request, obj=None) -> list[str]:
        post = ["username", "full_name", "role", "organization", "phone"]
        return [*post, *self.readonly_fields] if obj else [*post, "first_password"]

    def get_readonly_fields(self, request, obj=None) -> list[str]:
        return [*self.readonly_fields, "username"] if obj else self.readonly_fields

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "role":
            offered = rules.assignable_roles(request.user)
            kwargs["choices"] = [("", "请选择"), *(pair for pair in db_field.choices if pair[0] in offered)]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """What the form let pass and the action still refuses (somebody was quicker) is said, not a crash."""
        one_button = {"show_save_and_add_another": False, "show_save_and_continue": False}
        try:
            return super().changeform_view(request, object_id, form_url, one_button | (extra_context or {}))
        except ValidationError as error:
            messages.error(request, "没有保存：" + "".join(error.messages))
            return redirect(request.path)

    def save_model(self, request, obj, form, change) -> None:
        if change:
            post = {name: form.cleaned_data[name] for name in ["full_name", "role", "organization", "phone"]}
            actions.change_account(obj, by=request.user, **post)
        else:
            obj.first_password = form.cleaned_data["first_password"]
            actions.create_accounts([(obj, obj.first_password)], by=request.user)

    def log_addition(self, request, obj, message) -> None:
        """Nothing: the actions write the log."""

    log_change = log_addition

    def response_add(self, request, obj, post_url_continue=None) -> HttpResponse:
        """The first password, shown this once: nowhere is it kept in the clear."""
        return self._show_passwords(request, [(obj, obj.first_password)])

    @admin.action(description="停用所选账号", permissions=["change"])
    def disable(self, request: HttpRequest, users) -> HttpResponse | None:
        if question := self._ask_first(request, users, "confirm_disable.html", title="停用账号"):
            return question
        done = self._for_each(request, users, partial(actions.disable_account, by=request.user))
        messages.success(request, f"已停用 {len(done)} 个账号。")

    @admin.action(description="启用所选账号", permissions=["change"])
    def enable(self, request: HttpRequest, users) -> None:
        done = self._for_each(request, users, partial(actions.enable_account, by=request.user))
        messages.success(request, f"已启用 {len(done)} 个账号。")

    @admin.action(description="重置所选账号的密码", permissions=["change"])
    def reset_passwords(self, request: HttpRequest, users) -> HttpResponse:
        if question := self._ask_first(request, users, "confirm_reset.html", title="重置密码"):
            return question
        done = self._for_each(request, users, partial(actions.reset_password, by=request.user))
        return self._show_passwords(request, done)

    def _ask_first(self, request: HttpRequest, users, template: str, *, title: str) -> HttpResponse | None:
        """The page that asks for confirmation, or a refusal of too many; None when it may go ahead."""
        number = users.count()
        if number > MOST_AT_ONCE:
            messages.error(
                request, f"一次最多处理 {MOST_AT_ONCE} 个账号，现在选了 {number} 个，请先筛选或查找，分批办理。"
            )
            return redirect(request.get_full_path())
        if "confirmed" in request.POST:
            return None
        return self._page(request, template, title=title, users=users, queryset=users)

    def _for_each(self, request: HttpRequest, users, action) -> list[tuple[User, object]]:
        """The action for each account; each refusal is told with the account's name."""
        done = []
        for user in users:
            try:
                done.append((user, action(user)))
            except ValidationError as error:
                messages.error(request, "".join(error.messages))
            except PermissionDenied as error:
                messages.error(request, f"{user.username}（{user}）：{error}")
        return done

    def _show_passwords(self, request: HttpRequest, accounts: list[tuple[User, str]]) -> HttpResponse:
        response = self._page(request, "first_passwords.html", title="初始密码", accounts=accounts)
        response["Cache-Control"] = "no-store"
        return response

    def _page(self, request: HttpRequest, template: str, **context) -> TemplateResponse:
        context = self.admin_site.each_context(request) | {"opts": self.opts, **context}
        return TemplateResponse(request, f"admin/organizations/user/{template}", context)
