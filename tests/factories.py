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
from fedwork.received import ReceivedFile, receive
from funding.models import EvaluationIndicator, WorkFundStandard
from organizations.models import Level, Organization, Role, User
from organizations.pinyin import initials
from projects.actions import Filing, add_to_archive, establish_group, next_version, offer_usual_words, publish_standard
from projects.actions.groups import Place, Seat
from projects.models import (
    Activity,
    Attachment,
    CreationStandard,
    CreationType,
    Duty,
    GroupKind,
    GroupRole,
    GuidanceVisit,
    ImplementationPlan,
    LeadingGroup,
    Measure,
    MonthlyReport,
    Nomination,
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
from projects.states import SiteStatus, StageKind

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
    fields.setdefault("document_number", f"皖妇〔{first_month.year}〕8号（示例）")
    fields.setdefault("issued_on", first_month)
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
    """A site that has come all the way to the province; `projects.actions.approve_site` makes it an approved one."""
    made = proposed_site(programme, organization, **{"status": SiteStatus.CHECKED} | fields)
    Nomination.objects.create(site=made, version=4, **SURVEYED)
    return made


def proposed_site(programme: Programme, organization: Organization, **fields) -> ProjectSite:
    """A bare entry at the beginning of the way, without survey or statement."""
    fields.setdefault("creation_type", programme.creation_types.first())
    fields.setdefault("name", f"{organization.parent.name}{organization.name}")
    fields.setdefault("province_amount", programme.province_amount)
    return ProjectSite.objects.create(programme=programme, organization=organization, **fields)


# Complete, and the numbers fit each other.
SURVEYED = {
    "women": 820,
    "working_age": 510,
    "left_behind": 140,
    "left_behind_families": 46,
    "skilled": 95,
    "groups": 3,
    "volunteers": 22,
    "venues": "妇女之家一间，与村活动室共用",
    "venue_area": 60,
    "industries": "蔬菜种植、苗木",
    "needs": "家门口的技能培训；留守儿童放学后的照看",
    "surveyed_on": date(2026, 3, 20),
    "surveyed_by": "镇妇联副主席、村妇联主席",
    "feature": "返乡妇女带头办家庭农场，可供周边村参观",
    "content": "改造妇女之家，办三期技能培训，建一支志愿队",
    "beneficiaries": 300,
    "contact_post": "村妇联主席",
    "contact_phone": "0551-55500001",
}


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
    fields.setdefault("channel", site.programme.channels.first())
    return Publicity(site=site, happened_on=day, **fields)


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


def received(name: str = "方案.pdf", text: str = "") -> ReceivedFile:
    """A small PDF as an upload form hands it over; another text makes another file."""
    return receive(upload(b"%PDF-1.7\n" + f"{text or next(numbers)}".encode() + b"\n%%EOF\n", name))


def standard(
    kind: CreationType, text: str = "一、组织领导\n成立领导组。", *, by: User | None = None
) -> CreationStandard:
    """A draft; published when `by` is given."""
    made = CreationStandard.objects.create(creation_type=kind, version=next_version(kind), text=text)
    return publish_standard(made, by=by) if by else made


def paper(site: ProjectSite, *, by: User) -> Attachment:
    """In the first category of the site's archive."""
    filing = Filing(site.programme.archive_categories.first(), None)
    return add_to_archive(site, by=by, filing=filing, received=[received()])


def group(programme: Programme, place: Organization, *, by: User, day: date, deputies=(), members=()) -> LeadingGroup:
    """A leading group with its head; the others as (unit, post)."""
    made = LeadingGroup(kind=GroupKind.GROUP, programme=programme, organization=place, established_on=day)
    head = Seat(f"{place}妇联", "主席")
    return establish_group(made, by=by, head=head, others=_others(deputies, members))


def team(site: ProjectSite, *, by: User, day: date, deputies=(), members=()) -> LeadingGroup:
    """The working group of a site with its head; the others as (unit, post)."""
    made = LeadingGroup(kind=GroupKind.TEAM, site=site, established_on=day)
    return establish_group(made, by=by, head=Seat(f"{site}", "书记"), others=_others(deputies, members))


def _others(deputies, members) -> list[Place]:
    rows = [(GroupRole.DEPUTY, deputies), (GroupRole.MEMBER, members)]
    return [Place(role, Seat(*seat)) for role, seats in rows for seat in seats]


def plan(programme: Programme, place: Organization, *, site: ProjectSite | None = None, **fields) -> ImplementationPlan:
    """Not saved: for `projects.actions.save_plan`."""
    texts = {"tasks": "建成妇女之家 1 个", "steps": "六月启动", "measures": "专账核算"} | fields
    return ImplementationPlan(programme=programme, organization=place, site=site, **texts)


def duty(programme: Programme, **fields) -> Duty:
    """Not saved: for `projects.actions.save_duty`."""
    given = {
        "task": f"示例任务 {next(numbers)}",
        "lead_unit": "市妇联发展部",
        "post": "部长",
        "due_on": programme.last_month,
    }
    return Duty(programme=programme, **given | fields)


def schedule_item(stage: Stage, name: str = "示例任务", **fields) -> ScheduleItem:
    """A task of a site beyond its template, over the whole stage unless said otherwise."""
    window = {"starts_on": stage.starts_on, "due_on": stage.ends_on} | fields
    baseline = {f"baseline_{key}": window[key] for key in ["starts_on", "due_on"]}
    return ScheduleItem.objects.create(stage=stage, name=name, **baseline | window)


def work_fund_standard(city: Organization, level: Level, **fields) -> WorkFundStandard:
    """From 2020 on unless said otherwise."""
    made = WorkFundStandard(organization=city, level=level, **{"since_year": 2020, "legal_basis": "示例文件"} | fields)
    made.full_clean()
    made.save()
    return made


def evaluation_template(programme: Programme) -> None:
    """50 + 30 + 10 points, some counted, some typed."""
    counted = {"measure": ("开展培训", 2, "场次"), "matching": ("配套资金到位率", 100, "%")}
    rows = [("output", "数量指标", "measure", 20), ("output", "时效指标", "matching", 30)]
    rows += [("effect", "社会效益指标", "带动妇女就业", 30), ("satisfaction", "满意度指标", "妇女群众满意度", 10)]
    for position, (dimension, second, what, points) in enumerate(rows, 1):
        name, number, unit = counted.get(what, (what, None, ""))
        row = EvaluationIndicator(programme=programme, dimension=dimension, second=second, name=name, position=position)
        row.target, row.target_number, row.unit = f"{number or '提升'}{unit}", number, unit
        row.points, row.source = points, what if number else "typed"
        row.measure = programme.measures.get(unit="场次") if what == "measure" else None
        row.full_clean()
        row.save()


def sites_beside(site: ProjectSite, township: Organization, number: int) -> list[ProjectSite]:
    """So many more approved ones like this in a township, in bulk: 第100村 and so on."""
    villages = Organization.objects.bulk_create(
        Organization(name=f"第{place}村", level=Level.VILLAGE, parent=township, code=f"{9 * 10**11 + place}")
        for place in range(100, 100 + number)
    )
    for village in villages:
        village.path = f"{township.path}{village.pk}/"
    Organization.objects.bulk_update(villages, ["path"])
    same = ["programme", "creation_type", "province_amount", "status", "approved_at", "county_name"]
    given = {name: getattr(site, name) for name in same}
    return ProjectSite.objects.bulk_create(
        ProjectSite(organization=village, name=village.name, **given) for village in villages
    )
