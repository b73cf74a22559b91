"""Trainings, pairing, help in kind, reports to government, surveys, inspections and bulletins of the past months, and
the work logs of every week."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from demo.days import is_working_day, working_day
from demo.files import read_rows
from demo.people import Cast
from fedwork import clock
from organizations.calendar import PUBLISHED
from organizations.models import Level, Organization, Role, User
from projects.actions import (
    add_note,
    close_rectification,
    raise_rectification,
    record_attendance,
    save_bulletin,
    save_training,
    submit_rectification,
)
from projects.bulletins import activity_words, publicity_words
from projects.models import (
    AttendeeKind,
    AwarenessSurvey,
    Bulletin,
    GovernmentReport,
    InKindHelp,
    Inspection,
    Pairing,
    ProjectSite,
    Rectification,
    RectificationSource,
    Training,
    TrainingSession,
    WorkLog,
    WorkLogAddition,
)
from projects.posts import Posts
from projects.worklogs import offices_of

Event = tuple[datetime, Callable[[], None]]
SORTS = {
    "pairing": Pairing,
    "inkind": InKindHelp,
    "government": GovernmentReport,
    "survey": AwarenessSurvey,
    "inspection": Inspection,
}
SETTLED = {4: (8, 10)}  # after so many working days what an inspection handed on is put right, and closed
NOT_THERE = 14  # the site whose secretary missed the training
HEADLINE_COUNTY = 1  # a site of the county that holds one of its own
BROKE_OFF, LATELY_SILENT = 2, 4  # sites whose logs break off: three weeks in the third month, the last days
SILENT_DAYS = 12
ADDED, ADDED_AFTER = "当天另有 2 户愿意报名，已登记。", timedelta(days=6)
HEADINGS = {4: ["on_progress", "on_management"], 11: ["on_management"]}  # what inspections hand on, by site
DEMANDS = {"on_progress": ("progress", "倒排工期，每周报一次进度"), "on_management": ("materials", "补齐后拍照报送")}


def fieldnote_events(sites: list[ProjectSite], cast: Cast) -> Iterator[Event]:
    launch = sites[0].programme.first_month
    # The fourth working day: the allocation table was issued on the third.
    yield _at(working_day(launch, 4), 16), partial(_province_training, sites, cast)
    yield _at(working_day(launch, 6), 16), partial(_city_training, sites, cast)
    yield _at(working_day(_day(launch, 2, 10)), 17), partial(_county_training, sites, cast)
    for row in read_rows("fieldnotes"):
        day = working_day(_day(launch, int(row["month"]), int(row["day"])))
        yield _at(day, 15), partial(_note, row, sites, cast)
        if row["sort"] == "inspection" and (days := SETTLED.get(int(row["site"]))):
            site = sites[int(row["site"]) - 1]
            yield _at(working_day(day, days[0]), 14), partial(_put_right, site, cast)
            yield _at(working_day(day, days[1]), 14), partial(_closed, site, cast)
    for number, month in enumerate([1, 3], 1):
        day = working_day(launch + relativedelta(months=month + 1), 1)
        yield _at(day, 10), partial(_bulletin, sites, cast, number, launch + relativedelta(months=month))


def _day(launch: date, month: int, day: int) -> date:
    return launch + relativedelta(months=month, day=day)


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, 30)))


# Trainings


def _province_training(sites: list[ProjectSite], cast: Cast) -> None:
    """Two days before the launch, with a test; entered when the sites were approved."""
    first = working_day(sites[0].programme.first_month, -5)
    last = working_day(first, 1)
    topics = ["项目建设的意义", "创建任务和考核标准", "进度和日程安排", "资金管理和推进措施"]
    days = [(first, "a"), (first, "b"), (last, "a"), (last, "b")]
    sessions = [
        TrainingSession(held_on=day, half_day=half, topic=topic, teacher_post="省妇联发展部", person_times=34)
        for (day, half), topic in zip(days, topics, strict=True)
    ]
    training = _training(
        sites, "省妇女专项经费项目培训班", "province", first, last, place="省妇女儿童活动中心", persons=34
    )
    training.topics = ["meaning", "standards", "schedule", "measures"]
    training.note = "分组交流了各地打算，结束前参加测试。"
    kinds = [AttendeeKind.CHAIR, AttendeeKind.DEPARTMENT, AttendeeKind.COUNTY, AttendeeKind.HEAD]
    by = cast.city_staff()[0]
    training = save_training(training, sessions=sessions, kinds=kinds, by=by)
    rng = Random("scores")
    results = {
        row.pk: (True, Decimal(rng.randint(148, 196)) / 2 if row.kind == AttendeeKind.HEAD else None)
        for row in training.attendees.all()
    }
    record_attendance(training, results=results, by=by, version=training.version)


def _city_training(sites: list[ProjectSite], cast: Cast) -> None:
    day, by = clock.today(), cast.city_staff()[0]
    sessions = [
        TrainingSession(
            held_on=day, half_day="a", topic="任务和标准再部署", teacher_post="市妇联分管领导", person_times=45
        ),
        TrainingSession(
            held_on=day, half_day="b", topic="措施和要求再强调", teacher_post="市妇联发展部", person_times=44
        ),
    ]
    training = _training(sites, "项目推进会暨书记、负责人培训", "city", day, day, place="市妇联三楼会议室", persons=45)
    training.topics = ["standards", "schedule", "measures"]
    kinds = [AttendeeKind.HEAD, AttendeeKind.SECRETARY, AttendeeKind.COUNTY]
    training = save_training(training, sessions=sessions, kinds=kinds, by=by)
    missing = (sites[NOT_THERE - 1].pk, AttendeeKind.SECRETARY)
    results = {row.pk: ((row.site_id, row.kind) != missing, None) for row in training.attendees.all()}
    record_attendance(training, results=results, by=by, version=training.version)


def _county_training(sites: list[ProjectSite], cast: Cast) -> None:
    day, by = clock.today(), _county(sites[HEADLINE_COUNTY - 1], cast)
    session = TrainingSession(
        held_on=day, half_day="b", topic="备查资料怎样归档", teacher_post="县妇联办公室", person_times=14
    )
    training = _training(sites, "资料归档培训", "county", day, day, place="县妇联会议室", persons=14)
    training.topics = ["measures"]
    save_training(training, sessions=[session], kinds=[AttendeeKind.HEAD, AttendeeKind.OFFICER], by=by)


def _training(sites: list[ProjectSite], title: str, level: str, first: date, last: date, **fields) -> Training:
    programme = sites[0].programme
    return Training(programme=programme, title=title, level=level, first_on=first, last_on=last, **fields)


# Notes


def _note(row: dict[str, str], sites: list[ProjectSite], cast: Cast) -> None:
    number = int(row["site"] or 0)
    site = sites[number - 1] if number else None
    fields = dict(part.split("=", 1) for part in row["fields"].split("|"))
    by = _writer(row["by"], site or sites[HEADLINE_COUNTY - 1], cast)
    note = SORTS[row["sort"]](site=site, programme=sites[0].programme, happened_on=clock.today())
    for name, value in fields.items():
        setattr(note, name, note._meta.get_field(name).to_python(value))
    add_note(note, by=by)
    if isinstance(note, Inspection):
        for heading in HEADINGS.get(number, []):
            _hand_on(note, heading, by=by)


def _writer(who: str, site: ProjectSite, cast: Cast) -> User:
    return {"cadre": lambda: cast.at(site.organization, Role.CADRE), "city": lambda: cast.city_staff()[0]}.get(
        who, lambda: _county(site, cast)
    )()


def _county(site: ProjectSite, cast: Cast) -> User:
    return cast.at(site.organization, Role.COUNTY_REVIEWER)


def _hand_on(inspection: Inspection, heading: str, *, by: User) -> None:
    """What was found goes on as an item; still open or long put right, the page shows the way back."""
    post = Posts([inspection.site.organization]).answering(inspection.site.organization)[0]
    category, measure = DEMANDS[heading]
    item = Rectification(
        site=inspection.site,
        source=RectificationSource.INSPECTION,
        source_note=inspection.team,
        inspection=inspection,
        found_on=inspection.happened_on,
        category=category,
        problem=getattr(inspection, heading),
        measure=measure,
        organization=post.organization,
        role=post.role,
        due_on=PUBLISHED.add_workdays(clock.today(), 15),
    )
    raise_rectification(item, by=by)


def _put_right(site: ProjectSite, cast: Cast) -> None:
    for item in site.rectifications.exclude(inspection=None):
        cadre = cast.at(site.organization, Role.CADRE)
        submit_rectification(item, by=cadre, version=item.version, text="已按要求整改，照片和补齐的签到表随附。")


def _closed(site: ProjectSite, cast: Cast) -> None:
    for item in site.rectifications.exclude(inspection=None):
        close_rectification(item, by=cast.city_staff()[0], version=item.version, note="到点核对，已整改到位")


def _bulletin(sites: list[ProjectSite], cast: Cast, number: int, month: date) -> None:
    programme, until = sites[0].programme, month + relativedelta(day=31)
    bulletin = Bulletin(
        programme=programme,
        number=Bulletin.objects.next_number(programme, clock.today().year),
        title=f"{month.month}月项目推进情况",
        issued_on=clock.today(),
        since=month,
        until=until,
        lead="各地对照日程任务抓进度，市妇联到点指导，阵地建设、技能培训和文体活动全面铺开。",
        activities=activity_words(programme, month, until),
        publicity=publicity_words(programme, month, until),
        outlook="请各县（市、区）妇联抓紧配套资金到位，备查资料随做随存。",
    )
    save_bulletin(bulletin, by=cast.city_staff()[0])


# Work logs


def load_worklogs(sites: list[ProjectSite], cast: Cast) -> None:
    """About one a week of every site and office, in one go; some of the headline site were added to later."""
    programme, now = sites[0].programme, clock.now()
    offices = offices_of(sites, programme, programme.organization.path)
    logs = [log for number, site in enumerate(sites, 1) for log in _site_logs(number, site, cast, now)]
    logs += [log for office in offices for log in _office_logs(office, programme, cast, now)]
    written = WorkLog.objects.bulk_create(logs)
    added = [log for log in written if log.site == sites[0] and log.recorded_at + ADDED_AFTER < now][2:14:5]
    WorkLogAddition.objects.bulk_create(
        WorkLogAddition(log=log, text=ADDED, added_at=log.recorded_at + ADDED_AFTER, added_by=log.recorded_by)
        for log in added
    )


def _site_logs(number: int, site: ProjectSite, cast: Cast, now: datetime) -> Iterator[WorkLog]:
    launch, rng = site.programme.first_month, Random(f"logs {number}")
    silent = set()
    if number == BROKE_OFF:
        silent = {_day(launch, 2, 16) + timedelta(days=day) for day in range(23)}
    if number == LATELY_SILENT:
        silent = {timezone.localdate(now) - timedelta(days=day) for day in range(SILENT_DAYS)}
    days = [day for day in _weekly(launch, timezone.localdate(now), rng) if day not in silent]
    return _logs(days, "site", rng, now, by=cast.at(site.organization, Role.CADRE), site=site)


def _office_logs(office: Organization, programme, cast: Cast, now: datetime) -> Iterator[WorkLog]:
    rng = Random(f"logs {office.name}")
    is_city = office.level == Level.CITY
    by = cast.city_staff()[0] if is_city else cast.at(office, Role.COUNTY_REVIEWER)
    days = _weekly(programme.first_month, timezone.localdate(now), rng)
    return _logs(days, "city" if is_city else "county", rng, now, by=by, site=None, programme=programme)


def _weekly(launch: date, today: date, rng: Random) -> Iterator[date]:
    """Working days, seven days apart at most where there is one between."""
    day = launch
    while day <= today:
        yield day
        later = [day + timedelta(days=number) for number in range(4, 8)]
        day = rng.choice([each for each in later if is_working_day(each)] or later)


def _logs(days, who: str, rng: Random, now: datetime, *, by: User, site, programme=None) -> Iterator[WorkLog]:
    texts = [row["text"] for row in read_rows("worklogs") if row["who"] == who]
    for number, day in enumerate(days):
        moment = timezone.make_aware(datetime.combine(day, time(17, rng.randrange(60))))
        if moment < now:
            yield WorkLog(
                site=site,
                programme=programme or site.programme,
                organization=site.organization if site else by.organization,
                role=by.role,
                post=f"{by.organization}{by.get_role_display()}",
                happened_on=day,
                content=texts[(number * 5 + rng.randrange(2)) % len(texts)],
                recorded_at=moment,
                recorded_by=by,
            )
