"""The programme with its rules as data."""

from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from demo.days import working_day
from demo.files import read_rows
from demo.schedule import load_outputs
from demo.standards import GOALS
from organizations.models import AuditEvent, Organization
from projects.actions import offer_usual_words
from projects.models import CreationType, Measure, Programme, ProgrammeStage, TaskTemplate
from projects.states import StageKind

TYPES = [("示范村", 9), ("示范社区", 9), ("皖嫂示范基地", 1)]
BASE_TYPE = "皖嫂示范基地"
# Months counted from the launch, first and last.
STAGES = [(StageKind.LAUNCH, 0, 0), (StageKind.BUILD, 1, 5), (StageKind.ACCEPT, 6, 6)]
CURRENT_MONTH = 5
LAST_MONTH = 6
# Form 3.3, blocks B and C.
# Name, unit, and the difference from one month to the next that needs no reason (None: not compared).
ACTIVITIES = [
    ("教育培训", "场次", 5),
    ("教育培训", "人次", 60),
    ("文化娱乐活动", "场次", 5),
    ("文化娱乐活动", "人次", 150),
    ("关爱救助", "次", 5),
    ("关爱救助", "人", 30),
    ("维权帮扶", "件", 5),
    ("维权帮扶", "人", 10),
    ("宣传报道", "篇", 5),
]
# From which number of the records each unit is counted.
SOURCES = {
    "场次": Measure.Source.SESSIONS,
    "次": Measure.Source.SESSIONS,
    "人次": Measure.Source.PERSON_TIMES,
    "人": Measure.Source.PERSONS,
    "件": Measure.Source.CASES,
    "篇": Measure.Source.PIECES,
}
MONEY = [("省级资金到位", "元", None), ("配套资金到位", "元", None), ("本月支出", "元", 10_000)]
IN_LEDGER = {
    "省级资金到位": Measure.Source.PROGRAMME_ARRIVED,
    "配套资金到位": Measure.Source.MATCHING_ARRIVED,
    "本月支出": Measure.Source.SPENT,
}


def first_month(today: date) -> date:
    """The launch month of a programme whose fifth month of building is the current one."""
    return today.replace(day=1) - relativedelta(months=CURRENT_MONTH)


def load_programme(city: Organization, launch: date, *, by) -> Programme:
    """`launch` is the first day of the launch month; the programme is called by that day's year."""
    programme = Programme(
        organization=city,
        name=f"{launch.year}年省妇女专项经费建设项目",
        year=launch.year,
        legal_basis="演示数据：地名取自2023年统计用区划，参加项目一事和全部文字、金额均为虚构",
        goals=GOALS,
        document_number=f"皖妇〔{launch.year}〕8号（演示）",
        issued_on=working_day(launch, -3),
        province_amount=Decimal(30_000),
        matching_floor=Decimal(10_000),
        matching_ratio=Decimal(1),
        first_month=launch,
        last_month=launch + relativedelta(months=LAST_MONTH),
        report_due_day=25,
    )
    programme.full_clean()
    programme.save()
    for position, (name, quota) in enumerate(TYPES, 1):
        CreationType.objects.create(programme=programme, name=name, quota=quota, position=position)
    offer_usual_words(programme)
    _load_stages(programme)
    _load_measures(programme)
    AuditEvent.objects.record("新增年度批次", programme, by=by, organization=city)
    return programme


def _load_stages(programme: Programme) -> None:
    types = {kind.name: kind for kind in programme.creation_types.all()}
    tasks = list(enumerate(read_rows("tasks"), 1))
    for kind, first, last in STAGES:
        stage = ProgrammeStage.objects.create(
            programme=programme, kind=kind, starts_on=_day(programme, first, 1), ends_on=_day(programme, last, 31)
        )
        load_outputs(stage)
        for position, row in tasks:
            if row["stage"] == kind:
                _load_task(stage, row, position, types.get(row["creation_type"]))


def _load_task(stage: ProgrammeStage, row: dict[str, str], position: int, kind: CreationType | None) -> None:
    task = TaskTemplate(
        stage=stage,
        creation_type=kind,
        name=row["name"],
        starts_on=_day(stage.programme, int(row["first_month"]), int(row["first_day"])),
        due_on=_day(stage.programme, int(row["last_month"]), int(row["last_day"])),
        rhythm=row["rhythm"],
        number=int(row["number"]) if row["number"] else None,
        on_day=_day(stage.programme, int(row["on_month"]), int(row["on_day"])) if row["on_day"] else None,
        owner=row["owner"],
        evidence=row["evidence"],
        evidence_count=int(row["evidence_count"]),
        position=position,
    )
    task.full_clean()
    task.save()


def _day(programme: Programme, month: int, day: int) -> date:
    """A day of the month counted from the launch; a 31st that the month doesn't have is its last day."""
    return programme.first_month + relativedelta(months=month, day=day)


def _load_measures(programme: Programme) -> None:
    sections = [(Measure.Section.ACTIVITY, ACTIVITIES), (Measure.Section.MONEY, MONEY)]
    kinds = {kind.name: kind for kind in programme.activity_kinds.all()}
    Measure.objects.bulk_create(
        Measure(
            programme=programme,
            section=section,
            name=name,
            unit=unit,
            source=IN_LEDGER.get(name) or SOURCES[unit],
            kind=kinds.get(name),
            tolerance=tolerance,
            position=position,
        )
        for section, measures in sections
        for position, (name, unit, tolerance) in enumerate(measures, 1)
    )
