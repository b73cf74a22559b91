"""What an archive begins with: the nomination, the groups that lead, the implementation plan. Each is written by the
system from its data."""

from collections.abc import Callable
from datetime import date

from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils import timezone

from fedwork import clock
from fedwork.excel import write_paper
from fedwork.word import Document, write_document
from organizations.models import Level
from projects.archive.items import Counts, Generated, Item, by_site
from projects.groups import roster_of
from projects.models import (
    ArchiveSource,
    GroupKind,
    ImplementationPlan,
    LeadingGroup,
    Nomination,
    NominationVerb,
    ProjectSite,
)
from projects.nominations import dossier
from projects.papers.groups import roster_document
from projects.papers.nominations import nomination_paper
from projects.papers.plans import plan_document
from projects.states import SiteStatus


def nomination(site: ProjectSite) -> list[Item]:
    """Once it was handed in."""
    if not _handed_in().filter(site=site).exists():
        return []
    submitted = site.nomination_steps.filter(verb=NominationVerb.SUBMITTED).aggregate(last=Max("made_at"))["last"]
    return [
        Item(
            "项目点申报审核表",
            timezone.localdate(submitted) if submitted else None,
            ArchiveSource.NOMINATION.label,
            reverse("projects:nomination_detail", args=[site.pk]),
            generated=Generated("项目点申报审核表", lambda: write_paper(nomination_paper(dossier(site)))),
        )
    ]


def count_nominations(sites: QuerySet) -> Counts:
    return by_site(_handed_in().filter(site__in=sites))


def _handed_in() -> QuerySet[Nomination]:
    return Nomination.objects.exclude(site__status=SiteStatus.PROPOSED)


def groups(site: ProjectSite) -> list[Item]:
    """The site's own teams; the county's groups lie beside them by their posts, and count in no site."""
    county = LeadingGroup.objects.filter(
        programme=site.programme_id,
        kind=GroupKind.GROUP,
        organization__level=Level.COUNTY,
        organization__in=site.organization.ancestor_ids,
    )
    own = site.groups.order_by("established_on", "pk")
    return [
        *(_group(group, url=group.get_absolute_url(), is_counted=not group.is_disbanded) for group in own),
        *(
            _group(group, is_counted=False, is_shared=True)
            for group in county.select_related("organization", "programme").order_by("established_on", "pk")
        ),
    ]


def _group(group: LeadingGroup, **fields) -> Item:
    title = f"{group.place}{group.get_kind_display()}成员名单"
    by_post = fields.get("is_shared", False)
    write = _document(lambda: _roster(group, by_post=by_post))
    generated = Generated(title, write, suffix=".docx")
    return Item(title, group.established_on, ArchiveSource.GROUP.label, generated=generated, **fields)


def _roster(group: LeadingGroup, *, by_post: bool) -> Document:
    """As of today, or of the last day of one that is disbanded. Names are for those whose group it is."""
    day = min(group.disbanded_on or date.max, clock.today())
    roster = roster_of(group, day)
    return roster_document(roster.by_post() if by_post else roster, day)


def count_groups(sites: QuerySet) -> Counts:
    return by_site(LeadingGroup.objects.filter(site__in=sites, disbanded_on=None))


def plans(site: ProjectSite) -> list[Item]:
    """Every version that was approved."""
    return [
        Item(
            f"项目工作实施方案（第{plan.number}版）",
            timezone.localdate(plan.approved_at),
            ArchiveSource.PLAN.label,
            plan.get_absolute_url(),
            generated=Generated(
                f"项目工作实施方案（第{plan.number}版）",
                _document(lambda plan=plan: plan_document(plan)),
                suffix=".docx",
            ),
        )
        for plan in site.plans.approved().select_related("programme", "organization", "site").order_by("number")
    ]


def count_plans(sites: QuerySet) -> Counts:
    return by_site(ImplementationPlan.objects.approved().filter(site__in=sites))


def _document(make: Callable[[], Document]) -> Callable[[], bytes]:
    return lambda: write_document(make())
