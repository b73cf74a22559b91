"""What the office knows about days on and off beyond the published arrangements."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


class CalendarExceptionQuerySet(models.QuerySet):
    def visible_to(self, user) -> "CalendarExceptionQuerySet":
        """Days, not places: the same for everybody."""
        return self.none() if user.scope_path is None else self


class CalendarException(models.Model):
    """A day that is worked, or isn't, otherwise than `organizations.calendar` would say without it."""

    day = models.DateField("日期", unique=True, validators=[MinValueValidator(EARLIEST), MaxValueValidator(LATEST)])
    is_workday = models.BooleanField("当天上班", default=False, help_text="调休上班的勾选；放假的不勾选")
    name = models.CharField("事由", max_length=40, help_text="如：春节放假、国庆节调休上班")

    objects = CalendarExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工作日调整"
        ordering = ["-day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(day__gte=EARLIEST, day__lte=LATEST),
                name="calendar_exception_year",
                violation_error_message="日期应在 2000 至 2100 年之间，请核对年份。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {'上班' if self.is_workday else '放假'}（{self.name}）"
