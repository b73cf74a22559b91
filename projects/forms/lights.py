from django import forms

from projects.forms.filters import MomentForm
from projects.models import ProjectSite
from projects.states import Light


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

    def query(self, **changes) -> dict:
        return super().query(**{"light": self.chosen("light") or None} | changes)
