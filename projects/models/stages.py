"""The stages of a programme as templates: windows, tasks with their rhythm, outputs without which a stage isn't done."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from organizations.calendar import Calendar, load_calendar
from projects.models.programme import CreationType, Programme
from projects.schedule.cadence import LONGEST_WORKDAYS, RECURRING, STEP_DAYS, Cadence, Occurrence, by_month
from projects.states import Anchor, Owner, Rhythm, StageKind, proof_choices

MOST_EVIDENCE = 20


class ProgrammeStageQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ProgrammeStageQuerySet":
        return self.filter(programme__in=Programme.objects.visible_to(user))


class ProgrammeStage(models.Model):
    """A stage window of the programme; each site gets its own copy when it is approved."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="stages", verbose_name="批次")
    kind = models.CharField("阶段", max_length=10, choices=StageKind)
    starts_on = models.DateField("开始")
    ends_on = models.DateField("结束")

    objects = ProgrammeStageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "阶段"
        ordering = ["starts_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "kind"],
                name="programme_stage_unique",
                violation_error_message="同一批次里每个阶段只能有一个。",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="programme_stage_window",
                violation_error_message="阶段的结束日期不能早于开始日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.get_kind_display()}"

    def clean(self) -> None:
        if self.pk and self.starts_on and self.ends_on:
            left_out = self.tasks.filter(Q(starts_on__lt=self.starts_on) | Q(due_on__gt=self.ends_on)).first()
            if left_out:
                raise ValidationError(
                    f"任务“{left_out}”的起止日期（{left_out.starts_on} 至 {left_out.due_on}）不在阶段之内，请先修改任务的日期。"
                )

    @property
    def is_used(self) -> bool:
        return self.tasks.exists()


class TaskTemplate(models.Model):
    """A task that every site of the programme (or of one creation type) has to do: once, or in a rhythm within its
    window. What comes round more often than monthly is reported once a month, with the number of times."""

    stage = models.ForeignKey(ProgrammeStage, on_delete=models.CASCADE, related_name="tasks", verbose_name="阶段")
    creation_type = models.ForeignKey(
        CreationType,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="task_templates",
        verbose_name="限创建类型",
        help_text="空着即全部类型",
    )
    name = models.CharField("工作内容", max_length=80)
    starts_on = models.DateField("开始")
    due_on = models.DateField("计划完成")
    rhythm = models.CharField("频次", max_length=12, choices=Rhythm, default=Rhythm.ONCE)
    number = models.PositiveSmallIntegerField(
        "第几个工作日或百分之几",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_WORKDAYS)],
        help_text="“开始后第几个工作日”填个数，“到某日完成一部分”填百分数，其他空着",
    )
    on_day = models.DateField("到哪一日", null=True, blank=True, help_text="“固定日期”和“到某日完成一部分”填，其他空着")
    anchor = models.CharField(
        "从何时算起", max_length=10, choices=Anchor, default=Anchor.STAGE, help_text="周期和工作日从这一天数起"
    )
    is_due_moved = models.BooleanField("遇休息日顺延", default=False)
    owner = models.CharField("谁来做", max_length=10, choices=Owner, default=Owner.VILLAGE)
    evidence = models.CharField("佐证材料", max_length=60, blank=True, help_text="如：签到册、照片")
    evidence_count = models.PositiveSmallIntegerField(
        "至少几份",
        default=0,
        validators=[MaxValueValidator(MOST_EVIDENCE)],
        help_text="报 100% 时至少要有几份附件，0 即不要求",
    )
    position = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "任务模板"
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("starts_on")),
                name="task_template_window",
                violation_error_message="计划完成日期不能早于开始日期。",
            ),
            models.CheckConstraint(
                condition=Q(rhythm__in=[Rhythm.WORKDAYS, Rhythm.FRACTION], number__isnull=False)
                | ~Q(rhythm__in=[Rhythm.WORKDAYS, Rhythm.FRACTION]) & Q(number=None),
                name="task_template_number",
                violation_error_message="“第几个工作日或百分之几”只在频次需要时填，需要时必须填。",
            ),
            models.CheckConstraint(
                condition=~Q(rhythm=Rhythm.FRACTION) | Q(number__lt=100),
                name="task_template_fraction",
                violation_error_message="“到某日完成一部分”的百分数应在 1 至 99 之间。",
            ),
            models.CheckConstraint(
                condition=Q(rhythm__in=[Rhythm.FIXED, Rhythm.FRACTION], on_day__isnull=False)
                | ~Q(rhythm__in=[Rhythm.FIXED, Rhythm.FRACTION]) & Q(on_day=None),
                name="task_template_on_day",
                violation_error_message="“到哪一日”只在频次需要时填，需要时必须填。",
            ),
            models.CheckConstraint(
                condition=Q(evidence_count=0) | ~Q(evidence=""),
                name="task_template_evidence",
                violation_error_message="要求附件的，请写明是什么佐证材料。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        dated = self.stage_id and self.starts_on and self.due_on
        if dated and not self.stage.starts_on <= self.starts_on <= self.due_on <= self.stage.ends_on:
            raise ValidationError({"due_on": "任务的起止日期应在所属阶段之内。"})
        if self.stage_id and self.creation_type and self.creation_type.programme_id != self.stage.programme_id:
            raise ValidationError({"creation_type": "创建类型不属于这个批次。"})
        if dated and self.rhythm != Rhythm.ONCE and self._is_answered and not self.occurrences(load_calendar()):
            raise ValidationError({"rhythm": "按这个频次算出的日期不在任务的起止日期之内，请核对。"})

    @property
    def _is_answered(self) -> bool:
        """Whether the rhythm has the numbers that it needs; the constraints say which."""
        return {
            Rhythm.FIXED: self.on_day is not None,
            Rhythm.WORKDAYS: self.number is not None,
            Rhythm.FRACTION: None not in (self.on_day, self.number),
        }.get(self.rhythm, True)

    @property
    def is_recurring(self) -> bool:
        return self.rhythm in RECURRING

    @property
    def counted_from(self) -> date:
        return self.stage.starts_on if self.anchor == Anchor.STAGE else self.stage.programme.first_month

    @property
    def cadence(self) -> Cadence:
        return Cadence(self.rhythm, self.number, self.on_day, self.is_due_moved)

    def occurrences(self, calendar: Calendar) -> list[Occurrence]:
        """As a site's schedule lists them; see `by_month`."""
        turns = self.cadence.occurrences(self.starts_on, self.due_on, anchor=self.counted_from, calendar=calendar)
        return by_month(turns) if self.rhythm in STEP_DAYS else turns

    @property
    def rhythm_words(self) -> str:
        """“每月”, “开始后第 10 个工作日”, “9月30日前完成 50%”; empty for what is done once."""
        match self.rhythm:
            case Rhythm.ONCE:
                return ""
            case Rhythm.WORKDAYS:
                return f"{self.get_anchor_display()}后第 {self.number} 个工作日"
            case Rhythm.FIXED:
                return f"{self.on_day.month}月{self.on_day.day}日"
            case Rhythm.FRACTION:
                return f"{self.on_day.month}月{self.on_day.day}日前完成 {self.number}%"
        return self.get_rhythm_display()


class StageOutput(models.Model):
    """What has to be there before a stage is completed (S0: 成立组织、制定方案、细排进度、动员培训), and what shows it."""

    stage = models.ForeignKey(ProgrammeStage, on_delete=models.CASCADE, related_name="outputs", verbose_name="阶段")
    name = models.CharField("产出", max_length=40)
    proof = models.CharField("以什么为证", max_length=20, choices=proof_choices)
    parameter = models.CharField(
        "限定",
        max_length=40,
        blank=True,
        help_text="任务完成：只看名称里有这几个字的任务，空着即本阶段全部任务；会议召开：会议名称，如动员会",
    )
    position = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "阶段产出"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "name"],
                name="stage_output_unique",
                violation_error_message="同一阶段里产出不能重名。",
            ),
        ]

    def __str__(self) -> str:
        return self.name
