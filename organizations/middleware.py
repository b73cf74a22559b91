from django.shortcuts import redirect
from django.urls import reverse


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
