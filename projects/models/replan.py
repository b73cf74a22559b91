"""日程调整: another date for a task, asked for with a reason and decided by the city. The baseline stays."""

from datetime import datetime

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, When

from fedwork.triggers import kept
from organizations.models import Role
from projects.models.schedule import ScheduleItem
from projects.models.site import ProjectSite
from projects.states import Mark, ReplanState

TAGS = {ReplanState.PENDING: "wait", ReplanState.GRANTED: "ok", ReplanState.REFUSED: "bad"}


class ReplanRequestQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ReplanRequestQuerySet":
        return self.filter(item__stage__site__in=ProjectSite.objects.visible_to(user))

    def pending(self) -> "ReplanRequestQuerySet":
        return self.filter(state=ReplanState.PENDING)

    def to_do(self, user) -> "ReplanRequestQuerySet":
        """What waits for the user's decision: at the city that runs the programme, never the own request."""
        if user.role != Role.CITY_STAFF:
            return self.none()
        own = self.visible_to(user).pending().exclude(asked_by=user)
        return own.filter(item__stage__site__programme__organization__path__startswith=user.scope_path)

    def for_list(self) -> "ReplanRequestQuerySet":
        """The undecided first, oldest first; then what was decided last."""
        around = ["item__stage__site__programme__organization", "item__stage__site__organization"]
        is_decided = Case(When(state=ReplanState.PENDING, then=0), default=1)
        return self.select_related(*around, "asked_by__organization", "decided_by__organization").order_by(
            is_decided, F("decided_at").desc(nulls_first=True), "asked_at", "pk"
        )


class ReplanRequest(models.Model):
    """`was_*` is the plan that the new dates take the place of, as it was when they were asked for and, once granted,
    when they were granted. The city's own decisions are rows of the same kind, granted at once (`is_direct`)."""

    item = models.ForeignKey(ScheduleItem, on_delete=models.PROTECT, related_name="replans", verbose_name="任务")
    was_starts_on = models.DateField("原开始")
    was_due_on = models.DateField("原计划完成")
    starts_on = models.DateField("新的开始")
    due_on = models.DateField("新的计划完成")
    reason = models.CharField("原因", max_length=300)
    state = models.CharField("状态", max_length=10, choices=ReplanState, default=ReplanState.PENDING)
    is_direct = models.BooleanField("市级直接调整", default=False)
    asked_at = models.DateTimeField("申请时间")
    asked_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="申请人"
    )
    decided_at = models.DateTimeField("批复时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        "organizations.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="批复人",
    )
    note = models.CharField("批复意见", max_length=300, blank=True)

    objects = ReplanRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "日程调整"
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(state=ReplanState.PENDING),
                name="replan_one_pending",
                violation_error_message="这项任务已有一个调整申请在等批复。",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("starts_on")),
                name="replan_window",
                violation_error_message="计划完成不能早于开始。",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="replan_reason", violation_error_message="请写明调整的原因。"
            ),
            models.CheckConstraint(
                condition=Q(state=ReplanState.PENDING, decided_at=None, decided_by=None)
                | ~Q(state=ReplanState.PENDING) & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="replan_decided_by",
            ),
            models.CheckConstraint(
                condition=Q(is_direct=True, state=ReplanState.GRANTED, decided_by=F("asked_by"))
                | Q(is_direct=False) & (Q(decided_by=None) | ~Q(decided_by=F("asked_by"))),
                name="replan_not_decided_by_asker",
                violation_error_message="不能批复自己提出的申请。",
            ),
            models.CheckConstraint(
                condition=~Q(state=ReplanState.REFUSED) | ~Q(note=""),
                name="replan_refusal_has_note",
                violation_error_message="不同意的，请写明理由。",
            ),
        ]
        triggers = kept("replan", fields=["item", "starts_on", "due_on", "reason", "is_direct", "asked_at", "asked_by"])

    def __str__(self) -> str:
        return f"{self.item} 调整到 {self.starts_on} 至 {self.due_on}"

    @property
    def site(self) -> ProjectSite:
        return self.item.stage.site

    @property
    def is_pending(self) -> bool:
        return self.state == ReplanState.PENDING

    @property
    def mark(self) -> Mark:
        return Mark(self.get_state_display(), TAGS[self.state])


def plan_at(moment: datetime, item: str = "") -> dict[str, Case]:
    """The dates of a task as they were planned at a moment, for annotations; `item` leads to it, as in "stages__items".
    What was granted later is taken back, so that papers of a past moment stay as they are."""
    later = ReplanRequest.objects.filter(state=ReplanState.GRANTED, decided_at__gt=moment).order_by("decided_at", "pk")
    first = later.filter(item=OuterRef(item or "pk"))
    # One list of the few that were moved later, and a search for those alone, not one for each task.
    was_moved = {f"{item or 'pk'}__in": later.order_by().values("item")}
    prefix = f"{item}__" if item else ""
    return {
        name: Case(When(**was_moved, then=Subquery(first.values(f"was_{name}")[:1])), default=F(f"{prefix}{name}"))
        for name in ["starts_on", "due_on"]
    }
