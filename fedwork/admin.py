"""The AdminSite: the city's desk, and the county's narrower one. Signing in and passwords are the site's own pages."""

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect


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

    def login(self, request, extra_context=None):
        if request.user.is_authenticated:
            return redirect("workbench")
        return redirect_to_login(request.GET.get("next", request.get_full_path()), "login")

    def password_change(self, request, extra_context=None):
        return redirect("password_change")

    def app_index(self, request, app_label, extra_context=None):
        """Apps are the programmers' division, not the users': one index for all."""
        return redirect("admin:index")
