"""整改: what was found wrong at a site, who puts it right by when, and who makes sure of it.

One object for everything that finds something: visits, meetings, inspections, later rubrics and funds.
"""

from datetime import date, datetime

from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone

from fedwork.triggers import append_only, kept
from organizations.models import Organization, Role
from projects.models.inspection import Inspection
from projects.models.meeting import Meeting
from projects.models.site import ProjectSite
from projects.models.visit import GuidanceVisit
from projects.states import Mark, ReviewDesk


class RectificationState(models.TextChoices):
    OPEN = "open", "待整改"
    EXTENDED = "extended", "已延期"
    SUBMITTED = "submitted", "已整改待复核"
    CLOSED = "closed", "已销号"


class RectificationSource(models.TextChoices):
    VISIT = "visit", "调研指导"
    MEETING = "meeting", "督查汇报会"
    INSPECTION = "inspection", "检查督查"
    RUBRIC = "rubric", "考核评分"
    FUND = "fund", "资金检查"


class RectificationCategory(models.TextChoices):
    PROGRESS = "progress", "进度"
    MONEY = "money", "资金"
    MATERIALS = "materials", "资料"
    VENUE = "venue", "阵地"
    ACTIVITY = "activity", "活动"
    OTHER = "other", "其他"


class StepKind(models.TextChoices):
    RAISED = "raised", "交办"
    ASKED = "asked", "申请延期"
    GRANTED = "granted", "同意延期"
    REFUSED = "refused", "不同意延期"
    SUBMITTED = "submitted", "报送整改情况"
    RETURNED = "returned", "退回再改"
    CLOSED = "closed", "复核销号"


TO_RECTIFY = {RectificationState.OPEN, RectificationState.EXTENDED}
TAG_OF_STATE = {
    RectificationState.OPEN: "idle",
    RectificationState.EXTENDED: "warn",
    RectificationState.SUBMITTED: "wait",
    RectificationState.CLOSED: "ok",
}
TAG_OF_STEP = {
    StepKind.RAISED: "idle",
    StepKind.ASKED: "warn",
    StepKind.GRANTED: "ok",
    StepKind.REFUSED: "bad",
    StepKind.SUBMITTED: "wait",
    StepKind.RETURNED: "bad",
    StepKind.CLOSED: "ok",
}


def states(today: date) -> dict[str, Q]:
    """What a list of items can be narrowed down to."""
    found = {state.value: Q(state=state) for state in RectificationState}
    return {
        "unsettled": ~Q(state=RectificationState.CLOSED),
        "overdue": Q(state__in=sorted(TO_RECTIFY), due_on__lt=today),
        "asking": Q(asked_until__isnull=False),
    } | found


class RectificationQuerySet(models.QuerySet):
    def visible_to(self, user) -> "RectificationQuerySet":
        if user.scope_path is None:
            return self.none()
        return self.filter(site__organization__path__startswith=user.scope_path)

    def of_post(self, user) -> "RectificationQuerySet":
        """Those for which the user's post answers."""
        return self.filter(role=user.role, organization=user.organization_id) if user.organization_id else self.none()

    def to_do(self, user, desk: ReviewDesk | None) -> "RectificationQuerySet":
        """What waits for the user: to be put right by the own post, or to be decided at the own desk by somebody else
        than who asked or rectified."""
        mine = Q(pk__in=self.of_post(user).filter(state__in=sorted(TO_RECTIFY)).order_by().values("pk"))
        if desk is None:
            return self.visible_to(user).filter(mine)
        asked = Q(asked_until__isnull=False) & ~Q(asked_by=user)
        rectified = Q(state=RectificationState.SUBMITTED) & ~Q(submitted_by=user)
        own = Q(role=user.role, organization=user.organization_id)
        return self.visible_to(user).filter(mine | Q(desk=desk) & (asked | rectified) & ~own)

    def in_state(self, state: str, today: date) -> "RectificationQuerySet":
        """`state` is a key of `states`."""
        return self.filter(states(today)[state])

    def state_counts(self, today: date) -> dict[str, int]:
        """How many of these rows are in each of `states`, and all of them, in one query."""
        counts = {f"in_{name}": Count("pk", filter=condition) for name, condition in states(today).items()}
        found = self.order_by().aggregate(in_all=Count("pk"), **counts)
        return {name.removeprefix("in_"): number for name, number in found.items()}

    def for_list(self) -> "RectificationQuerySet":
        """With what a list shows of them: the unsettled first, by due date."""
        is_settled = models.Case(models.When(state=RectificationState.CLOSED, then=1), default=0)
        return self.select_related("site", "organization").order_by(is_settled, "due_on", "pk")


class Rectification(models.Model):
    """One 整改事项. `due_on` is the date that holds now; every date that held before is in its steps.

    The post that answers is a role at an organisation; `desk` is the level that raised the item and closes it.
    `asked_until` and `asked_by` are there as long as a request for more time is undecided. `version` grows with every
    step: who decides says which one they saw.
    """

    site = models.ForeignKey(
        ProjectSite, on_delete=models.PROTECT, related_name="rectifications", verbose_name="项目点"
    )
    source = models.CharField("来源", max_length=12, choices=RectificationSource)
    source_note = models.CharField("来源说明", max_length=80, blank=True, help_text="如：第二次督查、资料组")
    meeting = models.ForeignKey(
        Meeting,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rectifications",
        verbose_name="督查汇报会",
    )
    visit = models.ForeignKey(
        GuidanceVisit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rectifications",
        verbose_name="调研指导",
    )
    inspection = models.ForeignKey(
        Inspection,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rectifications",
        verbose_name="督查检查",
    )
    found_on = models.DateField("发现日期")
    category = models.CharField("问题类别", max_length=12, choices=RectificationCategory)
    problem = models.TextField("问题描述", max_length=500)
    measure = models.TextField("整改要求", max_length=500, help_text="做到什么程度、交什么材料")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", verbose_name="责任单位")
    role = models.CharField("责任岗位", max_length=20, choices=Role)
    due_on = models.DateField("整改时限")
    state = models.CharField("状态", max_length=10, choices=RectificationState, default=RectificationState.OPEN)
    desk = models.CharField("复核", max_length=10, choices=ReviewDesk)
    version = models.PositiveIntegerField("版本", default=0)
    asked_until = models.DateField("申请延至", null=True, blank=True, editable=False)
    asked_by = models.ForeignKey(
        "organizations.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="延期申请人",
    )
    raised_at = models.DateTimeField("交办时间")
    raised_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="交办人"
    )
    submitted_at = models.DateTimeField("报送时间", null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        "organizations.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="整改人",
    )
    closed_at = models.DateTimeField("销号时间", null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        "organizations.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="复核人",
    )

    objects = RectificationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "整改事项"
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="rectification_due"),
            models.Index(fields=["organization", "role"], name="rectification_post"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("found_on")),
                name="rectification_due_after_found",
                violation_error_message="整改时限不能早于发现日期。",
            ),
            models.CheckConstraint(
                condition=~Q(problem="") & ~Q(measure=""),
                name="rectification_is_told",
                violation_error_message="问题描述和整改要求都要写。",
            ),
            models.CheckConstraint(
                condition=Q(asked_until=None, asked_by=None)
                | Q(asked_until__gt=F("due_on"), asked_by__isnull=False, state__in=sorted(TO_RECTIFY)),
                name="rectification_asked",
                violation_error_message="申请的日期应晚于现在的整改时限。",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(TO_RECTIFY)) | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="rectification_submitted_by",
            ),
            models.CheckConstraint(
                condition=Q(state=RectificationState.CLOSED, closed_at__isnull=False, closed_by__isnull=False)
                | ~Q(state=RectificationState.CLOSED) & Q(closed_at=None, closed_by=None),
                name="rectification_closed_by",
            ),
            models.CheckConstraint(
                condition=Q(closed_by=None) | ~Q(closed_by=F("submitted_by")),
                name="rectification_closed_by_another",
                violation_error_message="销号要由整改人以外的人办理。",
            ),
            models.CheckConstraint(
                condition=Q(meeting=None) | Q(source=RectificationSource.MEETING),
                name="rectification_meeting_is_source",
                violation_error_message="会议议定的事项，来源应是督查汇报会。",
            ),
            models.CheckConstraint(
                condition=(Q(visit=None) | Q(source=RectificationSource.VISIT))
                & (Q(inspection=None) | Q(source=RectificationSource.INSPECTION)),
                name="rectification_origin_is_source",
                violation_error_message="来源要和发现问题的调研指导、督查检查一致。",
            ),
        ]
        triggers = kept(
            "rectification",
            fields=[
                "site",
                "source",
                "meeting",
                "visit",
                "inspection",
                "found_on",
                "problem",
                "desk",
                "raised_at",
                "raised_by",
            ],
        )

    def __str__(self) -> str:
        return f"{self.number} {self.site}"

    def get_absolute_url(self) -> str:
        return reverse("projects:rectification_detail", args=[self.pk])

    @property
    def number(self) -> str:
        return f"ZG{self.found_on:%Y}-{self.pk:04d}"

    @property
    def post_name(self) -> str:
        return f"{self.organization}{self.get_role_display()}"

    @property
    def source_words(self) -> str:
        """“督查汇报会（第二次）”."""
        return f"{self.get_source_display()}（{self.source_note}）" if self.source_note else self.get_source_display()

    @property
    def is_to_rectify(self) -> bool:
        return self.state in TO_RECTIFY

    @property
    def is_closed(self) -> bool:
        return self.state == RectificationState.CLOSED

    def is_overdue(self, today: date) -> bool:
        """The date has passed and nothing was handed in; computed, so it ends with the submission or more time."""
        return self.is_to_rectify and self.due_on < today

    def days_left(self, today: date) -> int:
        """Calendar days; negative when the date has passed."""
        return (self.due_on - today).days

    def mark(self, today: date) -> Mark:
        if self.is_overdue(today):
            return Mark("逾期", "bad")
        return Mark(self.get_state_display(), TAG_OF_STATE[self.state])


class RectificationStep(models.Model):
    """What happened to an item: who did what, in which words, and what then held. A step is never changed."""

    rectification = models.ForeignKey(
        Rectification, on_delete=models.PROTECT, related_name="steps", verbose_name="整改事项"
    )
    kind = models.CharField("办理", max_length=10, choices=StepKind)
    text = models.TextField("说明", max_length=1000)
    state = models.CharField("办理后状态", max_length=10, choices=RectificationState)
    due_on = models.DateField("办理后时限")
    asked_until = models.DateField("申请延至", null=True, blank=True, editable=False)
    made_at = models.DateTimeField("时间")
    made_by = models.ForeignKey("organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="办理人")

    class Meta:
        verbose_name = verbose_name_plural = "整改办理记录"
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""), name="rectification_step_says", violation_error_message="请写明情况或理由。"
            ),
            models.CheckConstraint(
                condition=Q(kind=StepKind.ASKED, asked_until__isnull=False)
                | ~Q(kind=StepKind.ASKED) & Q(asked_until=None),
                name="rectification_step_asks",
            ),
        ]
        triggers = append_only("rectification_step")

    def __str__(self) -> str:
        return f"{self.rectification} {self.get_kind_display()}"

    @property
    def tag(self) -> str:
        return TAG_OF_STEP[self.kind]

    @property
    def who(self) -> str:
        return f"{self.made_by.organization}{self.made_by.get_role_display()}　{self.made_by}"


def state_at(steps: list[RectificationStep], moment: datetime) -> RectificationStep | None:
    """The last of an item's steps (in their order) by the moment: what then held. None before it was raised."""
    return next((step for step in reversed(steps) if step.made_at <= moment), None)


def submitted_on(item: Rectification) -> date | None:
    return timezone.localdate(item.submitted_at) if item.submitted_at else None
