from importlib import import_module

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "项目"

    def ready(self) -> None:
        """What lights can look at; other apps add theirs in the same way."""
        import_module("projects.lights.signals")
