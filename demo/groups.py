"""Who leads, who answers for what, and by which plan: the launch month, a change of head in the third, and what still
lies on the desks. Each event is (moment, verb), like the reports' (demo.reports)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from demo.days import working_day
from demo.files import read_rows
from demo.people import Cast
from fedwork import clock
from organizations.models import Organization, Role, User
from projects.actions import (
    approve_plan,
    assign_contacts,
    establish_group,
    return_plan,
    save_duty,
    save_plan,
    submit_plan,
    take_over,
)
from projects.actions.duties import ContactPost
from projects.actions.groups import Place, Seat
from projects.groups import counties_of
from projects.models import (
    Duty,
    GroupKind,
    GroupRole,
    ImplementationPlan,
    LeadingGroup,
    Programme,
    ProjectSite,
    TaskTemplate,
)

Event = tuple[datetime, Callable[[], None]]
WITHOUT_TEAM, RETURNED, RENEWED = 17, 14, 2  # sites by their number in demo_sites.csv
CHANGED_COUNTY, RENEWED_COUNTY = "庐阳区", "巢湖市"
DEPARTMENTS = ["市妇联发展部", "市妇联权益部", "市妇联组宣部"]
CITY_DEPUTIES = [Seat("市妇联", "分管发展副主席"), Seat("市妇联", "分管宣传副主席")]


def group_events(sites: list[ProjectSite], cast: Cast) -> Iterator[Event]:
    """From the fourth working day on: the allocation table was issued on the third."""
    programme = sites[0].programme
    counties = counties_of(sites)
    yield from _at_city(programme, counties, cast)
    for number, county in enumerate(counties):
        below = [site for site in sites if county.pk in site.organization.ancestor_ids]
        yield from _at_county(programme, county, below, cast, number)
    for number, site in enumerate(sites, 1):
        yield from _at_site(site, cast, number)


@dataclass
class Planning:
    """The plan of one place on its way, version after version."""

    programme: Programme
    place: Organization
    writer: User
    decider: User
    texts: dict[str, str]
    site: ProjectSite | None = None
    plan: ImplementationPlan | None = None

    def submitted(self) -> None:
        plan = ImplementationPlan(
            programme=self.programme, organization=self.place, site=self.site, document_number="", **self.texts
        )
        saved = save_plan(plan, by=self.writer)
        self.plan = submit_plan(saved, by=self.writer, version=saved.version)

    def approved(self) -> None:
        approve_plan(self.plan, by=self.decider, version=self.plan.version, note="同意，按方案实施")

    def returned(self) -> None:
        reason = "只写了做什么，没有写每一步由谁做、何时做完，请补充后再报"
        self.plan = return_plan(self.plan, by=self.decider, version=self.plan.version, reason=reason)

    def renewed(self) -> None:
        """Another version, handed up and not yet decided."""
        self.texts = self.texts | {"steps": self.texts["steps"] + "\n因雨季影响，阵地改造的完成时间顺延半个月。"}
        self.submitted()


def _at_city(programme: Programme, counties: list[Organization], cast: Cast) -> Iterator[Event]:
    launch, (first, second) = programme.first_month, cast.city_staff()[:2]
    yield _on(launch, 4, 8), partial(_establish_city, programme, counties, first)
    planning = Planning(programme, programme.organization, first, second, _texts("city"))
    yield _on(launch, 5, 14), planning.submitted
    yield _on(launch, 6, 10), planning.approved
    yield _on(launch, 6, 15), partial(_divide_work, programme, first)
    yield _on(launch, 7, 9), partial(_name_departments, programme, counties, first)


def _at_county(
    programme: Programme, county: Organization, sites: list[ProjectSite], cast: Cast, number: int
) -> Iterator[Event]:
    launch, by, city = programme.first_month, cast.at(county, Role.COUNTY_REVIEWER), cast.city_staff()[0]
    yield _on(launch, 5 + number % 3, 10), partial(_establish_county, programme, county, by)
    planning = Planning(programme, county, by, city, _texts("county"))
    yield _on(launch, 8 + number % 2, 11), planning.submitted
    yield _on(launch, 11, 9), planning.approved
    post = ContactPost(f"{county}妇联", "副主席", by.phone)
    yield _on(launch, 8, 15), partial(assign_contacts, sites, kind="county", post=post, by=by)
    if county.name == CHANGED_COUNTY:
        yield _on(launch + relativedelta(months=2, day=17), 0, 10), partial(_change_head, programme, county, by)
    if county.name == RENEWED_COUNTY:
        yield _lately(2, 11), planning.renewed


def _at_site(site: ProjectSite, cast: Cast, number: int) -> Iterator[Event]:
    launch, by = site.programme.first_month, cast.at(site.organization, Role.CADRE)
    reviewer = cast.at(site.organization, Role.COUNTY_REVIEWER)
    if number != WITHOUT_TEAM:
        yield _on(launch, 7 + number % 3, 14), partial(_establish_team, site, by)
    planning = Planning(site.programme, site.organization, by, reviewer, _texts(site.creation_type.name), site)
    yield _on(launch, 10 + number % 3, 15), planning.submitted
    yield _on(launch, 14, 10), planning.returned if number == RETURNED else planning.approved
    if number == RENEWED:
        yield _lately(1, 16), planning.renewed


def _establish_city(programme: Programme, counties: list[Organization], by: User) -> None:
    today, year = clock.today(), programme.year
    members = [*(Seat(unit, "部长") for unit in DEPARTMENTS), *(Seat(f"{county}妇联", "主席") for county in counties)]
    group = establish_group(
        LeadingGroup(
            kind=GroupKind.GROUP,
            programme=programme,
            organization=programme.organization,
            established_on=today,
            document_number=f"合妇〔{year}〕12号（演示）",
        ),
        by=by,
        head=Seat("市妇联", "主席"),
        others=[*_places(GroupRole.DEPUTY, CITY_DEPUTIES), *_places(GroupRole.MEMBER, members)],
    )
    office = LeadingGroup(kind=GroupKind.OFFICE, parent=group, established_on=today, seat=DEPARTMENTS[0])
    deputy = group.members.filter(role=GroupRole.DEPUTY).order_by("pk").first()
    staff = _places(GroupRole.MEMBER, [Seat(DEPARTMENTS[0], "部长"), Seat("市妇联办公室", "主任")])
    establish_group(office, by=by, deputy=deputy, others=staff)


def _establish_county(programme: Programme, county: Organization, by: User) -> None:
    group = LeadingGroup(
        kind=GroupKind.GROUP,
        programme=programme,
        organization=county,
        established_on=clock.today(),
        document_number=f"{county.name[0]}妇〔{programme.year}〕9号（演示）",
    )
    deputies = _places(GroupRole.DEPUTY, [Seat(f"{county}妇联", "副主席")])
    members = _places(GroupRole.MEMBER, [Seat(f"{county}财政局", "分管副局长"), Seat(f"{county}民政局", "分管副局长")])
    establish_group(group, by=by, head=Seat(f"{county}妇联", "主席"), others=deputies + members)


def _establish_team(site: ProjectSite, by: User) -> None:
    group = LeadingGroup(kind=GroupKind.TEAM, site=site, established_on=clock.today())
    place = site.name.removeprefix(site.township_name)
    # 小井庄村 and 村党总支书记 would say 村 twice.
    title = site.leader_title.removeprefix("村").removeprefix("社区").removeprefix("基地")
    deputies = _places(GroupRole.DEPUTY, [Seat(place, "妇联主席")])
    members = _places(GroupRole.MEMBER, [Seat(site.township_name, "妇联主席"), Seat(place, "会计")])
    establish_group(group, by=by, head=Seat(place, title), others=deputies + members)


def _places(role: GroupRole, seats: list[Seat]) -> list[Place]:
    return [Place(role, seat) for seat in seats]


def _change_head(programme: Programme, county: Organization, by: User) -> None:
    group = LeadingGroup.objects.get(programme=programme, organization=county)
    take_over(
        group,
        by=by,
        version=group.version,
        from_on=clock.today(),
        head=Seat(f"{county}妇联", "新任主席"),
        document_number=f"{county.name[0]}妇〔{programme.year}〕15号（演示）",
    )


def _divide_work(programme: Programme, by: User) -> None:
    templates = {task.name: task for task in TaskTemplate.objects.filter(stage__programme=programme)}
    for position, row in enumerate(read_rows("duties"), 1):
        due_on = programme.first_month + relativedelta(months=int(row["month"]), day=int(row["day"]))
        words = {name: row[name] for name in ["task", "lead_unit", "post", "cooperating"]}
        template = templates.get(row["template"])
        save_duty(Duty(programme=programme, template=template, due_on=due_on, position=position, **words), by=by)


def _name_departments(programme: Programme, counties: list[Organization], by: User) -> None:
    """One department of the city for all sites of a county."""
    for number, county in enumerate(counties):
        sites = ProjectSite.objects.approved().filter(programme=programme, organization__path__startswith=county.path)
        department = DEPARTMENTS[number % len(DEPARTMENTS)]
        assign_contacts(sites, kind="city", post=ContactPost(department, "部长", by.phone), by=by)


def _texts(of: str) -> dict[str, str]:
    return next(
        {name: row[name] for name in ["tasks", "steps", "measures"]} for row in read_rows("plans") if row["of"] == of
    )


def _on(day: date, working_days: int, hour: int) -> datetime:
    return _moment(working_day(day, working_days), hour)


def _lately(working_days: int, hour: int) -> datetime:
    """So many working days before today, always before now."""
    return _moment(working_day(clock.today(), -working_days - 1), hour)


def _moment(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, 35)))
