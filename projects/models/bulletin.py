"""工作简报: numbered by programme and year. What is drawn from the records is written into it once and may be edited, so
that an issue says the same whenever it is opened."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Max, Q
from django.urls import reverse

from projects.models.programme import Programme


class BulletinQuerySet(models.QuerySet):
    def visible_to(self, user) -> "BulletinQuerySet":
        return self.filter(programme__in=Programme.objects.visible_to(user))

    def next_number(self, programme: Programme, year: int) -> int:
        """The number after the last issue of the year."""
        return (self.filter(programme=programme, year=year).aggregate(last=Max("number"))["last"] or 0) + 1


class Bulletin(models.Model):
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="bulletins", verbose_name="批次", editable=False
    )
    year = models.PositiveSmallIntegerField("年度", editable=False)
    number = models.PositiveSmallIntegerField("期号", validators=[MinValueValidator(1)])
    title = models.CharField("标题", max_length=80)
    issued_on = models.DateField("印发日期")
    since = models.DateField("所写期间自", editable=False)
    until = models.DateField("至", editable=False)
    lead = models.TextField("工作动态", max_length=4000, help_text="市妇联自己写的部分")
    activities = models.TextField("活动开展情况", max_length=8000, blank=True)
    publicity = models.TextField("宣传报道情况", max_length=8000, blank=True)
    outlook = models.TextField("下步安排", max_length=2000, blank=True)
    version = models.PositiveIntegerField("版本", default=0, editable=False)
    written_at = models.DateTimeField("编写时间", editable=False)
    written_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="编写人", editable=False
    )

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工作简报"
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "year", "number"],
                name="bulletin_number",
                violation_error_message="这一年已有这一期的简报，请换一个期号。",
            ),
            models.CheckConstraint(
                condition=Q(until__gte=F("since")),
                name="bulletin_period",
                violation_error_message="期间的结束日期不能早于开始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年第 {self.number} 期工作简报"

    def get_absolute_url(self) -> str:
        return reverse("projects:bulletin_detail", args=[self.pk])

    def clean(self) -> None:
        if self.issued_on and self.issued_on < self.until:
            raise ValidationError({"issued_on": "印发日期不能早于所写期间的最后一天。"})
