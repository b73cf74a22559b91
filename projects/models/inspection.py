"""督查检查: what was looked at on the spot; findings go on as the shared 整改事项."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from projects.models.note import DESKS, Note


class Heading(models.TextChoices):
    """The three things that an inspection looks at (S0: 对建设进度、规范管理、运行质量进行检查)."""

    PROGRESS = "on_progress", "建设进度"
    MANAGEMENT = "on_management", "规范管理"
    QUALITY = "on_quality", "运行质量"


class Inspection(Note):
    """督查检查 of a site under three headings; what has to be put right goes on as 整改事项."""

    team = models.CharField("督查组", max_length=80, help_text="写单位和职务，如：市妇联发展部、县财政局")
    on_progress = models.TextField("建设进度", max_length=1000)
    on_management = models.TextField("规范管理", max_length=1000)
    on_quality = models.TextField("运行质量", max_length=1000)

    AT_SITES = DESKS

    class Meta(Note.Meta):
        verbose_name = verbose_name_plural = "督查检查"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "organization", "role", "happened_on"],
                condition=Q(removed_at=None),
                name="inspection_noted_once",
                violation_error_message="这一天已经记过到这个项目点的督查，请在那一条里修改。",
            ),
            models.CheckConstraint(
                condition=~Q(on_progress="") & ~Q(on_management="") & ~Q(on_quality=""),
                name="inspection_three_headings",
                violation_error_message="建设进度、规范管理、运行质量三个方面都要写，没有问题的写“未发现问题”。",
            ),
            models.CheckConstraint(condition=Q(site__isnull=False), name="inspection_of_site"),
        ]

    def __str__(self) -> str:
        return f"{self.happened_on} {self.place}督查检查"

    def get_absolute_url(self) -> str:
        return reverse("projects:inspection_detail", args=[self.pk])

    @property
    def findings(self) -> list[tuple[Heading, str]]:
        return [(heading, getattr(self, heading.value)) for heading in Heading]
