"""What the gate of the launch stage asks of a site (S0: 成立组织、制定方案): met or not, and in words why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fedwork import clock
from projects.groups import counties_of
from projects.models import GroupKind, GroupMember, ImplementationPlan, ProjectSite
from projects.models.group import LEADS
from projects.models.plan import PlanState


@dataclass(frozen=True)
class Finding:
    is_met: bool
    words: str


def group_finding(site: ProjectSite, day: date | None = None) -> Finding:
    """成立组织: a working group of the site with a head, and a leading group of its county; on `day` or today."""
    return group_findings([site], day)[site.pk]


def group_findings(sites: Sequence[ProjectSite], day: date | None = None) -> dict[int, Finding]:
    """By site id, for sites of any programmes; needs their `organization`. Two queries."""
    day = day or clock.today()
    counties = {county.pk: county for county in counties_of(sites)}
    heads = _heads(sites, counties, day)
    return {site.pk: _of_groups(site, counties, heads) for site in sites}


def _heads(sites: Sequence[ProjectSite], counties: dict, day: date) -> dict[tuple, GroupMember]:
    """Who heads what, by (programme, organisation, kind)."""
    places = {site.organization_id for site in sites} | counties.keys()
    rows = GroupMember.objects.on(day).filter(
        role__in=LEADS,
        group__programme__in={site.programme_id for site in sites},
        group__organization__in=places,
    )
    found = rows.select_related("group")
    return {(row.group.programme_id, row.group.organization_id, row.group.kind): row for row in found}


def _of_groups(site: ProjectSite, counties: dict, heads: dict) -> Finding:
    team = heads.get((site.programme_id, site.organization_id, GroupKind.TEAM))
    county = next((counties[pk] for pk in site.organization.ancestor_ids if pk in counties), None)
    group = county and heads.get((site.programme_id, county.pk, GroupKind.GROUP))
    missing = [] if team else ["项目点还没有成立工作组"]
    if county and not group:
        missing.append(f"{county}还没有成立领导小组")
    if missing:
        return Finding(False, "；".join(missing) + "。")
    above = f"；{county}领导小组组长：{group}" if group else ""
    return Finding(True, f"工作组组长：{team}{above}。")


def plan_finding(site: ProjectSite) -> Finding:
    """制定方案: an approved plan of the site (requirement 0-20)."""
    return plan_findings([site])[site.pk]


def plan_findings(sites: Sequence[ProjectSite]) -> dict[int, Finding]:
    """By site id; one query."""
    plans: dict[int, list[ImplementationPlan]] = {site.pk: [] for site in sites}
    for plan in ImplementationPlan.objects.filter(site__in=plans).defer("tasks", "steps", "measures"):
        plans[plan.site_id].append(plan)
    return {pk: _of_plans(sorted(versions, key=lambda plan: -plan.number)) for pk, versions in plans.items()}


def _of_plans(newest_first: list[ImplementationPlan]) -> Finding:
    approved = next((plan for plan in newest_first if plan.is_approved), None)
    if approved:
        return Finding(True, f"实施方案第 {approved.number} 版已批准。")
    if not newest_first:
        return Finding(False, "项目点还没有制定实施方案。")
    words = {
        PlanState.DRAFT: "实施方案还在起草，没有报批。",
        PlanState.SUBMITTED: "实施方案已报批，还没有批准。",
        PlanState.RETURNED: "实施方案被退回，还没有改好报批。",
    }
    return Finding(False, words[newest_first[0].state])
