from django.urls import path

from projects.views import autosave, month, papers, reminders, report_list, reports, reviews, workbook

urlpatterns = [
    path("reports/", report_list.report_list, name="report_list"),
    path("reports/months/<int:year>/<int:month>/", month.month_edit, name="month_edit"),
    path("reports/months/<int:year>/<int:month>/check/", month.month_check, name="month_check"),
    path("reports/months/<int:year>/<int:month>/submit/", month.month_submit, name="month_submit"),
    path("reports/months/<int:year>/<int:month>/workbook/", workbook.month_workbook, name="month_workbook"),
    path("reports/months/<int:year>/<int:month>/upload/", workbook.month_upload, name="month_upload"),
    path("reports/months/<int:year>/<int:month>/upload/confirm/", workbook.month_confirm, name="month_confirm"),
    path("reports/months/<int:year>/<int:month>/upload/marked/", workbook.month_marked, name="month_marked"),
    path("reports/<int:pk>/", reports.report_detail, name="report_detail"),
    path("reports/<int:pk>/print/", papers.report_print, name="report_print"),
    path("reports/<int:pk>/print/excel/", papers.report_excel, name="report_excel"),
    path("reports/<int:pk>/edit/", reports.report_edit, name="report_edit"),
    path("reports/<int:pk>/autosave/", autosave.report_autosave, name="report_autosave"),
    path("reports/<int:pk>/check/", reports.report_check, name="report_check"),
    path("reports/<int:pk>/submit/", reports.report_submit, name="report_submit"),
    path("reports/<int:pk>/withdraw/", reviews.report_withdraw, name="report_withdraw"),
    path("reports/<int:pk>/receipt/", reports.report_receipt, name="report_receipt"),
    path("reports/<int:pk>/urge/", reminders.report_urge, name="report_urge"),
    path("reminders/", reminders.reminder_list, name="reminder_list"),
]
