"""One file a subject, as the views have."""

from projects.urls import boards, files, lights, meetings, records, rectifications, reports, sites, visits

app_name = "projects"
urlpatterns = [
    *boards.urlpatterns,
    *files.urlpatterns,
    *lights.urlpatterns,
    *meetings.urlpatterns,
    *records.urlpatterns,
    *rectifications.urlpatterns,
    *reports.urlpatterns,
    *sites.urlpatterns,
    *visits.urlpatterns,
]
