"""变更申请: what was approved changes only by a request, with before and after, and a decision by somebody else."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from fedwork.triggers import kept
from organizations.models import Organization
from projects.models.site import ProjectSite


class ChangeSubject(models.TextChoices):
    """What of an approved site may change. Programme, creation type and money don't."""

    NAME = "name", "项目点名称"
    LEADER_TITLE = "leader_title", "负责人职务"
    ORGANIZATION = "organization", "所在村（社区、基地）"
    FEATURE = "feature", "特色和示范作用"
    CONTENT = "content", "创建内容"
    BENEFICIARIES = "beneficiaries", "预计受益妇女"


OF_SITE = {ChangeSubject.NAME, ChangeSubject.LEADER_TITLE}
OF_NOMINATION = {ChangeSubject.FEATURE, ChangeSubject.CONTENT, ChangeSubject.BENEFICIARIES}


class ChangeState(models.TextChoices):
    ASKED = "asked", "待市级审批"
    GRANTED = "granted", "已同意"
    REFUSED = "refused", "不同意"


TAG_OF_CHANGE = {ChangeState.ASKED: "wait", ChangeState.GRANTED: "ok", ChangeState.REFUSED: "bad"}


class SiteChangeQuerySet(models.QuerySet):
    def visible_to(self, user) -> "SiteChangeQuerySet":
        if user.scope_path is None:
            return self.none()
        return self.filter(site__organization__path__startswith=user.scope_path)

    def asked(self) -> "SiteChangeQuerySet":
        return self.filter(state=ChangeState.ASKED)

    def for_page(self) -> "SiteChangeQuerySet":
        return self.select_related(
            "asked_by__organization", "commented_by__organization", "decided_by__organization"
        ).order_by("-asked_at", "-pk")


class SiteChange(models.Model):
    """One request about one subject. `before` and `after` are words as papers show them; `to_organization` is the unit
    to which the site would move."""

    site = models.ForeignKey(ProjectSite, on_delete=models.PROTECT, related_name="changes", verbose_name="项目点")
    subject = models.CharField("变更事项", max_length=14, choices=ChangeSubject)
    before = models.TextField("变更前", blank=True)
    after = models.TextField("变更后", max_length=1000)
    to_organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="变更后单位"
    )
    reason = models.TextField("变更理由", max_length=500)
    state = models.CharField("状态", max_length=10, choices=ChangeState, default=ChangeState.ASKED)
    asked_at = models.DateTimeField("申请时间")
    asked_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="申请人"
    )
    opinion = models.TextField("县级意见", max_length=500, blank=True)
    commented_at = models.DateTimeField("县级意见时间", null=True, blank=True)
    commented_by = models.ForeignKey(
        "organizations.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="县级意见填写人",
    )
    decision = models.TextField("审批意见", max_length=500, blank=True)
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人"
    )

    objects = SiteChangeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "变更申请"
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "subject"],
                condition=Q(state=ChangeState.ASKED),
                name="site_change_open_once",
                violation_error_message="这一事项已有变更申请正在等待审批。",
            ),
            models.CheckConstraint(
                condition=~Q(after="") & ~Q(reason="") & ~Q(after=F("before")),
                name="site_change_is_told",
                violation_error_message="变更后的内容和理由都要写，变更后应和变更前不同。",
            ),
            models.CheckConstraint(
                condition=Q(state=ChangeState.ASKED, decided_at=None, decided_by=None)
                | ~Q(state=ChangeState.ASKED) & ~Q(decision="") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="site_change_decided",
                violation_error_message="请写明审批意见。",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="site_change_decided_by_another",
                violation_error_message="变更申请由申请人以外的人审批。",
            ),
        ]
        triggers = kept(
            "site_change",
            fields=["site", "subject", "before", "after", "to_organization", "reason", "asked_at", "asked_by"],
        )

    def __str__(self) -> str:
        return f"{self.site}变更{self.get_subject_display()}"

    def get_absolute_url(self) -> str:
        return reverse("projects:change_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == ChangeState.ASKED

    @property
    def tag(self) -> str:
        return TAG_OF_CHANGE[self.state]
