from django.urls import path

from projects.views import ledgers, visits

urlpatterns = [
    path("visits/", visits.visit_matrix, name="visit_matrix"),
    path("visits/excel/", visits.visit_excel, name="visit_excel"),
    path("visits/coverage/", ledgers.visit_coverage, name="visit_coverage"),
    path("visits/coverage/excel/", ledgers.visit_coverage_excel, name="visit_coverage_excel"),
    path("visits/sites/<int:pk>/add/", visits.visit_add, name="visit_add"),
    path("visits/<int:pk>/", visits.visit_detail, name="visit_detail"),
    path("visits/<int:pk>/edit/", visits.visit_edit, name="visit_edit"),
    path("visits/<int:pk>/remove/", visits.visit_remove, name="visit_remove"),
    path("visits/<int:pk>/attachments/", visits.visit_attach, name="visit_attach"),
]
