from django.urls import path

from projects.views import meetings

urlpatterns = [
    path("meetings/", meetings.meeting_list, name="meeting_list"),
    path("meetings/add/", meetings.meeting_add, name="meeting_add"),
    path("meetings/excel/", meetings.meeting_excel, name="meeting_excel"),
    path("meetings/<int:pk>/sign-in/", meetings.meeting_sign_in, name="meeting_sign_in"),
    path("meetings/<int:pk>/", meetings.meeting_detail, name="meeting_detail"),
    path("meetings/<int:pk>/edit/", meetings.meeting_edit, name="meeting_edit"),
    path("meetings/<int:pk>/finish/", meetings.meeting_finish, name="meeting_finish"),
    path("meetings/<int:pk>/attachments/", meetings.meeting_attach, name="meeting_attach"),
    path("meetings/<int:pk>/pack/", meetings.meeting_pack_page, name="meeting_pack"),
    path("meetings/<int:pk>/circular/", meetings.meeting_circular, name="meeting_circular"),
    path("meetings/<int:pk>/minutes/", meetings.meeting_minutes, name="meeting_minutes"),
]
