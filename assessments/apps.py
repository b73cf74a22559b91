from importlib import import_module

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "考核评分"

    def ready(self) -> None:
        """What criteria can score themselves by, what others show of scores, what next year's programme takes over."""
        import_module("assessments.sources")
        import_module("assessments.panels")
        import_module("assessments.copying")
