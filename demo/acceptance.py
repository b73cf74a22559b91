"""Some sites are ahead of December: scored by all levels, accepted or told to rectify by a date; one waits for its county,
one has an item on which the city's score waits. acceptance.csv says which; all of it happens on the last working days."""

from collections.abc import Iterator
from datetime import date, datetime, time
from functools import partial

from django.utils import timezone

from assessments import order
from assessments.actions import (
    Verdict,
    Wanting,
    conclude,
    give_county_opinion,
    open_acceptance,
    publish_results,
    raise_findings,
)
from assessments.models import Acceptance, Conclusion, RoundLevel, ScoreRound
from assessments.sheet import score_sheet
from assessments.veto_check import vetoed
from demo.days import working_day
from demo.files import read_rows
from demo.people import Cast
from demo.scores import TEAMS, Assessor, Event
from fedwork import clock
from organizations.models import Role
from projects.models import ProjectSite
from projects.posts import Posts

FLAWS = {"self": "2", "county": "3", "city": "4"}
HOURS = {"self": 9, "county": 11, "city": 14, "accept": 16, "rectify": 16, "open": 16, "opinion": 16, "finding": 16}
RECTIFY_WORKDAYS = 15
SAID = {
    Conclusion.PASSED: "各项任务完成较好，资料齐全。",
    Conclusion.RECTIFY: "主要任务完成，有问题需要整改。",
    Conclusion.FAILED: "建设任务完成，但有一票否决情形已经认定，不予通过。",
}


class Panel:
    """Those who accept one site."""

    def __init__(self, number: str, site: ProjectSite, cast: Cast):
        self.number, self.site, self.cast = number, site, cast
        self.city = cast.at(site.organization, Role.CITY_STAFF)
        self.county = cast.at(site.organization, Role.COUNTY_REVIEWER)

    def take(self, step: str) -> None:
        if step in FLAWS:
            row = {"site": self.number, "level": step, "is_submitted": "yes", "flaws": FLAWS[step]}
            Assessor(row, self.site, self.cast).score()
        else:
            getattr(self, step)()

    def accept(self) -> Acceptance | None:
        """Passed; failed by a veto that stands; where something else is in the way, by a date."""
        opened = self.opinion()
        if vetoed([self.site.pk]):
            return self._conclude(opened, Conclusion.FAILED)
        city = self.site.score_rounds.filter(level=RoundLevel.CITY).get()
        refused = order.conclusion_refusals(opened, Conclusion.PASSED, city)
        return self.rectify(opened) if refused else self._conclude(opened, Conclusion.PASSED)

    def rectify(self, opened: Acceptance | None = None) -> Acceptance:
        opened = opened or self.opinion()
        self._raise(self.site.score_rounds.filter(level=RoundLevel.CITY).get(), by=self.city)
        return self._conclude(opened, Conclusion.RECTIFY)

    def open(self) -> Acceptance:
        return open_acceptance(self.site, by=self.city)

    def finding(self) -> None:
        self._raise(self.site.score_rounds.filter(level=RoundLevel.SELF).get(), by=self.county)

    def opinion(self) -> Acceptance:
        opened = self.open()
        words = "自查自评发现的问题已经整改，档案齐全，同意报市级验收。"
        if vetoed([self.site.pk]):
            words = "建设任务完成，档案齐全；配套资金没有到位，请市级按细则认定。"
        return give_county_opinion(opened, by=self.county, version=opened.version, opinion=words)

    def _raise(self, score_round: ScoreRound, *, by) -> None:
        """The heaviest loss."""
        line = max(score_sheet(score_round).lines, key=lambda each: each.lost)
        found = Wanting(line.criterion, f"{line.criterion.content}：{line.why_lost}"[:500], "补齐材料，报县妇联复核。")
        post = Posts([self.site.organization]).answering(self.site.organization)[0]
        raise_findings(score_round, [found], post=post, due_on=_due_on(), by=by)

    def _conclude(self, opened: Acceptance, conclusion: Conclusion) -> Acceptance:
        verdict = Verdict(
            conclusion,
            TEAMS["city"],
            "听取汇报，查看现场，查阅资料，量化打分。" + SAID[conclusion],
            "同意验收组意见。",
            _due_on() if conclusion == Conclusion.RECTIFY else None,
        )
        return conclude(opened, verdict, by=self.city, version=opened.version)


def _due_on():
    return working_day(clock.today(), RECTIFY_WORKDAYS)


def acceptance_events(sites: list[ProjectSite], cast: Cast) -> Iterator[Event]:
    day = working_day(clock.today(), -1)
    for number, row in enumerate(read_rows("acceptance")):
        panel = Panel(row["site"], sites[int(row["site"]) - 1], cast)
        for step in row["steps"].split():
            yield _at(day, HOURS[step], 30 + number), partial(panel.take, step)
    yield _at(day, 17, 30), partial(_publish, sites[0], cast)


def _at(day: date, hour: int, minute: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def _publish(site: ProjectSite, cast: Cast) -> None:
    contact = "市妇联发展部 0551-55500001"
    publish_results(site.programme, by=cast.city_staff()[0], starts_on=clock.today(), workdays=5, contact=contact)
