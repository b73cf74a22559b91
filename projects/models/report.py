"""The monthly report (月报) of a site: what was written, what was sent each time, what was decided."""

from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from fedwork.triggers import append_only, kept
from projects.models.site import ProjectSite
from projects.states import DESK_OF, EDITABLE, SUBMITTED, TAG_OF_STATUS, Mark, ReportStatus, ReviewDesk, Verdict


def standing(now: datetime) -> dict[str, Q]:
    """As what a report counts, as known at `now`: 应报, 已报, 按时, 已通过, 被退 (ever)."""
    # One list of the few that were returned, not a search per report.
    returns = ReviewDecision.objects.filter(verdict=Verdict.RETURNED, decided_at__lte=now)
    return {
        "due": Q(month__lte=timezone.localdate(now), site__approved_at__lte=now),
        "submitted": Q(first_submitted_at__lte=now),
        "on_time": Q(first_submitted_at__lte=now) & Q(first_submitted_at__lte=F("due_at")),
        "accepted": accepted_by(now),
        "sent_back": Q(pk__in=returns.order_by().values("submission__report")),
    }


def accepted_by(moment: datetime, prefix: str = "") -> Q:
    """Accepted by the moment; `prefix` leads to the report, as in "report__"."""
    return Q(**{f"{prefix}status": ReportStatus.ACCEPTED, f"{prefix}accepted_at__lte": moment})


def states(now: datetime) -> dict[str, Q]:
    """What a list of reports can be narrowed down to: as what they count, and where they lie now."""
    return standing(now) | {
        "counted": Q(status__in=sorted(SUBMITTED)),
        "waiting": Q(status__in=sorted(DESK_OF)),
        "returned": Q(status=ReportStatus.RETURNED),
        "overdue": Q(first_submitted_at=None, due_at__lt=now),
    }


def counts_of(now: datetime, *names: str) -> dict[str, Count]:
    """Aggregates of the named states."""
    return {name: Count("pk", filter=condition) for name, condition in states(now).items() if name in names}


def place_of(prefix: str = "") -> models.Case:
    """The path to which a report counts: where it was submitted, before that where its site lies. `prefix` leads to
    the report, as in "report__"."""
    stored = f"{prefix}organization_path"
    here = models.When(**{stored: ""}, then=F(f"{prefix}site__organization__path"))
    return models.Case(here, default=F(stored))


NO_REASON = "退回要写明原因，或者在要改的项上写批注。"
REMARKS_RETURN = "批注是请填报人改的，写了批注就要退回；要通过，请先删去批注，把话写在意见里。"


def _earlier_than(report: "MonthlyReport") -> Q:
    """What stands before the report in a queue."""
    return Q(waiting_since__lt=report.waiting_since) | Q(waiting_since=report.waiting_since, pk__lt=report.pk)


class MonthlyReportQuerySet(models.QuerySet):
    def visible_to(self, user) -> "MonthlyReportQuerySet":
        """Reports of the sites in the user's subtree, and those accepted when their site lay there: a county keeps
        what it has reported when a township moves elsewhere."""
        if user.scope_path is None:
            return self.none()
        here = Q(site__organization__path__startswith=user.scope_path)
        return self.filter(here | Q(status=ReportStatus.ACCEPTED, organization_path__startswith=user.scope_path))

    def begun(self, today: date) -> "MonthlyReportQuerySet":
        """Reports whose month has begun: there is something to report."""
        return self.filter(month__lte=today)

    def to_fill_in(self) -> "MonthlyReportQuerySet":
        """What lies with the cadre: returned first, then by due date."""
        is_returned = models.Case(models.When(status=ReportStatus.RETURNED, then=0), default=1)
        return self.filter(status__in=EDITABLE).order_by(is_returned, "due_at", "site_id")

    def awaiting(self, desk: ReviewDesk) -> "MonthlyReportQuerySet":
        return self.filter(status__in=[status for status, at in DESK_OF.items() if at == desk])

    def queue(self, desk: ReviewDesk | None) -> "MonthlyReportQuerySet":
        """What waits for the desk, oldest first; nothing for those who have none."""
        return self.awaiting(desk).order_by("waiting_since", "pk")

    def beside(self, report: "MonthlyReport | None", *, before: bool = False) -> "MonthlyReport | None":
        """The neighbour in this queue after (or before) the report, which may have left it, round its ends; without a
        report the first (or last) one."""
        others = self.exclude(pk=report.pk) if report else self
        others = others.reverse() if before else others
        if report is None or report.waiting_since is None:
            return others.first()
        earlier = _earlier_than(report)
        near = others.filter(earlier) if before else others.exclude(earlier)
        return near.first() or others.first()

    def place_of(self, report: "MonthlyReport") -> tuple[int, int]:
        """(which one, of how many) in this queue, counted by the database; the queue may have ten thousand rows."""
        counts = self.aggregate(total=Count("pk"), before=Count("pk", filter=_earlier_than(report)))
        return counts["before"] + 1, counts["total"]

    def with_review_facts(self) -> "MonthlyReportQuerySet":
        """`anomaly_count` and `carried_count` of the last submission, None before the first."""
        last = ReportSubmission.objects.filter(report=OuterRef("pk"), round=OuterRef("round"))
        return self.annotate(
            anomaly_count=Subquery(last.values("anomalies")), carried_count=Subquery(last.values("carried"))
        )

    def waiting(self) -> "MonthlyReportQuerySet":
        return self.filter(status__in=DESK_OF)

    def returned(self) -> "MonthlyReportQuerySet":
        return self.filter(status=ReportStatus.RETURNED)

    def accepted(self) -> "MonthlyReportQuerySet":
        return self.filter(status=ReportStatus.ACCEPTED)

    def known_at(self, moment: datetime) -> "MonthlyReportQuerySet":
        """Accepted by then: what a roll-up of that moment consists of, whenever it is made."""
        return self.filter(accepted_by(moment))

    def counts(self, now: datetime, *, desk: ReviewDesk | None = None) -> dict[str, int]:
        """应报 / 已报 / 按时 / 审核中 / 被退 / 已审 / 逾期 of these rows, and what waits for `desk`, in one query."""
        names = ["due", "submitted", "on_time", "accepted", "waiting", "returned", "overdue"]
        mine = Count("pk", filter=Q(status__in=[status for status, at in DESK_OF.items() if at == desk]))
        return self.aggregate(**counts_of(now, *names), mine=mine)

    def state_counts(self, now: datetime) -> dict[str, int]:
        """How many of these rows are in each of `states`, in one query."""
        return self.aggregate(**counts_of(now, *states(now)))

    def in_state(self, state: str, now: datetime) -> "MonthlyReportQuerySet":
        """`state` is a key of `states`."""
        return self.filter(states(now)[state])

    def overdue(self, now: datetime) -> "MonthlyReportQuerySet":
        return self.in_state("overdue", now)

    def due(self, now: datetime) -> "MonthlyReportQuerySet":
        """Those whose due time has passed, whatever became of them."""
        return self.begun(timezone.localdate(now)).filter(due_at__lt=now)

    def stuck(self, now: datetime) -> "MonthlyReportQuerySet":
        """Past due and not accepted, longest first."""
        late = self.due(now).exclude(status=ReportStatus.ACCEPTED)
        return late.order_by("due_at", "site__organization__code", "pk")

    def rates_by_month(self, now: datetime) -> models.QuerySet:
        """{month, due, submitted, on_time, accepted} of each month that has begun."""
        return (
            self.filter(standing(now)["due"])
            .order_by("month")
            .values("month")
            .annotate(**counts_of(now, "due", "submitted", "on_time", "accepted"))
        )

    def with_place(self) -> "MonthlyReportQuerySet":
        """`place`: the path to which the report counts. Once submitted it stays where it was submitted."""
        return self.alias(place=place_of())

    def at(self, organization) -> "MonthlyReportQuerySet":
        """Reports that count to the organisation's subtree: by its number, so that old paths are found too."""
        return self.with_place().filter(place__contains=f"/{organization.pk}/")


class MonthlyReport(models.Model):
    """One site, one month. The row exists from the day the site is approved, so lists show what is due.

    Every field has a key, the same on pages, in workbooks and in snapshots: "figure_<measure>", "percent_<item>",
    "done_<item>", "is_nil", "problems", "needs", "next_plan"; in snapshots also "attachments". `explanations` gives by key
    the reason for what a warning asks about; `carried` lists the keys that were taken over from last month. `version`
    grows with every write (optimistic locking); `round` counts submissions. `organization_path` is the site's place in
    the tree at the last submission: figures stay with the county that reported them when divisions move.
    `first_submitted_at` is set once: a return never makes an on-time report late.
    """

    site = models.ForeignKey(ProjectSite, on_delete=models.PROTECT, related_name="reports", verbose_name="项目点")
    month = models.DateField("报告期")
    due_at = models.DateTimeField("截止时间")
    status = models.CharField("状态", max_length=15, choices=ReportStatus, default=ReportStatus.NOT_STARTED)
    version = models.PositiveIntegerField("版本", default=0)
    round = models.PositiveSmallIntegerField("轮次", default=0)
    is_nil = models.BooleanField("零报告", default=False)
    problems = models.TextField("存在问题及原因", blank=True, max_length=2000)
    needs = models.TextField("需协调事项", blank=True, max_length=2000)
    next_plan = models.TextField("下月计划", blank=True, max_length=2000)
    organization_path = models.CharField("报送时归属", max_length=120, blank=True, db_collation="C")
    explanations = models.JSONField("异常说明", default=dict, blank=True)
    carried = models.JSONField("同上月的项", default=list, blank=True)
    saved_at = models.DateTimeField("最近保存", null=True)
    saved_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="最近保存人"
    )
    first_submitted_at = models.DateTimeField("首次提交", null=True)
    submitted_at = models.DateTimeField("最近提交", null=True)
    submitted_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="填报人"
    )
    waiting_since = models.DateTimeField("开始等待", null=True)
    accepted_at = models.DateTimeField("通过时间", null=True)

    objects = MonthlyReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "月报"
        ordering = ["month", "site_id"]
        indexes = [
            models.Index(fields=["status", "waiting_since"], name="report_queue"),
            models.Index(fields=["organization_path"], name="report_attribution"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["site", "month"], name="report_unique_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="report_month_is_first"),
            models.CheckConstraint(
                condition=~Q(status__in=sorted(SUBMITTED)) | Q(submitted_at__isnull=False, round__gte=1),
                name="report_submitted_when",
            ),
            models.CheckConstraint(
                condition=~Q(status=ReportStatus.ACCEPTED) | Q(accepted_at__isnull=False), name="report_accepted_when"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.month_label}月报"

    def get_absolute_url(self) -> str:
        return reverse("projects:report_detail", args=[self.pk])

    @property
    def month_label(self) -> str:
        return f"{self.month.year}年{self.month.month}月"

    @property
    def month_end(self) -> date:
        return self.month + relativedelta(day=31)

    @property
    def is_editable(self) -> bool:
        return self.status in EDITABLE

    @property
    def desk(self) -> ReviewDesk | None:
        """The desk on which the report lies, None when it waits for nobody's decision."""
        return DESK_OF.get(self.status)

    @cached_property
    def last_return(self) -> "ReviewDecision | None":
        """The decision because of which the report lies with the cadre again; `load_last_returns` fetches many at once."""
        if self.status != ReportStatus.RETURNED:
            return None
        return ReviewDecision.objects.last_returns([self]).get(self.pk)

    @property
    def remarks(self) -> dict[str, str]:
        """What the last return pinned to fields, by their keys."""
        return {remark["key"]: remark["text"] for remark in self.last_return.remarks} if self.last_return else {}

    @property
    def reopened_keys(self) -> set[str] | None:
        """Keys of the fields that the last return opened; None when every field is open: a draft, a report returned
        without remarks, and one whose 零报告 itself is in question, because then every field follows."""
        keys = set(self.remarks)
        if not keys or "is_nil" in keys:
            return None
        tasks = {key.removeprefix("percent_") for key in keys if key.startswith("percent_")}
        return keys | {f"done_{task}" for task in tasks}

    @property
    def tag(self) -> str:
        return TAG_OF_STATUS[self.status]

    @property
    def receipt_number(self) -> str:
        return f"YB{self.month:%Y%m}-{self.pk:05d}-{self.round}"

    def is_overdue(self, now: datetime) -> bool:
        return self.first_submitted_at is None and self.due_at < now

    def days_waiting(self, now: datetime) -> int | None:
        """Calendar days that the report has lain on its present desk; None when it lies on none."""
        if self.waiting_since is None:
            return None
        return (timezone.localdate(now) - timezone.localdate(self.waiting_since)).days

    def mark(self, now: datetime) -> Mark:
        """The state as a tag: a month that hasn't begun and a report overdue say so instead of their status."""
        if self.month > timezone.localdate(now):
            return Mark("未到", "idle")
        if self.is_overdue(now):
            return Mark("逾期", "bad")
        return Mark(self.get_status_display(), self.tag)

    def days_left(self, now: datetime) -> int:
        """Calendar days until the due date; negative when it has passed."""
        return (timezone.localdate(self.due_at) - timezone.localdate(now)).days


class ReportSubmission(models.Model):
    """What was sent in one round: a list of {key, section, label, value} in words, never changed afterwards. Before
    anybody opened it, it may be taken back: it stays, with the time, and counts as no submission.

    An entry has "carried": true when the value was taken over from last month, and "warning" with "explanation" when
    it was out of the ordinary; `anomalies` and `carried` count those entries.
    """

    report = models.ForeignKey(MonthlyReport, on_delete=models.PROTECT, related_name="submissions")
    round = models.PositiveSmallIntegerField("轮次")
    submitted_at = models.DateTimeField("提交时间")
    submitted_by = models.ForeignKey("organizations.User", on_delete=models.PROTECT, related_name="+")
    content = models.JSONField("内容")
    anomalies = models.PositiveSmallIntegerField("异常", default=0)
    carried = models.PositiveSmallIntegerField("同上月", default=0)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "月报提交"
        ordering = ["round"]
        constraints = [models.UniqueConstraint(fields=["report", "round"], name="submission_unique_round")]
        triggers = kept(
            "submission",
            fields=["report", "round", "submitted_at", "submitted_by", "content", "anomalies", "carried"],
        )

    def __str__(self) -> str:
        return f"{self.report} 第 {self.round} 轮"


class ReviewDecisionQuerySet(models.QuerySet):
    def last_returns(self, reports: list[MonthlyReport]) -> "dict[int, ReviewDecision]":
        """The latest return of each report that has one, by report id; one query."""
        returns = self.filter(submission__report__in=reports, verdict=Verdict.RETURNED).order_by("decided_at", "id")
        return {row.submission.report_id: row for row in returns.select_related("submission", "decided_by")}


def load_last_returns(reports: list[MonthlyReport]) -> None:
    """Fetch `last_return` of all these reports at once."""
    returned = [report for report in reports if report.status == ReportStatus.RETURNED]
    found = ReviewDecision.objects.last_returns(returned) if returned else {}
    for report in returned:
        report.last_return = found.get(report.pk)


class ReviewDecision(models.Model):
    """What a desk said of one round. `remarks` pins words to fields: a list of {key, label, text}; a return opens
    these fields alone, one without remarks opens all."""

    submission = models.ForeignKey(ReportSubmission, on_delete=models.PROTECT, related_name="decisions")
    desk = models.CharField("审核环节", max_length=10, choices=ReviewDesk)
    verdict = models.CharField("决定", max_length=10, choices=Verdict)
    reason = models.TextField("意见", blank=True, max_length=1000)
    remarks = models.JSONField("批注", default=list, blank=True)
    decided_by = models.ForeignKey("organizations.User", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("时间")

    objects = ReviewDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审核决定"
        ordering = ["decided_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "desk"], name="decision_once_per_desk"),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.PASSED) | ~Q(reason="") | ~Q(remarks=[]),
                name="decision_return_has_reason",
                violation_error_message=NO_REASON,
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.RETURNED) | Q(remarks=[]),
                name="decision_remarks_return",
                violation_error_message=REMARKS_RETURN,
            ),
        ]
        triggers = append_only("review_decision")

    def __str__(self) -> str:
        return f"{self.get_desk_display()}{self.get_verdict_display()}"

    @property
    def words(self) -> str:
        """Reason and remarks in one line, for lists and the log."""
        parts = [self.reason] * bool(self.reason) + [f"{row['label']}：{row['text']}" for row in self.remarks]
        return "；".join(part.strip().rstrip("。；") for part in parts)
