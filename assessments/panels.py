"""Scores on the pages of a site, a county and a programme: how far scoring has come, and where it is read."""

from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.urls import reverse

from assessments.comparison import standings
from assessments.models import RoundLevel, ScoreRound
from projects.models import Programme
from projects.panels import Panel, register


def read_scores(programme: Programme, sites: QuerySet, user, by: str) -> dict | None:
    """Counted by the database; nothing before the first round has begun."""
    here = sites.approved().filter(programme=programme).order_by()
    rounds = ScoreRound.objects.filter(site__in=here.values("pk"))
    if not rounds.exists():
        return None
    number = here.count()
    if by == "site" and number == 1:
        row = standings(here)[0]
        return {"row": row, "address": reverse("assessments:site_scores", args=[row.site.pk])}
    submitted = dict(rounds.submitted().order_by().values_list("level").annotate(Count("site", distinct=True)))
    return {
        "done": [(level.label, submitted.get(level, 0)) for level in RoundLevel],
        "sites": number,
        "address": f"{reverse('assessments:board')}?{urlencode({'programme': programme.pk})}",
    }


register(Panel("scores", "考核评分", "assessments/_score_panel.html", read_scores))
