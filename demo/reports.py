"""Six months of reports: the past told through, the last and the current month as lively as a real desk.

Each story is a list of (moment, verb of a Filing). What would happen after now is left out, so the state is what it
would be on this day; a few sites have fixed stories, so that every state is there on whatever day the demo is loaded.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from demo.acceptance import acceptance_events
from demo.annual import annual_events
from demo.archive import archive_events
from demo.claims import claim_events
from demo.closing import closing_events
from demo.days import OFFICE, at_desk, is_working_day, spread, working_day
from demo.fieldnotes import fieldnote_events, load_worklogs
from demo.figures import monthly_figures
from demo.filing import Filing, SiteAtWork
from demo.followup import followup_events
from demo.funding import pledges
from demo.groups import group_events
from demo.ledger import ledger_events
from demo.narrative import Narrator
from demo.nominations import nomination_events
from demo.people import Cast
from demo.programme import CURRENT_MONTH
from demo.records import record_story
from demo.schedule import schedule_events
from demo.scores import score_events
from demo.vetoes import veto_events
from demo.visits import visit_story
from fedwork import clock
from organizations.models import Role
from projects.actions import send_due_reminders
from projects.models import ProjectSite
from projects.states import ReviewDesk

PREVIOUS_MONTH = CURRENT_MONTH - 1
Story = list[tuple[datetime, Callable[[], None]]]

# Sites by their number in demo_sites.csv. 1 is the headline cadre's; 2 and 16 lie in the headline county.
HEADLINE, AT_COUNTY, NEW_AT_COUNTY, AT_CITY, AT_CITY_AGAIN = 1, 2, 16, 6, 10
NEVER_STARTED, NEVER_SENT = 4, 14
DRAFTING = {9, 13}
# So many working days after the 14th the current month's reports are on the reviewers' desks; before, last month's are.
WORKDAYS_TO_DESKS = 4
REMINDED_DAYS = 40  # so far back goes the timer that sends the reminders


def load_reports(sites: list[ProjectSite], cast: Cast, money: Story) -> None:
    """Everything that happened until now, in the order in which it happened; `money` are promises and their issue."""
    now = clock.now()
    events = money + [event for filing in _filings(sites, cast) for event in _month(filing, now)] + mornings(now)
    events += closing_events(sites, by=cast.city_staff()[0])
    events += followup_events(sites, cast)
    events += nomination_events(sites, cast)
    events += schedule_events(sites, cast, timezone.localdate(now))
    events += fieldnote_events(sites, cast)
    events += archive_events(sites, cast)
    events += group_events(sites, cast)
    events += claim_events(sites, cast)
    events += ledger_events(sites, cast)
    events += score_events(sites, cast)
    events += veto_events(sites, cast)
    events += acceptance_events(sites, cast)
    events += annual_events(sites, cast)
    load_worklogs(sites, cast)  # all at once, and before the scores into which they count
    happened = [event for event in events if event[0] < now]
    for moment, verb in sorted(happened, key=lambda event: event[0]):
        with clock.set_to(moment):
            verb()


def _month(filing: Filing, now: datetime) -> Story:
    """What the site did in the month, who visited it, and what became of its report."""
    told = story(filing, now)
    return record_story(filing, told) + visit_story(filing) + told


def mornings(now: datetime) -> Story:
    """The timer of the last weeks, at five past eight."""
    days = [timezone.localdate(now) - timedelta(days=number) for number in range(REMINDED_DAYS)]
    return [(timezone.make_aware(datetime.combine(day, time(8, 5))), send_due_reminders) for day in days]


def _filings(sites: list[ProjectSite], cast: Cast) -> list[Filing]:
    at_work = [
        _at_work(number, site, pledged, cast)
        for number, (site, pledged) in enumerate(zip(sites, pledges(), strict=True), 1)
    ]
    return [
        Filing(one, report, month)
        for one, site in zip(at_work, sites, strict=True)
        for month, report in enumerate(site.reports.order_by("month")[: CURRENT_MONTH + 1])
    ]


def _at_work(number: int, site: ProjectSite, pledged: dict, cast: Cast) -> SiteAtWork:
    staff = cast.city_staff()
    return SiteAtWork(
        number=number,
        launch=site.programme.first_month,
        pledged=sum(pledged.values()),
        cadre=cast.at(site.organization, Role.CADRE),
        reviewers={
            ReviewDesk.COUNTY: cast.at(site.organization, Role.COUNTY_REVIEWER),
            ReviewDesk.CITY: staff[number % len(staff)],
        },
        figures=monthly_figures(
            number, creation_type=site.creation_type.name, province=site.province_amount, pledged=pledged
        ),
        narrator=Narrator(site, number),
    )


def story(filing: Filing, now: datetime) -> Story:
    """What becomes of the report, in ascending order; the part before `now` has happened."""
    number = filing.at_work.number
    if filing.month < PREVIOUS_MONTH:
        return _ordinary(filing)
    lively = {AT_COUNTY: _back_at_county, AT_CITY: _at_city, AT_CITY_AGAIN: _at_city_again}
    if number in lively:
        return _lively(filing, now, lively[number])
    return _last_month(filing, now) if filing.month == PREVIOUS_MONTH else _this_month(filing, now)


def _lively(filing: Filing, now: datetime, told: Callable[[Filing, datetime], Story]) -> Story:
    """On a reviewer's desk now: with this month's report or, early in the month, with the last one's."""
    today = timezone.localdate(now)
    worked = OFFICE.workdays_between(today.replace(day=14), today - timedelta(days=1))
    lively_month = CURRENT_MONTH if worked >= WORKDAYS_TO_DESKS else PREVIOUS_MONTH
    if filing.month == lively_month:
        return told(filing, now)
    return _ordinary(filing) if filing.month < lively_month else []


def _last_month(filing: Filing, now: datetime) -> Story:
    number = filing.at_work.number
    if number == HEADLINE:
        return _returned(filing, now)
    if number == NEVER_SENT:
        return _drafted(filing, start=20, until=filing.report.due_at)
    return _told(filing, [filing.urged], now, start=28) if number == NEVER_STARTED else _ordinary(filing)


def _this_month(filing: Filing, now: datetime) -> Story:
    number = filing.at_work.number
    if number in {HEADLINE, NEVER_STARTED, NEVER_SENT}:
        return []
    if number == NEW_AT_COUNTY:
        return _new_at_county(filing, now)
    if number in DRAFTING:
        return _drafted(filing, start=3, until=min(now, filing.report.due_at))
    return _ordinary(filing)


def _ordinary(filing: Filing) -> Story:
    """Drafted, submitted by the 25th (seldom later), passed by both desks; now and then returned once."""
    rng = _rng(filing)
    sent_on = rng.choice([day for day in _days(filing, 16, 25) if is_working_day(day)])
    if rng.random() < 0.05:
        sent_on = working_day(filing.report.month.replace(day=26), rng.randint(0, 1))
    drafted_at = at_desk(working_day(sent_on, -rng.randint(1, 2)), rng)
    # A draft that was sent long ago shows nowhere any more, so it isn't worth the time.
    drafted = [(drafted_at, filing.draft)] if filing.month >= PREVIOUS_MONTH else []
    days, verbs = [sent_on], _usual_verbs(filing, chance=rng.random())
    while len(days) < len(verbs):
        days.append(working_day(days[-1], rng.randint(1, 2)))
    return drafted + [(at_desk(day, rng), verb) for day, verb in zip(days, verbs, strict=True)]


def _usual_verbs(filing: Filing, *, chance: float) -> list[Callable[[], None]]:
    """Two in three returns come from the county."""
    passed = [filing.submit, filing.passed, filing.passed]
    if chance < 0.12:
        return [filing.submit_with_mistake, filing.returned, *passed]
    if chance < 0.18:
        return [filing.submit_with_mistake, filing.passed, filing.returned, *passed]
    return passed


def _returned(filing: Filing, now: datetime) -> Story:
    """Returned by the city shortly before now; early in a month by the county, there was no time for more."""
    verbs = [filing.submit_with_mistake, filing.returned_with_remark]
    if now - timedelta(days=14) > filing.report.due_at:
        verbs = [filing.submit_with_mistake, filing.returned, filing.submit_with_mistake, filing.passed, verbs[-1]]
    return _told(filing, verbs, now)


def _back_at_county(filing: Filing, now: datetime) -> Story:
    return _told(filing, [filing.submit_with_mistake, filing.returned, filing.submit], now)


def _at_city(filing: Filing, now: datetime) -> Story:
    return _told(filing, [filing.submit, filing.passed], now)


def _at_city_again(filing: Filing, now: datetime) -> Story:
    return _told(filing, [filing.submit_with_mistake, filing.returned, filing.submit, filing.passed], now)


def _new_at_county(filing: Filing, now: datetime) -> Story:
    """Not before the 12th: nobody reports on a month that has hardly begun."""
    return _told(filing, [filing.draft, filing.submit], min(now, filing.report.due_at), start=12)


def _drafted(filing: Filing, *, start: int, until: datetime) -> Story:
    return _told(filing, [filing.draft], until, start=start)


def _told(filing: Filing, verbs: list, until: datetime, *, start: int | None = None) -> Story:
    """The verbs from day `start` of the report's month to shortly before `until`."""
    if start is None:
        start = 15 if filing.month == CURRENT_MONTH else 20
    first = filing.report.month.replace(day=start)
    return list(zip(spread(len(verbs), start=first, until=until, rng=_rng(filing)), verbs, strict=False))


def _days(filing: Filing, first: int, last: int) -> list[date]:
    return [filing.report.month.replace(day=day) for day in range(first, last + 1)]


def _rng(filing: Filing) -> Random:
    return Random(f"story {filing.at_work.number} {filing.month}")
