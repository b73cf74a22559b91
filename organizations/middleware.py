import time
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


class SessionHoursMiddleware:
    """A session ends so many hours after it began, however busy it is kept. Stands before the sign-in is asked for."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            started = request.session.setdefault("started_at", int(time.time()))
            if time.time() - started > settings.SESSION_HOURS * 3600:
                logout(request)
        return self.get_response(request)


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every page asks for a sign-in unless it is `login_not_required`; an ended session is told from none."""

    def get_login_url(self, view_func) -> str:
        """One sign-in page for everybody; Django's admin names one of its own."""
        return settings.LOGIN_URL

    def handle_no_permission(self, request: HttpRequest, view_func):
        """To the sign-in page. Who still carries a session's cookie was signed in, so the page says what happened."""
        response = redirect_to_login(page_to_return_to(request), self.get_login_url(view_func))
        if request.COOKIES.get(settings.SESSION_COOKIE_NAME):
            response["Location"] += "&expired=1"
        return response


def page_to_return_to(request: HttpRequest) -> str:
    """The page asked for. What was posted is lost, and its address often takes nothing but posts: there it is the page
    of ours from which it was sent."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    sender = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(sender, {request.get_host()}, require_https=request.is_secure()):
        return reverse("workbench")
    return urlsplit(sender)._replace(scheme="", netloc="", fragment="").geturl() or reverse("workbench")


class FirstPasswordMiddleware:
    """Somebody who signed in with a first password sets an own one before anything else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        user = request.user
        if user.is_authenticated and user.must_change_password and request.path not in self.open_paths():
            return redirect("password_change")
        return self.get_response(request)

    @staticmethod
    def open_paths() -> set[str]:
        return {reverse("password_change"), reverse("logout"), reverse("health")}
