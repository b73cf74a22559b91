"""考核评分细则: by which criteria the sites of a creation type are scored. A published version stays as it is."""

from decimal import Decimal

import pgtrigger
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Max, Q, Sum, Value, lookups
from django.db.models.functions import Mod
from django.urls import reverse

from assessments.methods import STEP, Formula, Method, Ratio, Rule
from assessments.sources.registry import source_choices, sources
from assessments.standards import read_rule
from fedwork.triggers import no_truncate
from projects.models import CreationType, Programme

FULL = Decimal(100)
BONUS = Decimal(5)  # 附加分, at most
ONE_DRAFT = models.UniqueConstraint(
    fields=["creation_type"],
    condition=Q(published_at=None),
    name="rubric_one_draft",
    violation_error_message="这个类型已有一份没有发布的草稿，请在草稿上修改。",
)


def points_field(label: str, **options) -> models.DecimalField:
    return models.DecimalField(label, max_digits=4, decimal_places=1, **options)


def half_points(points: Decimal) -> None:
    if points % STEP:
        raise ValidationError("分数以 0.5 分为一档。")


def in_halves(name: str, field: str) -> models.CheckConstraint:
    """Points come in steps of half a point, whoever writes them."""
    rest = Mod(F(field), Value(STEP, models.DecimalField()))
    return models.CheckConstraint(
        condition=lookups.Exact(rest, Value(0)), name=name, violation_error_message="分数以 0.5 分为一档。"
    )


def frozen_with(name: str, rubrics: str) -> pgtrigger.Trigger:
    """Rows of a published rubric are neither added, changed nor removed. `rubrics` is SQL for the ids of the rubrics that
    OLD and NEW belong to; they are held until the end of the transaction, so that none is published meanwhile."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            PERFORM 1 FROM assessments_rubric WHERE id IN ({rubrics}) FOR SHARE;
            IF EXISTS (SELECT 1 FROM assessments_rubric WHERE id IN ({rubrics}) AND published_at IS NOT NULL) THEN
                RAISE EXCEPTION 'pgtrigger: a published rubric is frozen';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


OF_RUBRIC = "OLD.rubric_id, NEW.rubric_id"
OF_SECTION = "SELECT rubric_id FROM assessments_rubricsection WHERE id IN (OLD.section_id, NEW.section_id)"


class RubricQuerySet(models.QuerySet):
    def visible_to(self, user) -> "RubricQuerySet":
        return self.filter(creation_type__programme__in=Programme.objects.visible_to(user))

    def published(self) -> "RubricQuerySet":
        return self.filter(published_at__isnull=False)

    def in_force(self, creation_type_id: int) -> "Rubric | None":
        """The version by which a site of this type is scored from now on."""
        return self.published().filter(creation_type=creation_type_id).order_by("-version").first()

    def with_points(self) -> "RubricQuerySet":
        """`points`: what its criteria add up to."""
        return self.annotate(points=Sum("sections__criteria__points"))

    def next_version(self, kind: CreationType) -> int:
        return (self.filter(creation_type=kind).aggregate(last=Max("version"))["last"] or 0) + 1


class Rubric(models.Model):
    """`version` counts from 1 within the creation type, which belongs to a programme."""

    creation_type = models.ForeignKey(
        CreationType, on_delete=models.PROTECT, related_name="rubrics", verbose_name="创建类型"
    )
    version = models.PositiveSmallIntegerField("版本", default=1, editable=False)
    department = models.CharField("责任部室", max_length=60, help_text="由哪个部室制定和解释，如：发展部")
    bonus_points = points_field(
        "附加分最多（分）",
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(BONUS), half_points],
        help_text="特色做法、获得的荣誉等，最多 5 分；填 0 即不设，总分保持 100 分",
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

    objects = RubricQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考核评分细则"
        ordering = ["creation_type", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["creation_type", "version"],
                name="rubric_unique_version",
                violation_error_message="这个版本已经有了。",
            ),
            ONE_DRAFT,
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="rubric_published_by",
            ),
            models.CheckConstraint(
                condition=Q(bonus_points__gte=0, bonus_points__lte=BONUS),
                name="rubric_bonus",
                violation_error_message="附加分最多 5 分。",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="rubric_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="rubric_comes_to_100",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__published_at__isnull=False),
                func="""
                    IF (SELECT coalesce(sum(points), 0) FROM assessments_criterion WHERE section_id IN
                        (SELECT id FROM assessments_rubricsection WHERE rubric_id = NEW.id)) <> 100 THEN
                        RAISE EXCEPTION 'pgtrigger: a published rubric comes to 100 points';
                    END IF;
                    RETURN NEW;
                """,
            ),
            no_truncate("rubric_no_truncate"),
        ]

    def __str__(self) -> str:
        return f"{self.creation_type}考核评分细则（第 {self.version} 版）"

    def get_absolute_url(self) -> str:
        return reverse("assessments:rubric_detail", args=[self.pk])

    def clean(self) -> None:
        if self.creation_type_id:
            ONE_DRAFT.validate(Rubric, self)

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def programme(self) -> Programme:
        return self.creation_type.programme

    def grade_of(self, total: Decimal) -> "Grade | None":
        """The highest that the total comes up to."""
        return next((grade for grade in self.grades.all() if total >= grade.from_points), None)


class Grade(models.Model):
    """等次: from so many points on."""

    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="grades", verbose_name="细则")
    name = models.CharField("等次", max_length=20)
    from_points = points_field("不低于（分）", validators=[MinValueValidator(0), MaxValueValidator(FULL), half_points])

    class Meta:
        verbose_name = verbose_name_plural = "等次"
        ordering = ["-from_points"]
        constraints = [
            models.UniqueConstraint(
                fields=["rubric", "name"], name="grade_unique_name", violation_error_message="等次不能重名。"
            ),
            models.UniqueConstraint(
                fields=["rubric", "from_points"],
                name="grade_unique_points",
                violation_error_message="两个等次的分数线不能一样。",
            ),
        ]
        triggers = [frozen_with("grade_frozen", OF_RUBRIC), no_truncate("grade_no_truncate")]

    def __str__(self) -> str:
        return self.name


class RubricSectionQuerySet(models.QuerySet):
    def visible_to(self, user) -> "RubricSectionQuerySet":
        return self.filter(rubric__in=Rubric.objects.visible_to(user))


class RubricSection(models.Model):
    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="sections", verbose_name="细则")
    position = models.PositiveSmallIntegerField("顺序", default=0)
    name = models.CharField("考核项目", max_length=30)
    minimum_percent = models.PositiveSmallIntegerField(
        "最低得分率（%）",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="低于这个比例的，等次定为最低一等；空着即不限",
    )

    objects = RubricSectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考核项目"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rubric", "name"], name="rubric_section_unique", violation_error_message="考核项目不能重名。"
            )
        ]
        triggers = [frozen_with("rubric_section_frozen", OF_RUBRIC)]

    def __str__(self) -> str:
        return self.name

    @property
    def is_used(self) -> bool:
        return self.criteria.exists()


class CriterionQuerySet(models.QuerySet):
    def in_order(self) -> "CriterionQuerySet":
        return self.select_related("section").order_by("section__position", "section_id", "position", "pk")


class Criterion(models.Model):
    """One line of the rubric. `standard` holds the parameters of its method: see assessments/standards.py."""

    section = models.ForeignKey(
        RubricSection, on_delete=models.CASCADE, related_name="criteria", verbose_name="考核项目"
    )
    position = models.PositiveSmallIntegerField("顺序", default=0)
    code = models.CharField("序号", max_length=8, help_text="如：A1")
    content = models.CharField("考核内容", max_length=200)
    points = points_field("分值", validators=[MinValueValidator(STEP), MaxValueValidator(FULL), half_points])
    method = models.CharField("计分方法", max_length=10, choices=Method)
    standard = models.TextField("评分标准", max_length=1000, blank=True, help_text="一行一条，写法见“怎么得分”")
    ways = models.CharField("考核方式", max_length=60, blank=True, help_text="听汇报、看现场、查资料、问卷、随机走访")
    evidence = models.CharField("佐证资料", max_length=100, blank=True)
    source = models.CharField("系统取数", max_length=30, blank=True, choices=source_choices)
    tag = models.CharField("四项行动一项建设", max_length=60, blank=True, help_text="属于哪一项，没有就空着")

    objects = CriterionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考核内容"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["section", "code"], name="criterion_unique_code", violation_error_message="序号不能重复。"
            ),
            models.CheckConstraint(condition=Q(points__gt=0), name="criterion_points"),
        ]
        triggers = [frozen_with("criterion_frozen", OF_SECTION)]

    def __str__(self) -> str:
        return f"{self.code} {self.content}"

    def clean(self) -> None:
        if self.method and self.points is not None:
            try:
                self._check(read_rule(self.method, self.standard))
            except ValueError as error:
                raise ValidationError({"standard": str(error)}) from None
        if self.is_automatic and self.method not in {Method.RATIO, Method.FORMULA}:
            raise ValidationError(
                {"source": "系统取数计分只用于“按比例”和“分段”；别的方法请选“只列佐证”的，或者空着。"}
            )

    def _check(self, rule: Rule) -> None:
        rule.check(self.points)
        known = sources()[self.source].names if self.source in sources() else ()
        if unknown := rule.names - set(known):
            raise ValueError(f"评分标准里的“{'、'.join(sorted(unknown))}”，所选的系统取数不知道是多少，请写数字。")
        if self.is_automatic and isinstance(rule, Ratio | Formula):
            self._check_kind(rule)

    def _check_kind(self, rule: Ratio | Formula) -> None:
        """4 sessions are not 4%."""
        source = sources()[self.source]
        if source.is_share and rule.unit != "%":
            raise ValueError(f"“{source.label}”是百分比，请写成：达到 90%，得满分")
        if not source.is_share and rule.unit == "%":
            raise ValueError(f"“{source.label}”不是百分比，目标请写数量。")

    @property
    def rule(self) -> Rule:
        return read_rule(self.method, self.standard)

    @property
    def is_automatic(self) -> bool:
        """Scored by the system, unless an assessor knows better."""
        return self.source in sources() and sources()[self.source].is_scoring
