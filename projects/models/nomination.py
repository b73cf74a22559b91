"""申报: what a unit says of itself, who recommends it and why, what was found on the spot, and every step of the way."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from fedwork.triggers import append_only
from organizations.models import Organization
from projects.models.programme import CreationType
from projects.models.site import ProjectSite
from projects.states import SiteStatus

MOST_WOMEN = 99_999
# Each of these is a part of all the women.
PARTS_OF_WOMEN = ["working_age", "left_behind", "skilled"]
SURVEY = [
    "women",
    "working_age",
    "left_behind",
    "left_behind_families",
    "skilled",
    "groups",
    "volunteers",
    "venues",
    "venue_area",
    "industries",
    "needs",
    "surveyed_on",
    "surveyed_by",
]
STATEMENT = ["feature", "content", "beneficiaries", "contact_post", "contact_phone"]


def head_count(label: str, **options) -> models.PositiveIntegerField:
    return models.PositiveIntegerField(
        label, null=True, blank=True, validators=[MaxValueValidator(MOST_WOMEN)], **options
    )


class Nomination(models.Model):
    """申报材料 of a site: baseline survey (摸底) and statement. A draft may lack anything; `problems` says what.

    `version` grows with every change and every step: who decides says which one they saw. `document_number` and
    `decided_on` are those of the province's decision.
    """

    site = models.OneToOneField(
        ProjectSite, on_delete=models.CASCADE, related_name="nomination", verbose_name="申报点", editable=False
    )
    version = models.PositiveIntegerField("版本", default=0, editable=False)
    women = head_count("妇女总数")
    working_age = head_count("其中：劳动年龄妇女")
    left_behind = head_count("其中：留守妇女")
    left_behind_families = head_count("留守儿童家庭")
    skilled = head_count("其中：有技能的妇女", help_text="有证书、有手艺或受过培训")
    groups = head_count("妇女组织", help_text="妇女小组、合作社、文体队伍等")
    volunteers = head_count("巾帼志愿者")
    venues = models.TextField(
        "现有阵地", max_length=500, blank=True, help_text="妇女之家、活动室、车间等；没有的写“无”"
    )
    venue_area = head_count("阵地面积", help_text="现有阵地合计，没有的填 0")
    industries = models.TextField("主要产业", max_length=500, blank=True)
    needs = models.TextField("妇女的需求", max_length=1000, blank=True, help_text="入户和座谈听到的，按人数多少写")
    surveyed_on = models.DateField("摸底日期", null=True, blank=True)
    surveyed_by = models.CharField(
        "摸底人员", max_length=60, blank=True, help_text="写单位和职务，如：镇妇联副主席、村妇联主席"
    )
    feature = models.TextField(
        "特色和示范作用", max_length=1000, blank=True, help_text="有什么别处没有的，别处能学什么"
    )
    content = models.TextField("创建内容", max_length=1000, blank=True, help_text="打算办哪几件事，建到什么程度")
    beneficiaries = head_count("预计受益妇女")
    contact_post = models.CharField("联系人职务", max_length=40, blank=True, help_text="如：村妇联主席")
    contact_phone = models.CharField(
        "联系电话",
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"^[0-9][0-9\-转 ]{4,}$", "请按 0551-55500001 的样子填写电话。")],
    )
    document_number = models.CharField("省批复文号", max_length=60, blank=True, editable=False)
    decided_on = models.DateField("省批复日期", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "申报材料"

    def __str__(self) -> str:
        return f"{self.site}申报材料"

    def get_absolute_url(self) -> str:
        return reverse("projects:nomination_detail", args=[self.site_id])

    def problems(self, today: date) -> dict[str, str]:
        """What keeps it from being submitted: a sentence by field."""
        found = {name: f"请填写{self._label(name)}。" for name in [*SURVEY, *STATEMENT] if self._is_empty(name)}
        if self.women == 0:
            found["women"] = "妇女总数不能是 0。"
        for name in PARTS_OF_WOMEN:
            part = getattr(self, name)
            if part is not None and self.women and part > self.women:
                found[name] = f"{self._label(name)} {part} 人，不能多于妇女总数 {self.women} 人。"
        if self.beneficiaries == 0:
            found["beneficiaries"] = "预计受益妇女应大于 0。"
        if self.surveyed_on and self.surveyed_on > today:
            found["surveyed_on"] = "摸底日期不能晚于今天。"
        return found

    def _label(self, name: str) -> str:
        return str(self._meta.get_field(name).verbose_name).removeprefix("其中：")

    def _is_empty(self, name: str) -> bool:
        return getattr(self, name) in (None, "")


class Recommendation(models.Model):
    """县级推荐: it stands as long as the nomination isn't returned. Ranks are the county's within programme and type
    (a type is one programme's); `organization` is the county, or the city of a unit that lies in none."""

    site = models.OneToOneField(
        ProjectSite, on_delete=models.CASCADE, related_name="recommendation", verbose_name="申报点"
    )
    creation_type = models.ForeignKey(CreationType, on_delete=models.PROTECT, related_name="+", verbose_name="创建类型")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", verbose_name="推荐单位")
    rank = models.PositiveSmallIntegerField("推荐名次", validators=[MinValueValidator(1), MaxValueValidator(99)])
    reason = models.TextField("推荐理由", max_length=1000)
    made_at = models.DateTimeField("推荐时间")
    made_by = models.ForeignKey("organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="推荐人")

    class Meta:
        verbose_name = verbose_name_plural = "县级推荐"
        ordering = ["creation_type", "organization", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["creation_type", "organization", "rank"],
                name="recommendation_rank_once",
                violation_error_message="这个名次已推荐给本县同类型的另一个申报点，请另排名次。",
            ),
            models.CheckConstraint(
                condition=Q(rank__gte=1) & ~Q(reason=""),
                name="recommendation_says_why",
                violation_error_message="名次从 1 排起，推荐理由要写。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site}：{self.organization}推荐第 {self.rank} 名"


class SiteCheck(models.Model):
    """到点审核 before a nomination goes to the province (S0: 班子成员分别带队). Written once, never changed: a second
    visit is a second row, and whether the first one passed is the 一次性通过率."""

    site = models.ForeignKey(ProjectSite, on_delete=models.PROTECT, related_name="checks", verbose_name="申报点")
    checked_on = models.DateField("审核日期")
    leader_post = models.CharField("带队人", max_length=60, help_text="写单位和职务，如：市妇联副主席")
    team_posts = models.CharField(
        "审核组成员", max_length=120, help_text="写单位和职务，如：市妇联发展部、县妇联副主席"
    )
    place = models.CharField("查看地点", max_length=80, help_text="如：村委会、妇女之家、就业车间")
    finding = models.TextField("审核情况", max_length=1000, help_text="看到了什么，和申报材料对得上对不上")
    is_passed = models.BooleanField("审核结论", choices=[(True, "通过"), (False, "不通过")])
    recorded_at = models.DateTimeField("登记时间", editable=False)
    recorded_by = models.ForeignKey(
        "organizations.User", on_delete=models.PROTECT, editable=False, related_name="+", verbose_name="登记人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "到点审核"
        ordering = ["recorded_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(finding="") & ~Q(leader_post="") & ~Q(team_posts="") & ~Q(place=""),
                name="site_check_is_told",
                violation_error_message="带队人、成员、地点和审核情况都要写。",
            )
        ]
        triggers = append_only("site_check")

    def __str__(self) -> str:
        return f"{self.site} {self.checked_on} 到点审核"

    @property
    def tag(self) -> str:
        return "ok" if self.is_passed else "bad"

    @property
    def words(self) -> str:
        return "通过" if self.is_passed else "不通过"


class NominationVerb(models.TextChoices):
    SUBMITTED = "submitted", "提交申报"
    RECOMMENDED = "recommended", "县级推荐"
    VISITED = "visited", "到点审核"
    CHECKED = "checked", "市级审核通过"
    APPROVED = "approved", "省批准"
    RETURNED = "returned", "退回"
    DECLINED = "declined", "未获批准"


TAG_OF_VERB = {
    NominationVerb.SUBMITTED: "wait",
    NominationVerb.RECOMMENDED: "ok",
    NominationVerb.VISITED: "idle",
    NominationVerb.CHECKED: "ok",
    NominationVerb.APPROVED: "ok",
    NominationVerb.RETURNED: "bad",
    NominationVerb.DECLINED: "bad",
}
NEED_WORDS = [NominationVerb.RECOMMENDED, NominationVerb.VISITED, NominationVerb.RETURNED, NominationVerb.DECLINED]


class NominationStep(models.Model):
    """One step of a nomination: who, when, in which words, and the state after it. Never changed."""

    site = models.ForeignKey(
        ProjectSite, on_delete=models.PROTECT, related_name="nomination_steps", verbose_name="申报点"
    )
    verb = models.CharField("办理", max_length=12, choices=NominationVerb)
    text = models.TextField("意见", max_length=1000, blank=True)
    status = models.CharField("办理后状态", max_length=12, choices=SiteStatus)
    rank = models.PositiveSmallIntegerField("推荐名次", null=True, blank=True)
    document_number = models.CharField("文号", max_length=60, blank=True)
    decided_on = models.DateField("批复日期", null=True, blank=True)
    made_at = models.DateTimeField("时间")
    made_by = models.ForeignKey("organizations.User", on_delete=models.PROTECT, related_name="+", verbose_name="办理人")

    class Meta:
        verbose_name = verbose_name_plural = "申报办理记录"
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(verb__in=sorted(NEED_WORDS)) | ~Q(text=""),
                name="nomination_step_says",
                violation_error_message="请写明理由。",
            )
        ]
        triggers = append_only("nomination_step")

    def __str__(self) -> str:
        return f"{self.site} {self.get_verb_display()}"

    @property
    def tag(self) -> str:
        return TAG_OF_VERB[self.verb]

    @property
    def who(self) -> str:
        return f"{self.made_by.organization}{self.made_by.get_role_display()}　{self.made_by}"
