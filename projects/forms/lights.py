from functools import cached_property

from django import forms

from projects.forms.filters import MomentForm
from projects.models import ProjectSite
from projects.states import Light

TREND_SITES = 1000  # so many are looked at month by month without being asked


class LightForm(MomentForm):
    """Programme, place and moment of the lights; `light` narrows the list down to one colour."""

    light = forms.ChoiceField(required=False, widget=forms.HiddenInput, choices=[("", ""), *Light.choices])

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        del self.fields["month"]

    @property
    def month_chosen(self) -> None:
        """The lights are those of a moment."""
        return None

    def sites(self):
        """Those of the place that the user sees; which of them were approved by the moment, the lights know."""
        return ProjectSite.objects.visible_to(self.user).filter(
            organization__path__contains=f"/{self.places.chosen.pk}/"
        )

    @cached_property
    def is_wide(self) -> bool:
        """So many sites that a look at each past month takes a while, and is asked for."""
        return self.sites().filter(programme=self.programme).approved().count() > TREND_SITES

    @property
    def shows_trend(self) -> bool:
        return self.programme is not None and (not self.is_wide or bool(self.data.get("trend")))

    def query(self, **changes) -> dict:
        return super().query(**{"light": self.chosen("light") or None} | changes)
