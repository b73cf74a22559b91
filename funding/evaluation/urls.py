from django.urls import path

from funding.evaluation import pages

urlpatterns = [
    path("evaluations/", pages.evaluation_list, name="evaluation_list"),
    path("evaluations/start/<int:pk>/", pages.evaluation_start, name="evaluation_start"),
    path("evaluations/<int:pk>/", pages.evaluation_detail, name="evaluation_detail"),
    path("evaluations/<int:pk>/edit/", pages.evaluation_edit, name="evaluation_edit"),
    path("evaluations/<int:pk>/confirm/", pages.evaluation_confirm, name="evaluation_confirm"),
    path("evaluations/<int:pk>/excel/", pages.evaluation_excel, name="evaluation_excel"),
]
