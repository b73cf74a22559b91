"""培训 of a programme, held by province, city, county or township. What one site teaches its own people is an activity
(教育培训) and is counted there, see docs/adr/0020."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Avg, Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse

from fedwork import clock
from organizations.models import Organization
from projects.models.fieldwork import MOST
from projects.models.programme import Programme
from projects.models.site import ProjectSite
from projects.models.visit import words


class TrainingLevel(models.TextChoices):
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    TOWNSHIP = "township", "乡镇级"


class TrainingTopic(models.TextChoices):
    """S0: 再培训、再宣传、再部署、再强调."""

    MEANING = "meaning", "意义"
    STANDARDS = "standards", "任务和标准"
    SCHEDULE = "schedule", "进度和安排"
    MEASURES = "measures", "措施和要求"


class HalfDay(models.TextChoices):
    MORNING = "a", "上午"
    AFTERNOON = "b", "下午"
    EVENING = "c", "晚上"


class AttendeeKind(models.TextChoices):
    CHAIR = "chair", "分管主席"
    DEPARTMENT = "department", "部室"
    COUNTY = "county", "县区妇联"
    HEAD = "head", "项目点负责人"
    SECRETARY = "secretary", "村（社区）书记"
    OFFICER = "officer", "妇联干部"
    OTHER = "other", "其他"


class TrainingQuerySet(models.QuerySet):
    def visible_to(self, user) -> "TrainingQuerySet":
        """Those held at or below the user's organisation, and those of the organisations above, which invite it."""
        if user.scope_path is None:
            return self.none()
        above = user.organization.ancestor_ids if user.organization else []
        return self.filter(Q(organization__path__startswith=user.scope_path) | Q(organization_id__in=above))

    def current(self) -> "TrainingQuerySet":
        return self.filter(removed_at=None)

    def held(self) -> "TrainingQuerySet":
        return self.current().filter(first_on__lte=clock.today())

    def with_numbers(self) -> "TrainingQuerySet":
        """`session_count`, `person_times` (summed over the sessions), `present` posts and their `average` score."""
        sessions = TrainingSession.objects.filter(training=OuterRef("pk")).order_by().values("training")
        attendees = TrainingAttendee.objects.filter(training=OuterRef("pk"), is_present=True)
        attendees = attendees.order_by().values("training")
        return self.annotate(
            session_count=Coalesce(Subquery(sessions.annotate(n=Count("pk")).values("n")), 0),
            person_times=Coalesce(Subquery(sessions.annotate(n=Sum("person_times")).values("n")), 0),
            present=Coalesce(Subquery(attendees.annotate(n=Count("pk")).values("n")), 0),
            average=Subquery(attendees.annotate(n=Avg("score")).values("n")),
        )


class Training(models.Model):
    """Several days with sessions. `persons` came, whoever they were; person-times are those of the sessions. The two are
    never added up across trainings: the same people come again."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="trainings", verbose_name="批次", editable=False
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+", verbose_name="登记单位", editable=False
    )
    level = models.CharField("谁举办", max_length=10, choices=TrainingLevel)
    title = models.CharField("培训名称", max_length=80)
    topics = words(TrainingTopic)
    first_on = models.DateField("开始日期")
    last_on = models.DateField("结束日期")
    place = models.CharField("地点", max_length=60)
    persons = models.PositiveIntegerField(
        "参训人数", default=0, validators=[MaxValueValidator(MOST)], help_text="来了多少人，一人只算一次；培训以后填"
    )
    note = models.TextField("情况", max_length=2000, blank=True)
    version = models.PositiveIntegerField("版本", default=0, editable=False)
    recorded_at = models.DateTimeField("登记时间", editable=False)
    recorded_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="登记人", editable=False
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

    objects = TrainingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培训"
        ordering = ["-first_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "organization", "first_on", "title"],
                condition=Q(removed_at=None),
                name="training_noted_once",
                violation_error_message="这一天已经登记过同名的培训。",
            ),
            models.CheckConstraint(
                condition=Q(last_on__gte=F("first_on")),
                name="training_days",
                violation_error_message="结束日期不能早于开始日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("projects:training_detail", args=[self.pk])

    @property
    def attach_url(self) -> str:
        """Where its photos and files are posted to."""
        return self.get_absolute_url() + "attachments/"

    def clean(self) -> None:
        if self.first_on and self.last_on and (self.last_on - self.first_on).days > 30:
            raise ValidationError({"last_on": "一次培训最长一个月，请核对日期。"})

    @property
    def is_begun(self) -> bool:
        return self.first_on <= clock.today()

    @property
    def topic_names(self) -> list[str]:
        return [label for value, label in TrainingTopic.choices if value in self.topics]

    @property
    def days_in_words(self) -> str:
        """“5月25日至26日”, “6月3日”."""
        first, last = self.first_on, self.last_on
        if first == last:
            return f"{first.month}月{first.day}日"
        until = f"{last.day}日" if first.month == last.month else f"{last.month}月{last.day}日"
        return f"{first.month}月{first.day}日至{until}"


class TrainingSession(models.Model):
    """期次: a half day with one subject, and how many sat there."""

    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="sessions", verbose_name="培训")
    held_on = models.DateField("日期")
    half_day = models.CharField("时段", max_length=1, choices=HalfDay)
    topic = models.CharField("内容", max_length=80)
    teacher_post = models.CharField("授课岗位", max_length=60, blank=True)
    person_times = models.PositiveIntegerField("人次", default=0, validators=[MaxValueValidator(MOST)])

    class Meta:
        verbose_name = verbose_name_plural = "培训期次"
        ordering = ["held_on", "half_day", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["training", "held_on", "half_day", "topic"],
                name="training_session_once",
                violation_error_message="同一时段的同一内容只列一次。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.get_half_day_display()} {self.topic}"


class TrainingAttendeeQuerySet(models.QuerySet):
    def visible_to(self, user) -> "TrainingAttendeeQuerySet":
        """Of whom the user sees the site or the organisation."""
        if user.scope_path is None:
            return self.none()
        at_site = Q(site__organization__path__startswith=user.scope_path)
        return self.filter(at_site | Q(organization__path__startswith=user.scope_path))


class TrainingAttendee(models.Model):
    """A post that was invited, by its kind and its organisation or site: no names."""

    training = models.ForeignKey(Training, on_delete=models.CASCADE, related_name="attendees", verbose_name="培训")
    kind = models.CharField("岗位", max_length=12, choices=AttendeeKind)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="单位"
    )
    site = models.ForeignKey(ProjectSite, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="项目点")
    is_present = models.BooleanField("到会", default=True)
    score = models.DecimalField(
        "测试成绩",
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(Decimal(100))],
    )

    objects = TrainingAttendeeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "参训岗位"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["training", "kind", "organization", "site"], nulls_distinct=False, name="training_attendee_once"
            ),
            models.CheckConstraint(
                condition=Q(site__isnull=False, organization=None) | Q(site=None, organization__isnull=False),
                name="training_attendee_of_one_place",
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(is_present=True, score__gte=0, score__lte=100),
                name="training_score",
                violation_error_message="成绩在 0 到 100 之间，没有到会的没有成绩。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}{self.get_kind_display()}"

    @property
    def place(self) -> str:
        return str(self.site or self.organization)
