from django.urls import path

from funding import views
from funding.claims import urls as claims

app_name = "funding"
urlpatterns = [
    *claims.urlpatterns,
    path("allocations/", views.table_list, name="table_list"),
    path("allocations/<int:pk>/", views.table_detail, name="table_detail"),
    path("allocations/<int:pk>/download/", views.table_download, name="table_download"),
]
