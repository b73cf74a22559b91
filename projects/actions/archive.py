"""Papers come directly into the archive of a site or of a whole programme, are moved within it, and are marked as
removed. Nothing that lies there is ever deleted: the retention of its category runs."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import IO

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from fedwork import clock
from fedwork.received import ReceivedFile
from organizations.models import AuditEvent
from projects import rules
from projects.actions.attachments import keep, locked_attachment, take_out, whole
from projects.archive import Generated, Kept, site_catalogue
from projects.models import ArchiveCategory, Attachment, Programme, ProjectSite
from projects.papers.package import size_of, write_package


@dataclass(frozen=True)
class Filing:
    """Where a paper lies and what it is called; without a title it goes by the name of its file."""

    category: ArchiveCategory | None
    dated_on: date | None
    title: str = ""


def add_to_archive(owner: ProjectSite | Programme, *, by, filing: Filing, received: list[ReceivedFile]) -> Attachment:
    """Keep one item (件): the first file is the document, the others are its annexes. All of them or none.

    The same document sent twice into a category is kept once. Raises ValidationError (by field, or the disk's or the
    quota's sentence) and PermissionDenied; whatever fails, no file stays without its row.
    """
    with ExitStack() as stack:
        pieces = [_new(owner, by) for _ in received]
        for piece in pieces:
            stack.enter_context(whole(piece))
        owner = _locked(owner, by=by)
        _check(owner, filing, received)
        if there := _there_already(owner, filing, received[0]):
            return there
        first, *annexes = pieces
        _file(first, filing)
        for piece, file in zip(pieces, received, strict=True):
            piece.main = first if piece in annexes else None
            keep(piece, file, Attachment.objects.none(), by=by, action="归入备查资料")
    return first


def add_annexes(main: Attachment, *, by, received: list[ReceivedFile]) -> list[Attachment]:
    """Further files of a document that lies in the archive; raises as `add_to_archive` does."""
    with ExitStack() as stack:
        pieces = [_new(main.owner, by) for _ in received]
        for piece in pieces:
            stack.enter_context(whole(piece))
        _locked(main.owner, by=by)
        main = _standing(main)
        if not rules.can_unfile(by, main) or main.main_id:
            raise PermissionDenied
        _refuse_number(received, beside=main.annexes.current().count() + 1)
        for piece, file in zip(pieces, received, strict=True):
            piece.category, piece.dated_on, piece.main = main.category, main.dated_on, main
            keep(piece, file, Attachment.objects.none(), by=by, action="归入备查资料")
    return pieces


@transaction.atomic
def change_filing(attachment: Attachment, *, by, filing: Filing) -> Attachment:
    """Another category, title or date; without a category a file of a record falls where its record does."""
    owner = _locked(attachment.owner, by=by)
    attachment = _standing(attachment)
    if not rules.can_refile(by, attachment):
        raise PermissionDenied
    if filing.category is None and attachment.is_direct:
        raise ValidationError({"category": "请选择目录类别。"})
    _refuse_foreign(owner, filing)
    before = str(attachment.category or "")
    _file(attachment, filing)
    attachment.save(update_fields=["category", "title", "dated_on"])
    attachment.annexes.update(category=attachment.category, dated_on=attachment.dated_on)
    _record("修改归档", attachment, by=by, before=before, after=str(attachment.category or ""))
    return attachment


@transaction.atomic
def remove_from_archive(attachment: Attachment, *, by, reason: str) -> None:
    """Mark it as removed, with its annexes and the reason: the content stays. Twice is as good as once."""
    _locked(attachment.owner, by=by)
    if (attachment := locked_attachment(attachment)) is None:
        return
    if not rules.can_unfile(by, attachment):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": "请写明移除的原因。"})
    for piece in [*attachment.annexes.current(), attachment]:
        Attachment.objects.filter(pk=piece.pk).update(removal_reason=reason.strip())
        take_out(piece, only_mark=True, by=by, action="移除备查资料")


def export_archive(site: ProjectSite, *, by, extras: Sequence[Generated | Kept] = ()) -> IO[bytes]:
    """The site's whole file as a ZIP on a temporary file that goes when it is closed, with `extras` beside the folders.
    Who sees the site may take it; the log says who did. Raises ValidationError when the disk is full."""
    catalogue = site_catalogue(site, clock.today())
    file = write_package(catalogue, now=clock.now(), by=by, extras=extras)
    found = {"files": len(catalogue.pieces), "bytes": size_of(file)}
    with transaction.atomic():
        AuditEvent.objects.record("导出备查资料", site, by=by, organization=site.organization, **found)
    return file


def _new(owner: ProjectSite | Programme, by) -> Attachment:
    place = {"site": owner} if isinstance(owner, ProjectSite) else {"programme": owner}
    return Attachment(uploaded_by=by, uploaded_at=clock.now(), **place)


def _locked(owner: ProjectSite | Programme, *, by) -> ProjectSite | Programme:
    """One at a time for each archive, so that quota and duplicates are counted one after the other."""
    rows = type(owner).objects.select_for_update(of=("self",), no_key=True).select_related("organization")
    owner = rows.get(pk=owner.pk)
    if not rules.can_file(by, owner):
        raise PermissionDenied
    return owner


def _standing(attachment: Attachment) -> Attachment:
    there = locked_attachment(attachment)
    if there is None:
        raise ValidationError("这一件已经移除了，请刷新页面。")
    return there


def _check(owner: ProjectSite | Programme, filing: Filing, received: list[ReceivedFile]) -> None:
    if filing.category is None:
        raise ValidationError({"category": "请选择目录类别。"})
    if not received:
        raise ValidationError({"files": "请选择文件。"})
    _refuse_foreign(owner, filing)
    _refuse_number(received)


def _refuse_foreign(owner: ProjectSite | Programme, filing: Filing) -> None:
    programme_id = owner.programme_id if isinstance(owner, ProjectSite) else owner.pk
    if filing.category and filing.category.programme_id != programme_id:
        raise ValidationError({"category": "所选的类别不是这个批次的，请重新选择。"})
    if filing.dated_on and filing.dated_on > clock.today():
        raise ValidationError({"dated_on": "成文日期不能晚于今天。"})


def _refuse_number(received: list[ReceivedFile], beside: int = 0) -> None:
    if len(received) + beside > settings.REPORT_MAX_FILES:
        raise ValidationError({"files": f"一件资料连同附件最多 {settings.REPORT_MAX_FILES} 个文件，请分成几件。"})


def _there_already(owner: ProjectSite | Programme, filing: Filing, document: ReceivedFile) -> Attachment | None:
    same = owner.attachments.current().filter(category=filing.category, sha256=document.sha256, main=None)
    return next((there for there in same if there.is_direct), None)


def _file(attachment: Attachment, filing: Filing) -> None:
    attachment.category, attachment.title = filing.category, filing.title.strip()
    attachment.dated_on = filing.dated_on


def _record(action: str, attachment: Attachment, *, by, **detail) -> None:
    organization = attachment.owner.organization
    AuditEvent.objects.record(action, attachment, by=by, organization=organization, sha256=attachment.sha256, **detail)
