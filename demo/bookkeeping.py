"""专账核算 said by the counties."""

from collections.abc import Callable

from funding.actions import say_bookkeeping
from organizations.models import User
from projects.models import ProjectSite

NOT_YET = {10}  # one of the sites still keeps the money among the village's other accounts


def say_of_sites(sites: list[ProjectSite], reviewer_of: Callable[[ProjectSite], User]) -> None:
    for number, site in enumerate(sites):
        note = "与村级其他资金合账，正在分设" if number in NOT_YET else "乡镇财政所单设账簿"
        say_bookkeeping(site, is_separate=number not in NOT_YET, note=note, by=reviewer_of(site))
