"""公示: the result list as it was published, and the objections to it."""

from datetime import date

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from assessments.models.acceptance import Conclusion
from assessments.models.rubric import points_field
from fedwork.triggers import append_only, kept
from projects.models import Programme, ProjectSite
from projects.states import Mark

USUAL_WORKDAYS, MOST_WORKDAYS = 5, 30


class PublicationQuerySet(models.QuerySet):
    def visible_to(self, user) -> "PublicationQuerySet":
        """Public to everybody who sees the programme, also beyond the own part of the tree."""
        return self.filter(programme__in=Programme.objects.visible_to(user))


class Publication(models.Model):
    """A frozen list: publishing again makes another one. `ends_on` is the last day for objections."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="publications", verbose_name="批次")
    number = models.PositiveSmallIntegerField("第几次")
    starts_on = models.DateField("公示开始")
    workdays = models.PositiveSmallIntegerField(
        "公示几个工作日",
        default=USUAL_WORKDAYS,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_WORKDAYS)],
    )
    ends_on = models.DateField("公示结束")
    contact = models.CharField("受理异议的单位和电话", max_length=100)
    published_at = models.DateTimeField("发布时间")
    published_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="发布人"
    )

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "结果公示"
        ordering = ["programme", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="publication_unique"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="publication_days"),
        ]
        triggers = append_only("publication")

    def __str__(self) -> str:
        return f"{self.programme}验收结果公示（第 {self.number} 次）"

    def get_absolute_url(self) -> str:
        return reverse("assessments:publication_detail", args=[self.pk])

    def is_open(self, today: date) -> bool:
        return self.starts_on <= today <= self.ends_on

    def mark(self, today: date) -> Mark:
        if today < self.starts_on:
            return Mark("待公示", "idle")
        return Mark("公示中", "wait") if self.is_open(today) else Mark("公示期满", "ok")


class PublishedResult(models.Model):
    """One line of the list; who didn't pass has no rank. Names are as they were."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="rows", verbose_name="公示")
    site = models.ForeignKey(ProjectSite, on_delete=models.PROTECT, related_name="+", verbose_name="项目点")
    name = models.CharField("项目点名称", max_length=120)
    county_name = models.CharField("县（市、区）", max_length=60, blank=True)
    kind = models.CharField("创建类型", max_length=60)
    rank = models.PositiveIntegerField("名次", null=True, blank=True)
    rank_in_kind = models.PositiveIntegerField("同类型名次", null=True, blank=True)
    total = points_field("得分")
    grade = models.CharField("等次", max_length=20, blank=True)
    conclusion = models.CharField("验收结论", max_length=10, choices=Conclusion)

    class Meta:
        verbose_name = verbose_name_plural = "公示结果"
        ordering = [F("rank").asc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "site"], name="published_result_once"),
            models.CheckConstraint(
                condition=Q(conclusion="passed", rank__isnull=False, rank_in_kind__isnull=False)
                | ~Q(conclusion="passed") & Q(rank=None, rank_in_kind=None),
                name="published_result_rank",
            ),
        ]
        triggers = append_only("published_result")

    def __str__(self) -> str:
        return f"{self.name} {self.total}"


class ObjectionQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ObjectionQuerySet":
        return self.filter(site__in=ProjectSite.objects.visible_to(user))

    def unanswered(self) -> "ObjectionQuerySet":
        return self.filter(decided_at=None)


class Objection(models.Model):
    """异议: said by whom (a unit or a post, never a name), and what was answered. Answered, it never changes."""

    publication = models.ForeignKey(
        Publication, on_delete=models.PROTECT, related_name="objections", verbose_name="公示"
    )
    site = models.ForeignKey(ProjectSite, on_delete=models.PROTECT, related_name="objections", verbose_name="项目点")
    raised_on = models.DateField("提出日期")
    raised_by = models.CharField("谁提出", max_length=80, help_text="写单位或身份，如：某村村民代表、某镇妇联")
    text = models.TextField("异议内容", max_length=1000)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="登记人"
    )
    answer = models.TextField("答复", max_length=1000, blank=True)
    is_upheld = models.BooleanField("异议成立", null=True, blank=True)
    decided_at = models.DateTimeField("答复时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公示异议"
        ordering = ["raised_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text="") & ~Q(raised_by=""), name="objection_says"),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, is_upheld=None, answer="")
                | Q(decided_at__isnull=False, decided_by__isnull=False, is_upheld__isnull=False) & ~Q(answer=""),
                name="objection_answered",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="objection_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__decided_at__isnull=False),
            ),
            *kept("objection", fields=["publication", "site", "raised_on", "raised_by", "text", "recorded_by"]),
        ]

    def __str__(self) -> str:
        return f"{self.site}：{self.text[:30]}"

    @property
    def mark(self) -> Mark:
        if self.decided_at is None:
            return Mark("待答复", "wait")
        return Mark("成立", "warn") if self.is_upheld else Mark("不成立", "idle")
