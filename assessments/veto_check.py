"""一票否决核查 of many sites: what was proposed, and which sites fail by it whatever their score."""

from collections import defaultdict
from collections.abc import Iterable

from assessments.models import VetoFinding


def vetoed(site_ids: Iterable[int]) -> set[int]:
    """Sites with a confirmed veto item; one query."""
    return set(VetoFinding.objects.confirmed().filter(site__in=list(site_ids)).values_list("site", flat=True))


def veto_findings(site_ids: Iterable[int]) -> dict[int, list[VetoFinding]]:
    """By site, in the order of the items; one query."""
    found = defaultdict(list)
    for each in VetoFinding.objects.filter(site__in=list(site_ids)).select_related("item").order_by("item__code", "pk"):
        found[each.site_id].append(each)
    return found
