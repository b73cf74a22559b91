from django.urls import path

from assessments.views import rubrics

app_name = "assessments"

urlpatterns = [
    path("rubrics/", rubrics.rubric_list, name="rubric_list"),
    path("rubrics/<int:pk>/", rubrics.rubric_detail, name="rubric_detail"),
    path("rubrics/<int:pk>/excel/", rubrics.rubric_excel, name="rubric_excel"),
    path("rubrics/<int:pk>/points/", rubrics.rubric_points, name="rubric_points"),
]
