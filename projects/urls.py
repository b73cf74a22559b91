from django.urls import path

from projects.models import Activity, Publicity
from projects.views import (
    attachments,
    autosave,
    boards,
    month,
    papers,
    programmes,
    records,
    reminders,
    report_list,
    reports,
    reviews,
    sites,
    stuck,
    visits,
    workbook,
)

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
    path("stuck/", stuck.stuck_list, name="stuck_list"),
    path("stuck/download/", stuck.stuck_download, name="stuck_download"),
    path("responsibility/", stuck.responsibility, name="responsibility"),
    path("responsibility/download/", stuck.responsibility_download, name="responsibility_download"),
    path("reports/<int:pk>/attachments/", attachments.attachment_add, name="report_attachment_add"),
    path("attachments/<int:pk>/", attachments.attachment_file, name="attachment_file"),
    path("attachments/<int:pk>/thumbnail/", attachments.attachment_thumbnail, name="attachment_thumbnail"),
    path("attachments/<int:pk>/remove/", attachments.attachment_remove, name="attachment_remove"),
    path("records/", records.record_list, name="record_list"),
    path("records/sites/<int:pk>/", records.record_site, name="record_site"),
    path("records/sites/<int:pk>/<int:year>/<int:month>/", records.record_month, name="record_month"),
    *(
        each
        for model in [Activity, Publicity]
        for name in [model._meta.model_name]
        for each in [
            path(
                f"records/sites/<int:pk>/<int:year>/<int:month>/{name}/",
                records.record_add,
                {"model": model},
                name=f"{name}_add",
            ),
            path(f"records/{name}/<int:pk>/", records.record_edit, {"model": model}, name=f"{name}_edit"),
            path(f"records/{name}/<int:pk>/remove/", records.record_remove, {"model": model}, name=f"{name}_remove"),
            path(
                f"records/{name}/<int:pk>/attachments/", records.record_attach, {"model": model}, name=f"{name}_attach"
            ),
        ]
    ),
    path("visits/", visits.visit_matrix, name="visit_matrix"),
    path("visits/excel/", visits.visit_excel, name="visit_excel"),
    path("visits/sites/<int:pk>/add/", visits.visit_add, name="visit_add"),
    path("visits/<int:pk>/", visits.visit_detail, name="visit_detail"),
    path("visits/<int:pk>/edit/", visits.visit_edit, name="visit_edit"),
    path("visits/<int:pk>/remove/", visits.visit_remove, name="visit_remove"),
    path("visits/<int:pk>/attachments/", visits.visit_attach, name="visit_attach"),
]
