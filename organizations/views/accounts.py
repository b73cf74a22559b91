"""Sign-in, sign-out and the own password. Django's class-based views, with a row in the log for each event.

The events are written here and not by Django's signals: this page is the only way in (the admin's own sign-in page
leads here), so an explicit call says what happens where it happens.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator

from organizations.actions import accounts as actions
from organizations.forms.accounts import PasswordForm, SignInForm
from organizations.sign_in import lock_minutes, minutes_until_unlock


@method_decorator(login_not_required, name="dispatch")
class SignIn(auth_views.LoginView):
    template_name = "registration/login.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs) -> dict:
        rule = {"failure_limit": settings.AXES_FAILURE_LIMIT, "lock_minutes": lock_minutes()}
        return super().get_context_data(session_expired="expired" in self.request.GET, **rule, **kwargs)

    def get_redirect_url(self) -> str:
        """Never this page itself: who is signed in already would be sent round and round."""
        target = super().get_redirect_url()
        return "" if urlsplit(target).path == self.request.path else target

    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        actions.record_sign_in(form.get_user(), address=self.request.axes_ip_address)
        return response

    def form_invalid(self, form) -> HttpResponse:
        # Empty fields are no attempt, and an attempt during a lock is refused unseen: neither fills the log.
        if getattr(self.request, "axes_failures_since_start", None):
            actions.record_failed_sign_in(
                form.cleaned_data["username"],
                address=self.request.axes_ip_address,
                locked_minutes=lock_minutes() if self.request.axes_locked_out else 0,
            )
        return super().form_invalid(form)


class SignOut(auth_views.LogoutView):
    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        actions.record_sign_out(request.user)
        return super().post(request, *args, **kwargs)


class PasswordChange(auth_views.PasswordChangeView):
    """The own password. Setting it ends the user's other sessions: their hash no longer fits."""

    template_name = "registration/password_change.html"
    form_class = PasswordForm
    success_url = reverse_lazy("workbench")

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(is_first=self.request.user.must_change_password, **kwargs)


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict) -> HttpResponse:
    """The answer while an account is locked for an address; unknown accounts lock in the same way."""
    minutes = minutes_until_unlock(credentials["username"], request.axes_ip_address)
    locked = render(request, "registration/locked.html", {"minutes": minutes}, status=429)
    locked["Retry-After"] = str(minutes * 60)
    return locked
