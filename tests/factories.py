"""Minimal valid rows. Each function takes what matters to the test and makes up the rest."""

import io
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import count

from dateutil.relativedelta import relativedelta
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from fedwork import clock
from fedwork.received import receive
from organizations.models import Level, Organization, Role, User
from organizations.pinyin import initials
from projects.actions import offer_usual_words
from projects.models import (
    Activity,
    Attachment,
    CreationType,
    GuidanceVisit,
    Measure,
    MonthlyReport,
    Programme,
    ProgrammeStage,
    ProjectSite,
    Publicity,
    Rectification,
    ScheduleItem,
    Stage,
    StageOutput,
    TaskTemplate,
)
from projects.states import StageKind

PASSWORD = "shili-mima-2026"
numbers = count(1)


def organization(name: str, *, level: Level, parent: Organization | None = None, code: str | None = None, **fields):
    node = Organization(
        name=name,
        level=level,
        parent=parent,
        code=code or f"34{next(numbers):010d}",
        initials=initials(name),
        path="",
        **fields,
    )
    node.save()
    node.path = f"{parent.path if parent else '/'}{node.pk}/"
    node.save(update_fields=["path"])
    return node


def user(username: str, *, role: Role, organization: Organization | None, **fields) -> User:
    fields.setdefault("full_name", f"示例{username}")
    fields.setdefault("must_change_password", False)
    return User.objects.create_user(username, PASSWORD, role=role, organization=organization, **fields)


def programme(organization: Organization, *, year: int = 2026, first_month: date | None = None, **fields) -> Programme:
    """A month of launch (June if nothing is said), five of building, one of acceptance; a task each, three measures."""
    first_month = first_month or date(year, 6, 1)
    month = partial(_month, first_month)
    fields.setdefault("name", f"{first_month.year}年示例建设项目")
    fields.setdefault("province_amount", Decimal("30000"))
    made = Programme.objects.create(
        organization=organization, year=first_month.year, first_month=month(0), last_month=month(6), **fields
    )
    for position, (name, quota) in enumerate([("示范村", 9), ("示范社区", 9), ("皖嫂示范基地", 1)]):
        CreationType.objects.create(programme=made, name=name, quota=quota, position=position)
    offer_usual_words(made)
    for kind, first, last in [(StageKind.LAUNCH, 0, 0), (StageKind.BUILD, 1, 5), (StageKind.ACCEPT, 6, 6)]:
        stage = ProgrammeStage.objects.create(
            programme=made, kind=kind, starts_on=month(first), ends_on=month(last) + relativedelta(day=31)
        )
        TaskTemplate.objects.create(
            stage=stage, name=f"{stage.get_kind_display()}任务", starts_on=stage.starts_on, due_on=stage.ends_on
        )
    Measure.objects.create(programme=made, section=Measure.Section.ACTIVITY, name="教育培训", unit="场次", position=1)
    Measure.objects.create(programme=made, section=Measure.Section.ACTIVITY, name="教育培训", unit="人次", position=2)
    Measure.objects.create(
        programme=made, section=Measure.Section.MONEY, name="本月支出", unit="元", tolerance=1000, position=3
    )
    return made


def _month(first: date, number: int) -> date:
    return first + relativedelta(months=number)


def site(programme: Programme, organization: Organization, **fields) -> ProjectSite:
    """A proposed site; `projects.actions.approve_site` makes it an approved one."""
    fields.setdefault("creation_type", programme.creation_types.first())
    fields.setdefault("name", f"{organization.parent.name}{organization.name}")
    fields.setdefault("province_amount", programme.province_amount)
    return ProjectSite.objects.create(programme=programme, organization=organization, **fields)


def picture(kind: str = "JPEG", *, size=(64, 48), colour=(200, 30, 60), mode: str = "RGB", **options) -> bytes:
    """The bytes of a picture of one colour; another colour makes another file."""
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **options)
    return out.getvalue()


def upload(data: bytes | None = None, name: str = "培训现场.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if data is None else data)


def attachment(report: MonthlyReport, *, by: User, **fields) -> Attachment:
    """A photo with its files on the disk, whatever the state of the report."""
    return _photo(report=report, site=report.site, by=by, **fields)


def evidence(item: Rectification, *, by: User) -> Attachment:
    """A photo of a 整改事项, whatever its state."""
    return _photo(rectification=item, site=item.site, by=by)


def _photo(*, by: User, **fields) -> Attachment:
    colour = tuple(next(numbers) * step % 256 for step in [1, 7, 31])
    made = Attachment(uploaded_by=by, uploaded_at=clock.now(), **fields)
    made.write_files(receive(upload(picture(colour=colour))))
    made.save()
    return made


def activity(site: ProjectSite, day: date, *, kind: str = "教育培训", **fields) -> Activity:
    """Not saved: for `projects.actions.add_record`."""
    fields.setdefault("title", f"示例活动 {next(numbers)}")
    fields.setdefault("sessions", 1)
    kinds = site.programme.activity_kinds
    return Activity(site=site, happened_on=day, kind=kinds.get(name=kind), **fields)


def publicity(site: ProjectSite, day: date, **fields) -> Publicity:
    """Not saved: for `projects.actions.add_record`."""
    fields.setdefault("title", f"示例报道 {next(numbers)}")
    return Publicity(site=site, happened_on=day, channel=site.programme.channels.first(), **fields)


def visit(site: ProjectSite, day: date, **fields) -> GuidanceVisit:
    """Not saved: for `projects.actions.add_visit`."""
    guidance = dict.fromkeys(["on_activities", "on_venue", "on_files"], "符合要求")
    given = {"visitors": "市妇联发展部", "interlocutors": ["village"]} | guidance | fields
    return GuidanceVisit(site=site, happened_on=day, **given)


def counted(measure: Measure, source: Measure.Source, kind: str = "") -> Measure:
    """From now on counted from records."""
    measure.source, measure.kind = source, measure.programme.activity_kinds.filter(name=kind).first()
    measure.full_clean()
    measure.save()
    return measure


def task(stage: ProgrammeStage, name: str = "示例任务", **fields) -> TaskTemplate:
    """A task of the stage, over its whole window unless said otherwise; checked as the admin does."""
    made = TaskTemplate(stage=stage, name=name, **{"starts_on": stage.starts_on, "due_on": stage.ends_on} | fields)
    made.full_clean()
    made.save()
    return made


def output(stage: ProgrammeStage, name: str, proof: str, parameter: str = "") -> StageOutput:
    return StageOutput.objects.create(stage=stage, name=name, proof=proof, parameter=parameter)


def schedule_item(stage: Stage, name: str = "示例任务", **fields) -> ScheduleItem:
    """A task of a site beyond its template, over the whole stage unless said otherwise."""
    window = {"starts_on": stage.starts_on, "due_on": stage.ends_on} | fields
    baseline = {f"baseline_{key}": window[key] for key in ["starts_on", "due_on"]}
    return ScheduleItem.objects.create(stage=stage, name=name, **baseline | window)
