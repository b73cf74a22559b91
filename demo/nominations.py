"""The way of every site from its township to the province, before the launch; further nominations that lie on the
desks now, one that was declined; two requests for a change."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from random import Random

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from demo.days import at_desk, working_day
from demo.files import read_rows
from demo.people import Cast
from demo.programme import BASE_TYPE
from demo.tree import load_base
from fedwork import clock
from organizations.models import Level, Organization, Role
from projects.actions import (
    approve_site,
    ask_change,
    comment_change,
    decline_nomination,
    grant_change,
    pass_check,
    propose_site,
    recommend_site,
    record_check,
    return_nomination,
    save_nomination,
    submit_nomination,
)
from projects.models import Nomination, Programme, ProjectSite, SiteChange, SiteCheck
from projects.nominations import next_rank, ranked_beside

Event = tuple[datetime, Callable[[], None]]
PROPOSED, CHECKED, APPROVED = -34, -16, -2  # working days from the launch
# Division code, type, and the verbs with the working days between them: counted back from today, so that the last
# happened some days ago. Their townships have accounts; the quota is taken, so they wait for the next round.
LATER = [
    ("340123105002", "示范社区", ["proposed", "submitted", "returned"]),
    ("340123101002", "示范社区", ["proposed", "submitted"]),
    ("340181107200", "示范村", ["proposed", "submitted", "recommended"]),
    ("340124103201", "示范村", ["proposed", "submitted", "recommended", "visited", "passed"]),
]
DECLINED = ("340121103003", "示范社区", ["proposed", "submitted", "recommended", "failed", "declined"])
LEADERS = ["市妇联主席", "市妇联副主席", "市妇联党组成员"]
# Women, and what part of them by type: working age, left behind, skilled; families, groups, volunteers, square metres.
SIZES = {
    "示范村": ((680, 1250), (58, 66), (14, 26), (9, 16), (28, 75), (2, 4), (15, 32), (50, 120)),
    "示范社区": ((1900, 4200), (60, 70), (2, 6), (18, 30), (10, 32), (4, 9), (40, 110), (80, 220)),
    BASE_TYPE: ((2600, 2600), (66, 66), (3, 3), (31, 31), (18, 18), (5, 5), (60, 60), (420, 420)),
}


@cache
def _texts(kind: str, part: str) -> list[str]:
    return [row["text"] for row in read_rows("nominations") if (row["creation_type"], row["part"]) == (kind, part)]


def _text(kind: str, part: str, number: int) -> str:
    """Neighbours differ: the sentences are told in turn."""
    found = _texts(kind, part)
    return found[number % len(found)]


@dataclass
class Applicant:
    """One unit on its way. `number` sets its voice and its numbers apart."""

    number: int
    programme: Programme
    organization: Organization
    kind: str
    cast: Cast
    name: str = ""
    leader_title: str = ""
    type_name: str = ""  # where the creation type is called otherwise than `kind`, which sets the voice
    site: ProjectSite | None = None

    def proposed(self) -> None:
        site = ProjectSite(
            programme=self.programme,
            creation_type=self.programme.creation_types.get(name=self.type_name or self.kind),
            organization=self.organization,
            name=self.name,
            leader_title=self.leader_title or ("村党总支书记" if self.kind == "示范村" else "社区党委书记"),
        )
        self.site = propose_site(site, by=self._cadre())
        save_nomination(Nomination(site=self.site, **self._papers()), by=self._cadre(), version=0)

    def submitted(self) -> None:
        self.site = submit_nomination(self.site, by=self._cadre())

    def recommended(self) -> None:
        rank = next_rank(ranked_beside(self.site))
        reason = _text("", "reason", self.number)
        self.site = recommend_site(self.site, by=self._county(), rank=rank, reason=reason)

    def returned(self) -> None:
        reason = "摸底表里留守儿童家庭数和民政台账不一致，请核对；需求部分请补充入户走访的户数。"
        self.site = return_nomination(self.site, by=self._county(), reason=reason)

    def visited(self) -> None:
        self._visit(_text("", "finding", self.number), is_passed=True)

    def failed(self) -> None:
        self._visit(
            "活动场地与社区卫生服务站合用，租期到今年年底，没有新的场地；妇女小组名单与实际不符。", is_passed=False
        )

    def passed(self) -> None:
        self.site = pass_check(self.site, by=self._city(), opinion="材料齐全，到点审核一次性通过，同意上报。")

    def declined(self) -> None:
        reason = "场地没有落实，近期不具备创建条件；落实场地以后欢迎再次申报。"
        self.site = decline_nomination(self.site, by=self._city(), reason=reason)

    def approved(self) -> None:
        self.site = approve_site(self.site, by=self._city(), note="列入本批次项目点。")

    def _visit(self, finding: str, *, is_passed: bool) -> None:
        check = SiteCheck(
            site=self.site,
            checked_on=clock.today(),
            leader_post=LEADERS[self.number % len(LEADERS)],
            team_posts=f"市妇联发展部、{self.site.county_name}妇联副主席",
            place="实训室、教室" if self.kind == BASE_TYPE else "妇女之家、村（社区）服务大厅",
            finding=finding,
            is_passed=is_passed,
        )
        record_check(check, by=self._city())

    def _papers(self) -> dict:
        rng = Random(f"survey {self.number}")
        post = {"示范村": "村妇联主席", "示范社区": "社区妇联主席"}.get(self.kind, "基地负责人")
        women, *parts = [rng.randint(*size) for size in SIZES[self.kind]]
        working_age, left_behind, skilled = (women * percent // 100 for percent in parts[:3])
        texts = {
            part: _text(self.kind, part, self.number)
            for part in ["venues", "industries", "needs", "feature", "content"]
        }
        numbers = dict(zip(["left_behind_families", "groups", "volunteers", "venue_area"], parts[3:], strict=True))
        return {
            "women": women,
            "working_age": working_age,
            "left_behind": left_behind,
            "skilled": skilled,
            "beneficiaries": women * rng.randint(30, 50) // 1000 * 10,
            "surveyed_on": working_day(clock.today(), -3),
            "surveyed_by": f"{self._cadre().organization}妇联主席、{post}",
            "contact_post": post,
            "contact_phone": self._cadre().phone,
            **texts,
            **numbers,
        }

    def _cadre(self):
        return self.cast.at(self.organization, Role.CADRE)

    def _county(self):
        return self.cast.at(self.organization, Role.COUNTY_REVIEWER)

    def _city(self):
        staff = self.cast.city_staff()
        return staff[self.number % len(staff)]


def load_sites(programme: Programme, cast: Cast) -> list[ProjectSite]:
    """The 19 sites of demo_sites.csv in its order, approved, and one that did not come so far."""
    applicants = [_applicant(number, programme, row, cast) for number, row in enumerate(read_rows("demo_sites"), 1)]
    way = {"proposed": PROPOSED, "submitted": PROPOSED + 3, "recommended": PROPOSED + 8, "visited": CHECKED}
    way |= {"passed": CHECKED + 6, "approved": APPROVED}
    events = [event for each in applicants for event in _told(each, programme, way)]
    code, kind, verbs = DECLINED
    unlucky = Applicant(20, programme, _village(code), kind, cast)
    days = [PROPOSED, PROPOSED + 3, PROPOSED + 9, CHECKED, CHECKED + 6]
    events += _told(unlucky, programme, dict(zip(verbs, days, strict=True)))
    _play(events)
    return [each.site for each in applicants]


def _told(one: Applicant, programme: Programme, way: dict[str, int]) -> Iterator[Event]:
    """All of one step on one day, the approvals together; the others spread over two days."""
    for verb, day in way.items():
        shift = one.number % 2 if verb not in {"proposed", "approved"} else 0
        yield _at(working_day(programme.first_month, day + shift), verb, one.number), getattr(one, verb)


def _at(day: date, verb: str, number: int) -> datetime:
    if verb == "proposed":  # in the order of the list
        return _hour(day, 9) + timedelta(minutes=4 * number)
    return at_desk(day, Random(f"{verb} {number}"))


def _play(events: list[Event]) -> None:
    for moment, verb in sorted(events, key=lambda event: event[0]):
        with clock.set_to(moment):
            verb()


def _applicant(number: int, programme: Programme, row: dict[str, str], cast: Cast) -> Applicant:
    is_base = row["creation_type"] == BASE_TYPE
    unit = load_base(row["site_name"], by=cast.city_staff()[0]) if is_base else _village(row["division_code"])
    given = {"name": row["site_name"], "leader_title": row["leader_title"]}
    return Applicant(number, programme, unit, row["creation_type"], cast, **given)


def _village(code: str) -> Organization:
    return Organization.objects.get(level=Level.VILLAGE, code=code)


def nomination_events(sites: list[ProjectSite], cast: Cast) -> Iterator[Event]:
    """What happens after the approvals: nominations for the next round, and two requests for a change."""
    today, programme = clock.today(), sites[0].programme
    for number, (code, kind, verbs) in enumerate(LATER, 21):
        one = Applicant(number, programme, _village(code), kind, cast)
        for place, verb in enumerate(verbs):
            day = working_day(today, 3 * (place - len(verbs)) - 1)
            yield _at(day, verb, number), getattr(one, verb)
    yield from _granted(sites[2], cast)
    yield from _asked(sites[0], cast, today)


def _granted(site: ProjectSite, cast: Cast) -> Iterator[Event]:
    """A new post at the head of a site, in the third month."""
    change = SiteChange(
        site=site, subject="leader_title", after="村党总支书记、村委会主任", reason="村“两委”换届，书记、主任一肩挑"
    )
    start = site.programme.first_month + relativedelta(months=2, day=9)
    county = cast.at(site.organization, Role.COUNTY_REVIEWER)
    yield _hour(start, 9), partial(ask_change, change, by=cast.at(site.organization, Role.CADRE))
    yield _hour(start, 15, shift=1), lambda: comment_change(change, by=county, opinion="换届情况属实，同意变更。")
    decide = partial(grant_change, change, decision="已核对任职文件，同意变更。", by=cast.city_staff()[0])
    yield _hour(start, 10, shift=3), decide


def _asked(site: ProjectSite, cast: Cast, today: date) -> Iterator[Event]:
    """Waits at the city."""
    change = SiteChange(
        site=site,
        subject="content",
        after="建儿童之家一处 60 平方米（原定的手工坊并入，设在村部一楼），办培训五期，组织文体队伍两支，建维权联系点一个。",
        reason="入户调查时多数家庭提出孩子放学后没人照看，手工坊报名不足十人",
    )
    yield _hour(today, 9, shift=-4), partial(ask_change, change, by=cast.at(site.organization, Role.CADRE))


def _hour(day: date, hour: int, *, shift: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(working_day(day, shift), time(hour, 35)))
