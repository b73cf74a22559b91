from django.urls import path

from projects.views import attachments, autosave, month, programmes, progress, reports, sites, workbook

app_name = "projects"
urlpatterns = [
    path("programmes/<int:pk>/", programmes.programme_detail, name="programme_detail"),
    path("progress/", progress.progress, name="progress"),
    path("sites/", sites.site_list, name="site_list"),
    path("sites/<int:pk>/", sites.site_detail, name="site_detail"),
    path("reports/", reports.report_list, name="report_list"),
    path("reports/months/<int:year>/<int:month>/", month.month_edit, name="month_edit"),
    path("reports/months/<int:year>/<int:month>/check/", month.month_check, name="month_check"),
    path("reports/months/<int:year>/<int:month>/submit/", month.month_submit, name="month_submit"),
    path("reports/months/<int:year>/<int:month>/workbook/", workbook.month_workbook, name="month_workbook"),
    path("reports/months/<int:year>/<int:month>/upload/", workbook.month_upload, name="month_upload"),
    path("reports/months/<int:year>/<int:month>/upload/confirm/", workbook.month_confirm, name="month_confirm"),
    path("reports/months/<int:year>/<int:month>/upload/marked/", workbook.month_marked, name="month_marked"),
    path("reports/<int:pk>/", reports.report_detail, name="report_detail"),
    path("reports/<int:pk>/edit/", reports.report_edit, name="report_edit"),
    path("reports/<int:pk>/autosave/", autosave.report_autosave, name="report_autosave"),
    path("reports/<int:pk>/check/", reports.report_check, name="report_check"),
    path("reports/<int:pk>/submit/", reports.report_submit, name="report_submit"),
    path("reports/<int:pk>/receipt/", reports.report_receipt, name="report_receipt"),
    path("reports/<int:pk>/attachments/", attachments.attachment_add, name="report_attachment_add"),
    path("attachments/<int:pk>/", attachments.attachment_file, name="attachment_file"),
    path("attachments/<int:pk>/thumbnail/", attachments.attachment_thumbnail, name="attachment_thumbnail"),
    path("attachments/<int:pk>/remove/", attachments.attachment_remove, name="attachment_remove"),
]
