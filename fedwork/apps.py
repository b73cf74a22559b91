from django.contrib.admin.apps import AdminConfig


class FedworkAdminConfig(AdminConfig):
    default_site = "fedwork.admin.FedworkAdminSite"
