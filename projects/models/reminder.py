"""Reminders (提醒) of monthly reports and urging (催办): what was said to which post, who saw it, to whom it was mailed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from organizations.models import Organization, Role
from projects.models.report import MonthlyReport
from projects.states import EDITABLE, Mark, ReportStatus

NOT_SENT = {ReportStatus.NOT_STARTED, ReportStatus.DRAFT}


class ReminderRule(models.TextChoices):
    BEFORE_DUE = "before_due", "截止前 3 天"
    DUE_DAY = "due_day", "截止当天"
    OVERDUE = "overdue", "逾期 1 天"
    OVERDUE_TOWNSHIP = "overdue_township", "逾期 1 天，告知乡镇"
    OVERDUE_COUNTY = "overdue_county", "逾期 3 天，告知县级"
    OVERDUE_CITY = "overdue_city", "逾期 7 天，告知市级"
    URGED = "urged", "催办"


class Addressee(Enum):
    """Whom a step of the ladder speaks to; which post that is for a site, see projects.posts."""

    FILLING_IN = "filling_in"
    TOWNSHIP = "township"
    COUNTY = "county"
    CITY = "city"


@dataclass(frozen=True)
class Step:
    """`offset`: calendar days after the due day (before it when negative)."""

    rule: ReminderRule
    offset: int
    addressee: Addressee


# A report that isn't handed in climbs these steps.
LADDER = [
    Step(ReminderRule.BEFORE_DUE, -3, Addressee.FILLING_IN),
    Step(ReminderRule.DUE_DAY, 0, Addressee.FILLING_IN),
    Step(ReminderRule.OVERDUE, 1, Addressee.FILLING_IN),
    Step(ReminderRule.OVERDUE_TOWNSHIP, 1, Addressee.TOWNSHIP),
    Step(ReminderRule.OVERDUE_COUNTY, 3, Addressee.COUNTY),
    Step(ReminderRule.OVERDUE_CITY, 7, Addressee.CITY),
]
OFFSETS = {step.rule: step.offset for step in LADDER}


class ReminderQuerySet(models.QuerySet):
    def addressed_to(self, user) -> "ReminderQuerySet":
        """Those of the user's post, whoever held it when they were sent, about reports that the post still sees."""
        if user.scope_path is None or user.organization_id is None:
            return self.none()
        mine = self.filter(role=user.role, place=user.organization_id)
        return mine.filter(report__site__organization__path__startswith=user.scope_path)

    def unsettled(self) -> "ReminderQuerySet":
        """What is still to be done; the others' reports have moved on meanwhile. `Reminder.is_settled` is the same
        question to one row."""
        due = ~Q(rule=ReminderRule.URGED) & Q(report__status__in=NOT_SENT)
        with_cadre = Q(role=Role.CADRE, report__status__in=EDITABLE)
        not_sent_since = Q(report__submitted_at=None) | Q(report__submitted_at__lt=F("sent_at"))
        at_county = Q(role=Role.COUNTY_REVIEWER, report__status=ReportStatus.COUNTY_REVIEW)
        waits_since = Q(report__waiting_since__lte=F("sent_at"))
        urged = Q(rule=ReminderRule.URGED) & (with_cadre & not_sent_since | at_county & waits_since)
        return self.filter(due | urged)

    def unseen_by(self, user) -> "ReminderQuerySet":
        return self.exclude(pk__in=ReminderSeen.objects.filter(user=user).values("reminder"))

    def urged(self) -> "ReminderQuerySet":
        return self.filter(rule=ReminderRule.URGED)


class Reminder(models.Model):
    """Said once to a post (`role` at `place`) about a report.

    `for_day` is the day on which the rule asked for it: the due day shifted by the rule's offset, so that a new due
    date has reminders of its own; for urging the day itself. Unique on (report, rule, for_day): nothing is sent twice,
    and nobody is urged twice a day.
    """

    report = models.ForeignKey(MonthlyReport, on_delete=models.PROTECT, related_name="reminders", verbose_name="月报")
    rule = models.CharField("缘由", max_length=20, choices=ReminderRule)
    for_day = models.DateField("应提醒日期")
    role = models.CharField("岗位", max_length=20, choices=Role)
    place = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    sent_at = models.DateTimeField("提醒时间")
    sent_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="催办人"
    )
    note = models.CharField("说明", max_length=200, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "提醒"
        ordering = ["-sent_at", "-id"]
        indexes = [models.Index(fields=["place", "role", "-sent_at"], name="reminder_post")]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "rule", "for_day"],
                name="reminder_once",
                violation_error_message="这条提醒已经发过。",
            ),
            models.CheckConstraint(
                condition=Q(rule=ReminderRule.URGED, sent_by__isnull=False)
                | ~Q(rule=ReminderRule.URGED) & Q(sent_by__isnull=True, note=""),
                name="reminder_urged_by",
                violation_error_message="催办要有催办人，自动提醒没有。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.get_rule_display()}"

    @property
    def is_urged(self) -> bool:
        return self.rule == ReminderRule.URGED

    @property
    def is_settled(self) -> bool:
        """Whether the report has moved on since; needs `report`."""
        report = self.report
        if not self.is_urged:
            return report.status not in NOT_SENT
        if self.role == Role.COUNTY_REVIEWER:
            return report.status != ReportStatus.COUNTY_REVIEW or report.waiting_since > self.sent_at
        return not report.is_editable or _is_after(report.submitted_at, self.sent_at)

    @property
    def post_name(self) -> str:
        return f"{self.place}{self.get_role_display()}"

    @property
    def urged_by(self) -> str:
        """Whose urging it is: 合肥市妇联. Needs `sent_by__organization`."""
        return f"{self.sent_by.organization}妇联"

    @property
    def words(self) -> str:
        """What was said, in one line that stays true. Needs `sent_by__organization` when urged."""
        sent_on = timezone.localdate(self.sent_at)
        if self.is_urged:
            return f"{self.urged_by}{_day(sent_on)}催办" + (f"：{self.note}" if self.note else "")
        due_on = self.for_day - timedelta(days=OFFSETS[self.rule])
        if self.rule == ReminderRule.BEFORE_DUE:
            return f"{_day(due_on)}截止，请及时报送"
        if self.rule == ReminderRule.DUE_DAY:
            return f"{_day(due_on)}截止，当天还没有报送"
        return f"应于{_day(due_on)}报送，提醒时已逾期 {(sent_on - due_on).days} 天"

    @property
    def mark(self) -> Mark:
        if self.is_settled:
            return Mark("已办", "ok")
        if self.is_urged:
            return Mark("催办", "bad")
        return Mark("逾期", "bad") if OFFSETS[self.rule] > 0 else Mark("快到期", "warn")


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _is_after(moment: datetime | None, other: datetime) -> bool:
    return moment is not None and moment >= other


class ReminderSeen(models.Model):
    """Somebody had the reminder on the screen; it no longer counts in their menu."""

    reminder = models.ForeignKey(Reminder, on_delete=models.CASCADE, related_name="seen")
    user = models.ForeignKey("organizations.User", on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField("看到时间")

    class Meta:
        verbose_name = verbose_name_plural = "提醒已看"
        constraints = [models.UniqueConstraint(fields=["reminder", "user"], name="reminder_seen_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.reminder}"


class ReminderMail(models.Model):
    """The claim to mail a reminder to somebody: committed before the message goes out, taken back when the mail server
    refuses. A process that dies in between leaves the claim, so nobody gets the same message twice."""

    reminder = models.ForeignKey(Reminder, on_delete=models.CASCADE, related_name="mails")
    user = models.ForeignKey("organizations.User", on_delete=models.CASCADE, related_name="+")
    claimed_at = models.DateTimeField("发出时间")

    class Meta:
        verbose_name = verbose_name_plural = "提醒邮件"
        constraints = [models.UniqueConstraint(fields=["reminder", "user"], name="reminder_mailed_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.reminder}"
