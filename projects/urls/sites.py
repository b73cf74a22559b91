from django.urls import path

from projects.views import programmes, sites

urlpatterns = [
    path("programmes/<int:pk>/", programmes.programme_detail, name="programme_detail"),
    path("sites/", sites.site_list, name="site_list"),
    path("sites/choices/", sites.site_choices, name="site_choices"),
    path("sites/<int:pk>/", sites.site_detail, name="site_detail"),
]
