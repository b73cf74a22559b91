"""The dates that concern a user's post, as an iCalendar feed: library `icalendar` escapes and folds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
from dateutil.relativedelta import relativedelta
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from fedwork import clock
from organizations.models import Level, Role, User
from projects import rules
from projects.meeting_plan import plan
from projects.models import MonthlyReport, Programme, ProjectSite, Rectification, ScheduleItem
from projects.models.rectification import TO_RECTIFY
from projects.schedule.reached import with_reached
from projects.states import EDITABLE, Owner

ZONE = "Asia/Shanghai"
NAME = "妇女专项经费项目日程"
PAST = timedelta(days=60)  # what lies longer back is left out
MOST = 500  # of each sort
HOURLY = timedelta(hours=1)
OWNERS = {Role.COUNTY_REVIEWER: {Owner.COUNTY}, Role.CITY_STAFF: {Owner.CITY}}


@dataclass(frozen=True)
class Entry:
    """One date: a day, or a moment by which something is due. `uid` stays the same as long as the thing does."""

    uid: str
    when: date | datetime
    summary: str
    path: str
    note: str = ""


def feed_of(user: User, *, base: str) -> bytes:
    """`base` is the site's address without a slash at the end, for the links. Empty for who sees nothing."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//fedwork//schedule//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", NAME)
    calendar.add("x-wr-timezone", ZONE)
    calendar.add("refresh-interval", HOURLY, parameters={"VALUE": "DURATION"})
    calendar.add_component(icalendar.Timezone.from_tzid(ZONE))
    for entry in entries_of(user, clock.today()):
        calendar.add_component(_event(entry, base))
    return calendar.to_ical()


def _event(entry: Entry, base: str) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"{entry.uid}@fedwork")
    event.add("dtstamp", clock.now())
    event.add("summary", entry.summary)
    event.add("url", base + entry.path)
    if entry.note:
        event.add("description", entry.note)
    if isinstance(entry.when, datetime):
        moment = entry.when.astimezone(ZoneInfo(ZONE))
        event.add("dtstart", moment - timedelta(minutes=30))
        event.add("dtend", moment)
    else:
        event.add("dtstart", entry.when)
        event.add("dtend", entry.when + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    return event


def entries_of(user: User, today: date) -> Iterator[Entry]:
    """What concerns the post of the user; nothing for those without a part of the tree or of the business."""
    if user.scope_path is None or not rules.can_view_projects(user):
        return
    since = today - PAST
    yield from _own_reports(user, since) if user.role == Role.CADRE else _months(user, since)
    yield from _tasks(user, since)
    yield from _rectifications(user, since)
    if rules.can_view_meetings(user):
        yield from _meetings(user, since)
    if user.role == Role.CITY_STAFF:
        yield from _visits(user, since)


def _own_reports(user: User, since: date) -> Iterator[Entry]:
    """Every report that is still to be sent."""
    reports = MonthlyReport.objects.visible_to(user).filter(status__in=sorted(EDITABLE), due_at__date__gte=since)
    for report in reports.select_related("site").order_by("due_at", "pk")[:MOST]:
        url = reverse("projects:report_edit", args=[report.pk])
        yield Entry(f"report-{report.pk}", report.due_at, f"月报截止：{report}", url)


def _months(user: User, since: date) -> Iterator[Entry]:
    """A month's reports together, for those who review or look."""
    due = MonthlyReport.objects.visible_to(user).filter(due_at__date__gte=since)
    rows = due.order_by().values("site__programme", "site__programme__name", "month", "due_at")
    for row in rows.annotate(sites=Count("site", distinct=True)).order_by("due_at", "site__programme")[:MOST]:
        month, programme = row["month"], row["site__programme"]
        url = reverse("projects:report_list", query={"programme": programme, "month": f"{month:%Y-%m}"})
        uid = f"month-{programme}-{month:%Y%m}-{timezone.localtime(row['due_at']):%Y%m%d}"
        words = f"{month.month}月月报截止（应报 {row['sites']} 份）"
        yield Entry(uid, row["due_at"], words, url, row["site__programme__name"])


def _tasks(user: User, since: date) -> Iterator[Entry]:
    """Tasks that the post has to do and that aren't reported as done."""
    items = with_reached(ScheduleItem.objects.visible_to(user))
    items = items.filter(owner__in=_owners(user), due_on__gte=since, reached__lt=100)
    for item in items.select_related("stage__site").order_by("due_on", "pk")[:MOST]:
        site = item.stage.site
        url = reverse("projects:schedule_site", args=[site.pk])
        yield Entry(f"task-{item.pk}", item.due_on, f"任务到期：{item}（{site}）", url, item.evidence)


def _owners(user: User) -> set[str]:
    if user.role == Role.CADRE:
        is_township = user.organization.level == Level.TOWNSHIP
        return {Owner.VILLAGE, Owner.TOWNSHIP} if is_township else {Owner.VILLAGE}
    return OWNERS.get(user.role, set())


def _rectifications(user: User, since: date) -> Iterator[Entry]:
    """What the post has to put right."""
    items = Rectification.objects.of_post(user).filter(state__in=sorted(TO_RECTIFY), due_on__gte=since)
    for item in items.select_related("site").order_by("due_on", "pk")[:MOST]:
        yield Entry(
            f"rectify-{item.pk}",
            item.due_on,
            f"整改到期：{item.site} {item.get_category_display()}",
            item.get_absolute_url(),
            item.problem,
        )


def _meetings(user: User, since: date) -> Iterator[Entry]:
    """Supervision meetings: those arranged on their day, the others on the last day on which they can be held."""
    for programme in _running(user):
        for slot in plan(programme):
            when = slot.meeting.held_on if slot.meeting else slot.due_on
            if when >= since:
                words = "督查汇报会" if slot.meeting else f"第 {slot.number} 次督查汇报会最迟召开"
                url = slot.meeting.get_absolute_url() if slot.meeting else reverse("projects:meeting_list")
                yield Entry(f"meeting-{programme.pk}-{slot.number}", when, words, url, programme.name)


def _visits(user: User, since: date) -> Iterator[Entry]:
    """The last day of each month on which the city still can go to every site."""
    for programme in _running(user):
        sites = ProjectSite.objects.visible_to(user).approved().filter(programme=programme).count()
        for month in programme.months() if programme.has_monthly_visits and sites else []:
            last = month + relativedelta(day=31)
            if last >= since:
                words = f"{month.month}月调研指导截止（应访 {sites} 个项目点）"
                url = reverse("projects:visit_matrix", query={"programme": programme.pk})
                yield Entry(f"visit-{programme.pk}-{month:%Y%m}", last, words, url, programme.name)


def _running(user: User) -> list[Programme]:
    """Programmes that are not long over."""
    return list(Programme.objects.visible_to(user).filter(last_month__gte=clock.today() - PAST - PAST))
