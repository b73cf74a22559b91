"""What a site did, written down when it happened: activities and publicity. The monthly report counts them."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from fedwork import clock
from projects.models.programme import Programme
from projects.models.report import MonthlyReport
from projects.models.site import ProjectSite

KINDS = ["教育培训", "文化娱乐活动", "关爱救助", "维权帮扶"]
TRAINING_KIND = "教育培训"
CHANNELS = ["日报", "晚报", "妇联网专栏", "微信公众号", "工作简报", "宣传橱窗", "其他"]
MOST = 99_999  # more people than any activity of a village has


class ProgrammeChoice(models.Model):
    """A word that the programme offers for its records; once used it stays."""

    name = models.CharField("名称", max_length=30)
    position = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        abstract = True
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class ActivityKind(ProgrammeChoice):
    """One of the programme's kinds of work (四类工作)."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="activity_kinds", verbose_name="批次"
    )
    is_training = models.BooleanField("计入培训", default=False, help_text="项目点自己办的培训，列入培训统计")

    class Meta(ProgrammeChoice.Meta):
        verbose_name = verbose_name_plural = "活动类别"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name"],
                name="activity_kind_unique",
                violation_error_message="同一批次里活动类别不能重名。",
            )
        ]

    @property
    def is_used(self) -> bool:
        return self.activities.exists() or self.measures.exists()


class PublicityChannel(ProgrammeChoice):
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="channels", verbose_name="批次")

    class Meta(ProgrammeChoice.Meta):
        verbose_name = verbose_name_plural = "宣传渠道"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name"],
                name="publicity_channel_unique",
                violation_error_message="同一批次里宣传渠道不能重名。",
            )
        ]

    @property
    def is_used(self) -> bool:
        return self.pieces.exists()


class SiteRecordQuerySet(models.QuerySet):
    def visible_to(self, user) -> "SiteRecordQuerySet":
        return self.filter(site__in=ProjectSite.objects.visible_to(user))

    def current(self) -> "SiteRecordQuerySet":
        return self.filter(removed_at=None)

    def in_months(self, months) -> "SiteRecordQuerySet":
        """`months` are first days."""
        found = Q(pk__in=[])
        for month in set(months):
            found |= Q(happened_on__year=month.year, happened_on__month=month.month)
        return self.filter(found)

    def for_page(self) -> "SiteRecordQuerySet":
        """Those that stand, in the order in which they happened, with who wrote them."""
        return self.current().select_related("recorded_by").order_by("happened_on", "pk")


class SiteRecord(models.Model):
    """Something of a site and a day. Removing only marks it: what was counted once can be looked up."""

    site = models.ForeignKey(ProjectSite, on_delete=models.PROTECT, related_name="+", verbose_name="项目点")
    happened_on = models.DateField("日期")
    version = models.PositiveIntegerField("版本", default=0, editable=False)
    recorded_at = models.DateTimeField("记录时间", editable=False)
    recorded_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="记录人", editable=False
    )
    removed_at = models.DateTimeField("移除时间", null=True, editable=False)
    removed_by = models.ForeignKey(
        "organizations.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="移除人",
        editable=False,
    )

    objects = SiteRecordQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["happened_on", "id"]

    @property
    def month(self) -> date:
        return self.happened_on.replace(day=1)

    @property
    def month_label(self) -> str:
        return f"{self.happened_on.year}年{self.happened_on.month}月"

    @property
    def attach_url(self) -> str:
        """Where its photos and files are posted to."""
        return self.get_absolute_url() + "attachments/"

    @property
    def report(self) -> MonthlyReport | None:
        """The report into which the record counts; None outside the months of the programme."""
        return MonthlyReport.objects.filter(site=self.site_id, month=self.month).first()

    def clean(self) -> None:
        if self.happened_on and self.happened_on > clock.today():
            raise ValidationError({"happened_on": "日期不能晚于今天。"})

    def refuse_foreign(self, name: str) -> None:
        """ValidationError when the choice `name` belongs to another programme than the site."""
        choice = getattr(self, name, None)
        if choice and choice.programme_id != self.site.programme_id:
            raise ValidationError({name: "所选的一项不是这个批次的，请重新选择。"})


class Festival(models.TextChoices):
    """节日和主题活动 with which an activity was held."""

    SPRING = "spring", "春节"
    MARCH_8 = "march_8", "“三八”妇女节"
    FAMILY = "family", "家庭文化建设月"
    CHILDREN = "children", "“六一”儿童节"
    DRAGON_BOAT = "dragon_boat", "端午节"
    JULY_1 = "july_1", "“七一”"
    MID_AUTUMN = "mid_autumn", "中秋节"
    NATIONAL = "national", "国庆节"
    DOUBLE_NINTH = "double_ninth", "重阳节"
    RIGHTS = "rights", "维权宣传周"
    NEW_YEAR = "new_year", "元旦"


def count_field(label: str) -> models.PositiveIntegerField:
    return models.PositiveIntegerField(label, default=0, validators=[MaxValueValidator(MOST)])


class Activity(SiteRecord):
    """活动: with how many sessions, person-times, persons and cases. Person-times are never persons: somebody who came
    to three sessions is one person and three person-times."""

    site = models.ForeignKey(ProjectSite, on_delete=models.PROTECT, related_name="activities", verbose_name="项目点")
    kind = models.ForeignKey(ActivityKind, on_delete=models.PROTECT, related_name="activities", verbose_name="类别")
    title = models.CharField("活动名称", max_length=80)
    place = models.CharField("地点", max_length=60, blank=True)
    festival = models.CharField("节日", max_length=20, choices=Festival, blank=True)
    sessions = count_field("场次（次数）")
    person_times = count_field("人次")
    persons = count_field("人数")
    cases = count_field("件数")
    head_post = models.CharField("负责岗位", max_length=40, blank=True, help_text="写职务，不写姓名，如：村妇联主席")
    note = models.TextField("情况", max_length=1000, blank=True)

    class Meta(SiteRecord.Meta):
        verbose_name = verbose_name_plural = "活动记录"
        indexes = [models.Index(fields=["site", "happened_on"], name="activity_of_month")]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "kind", "happened_on", "title"],
                condition=Q(removed_at=None),
                name="activity_noted_once",
                violation_error_message="这一天已经记过同名的活动，不用再记。",
            ),
            models.CheckConstraint(
                condition=Q(sessions__gt=0) | Q(person_times__gt=0) | Q(persons__gt=0) | Q(cases__gt=0),
                name="activity_counts_something",
                violation_error_message="场次、人次、人数、件数至少填一项。",
            ),
            models.CheckConstraint(
                condition=Q(person_times=0) | Q(persons__lte=models.F("person_times")),
                name="activity_persons_within_times",
                violation_error_message="人数不能多于人次：一个人来三次是 1 人、3 人次。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("projects:activity_edit", args=[self.pk])

    def clean(self) -> None:
        super().clean()
        self.refuse_foreign("kind")

    @property
    def numbers_in_words(self) -> str:
        """“1 次、42 人次”"""
        numbers = [
            (self.sessions, "次"),
            (self.person_times, "人次"),
            (self.persons, "人"),
            (self.cases, "件"),
        ]
        return "、".join(f"{number} {unit}" for number, unit in numbers if number)


class Publicity(SiteRecord):
    """宣传报道: one piece in one channel."""

    site = models.ForeignKey(ProjectSite, on_delete=models.PROTECT, related_name="publicity", verbose_name="项目点")
    channel = models.ForeignKey(PublicityChannel, on_delete=models.PROTECT, related_name="pieces", verbose_name="渠道")
    title = models.CharField("标题", max_length=80)
    link = models.URLField("网址", max_length=300, blank=True, help_text="没有网址的，保存以后拍照或扫描上传")

    class Meta(SiteRecord.Meta):
        verbose_name = verbose_name_plural = "宣传报道"
        indexes = [models.Index(fields=["site", "happened_on"], name="publicity_of_month")]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "channel", "happened_on", "title"],
                condition=Q(removed_at=None),
                name="publicity_noted_once",
                violation_error_message="这一天已经记过同一渠道、同一标题的报道，不用再记。",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("projects:publicity_edit", args=[self.pk])

    def clean(self) -> None:
        super().clean()
        self.refuse_foreign("channel")
