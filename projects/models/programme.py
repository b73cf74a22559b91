"""A programme (项目批次): a year's batch with its rules as data."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

from dateutil.relativedelta import relativedelta
from dateutil.rrule import MONTHLY, rrule
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from organizations.calendar import Calendar
from organizations.models import Organization
from projects.due import LATEST_DAY, LATEST_WORKDAY, DueRule
from projects.states import DueKind, ProgrammeSource, ReviewChain, SiteStatus, StageKind

DUE_FIELDS = ["due_kind", "report_due_day", "is_due_moved"]  # together they are the programme's `due_rule`


class ProgrammeQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ProgrammeQuerySet":
        """Programmes run at or below the user's organisation, and those of the organisations above it."""
        if user.scope_path is None:
            return self.none()
        above = user.organization.ancestor_ids if user.organization else []
        return self.filter(Q(organization__path__startswith=user.scope_path) | Q(organization_id__in=above))

    def within(self, path: str | None) -> "ProgrammeQuerySet":
        """Programmes run at or below a place: those whose sites the people of that place manage."""
        return self.none() if path is None else self.filter(organization__path__startswith=path)

    def running_first(self, day: date) -> "ProgrammeQuerySet":
        """Those with a month of reports on `day` before the others, the newest first."""
        runs = Q(first_month__lte=day, last_month__gte=day.replace(day=1))
        return self.order_by(Case(When(runs, then=0), default=1), "-year", "name")

    def current(self, user, day: date) -> "Programme | None":
        """What a page shows when nothing is chosen: next year's copy, still without sites, comes after this year's."""
        seen = CreationType.objects.filter(
            programme=OuterRef("pk"),
            sites__status=SiteStatus.APPROVED,
            sites__organization__path__startswith=user.scope_path,
        )
        programmes = self.running_first(day)
        return programmes.filter(Exists(seen)).first() or programmes.first()

    def with_counts(self, user) -> "ProgrammeQuerySet":
        """`quota_total`, and of the sites that the user sees `site_count` and `approved_sites`."""
        if user.scope_path is None:
            return self.none()
        seen = Q(sites__organization__path__startswith=user.scope_path)
        quotas = CreationType.objects.filter(programme=OuterRef("pk")).order_by().values("programme")
        return self.annotate(
            site_count=Count("sites", filter=seen & ~Q(sites__status=SiteStatus.DECLINED)),
            approved_sites=Count("sites", filter=seen & Q(sites__status=SiteStatus.APPROVED)),
            quota_total=Coalesce(Subquery(quotas.annotate(total=Sum("quota")).values("total")), 0),
        ).order_by("-year", "name")


class Programme(models.Model):
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="programmes", verbose_name="主管单位"
    )
    name = models.CharField("批次名称", max_length=80, help_text="如：2026年省妇女专项经费建设项目")
    year = models.PositiveSmallIntegerField("年度", validators=[MinValueValidator(2000), MaxValueValidator(2100)])
    legal_basis = models.CharField("依据", max_length=200, blank=True)
    document_number = models.CharField("立项文号", max_length=60, blank=True)
    issued_on = models.DateField(
        "立项日期", null=True, blank=True, help_text="省里批复的日期：项目点没有另行批复的，自这一天所在的月起报月报"
    )
    goals = models.TextField("创建目标", max_length=4000, blank=True, help_text="写进项目创建手册；每条一段")
    fund_source = models.CharField(
        "专项资金来自", max_length=10, choices=ProgrammeSource, default=ProgrammeSource.PROVINCE
    )
    fund_name = models.CharField(
        "专项资金名称", max_length=12, default="省级专项资金", help_text="写在分配表和到位情况表上，如：市级专项资金"
    )
    # Called after the first kind of programme; it is the programme's own money, whoever gives it.
    province_amount = models.DecimalField(
        "每个项目点专项资金（元）", max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    matching_floor = models.DecimalField(
        "配套资金下限（元）",
        max_digits=12,
        decimal_places=2,
        default=Decimal("10000"),
        validators=[MinValueValidator(0)],
        help_text="低于下限的不能下达；不要求配套的，下限和比例都填 0",
    )
    matching_ratio = models.DecimalField(
        "配套比例目标",
        max_digits=5,
        decimal_places=2,
        default=Decimal("1"),
        validators=[MinValueValidator(0)],
        help_text="配套资金与专项资金之比，1 即 1:1，未达到只作提示",
    )
    first_month = models.DateField("月报起始月")
    last_month = models.DateField("月报截止月")
    due_kind = models.CharField("月报截止", max_length=20, choices=DueKind, default=DueKind.THIS_MONTH)
    report_due_day = models.PositiveSmallIntegerField(
        "几日或第几个",
        default=25,
        validators=[MinValueValidator(1), MaxValueValidator(LATEST_DAY)],
        help_text="某日填 1 至 28，第几个工作日填 1 至 15；18:00 止",
    )
    is_due_moved = models.BooleanField(
        "遇休息日顺延", default=False, help_text="截止日逢周末或放假，顺延到下一个工作日"
    )
    lock_days = models.PositiveSmallIntegerField(
        "逾期几天后锁定",
        null=True,
        blank=True,
        validators=[MaxValueValidator(365)],
        help_text="截止后满这些天还没有提交的，不能再填，由市妇联逐份解锁；空着即不锁定",
    )
    review_chain = models.CharField("审核流程", max_length=20, choices=ReviewChain, default=ReviewChain.COUNTY_CITY)
    has_monthly_visits = models.BooleanField(
        "市妇联每月到点指导", default=True, help_text="每个项目点每月至少一次；没有去的月份在“调研指导”里标出"
    )

    meeting_interval = models.PositiveSmallIntegerField(
        "督查汇报会几个月一次",
        default=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
        help_text="空着即不定期",
    )
    meeting_first_on = models.DateField(
        "首次督查汇报会最迟", null=True, blank=True, help_text="空着即自月报起始月算起，满一个间隔的那个月底"
    )

    log_edit_days = models.PositiveSmallIntegerField(
        "工作日志几天内可改",
        default=3,
        validators=[MaxValueValidator(31)],
        help_text="写下以后满这些天（或者当月月结），只能补记，原文保留",
    )
    log_every_days = models.PositiveSmallIntegerField(
        "工作日志几天至少一篇",
        default=7,
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text="隔得更久的，在“工作日志”里标出中断；空着即不限",
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度批次"
        ordering = ["-year", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                name="programme_unique_name",
                violation_error_message="本单位已有同名的批次。",
            ),
            models.CheckConstraint(
                condition=Q(first_month__day=1, last_month__day=1),
                name="programme_months_are_firsts",
                violation_error_message="月报起始月和截止月都填该月 1 日。",
            ),
            models.CheckConstraint(
                condition=Q(last_month__gte=F("first_month")),
                name="programme_months_in_order",
                violation_error_message="月报截止月不能早于起始月。",
            ),
            models.CheckConstraint(
                # Both are first days: the 36th month begins less than 1,070 days after the first, the 37th at least 1,095.
                condition=Q(last_month__lte=F("first_month") + timedelta(days=1080)),
                name="programme_months_span",
                violation_error_message="月报起止月最多跨 36 个月，请核对年份。",
            ),
            models.CheckConstraint(
                condition=Q(first_month__year__gte=F("year") - 1, first_month__year__lte=F("year") + 1),
                name="programme_months_near_year",
                violation_error_message="月报起始月应在批次年度或前后一年之内，请核对年份。",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100),
                name="programme_year",
                violation_error_message="年度应在 2000 至 2100 之间。",
            ),
            models.CheckConstraint(
                condition=Q(report_due_day__gte=1, report_due_day__lte=LATEST_DAY),
                name="programme_due_day",
                violation_error_message="月报截止日应在 1 至 28 日之间。",
            ),
            models.CheckConstraint(
                condition=~Q(due_kind=DueKind.NEXT_MONTH_WORKDAY) | Q(report_due_day__lte=LATEST_WORKDAY),
                name="programme_due_workday",
                violation_error_message="按次月工作日截止的，填第 1 至第 15 个。",
            ),
            models.CheckConstraint(
                condition=Q(lock_days__lte=365),
                name="programme_lock_days",
                violation_error_message="逾期最多 365 天后锁定。",
            ),
            models.CheckConstraint(
                condition=Q(meeting_interval__gte=1, meeting_interval__lte=12),
                name="programme_meeting_interval",
                violation_error_message="督查汇报会间隔 1 至 12 个月。",
            ),
            models.CheckConstraint(
                condition=Q(log_edit_days__lte=31),
                name="programme_log_edit_days",
                violation_error_message="工作日志最多 31 天内可改。",
            ),
            models.CheckConstraint(
                condition=Q(log_every_days__gte=1, log_every_days__lte=31),
                name="programme_log_every_days",
                violation_error_message="工作日志的间隔是 1 至 31 天。",
            ),
            models.CheckConstraint(
                condition=Q(meeting_first_on__gte=F("first_month")),
                name="programme_meeting_first",
                violation_error_message="首次督查汇报会不能早于月报起始月。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("projects:programme_detail", args=[self.pk])

    @property
    def asks_matching(self) -> bool:
        return bool(self.matching_floor or self.matching_ratio)

    @cached_property
    def acceptance_day(self) -> date:
        """By which acceptance is to be over: the end of its stage; without one, of the last month to be reported."""
        planned = self.stages.filter(kind=StageKind.ACCEPT).values_list("ends_on", flat=True).first()
        return planned or self.last_month + relativedelta(day=31)

    def takes_nominations(self, today: date) -> bool:
        """Until its last month of reports is over."""
        return today <= self.last_month + relativedelta(day=31)

    def months(self) -> list[date]:
        """First days of the months to be reported."""
        return [day.date() for day in rrule(MONTHLY, dtstart=self.first_month, until=self.last_month)]

    @property
    def due_rule(self) -> DueRule:
        return DueRule(DueKind(self.due_kind), self.report_due_day, self.is_due_moved)

    def due_at(self, month: date, calendar: Calendar | None = None) -> datetime:
        """When the report of `month` is due, Asia/Shanghai. For many months load `due_rule.load_calendar()` once."""
        rule = self.due_rule
        return rule.due_day(month, calendar or rule.load_calendar()).at


class CreationTypeQuerySet(models.QuerySet):
    def with_approved(self, *, within: str = "") -> "CreationTypeQuerySet":
        """`approved`: how many sites below the path `within` are approved, against the quota."""
        approved = Q(sites__status=SiteStatus.APPROVED, sites__organization__path__startswith=within)
        # The model's own order is left out of a query that groups.
        return self.annotate(approved=Count("sites", filter=approved)).order_by("programme_id", "position", "id")

    def names(self) -> list[str]:
        """Each name once, in the order of the programmes' pages."""
        by_name = self.order_by().values("name").annotate(place=Min("position"))
        return [row["name"] for row in by_name.order_by("place", "name")]


class CreationType(models.Model):
    """创建类型 of a programme with its quota of sites (S0: 示范村、社区各 9 个，皖嫂示范基地 1 个)."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="creation_types", verbose_name="批次"
    )
    name = models.CharField("创建类型", max_length=30)
    quota = models.PositiveSmallIntegerField("名额")
    position = models.PositiveSmallIntegerField("顺序", default=0)

    objects = CreationTypeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "创建类型"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name"],
                name="creation_type_unique",
                violation_error_message="同一批次里创建类型不能重名。",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        used = self.approved_count if self.pk else 0
        if self.quota is not None and self.quota < used:
            raise ValidationError({"quota": f"已批准 {used} 个{self.name}，名额不能少于 {used} 个。"})

    @property
    def approved_count(self) -> int:
        return self.sites.approved().count()

    @property
    def is_used(self) -> bool:
        return self.sites.exists() or self.task_templates.exists()
