"""验收: the city's decision about a site, with the county's opinion. Concluded, a row never changes; 限期整改 is followed
by another one."""

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse

from assessments.models.rubric import points_field
from assessments.models.scoring import TEAM_OF_CITY, RoundLevel
from fedwork.triggers import kept, steps_only
from organizations.models import Role
from projects.models import ProjectSite
from projects.states import Mark


class AcceptanceState(models.TextChoices):
    COUNTY = "county", "待县级意见"
    CITY = "city", "待市级结论"
    CONCLUDED = "concluded", "已作结论"


class Conclusion(models.TextChoices):
    PASSED = "passed", "通过"
    RECTIFY = "rectify", "限期整改"
    FAILED = "failed", "不通过"


TAG_OF = {Conclusion.PASSED: "ok", Conclusion.RECTIFY: "warn", Conclusion.FAILED: "bad"}


class AcceptanceQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AcceptanceQuerySet":
        return self.filter(site__in=ProjectSite.objects.visible_to(user))

    def to_do(self, user) -> "AcceptanceQuerySet":
        """What waits for the user: the county's opinion, or the city's conclusion."""
        waits_for = {Role.COUNTY_REVIEWER: AcceptanceState.COUNTY, Role.CITY_STAFF: AcceptanceState.CITY}
        return self.visible_to(user).filter(state=waits_for[user.role]) if user.role in waits_for else self.none()

    def concluded(self) -> "AcceptanceQuerySet":
        return self.filter(state=AcceptanceState.CONCLUDED)

    def newest(self) -> "AcceptanceQuerySet":
        """Of each site the last one."""
        last = Acceptance.objects.filter(site=OuterRef("site")).order_by("-number")
        return self.filter(pk=Subquery(last.values("pk")[:1]))

    def for_page(self) -> "AcceptanceQuerySet":
        around = ["site__programme__organization", "site__organization", "site__creation_type"]
        return self.select_related(*around, "opened_by", "county_by", "concluded_by")


class Acceptance(models.Model):
    """`facts` is what the system knew of the site (assessments/facts.py), kept when it is concluded, as are total and
    grade of the round by which it was judged. `team` lists the acceptance group as a round's does."""

    level = RoundLevel.CITY  # by whose measure the group is made up
    least_members = TEAM_OF_CITY

    site = models.ForeignKey(ProjectSite, on_delete=models.PROTECT, related_name="acceptances", verbose_name="项目点")
    number = models.PositiveSmallIntegerField("第几次", default=1)
    version = models.PositiveIntegerField("版本", default=0)
    state = models.CharField("状态", max_length=10, choices=AcceptanceState, default=AcceptanceState.COUNTY)
    opened_at = models.DateTimeField("开始时间")
    opened_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="开始人"
    )
    county_opinion = models.TextField("县级意见", max_length=1000, blank=True)
    county_at = models.DateTimeField("县级意见时间", null=True)
    county_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="县级经办人"
    )
    team = models.TextField("验收组", max_length=1000, blank=True)
    opinion = models.TextField("验收组意见", max_length=1000, blank=True)
    city_opinion = models.TextField("市级意见", max_length=1000, blank=True)
    conclusion = models.CharField("验收结论", max_length=10, choices=Conclusion, blank=True)
    due_on = models.DateField("整改时限", null=True)
    concluded_at = models.DateTimeField("结论时间", null=True)
    concluded_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="结论人"
    )
    total: Decimal | None = points_field("得分", null=True)
    grade = models.CharField("等次", max_length=20, blank=True)
    facts = models.JSONField("系统所列情况", default=dict)

    objects = AcceptanceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "验收"
        ordering = ["site", "number"]
        constraints = [
            models.UniqueConstraint(fields=["site", "number"], name="acceptance_unique"),
            models.UniqueConstraint(fields=["site"], condition=~Q(state="concluded"), name="acceptance_one_open"),
            models.CheckConstraint(
                condition=Q(
                    state="concluded",
                    conclusion__in=Conclusion.values,
                    concluded_at__isnull=False,
                    concluded_by__isnull=False,
                    total__isnull=False,
                )
                | ~Q(state="concluded") & Q(conclusion="", concluded_at=None, concluded_by=None, total=None),
                name="acceptance_concluded",
            ),
            models.CheckConstraint(
                condition=Q(conclusion="rectify", due_on__isnull=False) | ~Q(conclusion="rectify") & Q(due_on=None),
                name="acceptance_due_on",
                violation_error_message="限期整改要写明时限，别的结论没有时限。",
            ),
            models.CheckConstraint(
                condition=~Q(state="concluded") | ~Q(team="") & ~Q(opinion=""),
                name="acceptance_says",
                violation_error_message="验收组和验收组意见都要写。",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="acceptance_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="concluded"),
            ),
            steps_only("acceptance_steps", field="state", transitions=[("county", "city"), ("city", "concluded")]),
            *kept("acceptance", fields=["site", "number", "opened_at", "opened_by"]),
        ]

    def __str__(self) -> str:
        return f"{self.site}{self.label}"

    def get_absolute_url(self) -> str:
        return reverse("assessments:acceptance_detail", args=[self.pk])

    @property
    def label(self) -> str:
        return f"第 {self.number} 次验收" if self.number > 1 else "验收"

    @property
    def is_concluded(self) -> bool:
        return self.state == AcceptanceState.CONCLUDED

    @property
    def members(self) -> list[str]:
        return [line.strip() for line in self.team.splitlines() if line.strip()]

    @property
    def mark(self) -> Mark:
        if self.is_concluded:
            return Mark(self.get_conclusion_display(), TAG_OF[self.conclusion])
        return Mark(self.get_state_display(), "wait")
