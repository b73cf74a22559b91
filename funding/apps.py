from importlib import import_module

from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "funding"
    verbose_name = "资金"

    def ready(self) -> None:
        """What others show, look at, count or copy of the money: lights, pages of sites, reports, next year's programme."""
        import_module("funding.lights")
        import_module("funding.pace")
        import_module("funding.panels")
        import_module("funding.tallies")
        import_module("funding.evaluation.copying")
