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
    PROPOSED = "proposed", "待批准"
    APPROVED = "approved", "已批准"


class StageKind(TextChoices):
    LAUNCH = "launch", "启动阶段"
    BUILD = "build", "建设阶段"
    ACCEPT = "accept", "验收阶段"


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
TAG_OF_SITE = {SiteStatus.PROPOSED: "wait", SiteStatus.APPROVED: "ok"}
