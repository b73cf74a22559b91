"""What is due next at a site, the earliest first: report, tasks, visit, 整改, meeting; each with where it is done."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from django.urls import reverse
from django.utils import timezone

from projects import rules
from projects.lights.grading import Link
from projects.meeting_plan import plan
from projects.models import GuidanceVisit, MonthlyReport, ProjectSite, Rectification, VisitLevel
from projects.progress import StageProgress
from projects.states import EDITABLE, Mark

SOON = 3  # days
TASKS_AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class Due:
    words: str
    due_on: date
    today: date
    link: Link | None

    @property
    def days(self) -> int:
        """Calendar days left; negative when the date has passed."""
        return (self.due_on - self.today).days

    @property
    def mark(self) -> Mark:
        if self.days < 0:
            return Mark(f"已过 {-self.days} 天", "bad")
        return Mark(f"还有 {self.days} 天" if self.days else "今天到期", "warn" if self.days <= SOON else "idle")


def next_due(
    site: ProjectSite, stages: list[StageProgress], reports: list[MonthlyReport], user, now: datetime
) -> list[Due]:
    """`stages` and `reports` are the site's; five queries more at most."""
    today = timezone.localdate(now)
    found = [
        *_reports(site, reports, user, today),
        *_tasks(stages, reports, user, today),
        *_visit(site, user, today),
        *_rectifications(site, today),
        *_meeting(site, user, today),
    ]
    return sorted(found, key=lambda due: due.due_on)


def _reports(site: ProjectSite, reports: list[MonthlyReport], user, today: date):
    """Those that lie with the cadre; of the months to come none."""
    for report in reports:
        if report.status in EDITABLE and report.month <= today:
            what = "退回的月报改好再报" if report.last_return else "月报"
            does = "去填报" if rules.can_fill_in_report(user, report) else "看月报"
            link = Link(does, report.get_absolute_url())
            yield Due(f"{report.month.month}月{what}", timezone.localdate(report.due_at), today, link)


def _tasks(stages: list[StageProgress], reports: list[MonthlyReport], user, today: date):
    """Unfinished tasks, the late ones and those of the coming weeks, in a row each: they are told in one and the same
    report, the first that isn't accepted yet."""
    open_report = next((r for r in sorted(reports, key=lambda r: r.month) if r.accepted_at is None), None)
    link = None
    if open_report and open_report.month <= today:
        link = Link("填进度" if rules.can_fill_in_reports(user) else "看月报", open_report.get_absolute_url())
    lines = [line for stage in stages for line in stage.items if line.percent < 100]
    lines.sort(key=lambda line: line.item.due_on)
    late = [line for line in lines if line.mark.word == "逾期"]
    told_later = [line for line in lines if line.item.due_on < today and line not in late]
    soon = [line for line in lines if today <= line.item.due_on <= today + TASKS_AHEAD]
    for found, state in [(late, "逾期"), (told_later, "等本月月报填报"), (soon, "快到计划日期")]:
        if found:
            names = "、".join(f"“{line.item}”{line.percent}%" for line in found)
            due_on = _told_on(reports, today) if found is told_later else None
            yield Due(f"{len(found)} 项任务{state}：{names}", due_on or found[0].item.due_on, today, link)


def _told_on(reports: list[MonthlyReport], today: date) -> date | None:
    """When the next report has to be sent that can say what became of a turn."""
    ahead = [r for r in reports if r.status in EDITABLE and timezone.localdate(r.due_at) >= today]
    return min((timezone.localdate(report.due_at) for report in ahead), default=None)


def _visit(site: ProjectSite, user, today: date):
    """The city's of this month, while it hasn't been there."""
    month = today.replace(day=1)
    if not site.programme.has_monthly_visits or month not in site.programme.months():
        return
    visits = GuidanceVisit.objects.current().filter(site=site, level=VisitLevel.CITY).in_months([month])
    if not visits.exists():
        is_theirs = rules.visit_level_of(user) == VisitLevel.CITY and rules.can_record_visit(user, site)
        link = Link("记调研指导", reverse("projects:visit_add", args=[site.pk])) if is_theirs else None
        yield Due("市妇联本月到点指导", month + relativedelta(day=31), today, link)


def _rectifications(site: ProjectSite, today: date):
    items = Rectification.objects.filter(site=site).order_by("due_on", "pk")
    for item in items.in_state("unsettled", today):
        if item.is_to_rectify:
            yield Due(f"整改 {item.number}：{item.problem}", item.due_on, today, Link("去办", item.get_absolute_url()))


def _meeting(site: ProjectSite, user, today: date):
    """The next one that isn't held."""
    slots = plan(site.programme)
    slot = next((s for s in slots if s.due_on >= today and (s.meeting is None or s.meeting.held_on > today)), None)
    if slot:
        day = slot.meeting.held_on if slot.meeting else slot.due_on
        address = reverse("projects:meeting_list", query={"programme": site.programme_id})
        link = Link("看会议", address) if rules.can_view_meetings(user) else None
        yield Due(f"第 {slot.number} 次督查汇报会" + ("" if slot.meeting else "（最迟）"), day, today, link)
