"""One file a subject, as the views have."""

from projects.urls import archive, boards, files, meetings, records, rectifications, reports, sites, visits

app_name = "projects"
urlpatterns = [
    *archive.urlpatterns,
    *boards.urlpatterns,
    *files.urlpatterns,
    *meetings.urlpatterns,
    *records.urlpatterns,
    *rectifications.urlpatterns,
    *reports.urlpatterns,
    *sites.urlpatterns,
    *visits.urlpatterns,
]
