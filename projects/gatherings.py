"""What the posts of a site went to: trainings at which they were present, and meetings that they took part in."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from fedwork import clock
from fedwork.numbers import plain_number
from projects.models import Meeting, MeetingAttendee, ProjectSite, Training, TrainingAttendee
from projects.posts import FILLING_IN_LEVELS


@dataclass(frozen=True)
class Gathering:
    """`posts` are those of the site that were there, in words; `url` is empty where the reader may have no page of it."""

    record: Training | Meeting
    happened_on: date
    sort: str
    posts: str
    url: str = ""

    @property
    def title(self) -> str:
        return str(self.record)

    @property
    def place(self) -> str:
        return self.record.place


def gatherings_of(site: ProjectSite) -> list[Gathering]:
    """In the order of their days; two queries. Needs `organization`."""
    return sorted([*_trainings(site), *_meetings(site)], key=lambda each: each.happened_on)


def _trainings(site: ProjectSite) -> list[Gathering]:
    found: dict[Training, list[str]] = defaultdict(list)
    for row in _present().filter(site=site).select_related("training").order_by("pk"):
        score = f"（{plain_number(row.score)} 分）" if row.score is not None else ""
        found[row.training].append(f"{row.get_kind_display()}{score}")
    return [
        Gathering(
            training,
            training.first_on,
            f"{training.get_level_display()}培训",
            "、".join(posts),
            training.get_absolute_url(),
        )
        for training, posts in found.items()
    ]


def _meetings(site: ProjectSite) -> list[Gathering]:
    """Those that fill in for it; cadres have no page of meetings, so none is named."""
    found: dict[Meeting, list[str]] = defaultdict(list)
    rows = _took_part().filter(meeting__programme=site.programme_id, organization__in=site.organization.ancestor_ids)
    for row in rows.select_related("meeting", "organization"):
        found[row.meeting].append(str(row))
    return [
        Gathering(meeting, meeting.held_on, meeting.get_kind_display(), "、".join(posts))
        for meeting, posts in found.items()
    ]


def gathering_counts(sites: QuerySet) -> dict[int, int]:
    """How many each of the sites (ids) went to, as `gatherings_of` lists them; three queries."""
    trained = _present().filter(site__in=sites).order_by().values("site")
    counts = {row["site"]: row["count"] for row in trained.annotate(count=Count("training", distinct=True))}
    here = ProjectSite.objects.filter(pk__in=sites).order_by()
    took_part = _took_part().filter(meeting__programme__in=here.values("programme")).order_by()
    meetings: dict[tuple[int, int], set[int]] = defaultdict(set)
    for programme, organization, meeting in took_part.values_list("meeting__programme", "organization", "meeting"):
        meetings[programme, organization].add(meeting)
    for site, programme, path in here.values_list("pk", "programme", "organization__path"):
        at = set().union(*(meetings.get((programme, pk), ()) for pk in _ids(path)))
        counts[site] = counts.get(site, 0) + len(at)
    return counts


def _ids(path: str) -> Iterable[int]:
    return (int(part) for part in path.split("/") if part)


def _present():
    return TrainingAttendee.objects.filter(training__in=Training.objects.held(), is_present=True)


def _took_part():
    """Posts of those who fill in, at meetings that were held."""
    return MeetingAttendee.objects.filter(
        organization__level__in=FILLING_IN_LEVELS, meeting__held_on__lte=clock.today()
    )
