"""调研指导: the city visits every site every month, the county beside it. Which visits are due follows from the
reports: a row for every site and month of the programme."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from projects.models.fieldwork import SiteRecord
from projects.models.site import ProjectSite


class VisitLevel(models.TextChoices):
    CITY = "city", "市妇联"
    COUNTY = "county", "县妇联"


class Interlocutor(models.TextChoices):
    """With whom they sat together (S0: 与乡镇街道负责人、妇联干部、村“两委”、社区人员座谈)."""

    TOWNSHIP = "township", "乡镇（街道）负责人"
    FEDERATION = "federation", "妇联干部"
    VILLAGE = "village", "村“两委”"
    COMMUNITY = "community", "社区工作人员"
    WOMEN = "women", "妇女群众"


class Topic(models.TextChoices):
    """What they learned about (S0: 了解妇代会、妇女之家、产业结构、经济规划、妇女创业就业)."""

    CONGRESS = "congress", "妇代会"
    HOME = "home", "妇女之家"
    INDUSTRY = "industry", "产业结构"
    PLANNING = "planning", "经济规划"
    EMPLOYMENT = "employment", "妇女创业就业"


class LedBy(models.TextChoices):
    """Whose visit it was (S0: 三级主席深入)."""

    CHAIR = "chair", "主席"
    VICE_CHAIR = "vice_chair", "副主席"
    DEPARTMENT = "department", "部室"


def words(choices) -> ArrayField:
    return ArrayField(models.CharField(max_length=20, choices=choices), default=list, blank=True)


class GuidanceVisit(SiteRecord):
    """A note of a visit, written on the spot. All three headings of guidance say something, if only that all is well."""

    site = models.ForeignKey(ProjectSite, on_delete=models.PROTECT, related_name="visits", verbose_name="项目点")
    level = models.CharField("谁去的", max_length=10, choices=VisitLevel, editable=False)
    led_by = models.CharField("带队", max_length=12, choices=LedBy, default=LedBy.DEPARTMENT)
    visitors = models.CharField("到点人员", max_length=80, help_text="写单位和职务，如：市妇联发展部、区妇联副主席")
    interlocutors = words(Interlocutor)
    topics = words(Topic)
    findings = models.TextField("了解到的情况", max_length=2000, blank=True)
    on_activities = models.TextField("活动", max_length=1000)
    on_venue = models.TextField("硬件", max_length=1000)
    on_files = models.TextField("资料", max_length=1000)
    follow_up = models.TextField("后续要办的事", max_length=1000, blank=True)

    class Meta(SiteRecord.Meta):
        verbose_name = verbose_name_plural = "调研指导"
        indexes = [models.Index(fields=["site", "happened_on"], name="visit_of_month")]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "level", "happened_on"],
                condition=Q(removed_at=None),
                name="visit_noted_once",
                violation_error_message="这一天已经记过到这个项目点的调研指导，请在那一条里修改。",
            ),
            models.CheckConstraint(
                condition=~Q(on_activities="") & ~Q(on_venue="") & ~Q(on_files=""),
                name="visit_three_headings",
                violation_error_message="活动、硬件、资料三个方面的指导意见都要写。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.happened_on} 到{self.site}"

    def get_absolute_url(self) -> str:
        return reverse("projects:visit_detail", args=[self.pk])

    def clean(self) -> None:
        super().clean()
        if self.happened_on and self.report is None:
            raise ValidationError({"happened_on": f"{self.month_label}不在批次的月份之内。"})

    @property
    def interlocutor_names(self) -> list[str]:
        return [label for value, label in Interlocutor.choices if value in self.interlocutors]

    @property
    def topic_names(self) -> list[str]:
        return [label for value, label in Topic.choices if value in self.topics]
