from django.urls import path

from projects.models import AwarenessSurvey, GovernmentReport, InKindHelp, Inspection, Pairing
from projects.views import notes, worklogs
from projects.views.notes import SORTS

PLACES = {
    Pairing: "support/",
    InKindHelp: "support/in-kind/",
    GovernmentReport: "support/government/",
    AwarenessSurvey: "support/surveys/",
    Inspection: "inspections/",
}

urlpatterns = [
    path("inspections/<int:pk>/", notes.inspection_detail, name="inspection_detail"),
    *(
        each
        for model, place in PLACES.items()
        for name in [SORTS[model].name]
        for each in [
            path(place, notes.note_list, {"model": model}, name=f"{name}_list"),
            path(f"{place}excel/", notes.note_excel, {"model": model}, name=f"{name}_excel"),
            path(f"{place}add/", notes.note_add, {"model": model}, name=f"{name}_add"),
            path(f"{place}<int:pk>/edit/", notes.note_edit, {"model": model}, name=f"{name}_edit"),
            path(f"{place}<int:pk>/remove/", notes.note_remove, {"model": model}, name=f"{name}_remove"),
        ]
    ),
    path("worklogs/", worklogs.worklog_list, name="worklog_list"),
    path("worklogs/add/", worklogs.worklog_add, name="worklog_add"),
    path("worklogs/<int:pk>/", worklogs.worklog_detail, name="worklog_detail"),
    path("worklogs/<int:pk>/edit/", worklogs.worklog_edit, name="worklog_edit"),
    path("worklogs/<int:pk>/addition/", worklogs.worklog_addition, name="worklog_addition"),
    path("worklogs/<int:pk>/remove/", worklogs.worklog_remove, name="worklog_remove"),
    path("worklogs/<int:pk>/attachments/", worklogs.worklog_attach, name="worklog_attach"),
    *(
        each
        for kind in ["site", "office"]
        for each in [
            path(
                f"worklogs/{kind}s/<int:pk>/<int:year>/<int:month>/",
                worklogs.worklog_month,
                {"kind": kind},
                name=f"worklog_{kind}_month",
            ),
            path(
                f"worklogs/{kind}s/<int:pk>/<int:year>/<int:month>/excel/",
                worklogs.worklog_excel,
                {"kind": kind},
                name=f"worklog_{kind}_excel",
            ),
        ]
    ),
]
