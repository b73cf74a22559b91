from django.urls import path

from projects.views import counties, lights

urlpatterns = [
    path("lights/", lights.light_list, name="light_list"),
    path("lights/excel/", lights.light_excel, name="light_excel"),
    path("counties/<int:pk>/", counties.county_detail, name="county_detail"),
]
