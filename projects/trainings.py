"""Read models of trainings: who can be invited, how much was held, and which heads and secretaries were reached."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet, Sum

from fedwork.numbers import plain_number
from organizations.models import Level, Organization
from projects.models import (
    Activity,
    AttendeeKind,
    Programme,
    ProjectSite,
    Training,
    TrainingAttendee,
    TrainingLevel,
)
from projects.states import Mark

OFFICE_KINDS = [AttendeeKind.CHAIR, AttendeeKind.DEPARTMENT, AttendeeKind.OTHER]
SITE_KINDS = [AttendeeKind.HEAD, AttendeeKind.SECRETARY]
LEVEL_OF = {AttendeeKind.COUNTY: Level.COUNTY, AttendeeKind.OFFICER: Level.TOWNSHIP}


def sites_of(training: Training) -> QuerySet[ProjectSite]:
    """The approved sites of its programme in the part of the tree of who entered it."""
    sites = ProjectSite.objects.filter(programme=training.programme_id).approved().select_related("organization")
    return sites.filter(organization__path__startswith=training.organization.path).by_county()


def invitable(training: Training) -> Iterator[tuple[str, int | None, int | None]]:
    """(kind, id of the organisation, id of the site) of every post that can be invited; two queries."""
    sites = list(sites_of(training))
    yield from ((kind.value, training.organization_id, None) for kind in OFFICE_KINDS)
    ids = {pk for site in sites for pk in site.organization.ancestor_ids}
    below = Organization.objects.filter(pk__in=ids, path__startswith=training.organization.path).order_by("code")
    for node in below:
        yield from ((kind.value, node.pk, None) for kind, level in LEVEL_OF.items() if node.level == level)
    for site in sites:
        yield from ((kind.value, None, site.pk) for kind in SITE_KINDS if kind in kinds_at(site))


def kinds_at(site: ProjectSite) -> list[AttendeeKind]:
    """A base or workshop has a head but no secretary; needs `organization`."""
    return SITE_KINDS if site.organization.level == Level.VILLAGE else SITE_KINDS[:1]


@dataclass
class LevelRow:
    """How much was held at a level. Persons aren't added up: the same people come again."""

    label: str
    trainings: int = 0
    sessions: int = 0
    person_times: int = 0

    def add(self, training: Training) -> None:
        self.trainings += 1
        self.sessions += training.session_count
        self.person_times += training.person_times


def by_level(trainings: list[Training], sites) -> list[LevelRow]:
    """The trainings (with their numbers) by level, and what the sites held themselves, from their records; one query."""
    rows = {level: LevelRow(level.label) for level in TrainingLevel}
    for training in trainings:
        rows[training.level].add(training)
    own = Activity.objects.current().filter(site__in=sites, kind__is_training=True)
    found = own.aggregate(trainings=Count("pk"), sessions=Sum("sessions"), person_times=Sum("person_times"))
    at_sites = LevelRow("项目点自办", **{name: number or 0 for name, number in found.items()})
    return [row for row in rows.values() if row.trainings] + [at_sites]


@dataclass
class Covered:
    """One post of a site that should be trained, and the trainings that it was at."""

    kind: AttendeeKind
    trainings: list[TrainingAttendee] = field(default_factory=list)

    @property
    def mark(self) -> Mark:
        return Mark("已培训", "ok") if self.trainings else Mark("未培训", "bad")

    @property
    def words(self) -> str:
        """“省级培训（5月25日至26日，92.5 分）；……”"""
        return "；".join(map(_one, self.trainings)) or "未培训"


def _one(row: TrainingAttendee) -> str:
    score = f"，{plain_number(row.score)} 分" if row.score is not None else ""
    return f"{row.training.title}（{row.training.days_in_words}{score}）"


@dataclass
class SiteCoverage:
    site: ProjectSite
    posts: dict[AttendeeKind, Covered]

    @property
    def head(self) -> Covered:
        return self.posts[AttendeeKind.HEAD]

    @property
    def secretary(self) -> Covered | None:
        return self.posts.get(AttendeeKind.SECRETARY)

    @property
    def is_complete(self) -> bool:
        return all(each.trainings for each in self.posts.values())


@dataclass
class Coverage:
    rows: list[SiteCoverage]

    def share(self, kind: AttendeeKind) -> tuple[int, int]:
        """(reached, of how many)"""
        posts = [row.posts[kind] for row in self.rows if kind in row.posts]
        return sum(bool(post.trainings) for post in posts), len(posts)

    @property
    def shares(self) -> list[tuple[str, int, int]]:
        """(label, reached, of how many) for heads, secretaries and whole sites."""
        whole = sum(row.is_complete for row in self.rows), len(self.rows)
        return [(kind.label, *self.share(kind)) for kind in SITE_KINDS] + [("两岗都培训的项目点", *whole)]

    @property
    def gaps(self) -> list[str]:
        """“吴山镇桥冲村 村（社区）书记”"""
        return [
            f"{row.site} {post.kind.label}" for row in self.rows for post in row.posts.values() if not post.trainings
        ]


def coverage(sites: list[ProjectSite], programme: Programme | None) -> Coverage:
    """Who was present at a training that was held; one query. The sites come with their `organization`."""
    rows = {site.pk: SiteCoverage(site, {kind: Covered(kind) for kind in kinds_at(site)}) for site in sites}
    held = Training.objects.held().filter(programme=programme)
    present = TrainingAttendee.objects.filter(site__in=rows, training__in=held, is_present=True)
    for attendee in present.select_related("training").order_by("training__first_on", "pk"):
        if post := rows[attendee.site_id].posts.get(attendee.kind):
            post.trainings.append(attendee)
    return Coverage(list(rows.values()))
