from django.urls import path

from projects.views import changes, nomination_steps, nominations

urlpatterns = [
    path("nominations/", nominations.nomination_list, name="nomination_list"),
    path("nominations/register/", nominations.nomination_register, name="nomination_register"),
    path("nominations/board/", nominations.nomination_board_page, name="nomination_board"),
    path("nominations/add/", nominations.nomination_add, name="nomination_add"),
    path("nominations/<int:pk>/", nomination_steps.nomination_detail, name="nomination_detail"),
    path("nominations/<int:pk>/edit/", nominations.nomination_edit, name="nomination_edit"),
    path("nominations/<int:pk>/print/", nominations.nomination_print, name="nomination_print"),
    path("nominations/<int:pk>/excel/", nominations.nomination_excel, name="nomination_excel"),
    path("nominations/<int:pk>/submit/", nominations.nomination_submit, name="nomination_submit"),
    path("nominations/<int:pk>/recommend/", nomination_steps.nomination_recommend, name="nomination_recommend"),
    path("nominations/<int:pk>/check/", nomination_steps.nomination_check, name="nomination_check"),
    path("nominations/<int:pk>/pass/", nomination_steps.nomination_pass, name="nomination_pass"),
    path("nominations/<int:pk>/return/", nomination_steps.nomination_return, name="nomination_return"),
    path("nominations/<int:pk>/decline/", nomination_steps.nomination_decline, name="nomination_decline"),
    path("nominations/<int:pk>/approve/", nomination_steps.nomination_approve, name="nomination_approve"),
    path("changes/", changes.change_list, name="change_list"),
    path("changes/<int:pk>/", changes.change_detail, name="change_detail"),
    path("changes/<int:pk>/comment/", changes.change_comment, name="change_comment"),
    path("changes/<int:pk>/grant/", changes.change_grant, name="change_grant"),
    path("changes/<int:pk>/refuse/", changes.change_refuse, name="change_refuse"),
    path("sites/<int:pk>/changes/add/", changes.change_add, name="change_add"),
]
