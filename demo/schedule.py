"""Outputs of the stages, schedules confirmed, the launch stage completed at all sites but one, two re-plannings."""

import io
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import cache, partial

from dateutil.relativedelta import relativedelta
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from demo.days import working_day
from demo.groups import RETURNED, WITHOUT_TEAM
from demo.people import Cast
from fedwork.received import ReceivedFile, receive
from organizations.models import Role
from projects.actions import add_attachment, ask_replan, complete_stage, confirm_plan, grant_replan
from projects.models import MonthlyReport, ProgrammeStage, ProjectSite, ScheduleItem, StageOutput
from projects.sheet import Sheet
from projects.states import ProofKind, StageKind

Event = tuple[datetime, Callable[[], None]]
# S0: 成立组织、制定方案、细排进度、层层动员培训; then what closes the stages of building and acceptance.
OUTPUTS = {
    StageKind.LAUNCH: [
        ("成立组织", ProofKind.GROUP, ""),
        ("制定方案", ProofKind.IMPLEMENTATION, ""),
        ("细排进度", ProofKind.PLAN, ""),
        ("全市动员", ProofKind.MEETING, "动员会"),
        ("培训到人", ProofKind.TRAINED, ""),
    ],
    StageKind.BUILD: [("建设任务完成", ProofKind.TASKS, ""), ("月报通过", ProofKind.REPORTS, "")],
    StageKind.ACCEPT: [("验收任务完成", ProofKind.TASKS, "")],
}
NEVER_CONFIRMED = 4  # the site, by its number, whose launch stage is still open
GRANTED, WAITING = 9, 13  # the sites that asked for other dates
TASK = "设立维权站（岗）"


def load_outputs(stage: ProgrammeStage) -> None:
    StageOutput.objects.bulk_create(
        StageOutput(stage=stage, name=name, proof=proof, parameter=parameter, position=position)
        for position, (name, proof, parameter) in enumerate(OUTPUTS[stage.kind], 1)
    )


def schedule_events(sites: list[ProjectSite], cast: Cast, today: date) -> Iterator[Event]:
    """(moment, what happens then)"""
    launch = sites[0].programme.first_month
    for number, site in enumerate(sites, 1):
        if number != NEVER_CONFIRMED:
            cadre, county = (cast.at(site.organization, role) for role in [Role.CADRE, Role.COUNTY_REVIEWER])
            yield _at(launch + timedelta(days=18), 9, number), partial(confirm_plan, site, by=cadre)
            if number not in {WITHOUT_TEAM, RETURNED}:  # what the gate asks for isn't all there
                # By then the reports of the second month of building are through, also where the launch took longer.
                yield _at(launch + relativedelta(months=3, day=21), 15, number), partial(_complete, site, county)
    yield from _replans(sites, cast, launch, today)


def _replans(sites: list[ProjectSite], cast: Cast, launch: date, today: date) -> Iterator[Event]:
    granted, waiting = sites[GRANTED - 1], sites[WAITING - 1]
    by, boss = cast.at(granted.organization, Role.CADRE), cast.city_staff()[0]
    asked = _at(launch + relativedelta(months=3, day=14), 10, 0)
    yield asked, partial(_ask, granted, by, "值班律师由司法所统一安排，十天后才能到岗")
    yield asked + timedelta(hours=6), partial(_grant, granted, boss)
    by, day = cast.at(waiting.organization, Role.CADRE), working_day(today - timedelta(days=1), -1)
    yield _at(day, 10, 0), partial(_ask, waiting, by, "宣传品印制推迟，第二次宣传安排到月底", name="设立宣传橱窗")


def _item(site: ProjectSite, name: str) -> ScheduleItem:
    return ScheduleItem.objects.get(stage__site=site, name__startswith=name)


def _ask(site: ProjectSite, by, reason: str, *, name: str = TASK) -> None:
    item = _item(site, name)
    due_on = min(item.stage.ends_on, item.due_on + timedelta(days=6 if name != TASK else 10))
    ask_replan(item, by=by, starts_on=item.starts_on, due_on=due_on, reason=reason)


def _grant(site: ProjectSite, by) -> None:
    grant_replan(_item(site, TASK).replans.get(), by=by, note="同意，请同步通知县妇联")


def _complete(site: ProjectSite, by) -> None:
    complete_stage(site.stages.get(kind=StageKind.LAUNCH), by=by)


def _at(day: date, hour: int, minute: int) -> datetime:
    return timezone.make_aware(datetime.combine(working_day(day), time(hour, minute)))


def attach_evidence(report: MonthlyReport, sheet: Sheet, done: set[int], *, by) -> None:
    """What is asked for before a task is done; `done` are the tasks that this report calls so."""
    for task in sheet.open_tasks:
        if task.item.pk in done and task.evidence_missing:
            add_attachment(report, by=by, received=picture(), item=task.item)


@cache
def picture() -> ReceivedFile:
    """One plain picture for all: a hall with a banner, as far as rectangles go."""
    return receive(SimpleUploadedFile("动员会现场.png", _drawn()))


def _drawn() -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", (480, 320), (236, 238, 242))
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 36, 440, 92), fill=(163, 18, 63))
    for row in range(3):
        for place in range(8):
            draw.ellipse((56 + 48 * place, 160 + 52 * row, 84 + 48 * place, 188 + 52 * row), fill=(96, 106, 120))
    image.save(out, "PNG")
    return out.getvalue()
