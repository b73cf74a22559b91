"""What the sites wrote down through the months, so that it comes to exactly the figures of demo/figures.py."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from itertools import groupby
from random import Random

from django.utils import timezone

from demo.days import working_day
from demo.figures import SCALE
from demo.files import read_rows
from demo.filing import Filing
from demo.programme import BASE_TYPE
from projects.actions import add_records
from projects.models import Activity, ActivityKind, Festival, Publicity, SiteRecord

Story = list[tuple[datetime, Callable[[], None]]]
FESTIVALS = {
    1: Festival.NEW_YEAR,
    2: Festival.SPRING,
    3: Festival.MARCH_8,
    5: Festival.FAMILY,
    6: Festival.CHILDREN,
    7: Festival.JULY_1,
    9: Festival.MID_AUTUMN,
    10: Festival.DOUBLE_NINTH,
}
# Which numbers of an activity the units of form 3.3 are.
FIELDS = {"场次": "sessions", "次": "sessions", "件": "cases", "人次": "person_times", "人": "persons"}
FIRST_DAY = 2
HALF_TIME = 15
READY = 4  # working days from the launch until the allocation table is issued and the sites begin


rows_of = cache(read_rows)


def record_story(filing: Filing, told: Story) -> Story:
    """Everything of the month is written down on two evenings, before the first submission of `told`."""
    sent = [moment for moment, verb in told if verb in {filing.submit, filing.submit_with_mistake}]
    last = timezone.localdate(sent[0]) - timedelta(days=1) if sent else filing.report.month_end
    rng = Random(f"records {filing.at_work.number} {filing.month}")
    records = sorted(_records(filing, last, rng), key=lambda record: record.happened_on)
    halves = [list(half) for _, half in groupby(records, key=lambda record: record.happened_on.day <= HALF_TIME)]
    return [(_evening(half[-1].happened_on, rng), partial(_write_down, filing, half)) for half in halves]


def _write_down(filing: Filing, records: list[SiteRecord]) -> None:
    add_records(records, by=filing.at_work.cadre)


def _evening(day: date, rng: Random) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(16, rng.randrange(60), rng.randrange(60))))


def _records(filing: Filing, last: date, rng: Random) -> Iterator[SiteRecord]:
    figures, programme = filing.at_work.figures[filing.month], filing.report.site.programme
    kinds = {kind.name: kind for kind in programme.activity_kinds.all()}
    channels = {channel.name: channel for channel in programme.channels.all()}
    for name, (events, heads, _, _) in SCALE[filing.report.site.creation_type.name].items():
        times = int(figures[name, events])
        titles = _titles(filing, name)
        for number, people in enumerate(_parts(int(figures[name, heads]), times, rng)):
            row = titles[(filing.month * 2 + number) % len(titles)]
            numbers = {FIELDS[events]: 1, FIELDS[heads]: people}
            day = _day(filing, last, rng)
            yield _activity(filing, day, kind=kinds[name], row=row, numbers=numbers, is_first=number == 0)
    pieces = rows_of("publicity")
    for row in rng.sample(pieces, int(figures["宣传报道", "篇"])):
        day = _day(filing, last, rng)
        yield Publicity(site=filing.report.site, happened_on=day, channel=channels[row["channel"]], title=row["title"])


def _titles(filing: Filing, kind: str) -> list[dict]:
    """In an order of the site's own; the base has trainings of its own."""
    rows = [row for row in rows_of("activities") if row["kind"] == kind]
    own = [row for row in rows if bool(row["base"]) == (filing.report.site.creation_type.name == BASE_TYPE)] or rows
    return Random(f"titles {filing.at_work.number} {kind}").sample(own, len(own))


def _parts(total: int, count: int, rng: Random) -> list[int]:
    """`count` numbers of about the same size that add up to `total`."""
    parts = [total // count + (number < total % count) for number in range(count)] if count else []
    for number in range(1, count):
        moved = rng.randint(0, parts[number] // 4)
        parts[number] -= moved
        parts[0] += moved
    return parts


def _day(filing: Filing, last: date, rng: Random) -> date:
    first = first_day(filing)
    return filing.report.month.replace(day=rng.randint(first, max(first, last.day)))


def first_day(filing: Filing) -> int:
    """From which day of the month on there is something to tell."""
    return FIRST_DAY if filing.month else working_day(filing.report.month, READY).day


def _activity(
    filing: Filing, day: date, *, kind: ActivityKind, row: dict, numbers: dict[str, int], is_first: bool
) -> Activity:
    festival = FESTIVALS.get(day.month, "") if kind.name == "文化娱乐活动" and is_first else ""
    return Activity(
        site=filing.report.site,
        happened_on=day,
        kind=kind,
        title=f"{festival.label}{row['title']}" if festival else row["title"],
        place=row["place"],
        festival=festival,
        head_post=filing.report.site.leader_title,
        **numbers,
    )
