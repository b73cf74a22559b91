from django.urls import path

from projects.views import boards, stuck

urlpatterns = [
    path("boards/", boards.completeness, name="completeness"),
    path("boards/excel/", boards.completeness_excel, name="completeness_excel"),
    path("progress/", boards.progress, name="progress"),
    path("progress/excel/", boards.progress_excel, name="progress_excel"),
    path("rollup/", boards.month_rollup, name="rollup"),
    path("rollup/excel/", boards.rollup_excel, name="rollup_excel"),
    path("stuck/", stuck.stuck_list, name="stuck_list"),
    path("stuck/download/", stuck.stuck_download, name="stuck_download"),
    path("responsibility/", stuck.responsibility, name="responsibility"),
    path("responsibility/download/", stuck.responsibility_download, name="responsibility_download"),
]
