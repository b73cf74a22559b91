from django.urls import path

from projects.views import autosave, boards, month, papers, programmes, report_list, reports, sites

app_name = "projects"
urlpatterns = [
    path("programmes/<int:pk>/", programmes.programme_detail, name="programme_detail"),
    path("boards/", boards.completeness, name="completeness"),
    path("boards/excel/", boards.completeness_excel, name="completeness_excel"),
    path("progress/", boards.progress, name="progress"),
    path("progress/excel/", boards.progress_excel, name="progress_excel"),
    path("rollup/", boards.month_rollup, name="rollup"),
    path("rollup/excel/", boards.rollup_excel, name="rollup_excel"),
    path("sites/", sites.site_list, name="site_list"),
    path("sites/<int:pk>/", sites.site_detail, name="site_detail"),
    path("reports/", report_list.report_list, name="report_list"),
    path("reports/months/<int:year>/<int:month>/", month.month_edit, name="month_edit"),
    path("reports/months/<int:year>/<int:month>/check/", month.month_check, name="month_check"),
    path("reports/months/<int:year>/<int:month>/submit/", month.month_submit, name="month_submit"),
    path("reports/<int:pk>/", reports.report_detail, name="report_detail"),
    path("reports/<int:pk>/print/", papers.report_print, name="report_print"),
    path("reports/<int:pk>/print/excel/", papers.report_excel, name="report_excel"),
    path("reports/<int:pk>/edit/", reports.report_edit, name="report_edit"),
    path("reports/<int:pk>/autosave/", autosave.report_autosave, name="report_autosave"),
    path("reports/<int:pk>/check/", reports.report_check, name="report_check"),
    path("reports/<int:pk>/submit/", reports.report_submit, name="report_submit"),
    path("reports/<int:pk>/receipt/", reports.report_receipt, name="report_receipt"),
]
