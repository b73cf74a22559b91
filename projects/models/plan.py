"""项目工作实施方案: written at each level, approved by the level above; an approved one stays as it is."""

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from fedwork.triggers import append_only, kept
from organizations.models import Organization, Role
from projects.models.programme import Programme
from projects.models.site import ProjectSite
from projects.states import Mark, ReviewDesk


class PlanState(models.TextChoices):
    DRAFT = "draft", "起草中"
    SUBMITTED = "submitted", "待审批"
    RETURNED = "returned", "已退回"
    APPROVED = "approved", "已批准"


class PlanStepKind(models.TextChoices):
    SUBMITTED = "submitted", "报批"
    RETURNED = "returned", "退回"
    APPROVED = "approved", "批准"


OPEN_STATES = [PlanState.DRAFT, PlanState.SUBMITTED, PlanState.RETURNED]
WRITABLE = {PlanState.DRAFT, PlanState.RETURNED}
TAG_OF_PLAN = {
    PlanState.DRAFT: "idle",
    PlanState.SUBMITTED: "wait",
    PlanState.RETURNED: "bad",
    PlanState.APPROVED: "ok",
}
# S0: 明确了项目实施的具体任务、方法步骤、措施要求.
SECTIONS = ["tasks", "steps", "measures"]


class PlanQuerySet(models.QuerySet):
    def visible_to(self, user) -> "PlanQuerySet":
        return self.none() if user.scope_path is None else self.filter(organization__path__startswith=user.scope_path)

    def to_do(self, user, desk: ReviewDesk | None) -> "PlanQuerySet":
        """What waits for the user: to be decided at the own desk by somebody else than who wrote it, or to be put
        right by who writes for the place."""
        seen = self.visible_to(user)
        if desk is None:
            return seen.filter(state=PlanState.RETURNED, site__isnull=False) if user.role == Role.CADRE else self.none()
        own = Q(site=None, organization=user.organization_id)
        at_desk = Q(site__isnull=False) if desk == ReviewDesk.COUNTY else Q(site=None)
        decides = Q(state=PlanState.SUBMITTED) & at_desk & ~Q(saved_by=user) & ~Q(submitted_by=user)
        return seen.filter(decides | own & Q(state=PlanState.RETURNED))

    def approved(self) -> "PlanQuerySet":
        return self.filter(state=PlanState.APPROVED)

    def current(self) -> "PlanQuerySet":
        """What is valid: the newest approved one of each place."""
        newer = self.model.objects.approved().filter(
            programme=OuterRef("programme"), organization=OuterRef("organization"), number__gt=OuterRef("number")
        )
        return self.approved().filter(~Exists(newer))


class ImplementationPlan(models.Model):
    """One version (`number`: 第几版) of a place's plan: of the organisation that runs the programme, of a county, or
    (with `site`) of a site. `version` grows with every change: who decides says which one they saw."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="plans", verbose_name="批次")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    site = models.ForeignKey(
        ProjectSite, on_delete=models.PROTECT, null=True, blank=True, related_name="plans", verbose_name="项目点"
    )
    number = models.PositiveSmallIntegerField("第几版", default=1, editable=False)
    document_number = models.CharField("文号", max_length=60, blank=True, help_text="正式印发的写文号，没有就空着")
    tasks = models.TextField("任务", max_length=6000, help_text="要做成什么：建什么、办什么、帮什么人，有数量写数量")
    steps = models.TextField("方法步骤", max_length=6000, help_text="分几步走，每一步什么时候完成、谁来做")
    measures = models.TextField("措施要求", max_length=6000, help_text="组织、资金、宣传、资料等方面怎样保证")
    state = models.CharField("状态", max_length=10, choices=PlanState, default=PlanState.DRAFT, editable=False)
    version = models.PositiveIntegerField("版本", default=0, editable=False)
    saved_at = models.DateTimeField("保存时间", editable=False)
    saved_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="起草人", editable=False
    )
    submitted_by = models.ForeignKey(
        "organizations.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="报批人",
        editable=False,
    )
    approved_at = models.DateTimeField("批准时间", null=True, editable=False)
    approved_by = models.ForeignKey(
        "organizations.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="批准人",
        editable=False,
    )

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "实施方案"
        ordering = ["programme", "organization__level", "organization__code", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "organization", "number"],
                name="plan_unique_number",
                violation_error_message="这一版方案已经有了，请刷新后再看。",
            ),
            models.UniqueConstraint(
                fields=["programme", "organization"],
                condition=Q(state__in=OPEN_STATES),
                name="plan_one_in_hand",
                violation_error_message="还有一版方案没有批准，请接着办那一版。",
            ),
            models.CheckConstraint(
                condition=Q(state=PlanState.APPROVED, approved_at__isnull=False, approved_by__isnull=False)
                | ~Q(state=PlanState.APPROVED) & Q(approved_at=None, approved_by=None),
                name="plan_approved_by",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("submitted_by")) & ~Q(approved_by=F("saved_by")),
                name="plan_approved_by_another",
                violation_error_message="方案由起草、报批以外的人批准。",
            ),
        ]
        triggers = [
            *kept("plan", fields=["programme", "organization", "site", "number"]),
            pgtrigger.Protect(
                name="plan_approved_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state=PlanState.APPROVED.value),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}实施方案（第{self.number}版）"

    def get_absolute_url(self) -> str:
        return reverse("projects:plan_detail", args=[self.pk])

    @property
    def place(self) -> str:
        return str(self.site or self.organization)

    @property
    def title(self) -> str:
        """肥西县2026年省妇女专项经费建设项目工作实施方案."""
        return f"{self.place}{self.programme}工作实施方案"

    @property
    def is_writable(self) -> bool:
        return self.state in WRITABLE

    @property
    def is_submitted(self) -> bool:
        return self.state == PlanState.SUBMITTED

    @property
    def is_approved(self) -> bool:
        return self.state == PlanState.APPROVED

    @property
    def mark(self) -> Mark:
        return Mark(self.get_state_display(), TAG_OF_PLAN[self.state])

    @property
    def sections(self) -> list[tuple[str, str]]:
        """(heading, text) in the order of the document: 一、任务."""
        headings = [str(self._meta.get_field(name).verbose_name) for name in SECTIONS]
        return [
            (f"{numeral}、{heading}", getattr(self, name))
            for numeral, heading, name in zip("一二三", headings, SECTIONS, strict=True)
        ]

    @property
    def printed_sections(self) -> list[tuple[str, list[str]]]:
        """(heading, paragraphs): every line is one."""
        return [(heading, [line for line in text.splitlines() if line.strip()]) for heading, text in self.sections]


class PlanStep(models.Model):
    """What happened to a plan; never changed. `content` is what lay there: its sections by name."""

    plan = models.ForeignKey(ImplementationPlan, on_delete=models.PROTECT, related_name="log", verbose_name="方案")
    kind = models.CharField("办理", max_length=10, choices=PlanStepKind)
    note = models.CharField("意见", max_length=500, blank=True)
    content = models.JSONField("当时内容", default=dict)
    made_at = models.DateTimeField("时间")
    made_by = models.ForeignKey("organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="办理人")

    class Meta:
        verbose_name = verbose_name_plural = "方案办理记录"
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=PlanStepKind.RETURNED) | ~Q(note=""),
                name="plan_return_says_why",
                violation_error_message="退回要写原因。",
            )
        ]
        triggers = append_only("plan_step")

    def __str__(self) -> str:
        return f"{self.plan} {self.get_kind_display()}"

    @property
    def tag(self) -> str:
        return TAG_OF_PLAN[self.kind]

    @property
    def who(self) -> str:
        return f"{self.made_by.organization}{self.made_by.get_role_display()}　{self.made_by}"
