from django.urls import path

from projects.models import Activity, Publicity
from projects.views import ledgers, records

urlpatterns = [
    path("records/activities/", ledgers.activity_ledger, name="activity_ledger"),
    path("records/activities/excel/", ledgers.activity_ledger_excel, name="activity_ledger_excel"),
    path("records/publicity/", ledgers.publicity_ledger, name="publicity_ledger"),
    path("records/publicity/excel/", ledgers.publicity_ledger_excel, name="publicity_ledger_excel"),
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
]
