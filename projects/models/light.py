"""红黄绿灯 rules: thresholds as data, with every version that ever held."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from fedwork.triggers import append_only
from projects.lights.grading import Rule, rule_of
from projects.lights.registry import Signal, signal_choices, signals
from projects.models.programme import Programme

LARGEST = 999
IN_ORDER = "红灯的界限应大于黄灯的。"


def threshold(label: str) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        label,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LARGEST)],
        help_text="达到这个数就亮，空着即不亮",
    )


class Thresholds(models.Model):
    """From which value on a light is yellow or red; empty is never."""

    yellow = threshold("黄灯界限")
    red = threshold("红灯界限")
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        abstract = True


def in_order(name: str) -> list[models.CheckConstraint]:
    """Of a model with thresholds; `name` begins the names of the constraints."""
    at_least_1 = (Q(yellow=None) | Q(yellow__gte=1)) & (Q(red=None) | Q(red__gte=1))
    rising = Q(yellow=None) | Q(red=None) | Q(red__gt=F("yellow"))
    return [
        models.CheckConstraint(condition=at_least_1, name=f"{name}_from_1", violation_error_message="界限至少是 1。"),
        models.CheckConstraint(condition=rising, name=f"{name}_in_order", violation_error_message=IN_ORDER),
    ]


class LightRuleQuerySet(models.QuerySet):
    def visible_to(self, user) -> "LightRuleQuerySet":
        return self.filter(programme__in=Programme.objects.visible_to(user))


class LightRule(Thresholds):
    """What the programme looks at, and the thresholds that hold now; `changes` has those that held before."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="light_rules", verbose_name="批次", editable=False
    )
    signal = models.CharField("看什么", max_length=30, choices=signal_choices, editable=False)
    position = models.PositiveSmallIntegerField("顺序", default=0, editable=False)

    objects = LightRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "红黄绿灯规则"
        ordering = ["-programme__year", "programme_id", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "signal"], name="light_rule_unique"),
            *in_order("light_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.get_signal_display()}"

    def clean(self) -> None:
        if self.yellow and self.red and self.red <= self.yellow:
            raise ValidationError({"red": IN_ORDER})

    @property
    def known_signal(self) -> Signal | None:
        """None when the app that looked at it is gone."""
        return signals().get(self.signal)

    @property
    def rule(self) -> Rule | None:
        """As it holds now, whether it is in use or not."""
        return rule_of(self.signal, yellow=self.yellow, red=self.red, position=self.position)

    @property
    def words(self) -> str:
        return self.rule.words if self.rule else f"{self.signal}：不亮灯"


class LightChange(Thresholds):
    """A version of a rule, from `made_at` until the next one. Lights of a past moment go by the rules of then."""

    rule = models.ForeignKey(LightRule, on_delete=models.CASCADE, related_name="changes", verbose_name="规则")
    reason = models.CharField("原因", max_length=200, blank=True)
    made_at = models.DateTimeField("起")
    made_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="修改人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "规则修改记录"
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(made_by=None) | ~Q(reason=""),
                name="light_change_has_reason",
                violation_error_message="请写明原因。",
            ),
            *in_order("light_change"),
        ]
        triggers = append_only("light_change")

    def __str__(self) -> str:
        return f"{self.rule} {self.made_at:%Y-%m-%d}"

    @property
    def words(self) -> str:
        held = rule_of(self.rule.signal, yellow=self.yellow, red=self.red, position=self.rule.position)
        return (held.words if held else self.rule.signal) + ("" if self.is_active else "（停用）")
