from django.urls import path

from projects.views import trainings

urlpatterns = [
    path("trainings/", trainings.training_list, name="training_list"),
    path("trainings/excel/", trainings.training_excel, name="training_excel"),
    path("trainings/add/", trainings.training_add, name="training_add"),
    path("trainings/coverage/", trainings.training_coverage, name="training_coverage"),
    path("trainings/coverage/excel/", trainings.training_coverage_excel, name="training_coverage_excel"),
    path("trainings/<int:pk>/", trainings.training_detail, name="training_detail"),
    path("trainings/<int:pk>/edit/", trainings.training_edit, name="training_edit"),
    path("trainings/<int:pk>/attendance/", trainings.training_attendance, name="training_attendance"),
    path("trainings/<int:pk>/remove/", trainings.training_remove, name="training_remove"),
    path("trainings/<int:pk>/attachments/", trainings.training_attach, name="training_attach"),
    path("trainings/<int:pk>/sign-in/", trainings.training_sign_in, name="training_sign_in"),
]
