"""督查汇报会: supervision meetings, due by the programme's rule; what they decide becomes 整改事项."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from organizations.models import Level, Organization, Role
from projects.models.programme import Programme


class MeetingKind(models.TextChoices):
    LAUNCH = "launch", "动员会"
    SUPERVISION = "supervision", "督查汇报会"


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user) -> "MeetingQuerySet":
        return self.filter(programme__in=Programme.objects.visible_to(user))

    def open_to(self, user) -> "MeetingQuerySet":
        """Whose files the user sees: cadres those of the meetings at which their own townships and villages were."""
        seen = self.visible_to(user)
        if user.role != Role.CADRE or user.scope_path is None:
            return seen
        below = Q(organization__path__startswith=user.scope_path)
        above = Q(organization__in=user.organization.ancestor_ids, organization__level__gte=Level.TOWNSHIP)
        return seen.filter(Exists(MeetingAttendee.objects.filter(below | above, meeting=OuterRef("pk"))))

    def supervision(self) -> "MeetingQuerySet":
        return self.filter(kind=MeetingKind.SUPERVISION)


class Meeting(models.Model):
    """A meeting of a programme. The pack (会议材料) shows what was known at `pack_at`, whenever it is opened.

    `due_on` says which of the programme's dates it answers; empty for a meeting beyond the plan. Once `finished_at` is
    set, the minutes stand as they are.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="meetings", verbose_name="批次")
    kind = models.CharField("会议", max_length=12, choices=MeetingKind, default=MeetingKind.SUPERVISION)
    due_on = models.DateField("应开期限", null=True, blank=True)
    held_on = models.DateField("会议日期")
    place = models.CharField("地点", max_length=60)
    chaired_by = models.CharField("主持", max_length=60, help_text="写岗位，如：市妇联分管领导")
    guests = models.CharField("其他参会单位", max_length=200, blank=True)
    agenda = models.TextField("议程", max_length=1000, blank=True)
    pack_at = models.DateTimeField("材料数据截至")
    achievements = models.TextField("主要成效", max_length=2000, blank=True)
    minutes = models.TextField("会议讨论情况", max_length=4000, blank=True)
    requirements = models.TextField("下步要求", max_length=2000, blank=True)
    recorded_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    version = models.PositiveIntegerField("版本", default=0)
    finished_at = models.DateTimeField("定稿时间", null=True, blank=True, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会议"
        ordering = ["-held_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "kind", "due_on"],
                name="meeting_once_for_due",
                violation_error_message="这一期的会议已经登记。",
            ),
            models.CheckConstraint(
                condition=~Q(kind=MeetingKind.LAUNCH) | Q(due_on=None), name="meeting_launch_without_due"
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | ~Q(minutes="") & ~Q(requirements=""),
                name="meeting_finished_with_minutes",
                violation_error_message="会议讨论情况和下步要求都写好，才能定稿。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on.year}年{self.held_on.month}月{self.held_on.day}日{self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("projects:meeting_detail", args=[self.pk])

    @property
    def attach_url(self) -> str:
        """Where its photos and files are posted to."""
        return self.get_absolute_url() + "attachments/"

    @property
    def is_supervision(self) -> bool:
        return self.kind == MeetingKind.SUPERVISION

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None


class MeetingAttendee(models.Model):
    """A post that took part: a role at an organisation, whoever held it."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendees", verbose_name="会议")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    role = models.CharField("岗位", max_length=20, choices=Role)

    class Meta:
        verbose_name = verbose_name_plural = "参会岗位"
        ordering = ["organization__level", "organization__code", "id"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "organization", "role"], name="attendee_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organization}{self.get_role_display()}"
