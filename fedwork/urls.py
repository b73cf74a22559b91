from django.contrib import admin
from django.urls import include, path

from fedwork import views
from fedwork.workbench import workbench

urlpatterns = [
    path("", workbench, name="workbench"),
    path("health/", views.health, name="health"),
    path("admin/", admin.site.urls),
    path("", include("organizations.urls")),
    path("", include("projects.urls")),
    path("", include("funding.urls")),
    path("", include("assessments.urls")),
]

handler400 = "fedwork.views.bad_request"
handler403 = "fedwork.views.permission_denied"
handler404 = "fedwork.views.not_found"
handler500 = "fedwork.views.server_error"
