from django.urls import path

from projects.views import archive, handbook

urlpatterns = [
    path("archive/", archive.archive_list, name="archive_list"),
    path("archive/excel/", archive.archive_excel, name="archive_excel"),
    path("archive/sites/<int:pk>/", archive.archive_site, name="archive_site"),
    path("archive/sites/<int:pk>/add/", archive.archive_add, name="archive_add"),
    path("archive/sites/<int:pk>/catalogue/", archive.archive_catalogue, name="archive_catalogue"),
    path("archive/sites/<int:pk>/package/", archive.archive_package, name="archive_package"),
    path("archive/programmes/<int:pk>/", archive.archive_programme, name="archive_programme"),
    path("archive/programmes/<int:pk>/add/", archive.archive_programme_add, name="archive_programme_add"),
    path("archive/items/<int:pk>/", archive.archive_item, name="archive_item"),
    path("archive/items/<int:pk>/refile/", archive.archive_refile, name="archive_refile"),
    path("archive/items/<int:pk>/annexes/", archive.archive_annex, name="archive_annex"),
    path("archive/items/<int:pk>/remove/", archive.archive_remove, name="archive_remove"),
    path("programmes/<int:pk>/standards/", handbook.standard_list, name="programme_standards"),
    path("programmes/<int:pk>/handbook/", handbook.programme_handbook, name="programme_handbook"),
    path("standards/<int:pk>/", handbook.standard_detail, name="standard_detail"),
]
