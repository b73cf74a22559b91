"""责任分解: which unit and post does what by when; and who keeps in touch with each site (联系岗位)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from projects.models.programme import Programme
from projects.models.site import ProjectSite
from projects.models.stages import TaskTemplate


class ContactKind(models.TextChoices):
    CITY = "city", "市部室联系岗位"
    COUNTY = "county", "县区联系岗位"


class DutyQuerySet(models.QuerySet):
    def visible_to(self, user) -> "DutyQuerySet":
        """Those of the whole programme, and those of the sites in scope."""
        if user.scope_path is None:
            return self.none()
        in_scope = Q(site__organization__path__startswith=user.scope_path)
        return self.filter(in_scope | Q(site=None), programme__in=Programme.objects.visible_to(user))


class Duty(models.Model):
    """A row of the 责任分解表: of the whole programme, or of one site."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="duties", verbose_name="批次")
    site = models.ForeignKey(
        ProjectSite,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="duties",
        verbose_name="项目点",
        help_text="空着即整个批次的任务",
    )
    template = models.ForeignKey(
        TaskTemplate,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="对应的日程任务",
    )
    task = models.CharField("任务", max_length=120)
    lead_unit = models.CharField("牵头单位", max_length=60)
    post = models.CharField("责任岗位", max_length=60, help_text="写职务，不写姓名，如：市妇联发展部部长")
    cooperating = models.CharField("配合单位", max_length=200, blank=True)
    due_on = models.DateField("完成时限")
    position = models.PositiveSmallIntegerField("顺序", default=0)
    version = models.PositiveIntegerField("版本", default=0, editable=False)

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "责任分解"
        ordering = [F("site").asc(nulls_first=True), "position", "due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "task"],
                condition=Q(site=None),
                name="duty_once_in_programme",
                violation_error_message="责任分解表里已有同名的任务。",
            ),
            models.UniqueConstraint(
                fields=["site", "task"],
                condition=Q(site__isnull=False),
                name="duty_once_at_site",
                violation_error_message="这个项目点已有同名的任务。",
            ),
            models.CheckConstraint(
                condition=~Q(task="") & ~Q(lead_unit="") & ~Q(post=""),
                name="duty_says_who",
                violation_error_message="任务、牵头单位和责任岗位都要写。",
            ),
        ]

    def __str__(self) -> str:
        return self.task

    def clean(self) -> None:
        if self.site and self.site.programme_id != self.programme_id:
            raise ValidationError({"site": "这个项目点不在这个批次里，请重新选择。"})
        if self.template and self.template.stage.programme_id != self.programme_id:
            raise ValidationError({"template": "这项日程任务不在这个批次里，请重新选择。"})
        # A programme is called by a year and may reach into the next.
        if self.due_on and not self.programme.year - 1 <= self.due_on.year <= self.programme.year + 2:
            raise ValidationError({"due_on": "完成时限离批次年度太远，请核对年份。"})


class SiteContactQuerySet(models.QuerySet):
    def visible_to(self, user) -> "SiteContactQuerySet":
        return self.filter(site__in=ProjectSite.objects.visible_to(user))


class SiteContact(models.Model):
    """Who of the city's departments, and who of the county, keeps in touch with a site."""

    site = models.ForeignKey(ProjectSite, on_delete=models.PROTECT, related_name="contacts", verbose_name="项目点")
    kind = models.CharField("哪一级", max_length=10, choices=ContactKind)
    unit = models.CharField("单位（部室）", max_length=60)
    post = models.CharField("岗位", max_length=40)
    phone = models.CharField("办公电话", max_length=30, blank=True)
    assigned_at = models.DateTimeField("指定时间", editable=False)
    assigned_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="指定人", editable=False
    )

    objects = SiteContactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "联系岗位"
        ordering = ["site", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["site", "kind"], name="site_contact_one_of_a_kind"),
            models.CheckConstraint(
                condition=~Q(unit="") & ~Q(post=""),
                name="site_contact_named",
                violation_error_message="单位和岗位都要写。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}{self.post}"
