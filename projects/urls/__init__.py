"""One file a subject, as the views have."""

from projects.urls import (
    boards,
    files,
    meetings,
    nominations,
    records,
    rectifications,
    reports,
    schedule,
    sites,
    visits,
)

app_name = "projects"
urlpatterns = [
    *boards.urlpatterns,
    *files.urlpatterns,
    *meetings.urlpatterns,
    *nominations.urlpatterns,
    *records.urlpatterns,
    *rectifications.urlpatterns,
    *reports.urlpatterns,
    *schedule.urlpatterns,
    *sites.urlpatterns,
    *visits.urlpatterns,
]
