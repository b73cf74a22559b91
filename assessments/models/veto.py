"""一票否决: what makes a site fail whatever its score, who said so, what the site answered, who decided."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from assessments.models.rubric import OF_RUBRIC, Rubric, frozen_with
from fedwork.triggers import kept
from projects.models import ProjectSite
from projects.states import Mark

EXPLAIN_DAYS = 3  # so long the site has the word before anybody decides without hearing it


class VetoSource(models.TextChoices):
    """What the system sees coming by itself (assessments/hints.py). It only says so: people propose and decide."""

    MATCHING = "matching", "配套到位低于下限"
    RECTIFICATION = "rectification", "整改逾期未报"


class VetoItem(models.Model):
    """One of the rubric's veto items; frozen with it."""

    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="veto_items", verbose_name="细则")
    code = models.CharField("序号", max_length=8)
    content = models.CharField("情形", max_length=200)
    source = models.CharField("系统提示", max_length=20, choices=VetoSource, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "一票否决项"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["rubric", "code"], name="veto_item_unique", violation_error_message="序号不能重复。"
            )
        ]
        triggers = [frozen_with("veto_item_frozen", OF_RUBRIC)]

    def __str__(self) -> str:
        return f"{self.code} {self.content}"


class VetoState(models.TextChoices):
    PROPOSED = "proposed", "待市里认定"
    CONFIRMED = "confirmed", "已认定"
    DISMISSED = "dismissed", "不成立"


TAG_OF_VETO = {VetoState.PROPOSED: "warn", VetoState.CONFIRMED: "bad", VetoState.DISMISSED: "idle"}


class VetoFindingQuerySet(models.QuerySet):
    def visible_to(self, user) -> "VetoFindingQuerySet":
        return self.filter(site__in=ProjectSite.objects.visible_to(user))

    def confirmed(self) -> "VetoFindingQuerySet":
        return self.filter(state=VetoState.CONFIRMED)

    def for_page(self) -> "VetoFindingQuerySet":
        around = ["site__programme__organization", "site__organization", "item"]
        return self.select_related(*around, "proposed_by", "explained_by", "decided_by").order_by("-proposed_at", "-pk")


class VetoFinding(models.Model):
    """Proposed by one person with evidence, explained by the site, decided by a second person."""

    site = models.ForeignKey(ProjectSite, on_delete=models.PROTECT, related_name="vetoes", verbose_name="项目点")
    item = models.ForeignKey(VetoItem, on_delete=models.PROTECT, related_name="findings", verbose_name="情形")
    state = models.CharField("状态", max_length=10, choices=VetoState, default=VetoState.PROPOSED)
    evidence = models.TextField("事实和证据", max_length=2000)
    proposed_at = models.DateTimeField("提出时间")
    proposed_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="提出人"
    )
    explanation = models.TextField("项目点说明", max_length=2000, blank=True)
    explained_at = models.DateTimeField("说明时间", null=True)
    explained_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="说明人"
    )
    decision = models.TextField("认定理由", max_length=1000, blank=True)
    decided_at = models.DateTimeField("认定时间", null=True)
    decided_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="认定人"
    )

    objects = VetoFindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "一票否决"
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "item"],
                condition=~Q(state=VetoState.DISMISSED),
                name="veto_once",
                violation_error_message="这一情形已经提出过，正在认定或已经认定。",
            ),
            models.CheckConstraint(
                condition=Q(state=VetoState.PROPOSED, decided_by=None, decided_at=None)
                | ~Q(state=VetoState.PROPOSED) & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="veto_decided_by",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                name="veto_two_people",
                violation_error_message="提出的人不能自己认定。",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="veto_frozen",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=VetoState.PROPOSED.value),
            ),
            *kept("veto", fields=["site", "item", "evidence", "proposed_at", "proposed_by"]),
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.item.code}"

    def get_absolute_url(self) -> str:
        return reverse("assessments:veto_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == VetoState.PROPOSED

    @property
    def mark(self) -> Mark:
        return Mark(self.get_state_display(), TAG_OF_VETO[self.state])
