"""The first page after signing in: read models over all apps, by role."""

from django.shortcuts import render


def workbench(request):
    return render(request, "workbench.html")
