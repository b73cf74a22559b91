"""What was found, put right, asked for and closed; two supervision meetings and the items that they decided.

Each story is a list of (moment, verb), like the reports' (demo.reports); what would happen after now is left out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from demo.days import working_day
from demo.files import read_rows
from demo.people import Cast
from fedwork import clock
from organizations.calendar import PUBLISHED
from organizations.models import Role
from projects.actions import (
    ask_extension,
    close_rectification,
    finish_meeting,
    grant_extension,
    raise_rectification,
    return_rectification,
    save_meeting,
    submit_rectification,
)
from projects.forms.meetings import AGENDA, invited
from projects.meeting_plan import due_days
from projects.models import Meeting, MeetingKind, ProjectSite, Rectification
from projects.posts import Posts

Event = tuple[datetime, Callable[[], None]]
PLACES = ["市妇联三楼会议室", "肥西县行政中心二号会议室"]


@dataclass
class Affair:
    """One item of followup.csv on its way. Days are working days from the one on which it is raised."""

    row: dict[str, str]
    site: ProjectSite
    cast: Cast
    meeting: Meeting | None = None
    item: Rectification | None = None

    def raised(self) -> None:
        post = Posts([self.site.organization]).answering(self.site.organization)[0]
        item = Rectification(
            site=self.site,
            source=self.row["source"],
            source_note=self.row["source_note"],
            meeting=self.meeting,
            found_on=clock.today(),
            category=self.row["category"],
            problem=self.row["problem"],
            measure=self.row["measure"],
            organization=post.organization,
            role=post.role,
            due_on=PUBLISHED.add_workdays(clock.today(), int(self.row["workdays"])),
        )
        self.item = raise_rectification(item, by=self._reviewer())

    def submitted(self) -> None:
        self.item = submit_rectification(
            self.item, by=self._cadre(), version=self.item.version, text=self.row["answer"]
        )

    def asked(self) -> None:
        until = PUBLISHED.add_workdays(self.item.due_on, 8)
        self.item = ask_extension(
            self.item,
            by=self._cadre(),
            version=self.item.version,
            until=until,
            reason="受天气和人员安排影响，需要多几天",
        )

    def granted(self) -> None:
        self.item = grant_extension(self.item, by=self._reviewer(), version=self.item.version)

    def returned(self) -> None:
        due_on = PUBLISHED.add_workdays(clock.today(), 10)
        self.item = return_rectification(
            self.item,
            by=self._reviewer(),
            version=self.item.version,
            reason="照片看不清，请补拍并写明完成日期",
            due_on=due_on,
        )

    def closed(self) -> None:
        self.item = close_rectification(
            self.item, by=self._reviewer(), version=self.item.version, note="已对照材料核实，整改到位"
        )

    def _cadre(self):
        return self.cast.at(self.site.organization, Role.CADRE)

    def _reviewer(self):
        return self.cast.city_staff()[0] if self.row["by"] == "city" else self._county()

    def _county(self):
        return self.cast.at(self.site.organization, Role.COUNTY_REVIEWER)

    def story(self, start: date) -> Iterator[Event]:
        """`steps` of the row are verb+days: “raised+0 submitted+6 closed+8”."""
        for step in self.row["steps"].split():
            verb, _, days = step.partition("+")
            yield _at(working_day(start, int(days)), 10 + int(days) % 6), getattr(self, verb)


@dataclass
class Gathering:
    """A supervision meeting with what it decided."""

    meeting: Meeting
    affairs: list[Affair]
    cast: Cast

    def prepared(self) -> None:
        self.meeting.pack_at = clock.now()
        posts = [post for post in invited(self.meeting.programme) if post.role == Role.COUNTY_REVIEWER]
        self.meeting = save_meeting(self.meeting, posts=posts, by=self.cast.city_staff()[0])
        for affair in self.affairs:
            affair.meeting = self.meeting

    def written_up(self) -> None:
        self.meeting.achievements = "各地按进度安排推进阵地建设和培训，月报报送比上一阶段及时，专账核算普遍落实。"
        self.meeting.minutes = "各县（市、区）妇联汇报了项目进展和存在的困难，会议逐个看了红灯、黄灯项目点的原因，核对了以往整改事项的办理情况。"
        self.meeting.requirements = (
            "1. 对照日程任务倒排工期，滞后的项目点每周向市妇联报一次进度。\n"
            "2. 配套资金没有到位的，县妇联要会同财政部门落实到账时间。\n"
            "3. 备查资料随做随存，签到、照片、凭证一事一档。"
        )
        posts = [post for post in invited(self.meeting.programme) if post.role == Role.COUNTY_REVIEWER]
        by = self.cast.city_staff()[0]
        self.meeting = save_meeting(self.meeting, posts=posts, by=by)
        self.meeting = finish_meeting(self.meeting, by=by, version=self.meeting.version)


def followup_events(sites: list[ProjectSite], cast: Cast) -> Iterator[Event]:
    rows = read_rows("followup")
    launch = sites[0].programme.first_month
    for row in rows:
        if row["source"] != "meeting":
            start = working_day(launch + relativedelta(months=int(row["month"])) + timedelta(days=int(row["day"]) - 1))
            yield from Affair(row, sites[int(row["site"]) - 1], cast).story(start)
    for number, due_on in enumerate(due_days(sites[0].programme, PUBLISHED)[: len(PLACES)]):
        decided = [row for row in rows if row["source"] == "meeting" and int(row["month"]) == number + 1]
        yield from _gathering(sites, cast, number, due_on, decided)
    # The fourth working day: the allocation table was issued on the third.
    yield _at(working_day(launch, 4), 9), partial(_launch, sites, cast)


def _gathering(sites: list[ProjectSite], cast: Cast, number: int, due_on: date, rows: list[dict]) -> Iterator[Event]:
    """Three working days before its date at the latest; written up two days later."""
    held_on = working_day(due_on, -3)
    meeting = Meeting(
        programme=sites[0].programme,
        kind=MeetingKind.SUPERVISION,
        due_on=due_on,
        held_on=held_on,
        place=PLACES[number],
        chaired_by="市妇联分管领导",
        agenda=AGENDA,
        guests="市财政局行政政法处" if number else "",
    )
    affairs = [Affair(row, sites[int(row["site"]) - 1], cast) for row in rows]
    gathering = Gathering(meeting, affairs, cast)
    yield _at(held_on, 8), gathering.prepared
    for affair in affairs:
        yield from affair.story(held_on)
    yield _at(working_day(held_on, 2), 16), gathering.written_up


def _launch(sites: list[ProjectSite], cast: Cast) -> None:
    meeting = Meeting(
        programme=sites[0].programme,
        kind=MeetingKind.LAUNCH,
        held_on=clock.today(),
        place="市政务中心会议厅",
        chaired_by="市妇联主要领导",
        agenda="1. 宣读项目实施方案\n2. 项目点代表发言\n3. 动员部署",
        pack_at=clock.now(),
        minutes="会议宣读了实施方案和各项目点任务，县妇联和项目点代表作了表态发言。",
        requirements="各项目点一周内排出进度安排，县妇联落实联系人。",
    )
    saved = save_meeting(meeting, posts=invited(meeting.programme), by=cast.city_staff()[0])
    finish_meeting(saved, by=cast.city_staff()[0], version=saved.version)


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, 20)))
