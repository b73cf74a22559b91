"""Parts of the pages of a site, a county and a programme that other apps contribute: `projects` imports none of them,
they register their panel when they are loaded (apps.py), as they do with signals of lights (docs/adr/0023)."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Panel:
    """`read(programme, sites, user, by)` gives what the template shows as `panel`, or None where there is nothing for
    this user; `sites` is a queryset, `by` says of what a row speaks: "site" or "county". A fixed number of queries."""

    anchor: str
    label: str
    template: str
    read: Callable[..., dict | None]


_panels: list[Panel] = []


def register(panel: Panel) -> None:
    _panels.append(panel)


def read_panels(programme, sites, user, by: str) -> list[dict]:
    """What the pages loop over: the panel's own words with its anchor, label and template."""
    found = [(panel, panel.read(programme, sites, user, by)) for panel in _panels]
    return [
        {"anchor": panel.anchor, "label": panel.label, "template": panel.template} | read
        for panel, read in found
        if read is not None
    ]
