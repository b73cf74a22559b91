"""States of the project side and the few questions that everybody asks about them."""

from typing import NamedTuple

from django.db.models import TextChoices


class Mark(NamedTuple):
    """A state as it is shown: one word, and the class of its tag."""

    word: str
    tag: str


class Light(TextChoices):
    """红黄绿灯 of a site, the gravest first."""

    RED = "red", "红"
    YELLOW = "yellow", "黄"
    GREEN = "green", "绿"

    @property
    def rank(self) -> int:
        return {"red": 2, "yellow": 1, "green": 0}[self.value]

    @property
    def mark(self) -> Mark:
        return Mark(self.label, {"red": "bad", "yellow": "warn", "green": "ok"}[self.value])


class SiteStatus(TextChoices):
    PROPOSED = "proposed", "申报中"
    SUBMITTED = "submitted", "待县推荐"
    RECOMMENDED = "recommended", "待市审核"
    CHECKED = "checked", "待省批复"
    APPROVED = "approved", "已批准"
    DECLINED = "declined", "未获批准"


# The way of a nomination, one step at a time; what isn't named here the database refuses (see ProjectSite.Meta).
NEXT_STATUS = {
    SiteStatus.PROPOSED: SiteStatus.SUBMITTED,
    SiteStatus.SUBMITTED: SiteStatus.RECOMMENDED,
    SiteStatus.RECOMMENDED: SiteStatus.CHECKED,
    SiteStatus.CHECKED: SiteStatus.APPROVED,
}
# Where somebody decides: pass on, return or decline.
AT_DESK = [SiteStatus.SUBMITTED, SiteStatus.RECOMMENDED, SiteStatus.CHECKED]
SITE_TRANSITIONS = [
    *NEXT_STATUS.items(),
    *((status, SiteStatus.PROPOSED) for status in AT_DESK),
    *((status, SiteStatus.DECLINED) for status in AT_DESK),
]
SETTLED = {SiteStatus.APPROVED, SiteStatus.DECLINED}


class ProgrammeSource(TextChoices):
    """Whose money a programme hands out; what is matched to it comes from elsewhere (funding.states)."""

    PROVINCE = "province", "省级"
    CITY = "city", "市级"


class StageKind(TextChoices):
    LAUNCH = "launch", "启动阶段"
    BUILD = "build", "建设阶段"
    ACCEPT = "accept", "验收阶段"


class Rhythm(TextChoices):
    """How often a task comes round (projects/schedule/cadence.py)."""

    ONCE = "once", "一次"
    DAILY = "daily", "每日"
    WEEKLY = "weekly", "每周"
    MONTHLY = "monthly", "每月"
    TWO_MONTHLY = "two_monthly", "每两个月"
    QUARTERLY = "quarterly", "每季度"
    HALF_YEARLY = "half_yearly", "每半年"
    YEARLY = "yearly", "每年"
    FIXED = "fixed", "固定日期"
    WORKDAYS = "workdays", "开始后第几个工作日"
    FRACTION = "fraction", "到某日完成一部分"


class Anchor(TextChoices):
    """The day from which periods and working days are counted."""

    STAGE = "stage", "阶段开始"
    PROGRAMME = "programme", "批次开始"


class Owner(TextChoices):
    """Which post has to do a task."""

    VILLAGE = "village", "村（社区、基地）"
    TOWNSHIP = "township", "乡镇（街道）"
    COUNTY = "county", "县级妇联"
    CITY = "city", "市妇联"


class ProofKind(TextChoices):
    """What shows that an output of a stage is there: each has one function in projects/schedule/proofs.py."""

    TASKS = "tasks", "任务完成"
    MEETING = "meeting", "会议召开"
    PLAN = "plan", "日程确认"
    REPORTS = "reports", "月报通过"
    GROUP = "group", "组织成立"
    IMPLEMENTATION = "implementation", "实施方案批准"
    TRAINED = "trained", "负责人和书记参训"
    ARCHIVE = "archive", "资料齐全"


def proof_choices() -> list[tuple[str, str]]:
    """Called by the field, so that a further proof needs no migration."""
    return ProofKind.choices


class ReplanState(TextChoices):
    PENDING = "pending", "待批复"
    GRANTED = "granted", "已调整"
    REFUSED = "refused", "未同意"


class DueKind(TextChoices):
    THIS_MONTH = "this_month", "当月某日"
    NEXT_MONTH = "next_month", "次月某日"
    NEXT_MONTH_WORKDAY = "next_month_workday", "次月第几个工作日"


class ReviewChain(TextChoices):
    COUNTY_CITY = "county_city", "县级审核后市级审核"
    CITY_ONLY = "city_only", "市级直接审核"


class ReviewDesk(TextChoices):
    COUNTY = "county", "县级审核"
    CITY = "city", "市级审核"


class Verdict(TextChoices):
    PASSED = "passed", "通过"
    RETURNED = "returned", "退回"


class ReportStatus(TextChoices):
    NOT_STARTED = "not_started", "未填报"
    DRAFT = "draft", "填写中"
    RETURNED = "returned", "已退回"
    COUNTY_REVIEW = "county_review", "待县审"
    CITY_REVIEW = "city_review", "待市审"
    ACCEPTED = "accepted", "已通过"


EDITABLE = {ReportStatus.NOT_STARTED, ReportStatus.DRAFT, ReportStatus.RETURNED}
# Waiting for a decision, and by which desk.
DESK_OF = {ReportStatus.COUNTY_REVIEW: ReviewDesk.COUNTY, ReportStatus.CITY_REVIEW: ReviewDesk.CITY}
SUBMITTED = {ReportStatus.COUNTY_REVIEW, ReportStatus.CITY_REVIEW, ReportStatus.ACCEPTED}
FIRST_STATUS = {
    ReviewChain.COUNTY_CITY: ReportStatus.COUNTY_REVIEW,
    ReviewChain.CITY_ONLY: ReportStatus.CITY_REVIEW,
}
STATUS_AFTER_PASS = {ReviewDesk.COUNTY: ReportStatus.CITY_REVIEW, ReviewDesk.CITY: ReportStatus.ACCEPTED}

# How a status looks: the class of its tag (word and shape, see static/css/site.css).
TAG_OF_STATUS = {
    ReportStatus.NOT_STARTED: "idle",
    ReportStatus.DRAFT: "warn",
    ReportStatus.RETURNED: "bad",
    ReportStatus.COUNTY_REVIEW: "wait",
    ReportStatus.CITY_REVIEW: "wait",
    ReportStatus.ACCEPTED: "ok",
}
TAG_OF_SITE = {
    SiteStatus.PROPOSED: "idle",
    SiteStatus.SUBMITTED: "wait",
    SiteStatus.RECOMMENDED: "wait",
    SiteStatus.CHECKED: "wait",
    SiteStatus.APPROVED: "ok",
    SiteStatus.DECLINED: "bad",
}
