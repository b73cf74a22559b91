from importlib import import_module

from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "funding"
    verbose_name = "资金"

    def ready(self) -> None:
        """What lights can look at in the money, what the pages of sites say of it, what reports count of it."""
        import_module("funding.lights")
        import_module("funding.pace")
        import_module("funding.panels")
        import_module("funding.tallies")
