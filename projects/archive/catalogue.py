"""The catalogue (备查资料目录) of one site or programme: its categories in order, what lies in each, what is missing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from projects.archive.items import Generated, Item, Piece, item_of_file
from projects.archive.sources import SOURCES, loose_item
from projects.models import ArchiveCategory, ArchiveSource, Attachment, Programme, ProjectSite
from projects.models.archive import stage_starts
from projects.states import Mark

UNFILED = "未归类"
UNFILED_POSITION = 99
LONG = 5
FILE = "file"  # what an annex belongs to, among the records


@dataclass
class Section:
    """One category; without one it holds what falls into none. `is_due`: the stage from which on it is asked for has
    begun. A section that isn't required is never missing."""

    category: ArchiveCategory | None
    is_required: bool = False
    is_due: bool = False
    items: list[Item] = field(default_factory=list)
    register: Generated | None = None  # lists the records among the items

    @property
    def name(self) -> str:
        return self.category.name if self.category else UNFILED

    @property
    def position(self) -> int:
        return self.category.position if self.category else UNFILED_POSITION

    @property
    def label(self) -> str:
        return f"{self.position:02} {self.name}"

    @property
    def minimum(self) -> int:
        return self.category.minimum if self.is_required else 0

    @property
    def count(self) -> int:
        return sum(item.is_counted for item in self.items)

    @property
    def is_long(self) -> bool:
        """Folded on the page: what is missing must be seen at a glance."""
        return len(self.items) > LONG

    @property
    def is_asked(self) -> bool:
        return self.is_required and self.is_due

    @property
    def is_missing(self) -> bool:
        return self.is_asked and self.count < self.minimum

    @property
    def lack(self) -> int:
        return max(0, self.minimum - self.count) if self.is_asked else 0

    @property
    def mark(self) -> Mark:
        if self.is_missing:
            return Mark(f"缺 {self.lack} 件", "bad")
        if self.is_required and not self.is_due:
            return Mark(f"{self.category.get_from_stage_display()}起要有", "idle")
        return Mark("已齐", "ok") if self.is_required else Mark("不作要求", "idle")


@dataclass
class Catalogue:
    """`sections` in the order of the catalogue; what falls into no category stands last."""

    owner: ProjectSite | Programme
    sections: list[Section]

    @property
    def asked(self) -> list[Section]:
        return [section for section in self.sections if section.is_asked]

    @property
    def missing(self) -> list[Section]:
        return [section for section in self.sections if section.is_missing]

    @property
    def percent(self) -> int | None:
        """Of the categories that must be there by now, how many are complete, rounded down; None when none must."""
        return share(len(self.asked) - len(self.missing), len(self.asked))

    @property
    def items(self) -> Iterator[Item]:
        return (item for section in self.sections for item in section.items)

    @property
    def item_count(self) -> int:
        return sum(1 for _ in self.items)

    @property
    def pieces(self) -> list[Piece]:
        return [piece for item in self.items for piece in item.pieces]


def share(part: int, whole: int) -> int | None:
    """In percent, rounded down: 99 % is not complete."""
    return 100 * part // whole if whole else None


def site_catalogue(site: ProjectSite, today: date) -> Catalogue:
    """A fixed number of queries, about twenty."""
    filing = _Filing(site, site.programme, today)
    for source in SOURCES.values():
        filing.put_records(source.key, source.items(site))
    filing.put_files(site.attachments.for_archive())
    filing.put_files(_shared_with(site, filing.records), source="批次共用", is_shared=True, is_counted=False)
    return filing.finish()


def programme_catalogue(programme: Programme, today: date, reader) -> Catalogue:
    """Only what belongs to the whole programme, as far as the reader sees it; nothing is required there. Four queries."""
    filing = _Filing(None, programme, today)
    filing.put_files(Attachment.objects.visible_to(reader).filter(programme=programme).for_archive())
    return filing.finish()


def _shared_with(site: ProjectSite, records: Iterable[tuple[str, int]]) -> Iterable[Attachment]:
    """What is for all sites, and the files of the trainings and meetings that its own posts were at."""
    there = {name: [pk for origin, pk in records if origin == name] for name in ["training", "meeting"]}
    own = Q(training__in=there["training"]) | Q(meeting__in=there["meeting"])
    of_all = Q(training=None, meeting=None, worklog=None)
    return Attachment.objects.filter(own | of_all, programme=site.programme_id).for_archive()


class _Filing:
    """Puts items into their sections."""

    def __init__(self, site: ProjectSite | None, programme: Programme, today: date):
        self.site, self.programme = site, programme
        starts = stage_starts(programme)
        self.sections = [
            Section(
                category,
                is_required=site is not None and category.is_required_of(site.creation_type_id),
                is_due=category.is_due(starts, today),
            )
            for category in programme.archive_categories.prefetch_related("required_for")
        ]
        self.unfiled = Section(None)
        self.by_category = {section.category.pk: section for section in self.sections}
        self.by_source = {section.category.source: section for section in self.sections if section.category.source}
        self.records: dict[tuple[str, int], Item] = {}

    def put_records(self, key: ArchiveSource, items: list[Item]) -> None:
        section = self.by_source.get(key)
        if section is None:  # without a category of their own only the photos of records are shown
            return
        section.items += items
        section.register = SOURCES[key].generated(self.site) if items else None
        self.records |= {item.key: item for item in items if item.key}

    def put_files(self, attachments: Iterable[Attachment], **fields) -> None:
        annexes = []
        for attachment in attachments:
            if attachment.main_id:
                annexes.append(attachment)
            elif attachment.category_id or attachment.is_direct:
                self._put_direct(attachment, fields)
            else:
                self._put_beside_record(attachment)
        for annex in annexes:
            if item := self.records.get((FILE, annex.main_id)):
                item.pieces.append(Piece(annex))

    def _put_direct(self, attachment: Attachment, fields: dict) -> None:
        """Also what belongs to a record but was put into another category by hand."""
        if attachment.source:
            fields = {"source": attachment.source.label, **fields}
        item = item_of_file(attachment, **fields)
        self.by_category.get(attachment.category_id, self.unfiled).items.append(item)
        self.records[FILE, attachment.pk] = item

    def _put_beside_record(self, attachment: Attachment) -> None:
        key = attachment.origin, getattr(attachment, f"{attachment.origin}_id")
        if key not in self.records:
            self.records[key] = loose_item(attachment)
            self.by_source.get(attachment.source, self.unfiled).items.append(self.records[key])
        self.records[key].pieces.append(Piece(attachment))

    def finish(self) -> Catalogue:
        sections = self.sections + [self.unfiled] * bool(self.unfiled.items)
        catalogue = Catalogue(self.site or self.programme, sections)
        for section in sections:
            section.items.sort(key=lambda item: item.dated_on or date.max)
            for number, item in enumerate(section.items, 1):
                item.number = number
        _name_duplicates(catalogue)
        return catalogue


def _name_duplicates(catalogue: Catalogue) -> None:
    """The same content may well be evidence twice; it is said, not refused."""
    first: dict[str, str] = {}
    for section in catalogue.sections:
        for item in section.items:
            for piece in item.pieces:
                sha256 = piece.attachment.sha256
                piece.same_as = first.get(sha256, "")
                first.setdefault(sha256, f"{section.position:02}-{item.number:02} {item.title}")
