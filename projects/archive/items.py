"""What an archive consists of. It is counted by item (件): a document with its annexes is one item, and so is a record
with its photos."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, QuerySet
from django.utils import timezone

from projects.models import Attachment


@dataclass(frozen=True)
class Generated:
    """A workbook or document that the system writes from its data; nobody has to upload it."""

    title: str
    write: Callable[[], bytes]
    suffix: str = ".xlsx"


@dataclass(frozen=True)
class Kept:
    """A file that another app keeps with a record of its own; `file` has what an attachment has."""

    folder: str
    title: str
    file: object


@dataclass
class Piece:
    """One file of an item. `same_as` names where the same content lies as well."""

    attachment: Attachment
    same_as: str = ""


@dataclass
class Item:
    """One 件. `source` says in words where it comes from, `url` leads there; `key` (the field of an attachment and
    the id) finds the record of a file.

    What isn't counted is shown all the same: files of a report that nobody has sent, papers of the whole programme.
    """

    title: str
    dated_on: date | None
    source: str
    url: str = ""
    key: tuple[str, int] | None = None
    pieces: list[Piece] = field(default_factory=list)
    generated: Generated | None = None
    is_counted: bool = True
    is_shared: bool = False  # of the whole programme
    is_document: bool = False  # its first file is the document itself, not a photo of a record
    number: int = 0

    @property
    def size(self) -> int:
        return sum(piece.attachment.size for piece in self.pieces)

    @property
    def is_written_by_system(self) -> bool:
        return not self.pieces


Counts = dict[int, int]


def by_site(rows: QuerySet, counted: str = "pk") -> Counts:
    """How many of the rows each site has, by its id."""
    found = rows.order_by().values("site").annotate(count=Count(counted, distinct=True))
    return {row["site"]: row["count"] for row in found}


def item_of_file(attachment: Attachment, *, source: str = "直接上传", **fields) -> Item:
    """A file that is an item by itself; its annexes are added to its pieces."""
    day = attachment.dated_on or timezone.localdate(attachment.uploaded_at)
    return Item(
        title=attachment.title or attachment.name,
        dated_on=day,
        source=source,
        url=attachment.archive_url,
        pieces=[Piece(attachment)],
        is_document=True,
        **fields,
    )
