"""领导小组, its office, and the 工作组 of a site: who sat in which seat from when to when.

Exactly one head at a time: a new head takes over on a day, and the row of the old one ends the day before.
"""

from datetime import date

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, OuterRef, Q, Subquery
from django.db.models.functions import Concat
from django.urls import reverse

from fedwork.triggers import kept
from organizations.models import Organization
from projects.models.programme import Programme
from projects.models.site import ProjectSite


class GroupKind(models.TextChoices):
    GROUP = "group", "领导小组"
    OFFICE = "office", "领导小组办公室"
    TEAM = "team", "项目工作组"


class GroupRole(models.TextChoices):
    """S0: 市妇联主席任组长，为项目第一责任人."""

    HEAD = "head", "组长"
    DIRECTOR = "director", "办公室主任"
    DEPUTY = "deputy", "副组长"
    MEMBER = "member", "成员"


LEADS = [GroupRole.HEAD, GroupRole.DIRECTOR]  # one at a time
LEAD_OF = {GroupKind.GROUP: GroupRole.HEAD, GroupKind.TEAM: GroupRole.HEAD, GroupKind.OFFICE: GroupRole.DIRECTOR}
# The seats beside the head's.
OTHER_ROLES = {
    GroupKind.GROUP: [GroupRole.DEPUTY, GroupRole.MEMBER],
    GroupKind.TEAM: [GroupRole.DEPUTY, GroupRole.MEMBER],
    GroupKind.OFFICE: [GroupRole.MEMBER],
}
RANKS = list(GroupRole)


class LeadingGroupQuerySet(models.QuerySet):
    def visible_to(self, user) -> "LeadingGroupQuerySet":
        return self.none() if user.scope_path is None else self.filter(organization__path__startswith=user.scope_path)

    def on(self, day: date) -> "LeadingGroupQuerySet":
        """Those that stood on the day."""
        return self.filter(Q(disbanded_on=None) | Q(disbanded_on__gte=day), established_on__lte=day)

    def with_head(self) -> "LeadingGroupQuerySet":
        """`head_words`: unit and post of the present head."""
        heads = GroupMember.objects.sitting().filter(group=OuterRef("pk"), role__in=LEADS)
        return self.annotate(head_words=Subquery(heads.values(words=Concat("unit", "post"))[:1]))


class LeadingGroup(models.Model):
    """A group of a programme at a place: the organisation that runs it, a county, or (with `site`) the unit of a site.

    `version` grows with every change of its seats; `disbanded_on` is its last day.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="groups", verbose_name="批次")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", verbose_name="单位")
    site = models.ForeignKey(
        ProjectSite, on_delete=models.PROTECT, null=True, blank=True, related_name="groups", verbose_name="项目点"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="offices", verbose_name="领导小组"
    )
    kind = models.CharField("种类", max_length=10, choices=GroupKind)
    document_number = models.CharField("成立文号", max_length=60, blank=True, help_text="如：合妇〔2026〕12号")
    established_on = models.DateField("成立日期")
    seat = models.CharField("设在", max_length=40, blank=True, help_text="如：市妇联发展部")
    disbanded_on = models.DateField("撤销日期", null=True, blank=True, editable=False)
    disband_reason = models.CharField("撤销原因", max_length=200, blank=True, editable=False)
    version = models.PositiveIntegerField("版本", default=0, editable=False)
    recorded_at = models.DateTimeField("登记时间", editable=False)
    recorded_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="登记人", editable=False
    )

    objects = LeadingGroupQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "领导小组"
        ordering = ["programme", "organization__level", "organization__code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "organization", "kind"],
                condition=Q(disbanded_on=None),
                name="group_one_at_a_place",
                violation_error_message="这里已经成立，不用再登记；换届的请办理接任，或先撤销原来的。",
            ),
            models.CheckConstraint(
                condition=Q(kind=GroupKind.TEAM, site__isnull=False) | ~Q(kind=GroupKind.TEAM) & Q(site=None),
                name="group_team_of_site",
            ),
            models.CheckConstraint(
                condition=Q(kind=GroupKind.OFFICE, parent__isnull=False) | ~Q(kind=GroupKind.OFFICE) & Q(parent=None),
                name="group_office_of_group",
            ),
            models.CheckConstraint(
                condition=Q(disbanded_on=None, disband_reason="")
                | Q(disbanded_on__gte=F("established_on")) & ~Q(disband_reason=""),
                name="group_disbanded_with_reason",
                violation_error_message="撤销要写原因，日期不能早于成立日期。",
            ),
        ]
        triggers = kept("leading_group", fields=["programme", "organization", "site", "parent", "kind"])

    def __str__(self) -> str:
        return f"{self.place}{self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("projects:group_detail", args=[self.pk])

    @property
    def place(self) -> str:
        return str(self.site or self.organization)

    @property
    def title(self) -> str:
        """As a document calls it: 肥西县2026年省妇女专项经费建设项目领导小组."""
        return f"{self.place}{self.programme}{self.get_kind_display()}"

    @property
    def lead_role(self) -> GroupRole:
        return LEAD_OF[self.kind]

    @property
    def lead_label(self) -> str:
        return self.lead_role.label

    @property
    def is_office(self) -> bool:
        return self.kind == GroupKind.OFFICE

    @property
    def is_disbanded(self) -> bool:
        return self.disbanded_on is not None


class GroupMemberQuerySet(models.QuerySet):
    def standing(self) -> "GroupMemberQuerySet":
        """Without the rows that were put right by others."""
        return self.filter(corrected_at=None)

    def sitting(self) -> "GroupMemberQuerySet":
        """Whose seat has no end yet."""
        return self.standing().filter(to_on=None)

    def on(self, day: date) -> "GroupMemberQuerySet":
        return self.standing().filter(Q(to_on=None) | Q(to_on__gte=day), from_on__lte=day)


def _range(function: str, *parts, field) -> Func:
    return Func(
        *parts, RangeBoundary(inclusive_lower=True, inclusive_upper=True), function=function, output_field=field
    )


class GroupMember(models.Model):
    """A post in a seat, both days included; no end means until today. The words of a row stay: who leaves gets an end,
    who was written down wrongly is put right by another row of the same days.

    The director of an office is one of the deputy heads of the group above: `deputy` says which (S0: 明确一名副主席任
    办公室主任).
    """

    group = models.ForeignKey(LeadingGroup, on_delete=models.PROTECT, related_name="members", verbose_name="领导小组")
    role = models.CharField("职责", max_length=10, choices=GroupRole)
    unit = models.CharField("单位", max_length=40)
    post = models.CharField("职务", max_length=40)
    name = models.CharField("姓名", max_length=20, blank=True, help_text="可以不写，职责跟岗位走")
    deputy = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="directing", verbose_name="兼任的副组长"
    )
    from_on = models.DateField("任职")
    to_on = models.DateField("至", null=True, blank=True)
    document_number = models.CharField("调整文号", max_length=60, blank=True)
    corrected_at = models.DateTimeField("更正时间", null=True, blank=True, editable=False)
    recorded_at = models.DateTimeField("登记时间", editable=False)
    recorded_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="登记人", editable=False
    )

    objects = GroupMemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "成员"
        ordering = ["group", "id"]
        constraints = [
            # A range of one number takes the place of the equality that an index on ranges lacks without an extension.
            ExclusionConstraint(
                name="group_one_head_at_a_time",
                expressions=[
                    (_range("int8range", "group", "group", field=BigIntegerRangeField()), RangeOperators.OVERLAPS),
                    (_range("daterange", "from_on", "to_on", field=DateRangeField()), RangeOperators.OVERLAPS),
                ],
                condition=Q(role__in=LEADS, corrected_at=None),
                violation_error_message="同一时间只能有一位组长（主任）。",
            ),
            models.UniqueConstraint(
                fields=["group", "unit", "post", "name"],
                condition=Q(to_on=None, corrected_at=None),
                name="group_member_sits_once",
                violation_error_message="这个岗位已经在这个小组里。",
            ),
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(to_on__gte=F("from_on")),
                name="group_member_days",
                violation_error_message="离任日期不能早于任职日期。",
            ),
            models.CheckConstraint(
                condition=~Q(unit="") & ~Q(post=""),
                name="group_member_has_post",
                violation_error_message="单位和职务都要写。",
            ),
            models.CheckConstraint(
                condition=Q(role=GroupRole.DIRECTOR, deputy__isnull=False)
                | ~Q(role=GroupRole.DIRECTOR) & Q(deputy=None),
                name="group_director_is_deputy",
                violation_error_message="办公室主任由一名副组长兼任。",
            ),
        ]
        triggers = [
            *kept("group_member", fields=["group", "role", "unit", "post", "name", "from_on", "document_number"]),
            pgtrigger.Protect(
                name="group_member_end_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__to_on__isnull=False) & pgtrigger.Q(old__to_on__df=pgtrigger.F("new__to_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}{self.post}" + (f"（{self.name}）" if self.name else "")

    @property
    def is_lead(self) -> bool:
        return self.role in LEADS

    @property
    def role_words(self) -> str:
        """The head of a group is the first to answer for the project."""
        return "组长（第一责任人）" if self.role == GroupRole.HEAD else self.get_role_display()

    @property
    def rank(self) -> tuple[int, int]:
        """By role, then in the order in which the list was written."""
        return RANKS.index(self.role), self.pk
