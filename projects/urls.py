from django.urls import path

from projects.views import autosave, month, programmes, progress, reminders, reports, reviews, sites, stuck

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
    path("reports/<int:pk>/", reports.report_detail, name="report_detail"),
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
]
