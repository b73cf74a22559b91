"""How far the visits reached: counties, townships and villages by level and by who led them, in a period."""

from dataclasses import dataclass, field

from projects.models import LedBy, ProjectSite, VisitLevel


@dataclass
class Reach:
    """One line of the table; places are counted once, however often somebody was there."""

    level: str
    led_by: str
    label: str
    visits: int = 0
    counties: set = field(default_factory=set)
    townships: set = field(default_factory=set)
    villages: set = field(default_factory=set)

    def add(self, site: ProjectSite) -> None:
        self.visits += 1
        self.counties.add(site.county_name)
        self.townships.add((site.county_name, site.township_name))
        self.villages.add(site.organization_id)

    @property
    def numbers(self) -> list[int]:
        return [len(self.counties), len(self.townships), len(self.villages), self.visits]


def reach(visits) -> list[Reach]:
    """Each level in all and by who led, left out where nobody went; one query."""
    rows = {(level, ""): Reach(level, "", f"{level.label}合计") for level in VisitLevel}
    rows |= {(level, post): Reach(level, post, f"{level.label}{post.label}") for level in VisitLevel for post in LedBy}
    for visit in visits.select_related("site"):
        for post in ["", visit.led_by]:
            rows[visit.level, post].add(visit.site)
    order = [(level, post) for level in VisitLevel for post in [*LedBy, ""]]
    return [rows[key] for key in order if rows[key].visits]
