from django.urls import path

from projects.views import bulletins

urlpatterns = [
    path("bulletins/", bulletins.bulletin_list, name="bulletin_list"),
    path("bulletins/add/", bulletins.bulletin_add, name="bulletin_add"),
    path("bulletins/<int:pk>/", bulletins.bulletin_detail, name="bulletin_detail"),
    path("bulletins/<int:pk>/edit/", bulletins.bulletin_edit, name="bulletin_edit"),
    path("bulletins/<int:pk>/word/", bulletins.bulletin_word, name="bulletin_word"),
]
