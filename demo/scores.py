"""自评、县评、市评 of the last weeks: some sites have scored themselves ahead of December, some counties have followed,
the city has begun with one. Through the same actions as the pages; scores.csv says who and how many flaws were seen."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from random import Random

from django.utils import timezone

from assessments.actions import ScoreContent, open_round, save_scores, submit_round
from assessments.methods import Asks, Deduct, Pass
from assessments.models import RoundLevel
from assessments.sheet import Line, score_sheet
from demo.days import working_day
from demo.files import read_rows
from demo.people import Cast
from fedwork import clock
from organizations.models import Role
from projects.models import ProjectSite

Event = tuple[datetime, Callable[[], None]]
ROLES = {"self": Role.CADRE, "county": Role.COUNTY_REVIEWER, "city": Role.CITY_STAFF}
TEAMS = {
    "self": "",
    "county": "示例甲，{county}妇联，副主席\n示例乙，{county}妇联，科员",
    "city": "示例丙，市妇联，副主席\n示例丁，市妇联发展部，部长\n示例戊，市财政局，科员",
}
SEEN = ["现场看了，材料不全。", "有记录，缺签字。", "台账只到上个月。", "口头介绍有，没有见到文件。"]
DRAFTED = Decimal("0.6")  # of an open round so many items are answered


@dataclass
class Assessor:
    row: dict[str, str]
    site: ProjectSite
    cast: Cast

    @property
    def level(self) -> RoundLevel:
        return RoundLevel[self.row["level"].upper()]

    def score(self) -> None:
        by = self.cast.at(self.site.organization, ROLES[self.row["level"]])
        score_round = open_round(self.site, self.level, by=by)
        sheet = score_sheet(score_round)
        lines = [line for line in sheet.lines if not line.criterion.is_automatic]
        seen = lines if self.row["is_submitted"] else lines[: int(len(lines) * DRAFTED)]
        saved = save_scores(score_round, by=by, version=score_round.version, content=self._content(sheet.lines, seen))
        if self.row["is_submitted"]:
            submit_round(saved, by=by, version=saved.version)

    def _content(self, lines: list[Line], seen: list[Line]) -> ScoreContent:
        rng = Random(f"score {self.row['site']}")  # a higher level sees the flaws of the lower one, and more
        graded = [line for line in seen if not isinstance(line.rule, Pass)]
        flawed = rng.sample(graded, min(len(graded), int(self.row["flaws"])))
        content = ScoreContent()
        for line in seen:
            pk = line.criterion.pk
            content.marks |= {(pk, number): mark for number, mark in enumerate(_marks(line, is_flawed=line in flawed))}
            if line in flawed:
                content.reasons[pk] = rng.choice(SEEN)
        for line in lines:
            if line.criterion.is_automatic and line.points is None:  # nothing in the system to score by yet
                content.by_hand[line.criterion.pk] = line.most
                content.reasons[line.criterion.pk] = "系统里还没有数据，按现场查看的情况评。"
        content.texts["team"] = TEAMS[self.row["level"]].format(county=self.site.county_name)
        return content


def _marks(line: Line, *, is_flawed: bool) -> list[Decimal]:
    """The best answer, or one short of it."""
    samples = line.rule.samples(line.known)
    if isinstance(line.rule, Deduct):
        repeated = [place for place, question in enumerate(line.rule.questions) if question.asks == Asks.TIMES]
        marks = list(samples[0])
        if is_flawed:
            marks[(repeated or [-1])[-1]] = Decimal(1)
        return marks
    best = [marks for marks in samples if line.rule.points(line.most, marks, line.known) == line.most]
    short = [marks for marks in samples if marks not in best]
    return list(short[-1] if is_flawed else best[0])


def score_events(sites: list[ProjectSite], cast: Cast) -> Iterator[Event]:
    for row in read_rows("scores"):
        assessor = Assessor(row, sites[int(row["site"]) - 1], cast)
        day = working_day(clock.today(), -int(row["days"]))
        moment = timezone.make_aware(datetime.combine(day, time(15, 10 + int(row["site"]))))
        yield moment, assessor.score
