"""One file a subject, as the views have."""

from projects.urls import (
    boards,
    bulletins,
    files,
    meetings,
    notes,
    records,
    rectifications,
    reports,
    sites,
    trainings,
    visits,
)

app_name = "projects"
urlpatterns = [
    *boards.urlpatterns,
    *bulletins.urlpatterns,
    *files.urlpatterns,
    *meetings.urlpatterns,
    *notes.urlpatterns,
    *records.urlpatterns,
    *rectifications.urlpatterns,
    *reports.urlpatterns,
    *sites.urlpatterns,
    *trainings.urlpatterns,
    *visits.urlpatterns,
]
