"""Scores on the pages of a site, a county and a programme: how far scoring has come, and where it is read."""

from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from assessments.comparison import standings
from assessments.models import RoundLevel
from projects.models import Programme
from projects.panels import Panel, register


def read_scores(programme: Programme, sites: QuerySet, user, by: str) -> dict | None:
    """Two queries; nothing before the first round has begun."""
    rows = standings(sites.approved().filter(programme=programme).order_by("pk"))
    if not any(row.rounds for row in rows):
        return None
    is_site = by == "site" and len(rows) == 1
    address = (
        reverse("assessments:site_scores", args=[rows[0].site.pk])
        if is_site
        else f"{reverse('assessments:board')}?{urlencode({'programme': programme.pk})}"
    )
    done = [
        (level.label, sum(1 for row in rows if level in row.rounds and row.rounds[level].is_submitted))
        for level in RoundLevel
    ]
    return {"row": rows[0] if is_site else None, "done": done, "sites": len(rows), "address": address}


register(Panel("scores", "考核评分", "assessments/_score_panel.html", read_scores))
