"""年度考核: the city scores some counties by what has been accepted so far, one of them with a veto that waits for a
second person; the headline county its townships, the headline township its village."""

from collections.abc import Callable, Iterator
from datetime import datetime, time
from decimal import Decimal
from functools import partial

from django.utils import timezone

from assessments.actions import assess_unit, propose_annual_veto
from assessments.annual import unit_of
from demo.days import working_day
from demo.files import read_rows
from demo.people import Cast
from fedwork import clock
from organizations.models import Organization, User
from projects.models import Programme, ProjectSite

Event = tuple[datetime, Callable[[], None]]
PROOF = "项目点验收评审表、资金账簿、一票否决认定材料和财政所答复。"


def annual_events(sites: list[ProjectSite], cast: Cast) -> Iterator[Event]:
    """After the results were published; annual.csv says who gives what to whom."""
    people = {user.username: user for user in cast.users}
    day = working_day(clock.today(), -1)
    for number, row in enumerate(read_rows("annual")):
        moment = timezone.make_aware(datetime.combine(day, time(17, 35 + number)))
        yield moment, partial(_assess, sites[0].programme, row, by=people[row["by"]])


def _assess(programme: Programme, row: dict[str, str], *, by: User) -> None:
    unit = Organization.objects.get(code=row["unit"])
    item = assess_unit(programme, unit, by=by, total=Decimal(row["total"]), remark=row["remark"])
    if found := unit_of(by, programme, unit).trigger:
        propose_annual_veto(item, by=by, version=item.version, basis=found, evidence=PROOF)
