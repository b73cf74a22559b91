"""One file a subject, as the views have."""

from projects.urls import (
    archive,
    boards,
    bulletins,
    files,
    groups,
    lights,
    meetings,
    nominations,
    notes,
    records,
    rectifications,
    reports,
    schedule,
    sites,
    trainings,
    visits,
)

app_name = "projects"
urlpatterns = [
    *archive.urlpatterns,
    *boards.urlpatterns,
    *bulletins.urlpatterns,
    *files.urlpatterns,
    *groups.urlpatterns,
    *lights.urlpatterns,
    *meetings.urlpatterns,
    *nominations.urlpatterns,
    *notes.urlpatterns,
    *records.urlpatterns,
    *rectifications.urlpatterns,
    *reports.urlpatterns,
    *schedule.urlpatterns,
    *sites.urlpatterns,
    *trainings.urlpatterns,
    *visits.urlpatterns,
]
