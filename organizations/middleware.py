from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every page asks for a sign-in unless it is `login_not_required`; an ended session is told from none."""

    def get_login_url(self, view_func) -> str:
        """One sign-in page for everybody; Django's admin names one of its own."""
        return settings.LOGIN_URL

    def handle_no_permission(self, request: HttpRequest, view_func):
        """To the sign-in page. Who still carries a session's cookie was signed in, so the page says what happened."""
        response = super().handle_no_permission(request, view_func)
        if request.COOKIES.get(settings.SESSION_COOKIE_NAME):
            response["Location"] += "&expired=1"
        return response


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
