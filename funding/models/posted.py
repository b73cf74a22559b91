"""What every book of ours has in common: rows that are added, never changed, and put right by a row that reverses them.

The triggers stand with the models: `append_only` and `reversal_matches` of fedwork.triggers.
"""

import uuid
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Case, F, When

from fedwork import clock

CENT = Decimal("0.01")
# What an entry counts for in a sum: reversals are taken off.
SIGNED = Case(When(reverses=None, then=F("amount")), default=-F("amount"))


class PostedQuerySet(models.QuerySet):
    def known_at(self, moment) -> "PostedQuerySet":
        """What had been entered by `moment`."""
        return self.filter(recorded_at__lte=moment)

    def standing(self) -> "PostedQuerySet":
        """Neither reversed nor a reversal."""
        return self.filter(reverses=None, reversal=None)


class Posted(models.Model):
    """One amount in yuan. `key` makes a repeated post harmless: the same key is the same entry."""

    amount = models.DecimalField("金额（元）", max_digits=12, decimal_places=2, validators=[MinValueValidator(CENT)])
    happened_on = models.DateField("日期")
    memo = models.CharField("摘要", max_length=200, blank=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name="冲正"
    )
    key = models.UUIDField("提交编号", unique=True, default=uuid.uuid4, editable=False)
    recorded_at = models.DateTimeField("登记时间", editable=False)
    recorded_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="登记人", editable=False
    )

    class Meta:
        abstract = True

    @property
    def is_reversed(self) -> bool:
        return hasattr(self, "reversal")

    @property
    def signed(self) -> Decimal:
        return -self.amount if self.reverses_id else self.amount

    def clean(self) -> None:
        if self.happened_on and self.happened_on > clock.today():
            raise ValidationError({"happened_on": "日期不能晚于今天。"})
