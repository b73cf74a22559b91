from decimal import Decimal

import pgtrigger
import pytest

from funding import actions
from funding.comparison import compare
from organizations.models import Level
from projects.models import ProjectSite
from tests import factories
from tests.funding.cast import approved_site, issue, pledge

pytestmark = pytest.mark.django_db


def test_added_removed_and_changed_sites_with_the_sums(issued, sites, programme, tree, city_staff):
    pledge(sites[0], 25000, 20000, 10000, 4000, by=city_staff)
    village = factories.organization("新村", level=Level.VILLAGE, parent=tree.township, code="340123105299")
    approved_site(programme, village, 30000, 0, 0, 0, by=city_staff)
    with pgtrigger.ignore("projects.ProjectSite:site_status_steps"):
        ProjectSite.objects.filter(pk=sites[2].pk).update(status="proposed")
    second = issue(actions.draft_allocation_table(programme, by=city_staff), by=city_staff, reason="调整")
    comparison = compare(list(issued.lines.all()), list(second.lines.all()))
    found = [
        (site.kind, site.site_name, [(change.label, change.before, change.after) for change in site.amounts])
        for site in comparison.sites
    ]
    assert found == [
        ("变化", "山南镇小井庄村", [("县级", 20000, 25000), ("社会", 5000, 4000)]),
        ("新增", "山南镇新村", [("省级专项资金", 0, 30000), ("县级", 0, 30000)]),
        ("减少", "吴山镇桥冲村", [("省级专项资金", 30000, 0), ("县级", 5000, 0), ("乡镇（街道）", 5000, 0)]),
    ]
    total = comparison.sums[-1]
    assert (total.label, total.before, total.after, total.difference) == ("合计", 173000, 197000, 24000)
    assert total.difference_text == "+24,000"


def test_equal_versions_have_no_changes(issued):
    lines = list(issued.lines.all())
    comparison = compare(lines, lines)
    assert comparison.sites == []
    assert {change.difference for change in comparison.sums} == {Decimal(0)}
