from django.urls import path

from projects.views import evidence, raising, rectifications

urlpatterns = [
    path("rectifications/", rectifications.rectification_list, name="rectification_list"),
    path("rectifications/excel/", rectifications.rectification_excel, name="rectification_excel"),
    path("rectifications/add/", raising.rectification_add, name="rectification_add"),
    path("rectifications/<int:pk>/", rectifications.rectification_detail, name="rectification_detail"),
    path("rectifications/<int:pk>/files/", evidence.evidence_add, name="rectification_evidence"),
    path("rectifications/<int:pk>/submit/", rectifications.rectification_submit, name="rectification_submit"),
    path("rectifications/<int:pk>/extension/ask/", rectifications.rectification_ask, name="rectification_ask"),
    path("rectifications/<int:pk>/extension/grant/", rectifications.rectification_grant, name="rectification_grant"),
    path("rectifications/<int:pk>/extension/refuse/", rectifications.rectification_refuse, name="rectification_refuse"),
    path("rectifications/<int:pk>/return/", rectifications.rectification_return, name="rectification_return"),
    path("rectifications/<int:pk>/close/", rectifications.rectification_close, name="rectification_close"),
]
