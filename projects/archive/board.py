"""Completeness of many archives at once: a fixed number of queries, however many sites there are."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from organizations.models import Organization
from projects.archive.catalogue import share
from projects.archive.sources import SOURCES
from projects.models import ArchiveCategory, Attachment, Programme
from projects.models.archive import stage_starts


@dataclass(frozen=True)
class Standing:
    """A site: how many categories must be there by now, how many are, and which are missing, in order."""

    site_id: int
    path: str
    asked: int
    missing: tuple[ArchiveCategory, ...]

    @property
    def there(self) -> int:
        return self.asked - len(self.missing)

    @property
    def percent(self) -> int | None:
        return share(self.there, self.asked)

    @property
    def missing_names(self) -> str:
        return "、".join(category.name for category in self.missing)


@dataclass(frozen=True)
class Place:
    """What lies below the chosen organisation: an organisation with its sites."""

    organization: Organization
    standings: list[Standing]

    @property
    def sites(self) -> int:
        return len(self.standings)

    @property
    def complete(self) -> int:
        return sum(not standing.missing for standing in self.standings)

    @property
    def percent(self) -> int | None:
        """Over all categories of all sites."""
        return share(sum(each.there for each in self.standings), sum(each.asked for each in self.standings))

    @property
    def most_missed(self) -> str:
        """The three categories that most sites lack: “资金 5、工作日志 3”."""
        counts = Counter(category.name for each in self.standings for category in each.missing)
        return "、".join(f"{name} {count}" for name, count in counts.most_common(3))


@dataclass(frozen=True)
class Board:
    """`standings` and `places`, the worst first."""

    standings: list[Standing]
    places: list[Place]

    @property
    def total(self) -> Place:
        return Place(None, self.standings)


def archive_board(programme: Programme, sites: QuerySet, today: date, *, below: Iterable[Organization] = ()) -> Board:
    """`sites` of the programme; `below` are the organisations by which they are summed up. About twenty queries."""
    asked = _Asked(programme, today)
    counts = _counts(sites, asked)
    rows = sites.order_by("organization__code", "pk").values_list("pk", "organization__path", "creation_type_id")
    standings = [_standing(pk, path, asked.by_type.get(kind, []), counts) for pk, path, kind in rows]
    places = [
        Place(organization, [each for each in standings if each.path.startswith(organization.path)])
        for organization in below
    ]
    return Board(_worst_first(standings), _worst_first([place for place in places if place.sites]))


class _Asked:
    """The categories that must be there by now, by creation type."""

    def __init__(self, programme: Programme, today: date):
        starts = stage_starts(programme)
        categories = programme.archive_categories.prefetch_related("required_for")
        self.due = [category for category in categories if category.is_due(starts, today)]
        self.sources = {category.source: category.pk for category in self.due if category.source}
        self.by_type: dict[int, list[ArchiveCategory]] = {}
        for category in self.due:
            for kind in category.required_for.all():
                self.by_type.setdefault(kind.pk, []).append(category)


def _counts(sites: QuerySet, asked: _Asked) -> Counter:
    """Items by (site id, category id), as `Catalogue` counts them."""
    ids = sites.order_by().values("pk")
    found: Counter = Counter()
    for key, category_id in asked.sources.items():
        for site_id, count in SOURCES[key].counts(ids).items():
            found[site_id, category_id] += count
    filed = Attachment.objects.current().filter(site__in=ids, category__isnull=False, main=None).order_by()
    for site_id, category_id, count in filed.values_list("site_id", "category_id").annotate(count=Count("pk")):
        found[site_id, category_id] += count
    return found


def _standing(pk: int, path: str, categories: list[ArchiveCategory], counts: Counter) -> Standing:
    missing = tuple(category for category in categories if counts[pk, category.pk] < category.minimum)
    return Standing(pk, path, len(categories), missing)


def _worst_first(rows: list) -> list:
    """Where nothing is asked for stands last."""
    return sorted(rows, key=lambda row: 101 if row.percent is None else row.percent)
