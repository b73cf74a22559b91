"""一票否决 of two sites, with what proves it: one waits for the city's decision, one is confirmed and fails the site."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time

from django.utils import timezone

from assessments.actions import add_evidence_file, decide_veto, explain_veto, propose_veto
from assessments.actions.vetoes import veto_items
from assessments.hints import veto_hints
from demo.claims import picture
from demo.days import working_day
from demo.people import Cast
from fedwork import clock
from organizations.models import Role
from projects.models import ProjectSite

Event = tuple[datetime, Callable[[], None]]


@dataclass(frozen=True)
class Told:
    """`days` are how many working days ago it was proposed, explained and, if it was, decided; `site` by its number."""

    site: int
    code: str
    days: tuple[int, ...]
    evidence: str
    shown: str
    word: str
    answered: str
    decision: str = ""


STORIES = [
    Told(
        14,
        "VT3",
        (4, 2),
        "两期培训的签到表笔迹相同，其中一期没有照片。签到表在备查资料“培训”类。",
        "两期签到表对照.jpg",
        "当天由村妇联统一代签，参训的有 32 人，名册和授课老师的证明已补到备查资料。今后一律本人签到。",
        "授课老师证明.jpg",
    ),
    Told(
        15,
        "VT2",
        (6, 5, 3),
        "已与镇里核对：承诺的其余部分，财政所答复今年不再安排，见答复照片。",
        "财政所答复.jpg",
        "其余配套已列入镇里明年预算，今年确实到不了账，活动和阵地建设没有受影响。",
        "明年预算草案.jpg",
        "账簿、进账单和财政所答复一致，项目点也承认，情形成立。",
    ),
]


class Case:
    """Who brings a veto forward, who answers and who decides."""

    def __init__(self, told: Told, site: ProjectSite, cast: Cast):
        self.told, self.site = told, site
        self.county = cast.at(site.organization, Role.COUNTY_REVIEWER)
        self.cadre = cast.at(site.organization, Role.CADRE)
        self.decider = cast.city_staff()[-1]

    def propose(self) -> None:
        item = veto_items(self.site).get(code=self.told.code)
        hints = [hint.evidence for hint in veto_hints(self.site, now=clock.now()) if hint.item == item]
        finding = propose_veto(self.site, item, "\n".join([*hints, self.told.evidence]), by=self.county)
        add_evidence_file(finding, by=self.county, received=picture("EVIDENCE", self.told.shown))

    def explain(self) -> None:
        finding = explain_veto(self.site.vetoes.get(), self.told.word, by=self.cadre)
        add_evidence_file(finding, by=self.cadre, received=picture("ANSWER", self.told.answered))

    def decide(self) -> None:
        decide_veto(self.site.vetoes.get(), by=self.decider, is_confirmed=True, decision=self.told.decision)


def veto_events(sites: list[ProjectSite], cast: Cast) -> Iterator[Event]:
    for told in STORIES:
        case = Case(told, sites[told.site - 1], cast)
        for step, days in zip([case.propose, case.explain, case.decide], told.days, strict=False):
            day = working_day(clock.today(), -days)
            yield timezone.make_aware(datetime.combine(day, time(16, 30 + days))), step
