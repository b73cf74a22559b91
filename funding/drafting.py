"""The lines that an allocation table would have if it were drawn up now: approved sites, amounts and commitments."""

from funding.amounts import SOURCES
from funding.models import AllocationLine, AllocationTable
from funding.pledges import pledges
from organizations.models import Level, Organization
from projects.models import Programme, ProjectSite

# What a table keeps of its programme.
RULES = ["fund_source", "fund_name", "matching_floor", "matching_ratio"]
# What makes a draft differ from the data it was drawn from.
COMPARED = [field.attname for field in AllocationLine._meta.concrete_fields if field.attname not in {"id", "table_id"}]


def draw_up(programme: Programme) -> list[AllocationLine]:
    """Unsaved lines without a table, by county code, creation type, organisation code. Three queries.

    The names are those frozen when the site was approved, not today's.
    """
    sites = list(programme.sites.approved().select_related("organization", "creation_type"))
    counties, pledged = _county_codes(sites), pledges(sites)

    def place(site: ProjectSite) -> tuple:
        kind = site.creation_type
        return counties[site.pk], kind.position, kind.pk, site.organization.code, site.pk

    return [
        _line(site, number, county_code=counties[site.pk], pledged=pledged[site.pk])
        for number, site in enumerate(sorted(sites, key=place), 1)
    ]


def is_current(table: AllocationTable) -> bool:
    """Whether the table still says what the sites, the commitments and the programme say."""
    programme = table.programme
    same = all(getattr(programme, name) == getattr(table, name) for name in RULES)
    return same and _content(table.lines.all()) == _content(draw_up(programme))


def _content(lines) -> list[tuple]:
    return [tuple(getattr(line, name) for name in COMPARED) for line in lines]


def _county_codes(sites: list[ProjectSite]) -> dict[int, str]:
    """Site id -> code of the county that the site lies in; empty when it lies in none."""
    above = {pk for site in sites for pk in site.organization.ancestor_ids}
    codes = dict(Organization.objects.filter(pk__in=above, level=Level.COUNTY).values_list("pk", "code"))
    return {site.pk: next((codes[pk] for pk in site.organization.ancestor_ids if pk in codes), "") for site in sites}


def _line(site: ProjectSite, position: int, *, county_code: str, pledged: dict) -> AllocationLine:
    return AllocationLine(
        site=site,
        position=position,
        organization_path=site.organization.path,
        county_code=county_code,
        county_name=site.county_name,
        township_name=site.township_name,
        village_name=site.village_name,
        creation_type=site.creation_type.name,
        site_name=site.name,
        province=site.province_amount,
        **{source: pledged[source] for source in SOURCES if source in pledged},
    )
