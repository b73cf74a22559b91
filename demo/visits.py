"""The city at every site in every month, seldom missed; the county now and then."""

from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from random import Random

from demo.days import at_desk, working_day
from demo.files import read_rows
from demo.filing import Filing
from demo.records import first_day
from fedwork import clock
from organizations.models import User
from projects.actions import add_visit
from projects.models import GuidanceVisit, Interlocutor, LedBy, Topic
from projects.states import ReviewDesk

PARTS = ["findings", "on_activities", "on_venue", "on_files", "follow_up"]
MISSED = {(4, 1), (14, 3)}  # (site by its number, month counted from the launch)
COUNTY_CHANCE = 0.35


@cache
def _texts(part: str) -> list[str]:
    return [row["text"] for row in read_rows("visits") if row["part"] == part]


def visit_story(filing: Filing) -> list[tuple[datetime, Callable[[], None]]]:
    """The visits of one site and month."""
    at_work = filing.at_work
    rng = Random(f"visits {at_work.number} {filing.month}")
    day = filing.report.month.replace(day=rng.randint(first_day(filing), 24))
    city, county = (at_work.reviewers[desk] for desk in [ReviewDesk.CITY, ReviewDesk.COUNTY])
    story = []
    if (at_work.number, filing.month) not in MISSED:
        story.append((at_desk(working_day(day), rng), partial(_visit, filing, city, "市妇联发展部", rng)))
    if rng.random() < COUNTY_CHANCE:
        visitors = f"{filing.report.site.county_name}妇联"
        story.append((at_desk(working_day(day, 2), rng), partial(_visit, filing, county, visitors, rng)))
    return [(moment, verb) for moment, verb in story if moment.date().month == filing.report.month.month]


def _led_by(rng: Random) -> LedBy:
    """Now and then a chair comes along."""
    chance = rng.random()
    return LedBy.CHAIR if chance < 0.06 else LedBy.VICE_CHAIR if chance < 0.25 else LedBy.DEPARTMENT


def _visit(filing: Filing, by: User, visitors: str, rng: Random) -> None:
    visit = GuidanceVisit(
        site=filing.report.site,
        happened_on=clock.today(),
        led_by=_led_by(rng),
        visitors=visitors,
        interlocutors=sorted(rng.sample(Interlocutor.values, rng.randint(2, 3))),
        topics=sorted(rng.sample(Topic.values, rng.randint(2, 4))),
        **{part: rng.choice(_texts(part)) for part in PARTS},
    )
    add_visit(visit, by=by)
