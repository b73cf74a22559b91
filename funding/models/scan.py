"""What a scan of a paper is, whatever it belongs to: a claim, an entry of the ledger, evidence of an assessment."""

import secrets
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from fedwork.received import CONTENT_TYPES, ReceivedFile


class ScanQuerySet(models.QuerySet):
    def current(self) -> "ScanQuerySet":
        return self.filter(removed_at=None)


def stored_name(scan: "Scan", name: str) -> str:
    """A name that nobody can guess, in the folder of the site."""
    return f"{scan.folder}/{secrets.token_hex(16)}{PurePath(name).suffix}"


class Scan(models.Model):
    """A photo or file that is never written over. Taken out, it is marked; its content stays."""

    name = models.CharField("文件名", max_length=100)
    file = models.FileField("文件", upload_to=stored_name, max_length=120)
    thumbnail = models.FileField("缩略图", upload_to=stored_name, max_length=120, blank=True)
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField("校验值", max_length=64)
    uploaded_at = models.DateTimeField("上传时间")
    uploaded_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="上传人"
    )
    removed_at = models.DateTimeField("移除时间", null=True)
    removed_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="移除人"
    )

    objects = ScanQuerySet.as_manager()

    owner: str  # what its addresses begin with, in its app
    folder: str  # where among the stored files it lies

    class Meta:
        abstract = True
        ordering = [F("removed_at").asc(nulls_first=True), "uploaded_at", "id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse(f"{self._meta.app_label}:{self.owner}_file", args=[self.pk])

    @property
    def about(self) -> str:
        """Of what of its owner it is a scan; "" for the whole."""
        return ""

    @property
    def thumbnail_url(self) -> str:
        return reverse(f"{self._meta.app_label}:{self.owner}_thumbnail", args=[self.pk])

    @property
    def removal_url(self) -> str:
        return reverse(f"{self._meta.app_label}:{self.owner}_file_remove", args=[self.pk])

    @property
    def is_photo(self) -> bool:
        return bool(self.thumbnail)

    @property
    def suffix(self) -> str:
        return PurePath(self.file.name).suffix

    @property
    def suffix_label(self) -> str:
        return self.suffix[1:].upper()

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.suffix]

    def write_files(self, received: ReceivedFile) -> None:
        """Put the content on the disk and say here what it is. Raises ValidationError when the disk refuses."""
        self.name, self.size, self.sha256 = received.name, len(received.data), received.sha256
        self.file.save(f"file{received.suffix}", ContentFile(received.data), save=False)
        if received.photo:
            self.thumbnail.save("thumbnail.jpg", ContentFile(received.photo.thumbnail), save=False)

    def remove_files(self) -> None:
        """From the disk: only for a row that is gone or never came to be."""
        for stored in [self.file, self.thumbnail]:
            if stored:
                stored.storage.delete(stored.name)


def scan_constraints(name: str, *, owner: str, words: str) -> list[models.BaseConstraint]:
    """One content once with each `owner`; who took it out is known. They are called `<name>_...`."""
    return [
        models.UniqueConstraint(
            fields=[owner, "sha256"],
            condition=Q(removed_at=None),
            name=f"{name}_once",
            violation_error_message=words,
        ),
        models.CheckConstraint(
            condition=Q(removed_at=None, removed_by=None) | Q(removed_at__isnull=False, removed_by__isnull=False),
            name=f"{name}_removed_by",
        ),
    ]
