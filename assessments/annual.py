"""年度考核 as people look at it: the units below one, with how their sites did, and whether the veto's trigger holds."""

from dataclasses import dataclass

from assessments.models import AnnualAssessment, AnnualRule, AnnualTrigger, Conclusion
from assessments.results import Result, results
from organizations.models import Organization, User
from projects.models import Programme, ProjectSite


@dataclass
class Unit:
    """One unit with its sites' results."""

    organization: Organization
    rows: list[Result]
    rule: AnnualRule
    assessment: AnnualAssessment | None = None

    def count(self, conclusion: str) -> int:
        return sum(row.verdict == conclusion for row in self.rows)

    @property
    def sites(self) -> int:
        return len(self.rows)

    @property
    def passed(self) -> int:
        return self.count(Conclusion.PASSED)

    @property
    def failed(self) -> int:
        return self.count(Conclusion.FAILED)

    @property
    def vetoed(self) -> int:
        return sum(row.is_vetoed for row in self.rows)

    @property
    def trigger(self) -> str:
        """Why the veto is to be examined, in words; empty when it isn't."""
        kind = self.rule.trigger
        if kind == AnnualTrigger.ANY_VETOED:
            return f"{self.vetoed} 个项目点被一票否决" if self.vetoed else ""
        enough = kind == AnnualTrigger.ANY_FAILED or 100 * self.failed >= self.rule.percent * self.sites
        return f"{self.sites} 个项目点中 {self.failed} 个验收不通过" if self.failed and enough else ""


def rule_of(programme: Programme) -> AnnualRule:
    return AnnualRule.objects.filter(programme=programme).first() or AnnualRule(programme=programme)


def units_below(user: User, programme: Programme, top: Organization) -> list[Unit]:
    """The units right below `top` that have approved sites; a fixed number of queries."""
    depth = len(top.ancestor_ids)
    rows = {row.site_id: row for row in results(programme)}
    paths = ProjectSite.objects.visible_to(user).filter(pk__in=rows).values_list("pk", "organization__path")
    found: dict[int, list[Result]] = {}
    for pk, path in paths:
        nodes = [int(node) for node in path.split("/") if node]
        if len(nodes) > depth and path.startswith(top.path):
            found.setdefault(nodes[depth], []).append(rows[pk])
    assessed = AnnualAssessment.objects.for_page().filter(programme=programme, assessed__in=found)
    by_unit, rule = {each.assessed_id: each for each in assessed}, rule_of(programme)
    below = Organization.objects.filter(pk__in=found).order_by("code", "pk")
    return [Unit(each, found[each.pk], rule, by_unit.get(each.pk)) for each in below]


def unit_of(user: User, programme: Programme, organization: Organization) -> Unit | None:
    """One unit, as its parent sees it; None when it has no sites."""
    units = units_below(user, programme, organization.parent) if organization.parent else []
    return next((unit for unit in units if unit.organization == organization), None)
