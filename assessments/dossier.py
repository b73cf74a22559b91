"""验收卷: all that a provincial team reads about one site, gathered in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from assessments.comparison import Comparison, compare
from assessments.facts import gather
from assessments.models import Acceptance, EvidenceFile
from projects.archive import Catalogue, site_catalogue
from projects.models import GuidanceVisit, MonthlyReport, ProjectSite
from projects.rectifications import LedgerRow, ledger
from projects.schedule.plans import StagePlan, plans


@dataclass
class Dossier:
    site: ProjectSite
    now: datetime
    facts: dict
    stages: list[StagePlan]
    reports: list[MonthlyReport]
    visits: list[GuidanceVisit]
    scores: Comparison
    items: list[LedgerRow]
    acceptances: list[Acceptance]
    catalogue: Catalogue
    evidence: list[EvidenceFile]

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)


def dossier(site: ProjectSite, *, now: datetime) -> Dossier:
    today = timezone.localdate(now)
    items = site.rectifications.select_related("site", "organization", "closed_by")
    items = items.prefetch_related("steps__made_by__organization").order_by("found_on", "pk")
    return Dossier(
        site=site,
        now=now,
        facts=gather(site, now=now),
        stages=plans([site], today).get(site.pk, []),
        reports=list(site.reports.begun(today).order_by("month")),
        visits=list(site.visits.current().order_by("happened_on", "pk")),
        scores=compare(site),
        items=ledger(list(items)),
        acceptances=list(site.acceptances.for_page().order_by("number")),
        catalogue=site_catalogue(site, today),
        evidence=list(EvidenceFile.objects.of_site(site)),
    )
