from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from organizations.models import Organization


def organization_list(request: HttpRequest) -> HttpResponse:
    roots = Organization.objects.visible_to(request.user)
    return render(request, "organizations/organization_list.html", {"organizations": roots[:50]})


def organization_detail(request: HttpRequest, pk: int) -> HttpResponse:
    organization = get_object_or_404(Organization.objects.visible_to(request.user), pk=pk)
    return render(request, "organizations/organization_detail.html", {"organization": organization})
