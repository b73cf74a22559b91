"""The AdminSite: the city's desk, and the county's narrower one. Signing in and passwords are the site's own pages."""

from functools import update_wrapper

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.shortcuts import redirect
from django.urls import path, reverse

from fedwork.numbers import posted_integer
from organizations.views import SignOut


class LabelledAutocomplete(AutocompleteJsonView):
    """Shows an object's `label` where it has one: village names repeat, so the place stands beside them."""

    def serialize_result(self, obj, to_field_name: str) -> dict:
        result = super().serialize_result(obj, to_field_name)
        return result | {"text": getattr(obj, "label", result["text"])}


class FedworkAdminSite(admin.AdminSite):
    site_header = "妇女专项经费项目管理"
    site_title = "妇女专项经费项目管理"
    index_title = "业务办理"
    site_url = "/"
    empty_value_display = "—"
    # The site's own menu stands in the place of Django's list of apps (templates/admin/base.html).
    enable_nav_sidebar = False

    def has_permission(self, request) -> bool:
        return request.user.is_authenticated and request.user.is_staff

    def admin_view(self, view, cacheable=False):
        """A signed-in colleague of another role is told so at once; the middleware has sent strangers to sign in.
        Rows selected in a list are named by numbers."""
        checked = super().admin_view(view, cacheable)

        def inner(request, *args, **kwargs):
            if not self.has_permission(request):
                raise PermissionDenied
            if any(posted_integer(number) < 0 for number in request.POST.getlist(ACTION_CHECKBOX_NAME)):
                raise BadRequest("selection")
            return checked(request, *args, **kwargs)

        return update_wrapper(inner, checked)

    @login_not_required
    def login(self, request, extra_context=None):
        """The address that people know from elsewhere."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or reverse("admin:index"), "login")
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")

    def get_urls(self) -> list:
        """Without Django's link from a content type and an id to a page (it tells who asks that the row exists) and
        without what the site's own pages do."""
        closed = {"view_on_site", "password_change_done", "logout"}
        own = path("logout/", SignOut.as_view(), name="logout")
        return [own, *(url for url in super().get_urls() if getattr(url, "name", "") not in closed)]

    def autocomplete_view(self, request):
        return LabelledAutocomplete.as_view(admin_site=self)(request)

    def password_change(self, request, extra_context=None):
        return redirect("password_change")

    def app_index(self, request, app_label, extra_context=None):
        """Apps are the programmers' division, not the users': one index for all."""
        return redirect("admin:index")
