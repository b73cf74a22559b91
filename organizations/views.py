from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator

from organizations.models import Organization


@method_decorator(login_not_required, name="dispatch")
class SignIn(auth_views.LoginView):
    template_name = "registration/login.html"
    redirect_authenticated_user = True


class PasswordChange(auth_views.PasswordChangeView):
    template_name = "registration/password_change.html"
    success_url = reverse_lazy("workbench")

    def form_valid(self, form):
        form.user.must_change_password = False
        return super().form_valid(form)


def locked_out(request: HttpRequest, *args, **kwargs) -> HttpResponse:
    """Too many failures from one address for one account; the page says the same for unknown accounts."""
    return render(request, "registration/locked.html", status=429)


def organization_list(request: HttpRequest) -> HttpResponse:
    roots = Organization.objects.visible_to(request.user)
    return render(request, "organizations/organization_list.html", {"organizations": roots[:50]})


def organization_detail(request: HttpRequest, pk: int) -> HttpResponse:
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    return render(request, "organizations/organization_detail.html", {"organization": organization})
