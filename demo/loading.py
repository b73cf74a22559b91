"""The whole demo in one transaction."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from random import Random

from django.db import connection, transaction

from demo.days import at_desk, working_day
from demo.evaluation import evaluation_events, load_indicators
from demo.funding import issue_table, load_commitments
from demo.nominations import load_sites
from demo.people import load_people
from demo.programme import first_month, load_programme
from demo.reports import load_reports
from demo.rubrics import load_rubrics
from demo.standards import load_standards
from demo.tree import load_divisions, say_kinds
from demo.workfunds import load_work_fund_standards, work_fund_events
from demo.yuan import YuanProject
from fedwork import clock
from organizations.models import Organization


def is_wanted() -> bool:
    """Only an empty database takes the demo."""
    return not Organization.objects.exists()


@transaction.atomic
def load(tell: Callable[[str], None]) -> None:
    """Loads everything as if it had happened through the months before clock.now(); `tell` gets a line per step."""
    today = clock.today()
    launch = first_month(today)
    with _on(launch, -44):
        tell("正在装入合肥市区划和演示账号……")
        city = load_divisions()
        cast = load_people()
    by = cast.city_staff()[0]
    with _on(launch, -40):
        say_kinds(by=by)
        programme = load_programme(city, launch, by=by)
        load_standards(programme, by=by)
        load_work_fund_standards(city, by=by)
        load_indicators(programme)
        load_rubrics(programme, by=by)
    with _on(launch, -36):
        sites = load_sites(programme, cast)
    # Three working days on is before the 16th, when the first reports come, even after the holidays of October.
    money = [
        (_moment(launch, 1), partial(load_commitments, sites, by=by)),
        (_moment(launch, 3), partial(issue_table, programme, by=by)),
    ]
    money += [
        *work_fund_events(cast, _moment(launch, 2)),
        *YuanProject(city, cast, programme.year, today.replace(day=1)).events(),
    ]
    money += evaluation_events(programme, cast)
    tell(f"正在写入“{programme}”{len(sites)} 个项目点的月报和审核记录……")
    load_reports(sites, cast, money)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # before the first page is asked for: without statistics some joins take minutes


def _on(launch: date, working_days: int):
    """The clock set to a working day counted from the launch."""
    return clock.set_to(_moment(launch, working_days))


def _moment(launch: date, working_days: int) -> datetime:
    return at_desk(working_day(launch, working_days), Random(working_days))
