from django.urls import path

from projects.views import attachments

urlpatterns = [
    path("reports/<int:pk>/attachments/", attachments.attachment_add, name="report_attachment_add"),
    path("attachments/<int:pk>/", attachments.attachment_file, name="attachment_file"),
    path("attachments/<int:pk>/thumbnail/", attachments.attachment_thumbnail, name="attachment_thumbnail"),
    path("attachments/<int:pk>/remove/", attachments.attachment_remove, name="attachment_remove"),
]
