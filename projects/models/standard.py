"""创建标准: what a site of a creation type must come to. A published version stays as it is; a change is a new one."""

import re

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from fedwork.triggers import no_truncate
from projects.models.programme import CreationType, Programme

ONE_DRAFT = models.UniqueConstraint(
    fields=["creation_type"],
    condition=Q(published_at=None),
    name="standard_one_draft",
    violation_error_message="这个类型已有一份没有发布的草稿，请在草稿上修改。",
)
HEADING = re.compile(r"[一二三四五六七八九十]+、")


class CreationStandardQuerySet(models.QuerySet):
    def visible_to(self, user) -> "CreationStandardQuerySet":
        return self.filter(creation_type__programme__in=Programme.objects.visible_to(user))

    def published(self) -> "CreationStandardQuerySet":
        return self.filter(published_at__isnull=False)

    def in_force(self, creation_type_id: int) -> "CreationStandard | None":
        """The version by which a site of this type is judged when it is approved now."""
        return self.published().filter(creation_type=creation_type_id).order_by("-version").first()


class CreationStandard(models.Model):
    """`version` counts from 1 within the type. Lines such as “一、组织领导” in `text` are headings."""

    creation_type = models.ForeignKey(
        CreationType, on_delete=models.PROTECT, related_name="standards", verbose_name="创建类型"
    )
    version = models.PositiveSmallIntegerField("版本", default=1, editable=False)
    text = models.TextField(
        "标准",
        max_length=8000,
        help_text="每条一段；“一、组织领导”这样开头的一行是小标题。发布以后不能再改，要改就出新版",
    )
    published_at = models.DateTimeField("发布时间", null=True, editable=False)
    published_by = models.ForeignKey(
        "organizations.User",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="发布人",
    )

    objects = CreationStandardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "创建标准"
        ordering = ["creation_type", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["creation_type", "version"],
                name="standard_unique_version",
                violation_error_message="这个版本已经有了。",
            ),
            ONE_DRAFT,
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="standard_published_by",
            ),
        ]
        triggers = [
            # A draft is published by an update; from then on the row stays.
            pgtrigger.Protect(
                name="standard_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
            no_truncate("standard_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.creation_type}创建标准（第 {self.version} 版）"

    def get_absolute_url(self) -> str:
        return reverse("projects:standard_detail", args=[self.pk])

    def clean(self) -> None:
        # A form without the time of publishing would leave the constraint out.
        if self.creation_type_id:
            ONE_DRAFT.validate(CreationStandard, self)

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def paragraphs(self) -> list[tuple[bool, str]]:
        """(is a heading, words) of each line that says something."""
        lines = [line.strip() for line in self.text.splitlines()]
        return [(bool(HEADING.match(line)), line) for line in lines if line]
