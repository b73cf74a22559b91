"""One file a subject, as the views have."""

from projects.urls import boards, files, meetings, nominations, records, rectifications, reports, sites, visits

app_name = "projects"
urlpatterns = [
    *boards.urlpatterns,
    *files.urlpatterns,
    *meetings.urlpatterns,
    *nominations.urlpatterns,
    *records.urlpatterns,
    *rectifications.urlpatterns,
    *reports.urlpatterns,
    *sites.urlpatterns,
    *visits.urlpatterns,
]
