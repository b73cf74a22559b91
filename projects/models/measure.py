"""The figures that a programme asks of its sites each month, typed or counted from work records or the ledger."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from projects.models.programme import Programme


class Measure(models.Model):
    """A figure that every site reports each month: a count of activities or an amount of money (元)."""

    class Section(models.TextChoices):
        ACTIVITY = "activity", "活动"
        MONEY = "money", "资金"

    class Source(models.TextChoices):
        """Typed, or counted from the records of the site and month; the last three are counted in the ledger (funding)."""

        TYPED = "typed", "手工填写"
        SESSIONS = "sessions", "活动的场次（次数）"
        PERSON_TIMES = "person_times", "活动的人次"
        PERSONS = "persons", "活动的人数"
        CASES = "cases", "活动的件数"
        PIECES = "pieces", "宣传报道的篇数"
        VISITS = "visits", "调研指导的次数"
        PROGRAMME_ARRIVED = "programme_arrived", "台账：专项资金到位"
        MATCHING_ARRIVED = "matching_arrived", "台账：配套资金到位"
        SPENT = "spent", "台账：支出"

    OF_ACTIVITIES = [Source.SESSIONS, Source.PERSON_TIMES, Source.PERSONS, Source.CASES]

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="measures", verbose_name="批次")
    section = models.CharField("类别", max_length=10, choices=Section)
    name = models.CharField("指标", max_length=40)
    unit = models.CharField("单位", max_length=10)
    tolerance = models.DecimalField(
        "平常波动",
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        default=5,
        validators=[MinValueValidator(0)],
        help_text="与上月、以前各月相差在这个数以内不要求写原因；空着就不比较，如一次性的到位资金",
    )
    source = models.CharField(
        "来源",
        max_length=20,
        choices=Source,
        default=Source.TYPED,
        help_text="由工作记录或台账计数的，月报里自动填好，不再手工填写；已提交的月报不受修改影响",
    )
    kind = models.ForeignKey(
        "projects.ActivityKind",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="measures",
        verbose_name="哪类活动",
    )
    position = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "月报指标"
        ordering = ["section", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name", "unit"],
                name="measure_unique",
                violation_error_message="同一批次里指标和单位不能重复。",
            ),
            models.CheckConstraint(
                condition=Q(source__in=["sessions", "person_times", "persons", "cases"], kind__isnull=False)
                | ~Q(source__in=["sessions", "person_times", "persons", "cases"]) & Q(kind=None),
                name="measure_source_has_kind",
                violation_error_message="按活动计数的要选哪类活动，其他来源不选。",
            ),
            models.CheckConstraint(
                condition=Q(source="typed")
                | Q(section="money", source__in=["programme_arrived", "matching_arrived", "spent"])
                | ~Q(section="money") & ~Q(source__in=["programme_arrived", "matching_arrived", "spent"]),
                name="measure_money_from_ledger",
                violation_error_message="资金指标手工填写或取自台账，活动指标不能取自台账。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.unit}）"

    @property
    def is_used(self) -> bool:
        return self.figures.exists() or self.corrections.exists()

    @property
    def is_counted(self) -> bool:
        return self.source != self.Source.TYPED

    def clean(self) -> None:
        if self.kind and self.kind.programme_id != self.programme_id:
            raise ValidationError({"kind": "所选的活动类别不是这个批次的。"})

    @property
    def decimal_places(self) -> int:
        """Money goes to the fen; people and events are whole."""
        return 2 if self.section == self.Section.MONEY else 0
