"""Scores, acceptances and results of ten thousand sites: every page and workbook as the city, a county and the leader.

    python benchmarks/assessments.py [--sites 10000] [--rounds 5] [--divisions FILE] [--only WORDS] [--keep]

The world of benchmarks/lights.py and the money of benchmarks/matching_board.py, and on top of them the demo's rubric, a
round of each level for each site with its scores (some 900,000), acceptances, findings, vetoes, records and a published
list. `--divisions` takes the national list into the tree first. Works in a temporary database of its own on the server of
DATABASE_URL and drops it afterwards; with `--keep` it stays, and the next run with `--keep` measures it without making it
again (about ten minutes). Says the queries beside the seconds.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fedwork.settings")

import django

django.setup()

from datetime import date  # noqa: E402
from decimal import Decimal  # noqa: E402

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from assessments.actions import publish_results  # noqa: E402
from assessments.facts import gather  # noqa: E402
from assessments.models import (  # noqa: E402
    Acceptance,
    AnnualAssessment,
    Publication,
    RoundFinding,
    RoundLevel,
    Rubric,
    ScoreRound,
    VetoFinding,
    VetoItem,
)
from assessments.sheet import criteria_of  # noqa: E402
from assessments.sources import Scope, read_sources  # noqa: E402
from assessments.sources.registry import sources  # noqa: E402
from benchmarks.lights import COUNTIES, LAUNCH, NOON, World, make_world, measured  # noqa: E402
from benchmarks.matching_board import make_money  # noqa: E402
from demo.rubrics import load_rubrics  # noqa: E402
from fedwork import clock  # noqa: E402
from organizations.division_import import import_divisions  # noqa: E402
from organizations.models import Organization, Role, User  # noqa: E402
from projects.models import (  # noqa: E402
    Activity,
    AwarenessSurvey,
    Programme,
    ProjectSite,
    Publicity,
    Rectification,
    WorkLog,
)
from tests import factories  # noqa: E402

MONTHS = [date(2026, month, 1) for month in range(6, 11)]
SCORING = [RoundLevel.SELF, RoundLevel.COUNTY, RoundLevel.CITY]
WORDS = {"assessor": "市", "county": "县", "leader": "领导"}
TEAM = "示例甲，市妇联，副主席\n示例乙，市妇联发展部，部长\n示例丙，市财政局，科员"
# Of the first sites of the first county one waits for each level.
WAITING = {level: COUNTIES * place for place, level in enumerate(SCORING)}
SCORES = """
    INSERT INTO assessments_score
        (round_id, criterion_id, marks, is_inapplicable, reason, counted, basis, points)
    SELECT r.id, c.id, '[]', false, CASE WHEN lost > 0 THEN '现场看了，材料不全' ELSE '' END,
           c.points - lost, '符合 2 项，共 3 项', c.points - lost
    FROM assessments_scoreround r
    JOIN assessments_rubricsection s ON s.rubric_id = r.rubric_id
    JOIN assessments_criterion c ON c.section_id = s.id,
    LATERAL (SELECT CASE WHEN mod(r.id * 31 + c.id * 17, 9) < r.level THEN 0.5 + mod(r.id, 2) * 0.5 ELSE 0 END AS lost) AS l
    WHERE NOT (r.id = ANY(%s))
"""
SUBMITTED = """
    UPDATE assessments_scoreround r
    SET total = t.total, submitted_at = %s, submitted_by_id = opened_by_id,
        grade = (SELECT name FROM assessments_grade g
                 WHERE g.rubric_id = r.rubric_id AND g.from_points <= t.total ORDER BY from_points DESC LIMIT 1)
    FROM (SELECT round_id, sum(points) AS total FROM assessments_score GROUP BY round_id) t
    WHERE t.round_id = r.id
"""


def make_people(world: World) -> dict[RoundLevel, User]:
    """Who scores for each level; never those who reported."""
    county = world.counties[0]
    township = Organization.objects.get(parent=county)
    return {
        RoundLevel.SELF: factories.user("cadre", role=Role.CADRE, organization=township),
        RoundLevel.COUNTY: factories.user("county", role=Role.COUNTY_REVIEWER, organization=county),
        RoundLevel.CITY: factories.user("assessor", role=Role.CITY_STAFF, organization=world.by.organization),
    }


def make_rounds(world: World, rubric: Rubric, people: dict[RoundLevel, User]) -> None:
    """Of every level, but for those that wait: theirs is open and the last one."""
    waiting = {world.sites[place].pk: level for level, place in WAITING.items()}
    rounds = ScoreRound.objects.bulk_create(
        (
            ScoreRound(site=site, rubric=rubric, level=level, team=TEAM, opened_at=NOON, opened_by=people[level])
            for site in world.sites
            for level in SCORING
            if level <= waiting.get(site.pk, RoundLevel.CITY)
        ),
        batch_size=5000,
    )
    opened = [each.pk for each in rounds if waiting.get(each.site_id) == each.level]
    with connection.cursor() as cursor:
        cursor.execute(SCORES, [opened])
        cursor.execute(SUBMITTED, [NOON])


def make_records(world: World) -> None:
    """Logs, trainings, articles and a survey of each site: what criteria count by themselves."""
    programme, by = world.programme, world.by
    kind, channel = programme.activity_kinds.filter(is_training=True).first(), programme.channels.first()
    told = {"recorded_at": NOON, "recorded_by": by}

    def note(site: ProjectSite) -> dict:
        place = {"programme": programme, "organization": site.organization, "role": Role.CADRE, "post": "示例"}
        return {"site": site} | place | told

    def many(model: type, rows: Iterator) -> None:
        model.objects.bulk_create(rows, batch_size=5000)

    days = [month.replace(day=day) for month in MONTHS for day in [5, 19]]
    many(
        WorkLog,
        (WorkLog(happened_on=day, content="入户走访", **note(site)) for site in world.sites for day in days),
    )
    many(
        Activity,
        (
            Activity(site=site, kind=kind, happened_on=month, title="培训", sessions=1, person_times=42, **told)
            for site in world.sites
            for month in MONTHS[: site.pk % 6]
        ),
    )
    many(
        Publicity,
        (
            Publicity(site=site, channel=channel, happened_on=month, title="报道", **told)
            for site in world.sites
            for month in MONTHS[:3]
        ),
    )
    many(
        AwarenessSurvey,
        (
            AwarenessSurvey(happened_on=MONTHS[-1], asked=50, aware=30 + site.pk % 20, took_part=20, **note(site))
            for site in world.sites
        ),
    )


def make_acceptances(world: World, people: dict[RoundLevel, User]) -> None:
    """Seven in ten passed, one failed, one is to rectify, one waits for its county."""
    scored = ScoreRound.objects.submitted().filter(level=RoundLevel.CITY).select_related("site")
    facts = gather(scored[0].site, now=NOON)  # of all the same: its size counts here
    Acceptance.objects.bulk_create((acceptance_of(each, people, facts) for each in scored), batch_size=5000)
    items = Rectification.objects.order_by("pk")
    rounds = {each.site_id: each for each in scored}
    criteria = criteria_of(next(iter(rounds.values())).rubric)
    RoundFinding.objects.bulk_create(
        RoundFinding(round=rounds[item.site_id], criterion=criteria[item.pk % len(criteria)], rectification=item)
        for item in items
        if item.site_id in rounds
    )


def acceptance_of(scored: ScoreRound, people: dict[RoundLevel, User], facts: dict) -> Acceptance:
    opened = {"site": scored.site, "opened_at": NOON, "opened_by": people[RoundLevel.CITY]}
    place = scored.site_id % 10
    if place == 9:
        return Acceptance(**opened)
    conclusion = "passed" if place < 7 else "failed" if place == 7 else "rectify"
    return Acceptance(
        **opened,
        state="concluded",
        county_opinion="同意报市级验收。",
        county_at=NOON,
        county_by=people[RoundLevel.COUNTY],
        team=TEAM,
        opinion="听取汇报，查看现场，查阅资料。",
        city_opinion="同意。",
        conclusion=conclusion,
        due_on=date(2026, 12, 20) if conclusion == "rectify" else None,
        concluded_at=NOON,
        concluded_by=people[RoundLevel.CITY],
        total=scored.total,
        grade=scored.grade,
        facts=facts,
    )


def make_vetoes(world: World, item: VetoItem, people: dict[RoundLevel, User]) -> None:
    """One site in a hundred; of these half are confirmed."""
    proposed = {"item": item, "evidence": "三次催办不理", "proposed_at": NOON, "proposed_by": people[RoundLevel.COUNTY]}
    decided = {"state": "confirmed", "decision": "属实", "decided_at": NOON, "decided_by": people[RoundLevel.CITY]}
    VetoFinding.objects.bulk_create(
        VetoFinding(site=site, **proposed, **(decided if number % 2 else {}))
        for number, site in enumerate(world.sites[:: COUNTIES + 1])
    )


def make_annual(world: World, people: dict[RoundLevel, User]) -> None:
    told = {"programme": world.programme, "assessor": world.by.organization, "saved_at": NOON, "saved_by": world.by}
    AnnualAssessment.objects.bulk_create(
        AnnualAssessment(assessed=county, total=Decimal(60 + number % 40), **told)
        for number, county in enumerate(world.counties[:-1])
    )


def make_assessed_world(sites: int) -> None:
    world = make_world(sites)
    factories.user("leader", role=Role.LEADER, organization=world.by.organization)
    people = make_people(world)
    make_money(world.programme, world.sites, by=world.by)
    make_records(world)
    rubric = load_rubrics(world.programme, by=world.by)[0]
    make_rounds(world, rubric, people)
    make_acceptances(world, people)
    make_vetoes(world, VetoItem.objects.filter(rubric=rubric).first(), people)
    make_annual(world, people)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def pages(sites: list[ProjectSite], programme: Programme) -> dict[str, str]:
    """By what they are called: addresses that all three open."""
    done, publication = sites[3 * COUNTIES].pk, Publication.objects.latest("number").pk
    county = sites[0].organization.parent.parent_id
    acceptance = Acceptance.objects.filter(site__organization__parent__parent=county).concluded().first().pk
    veto = VetoFinding.objects.get(site=sites[0]).pk

    def at(name: str, *args) -> str:
        return reverse(f"assessments:{name}", args=args)

    return {
        "各项目点的评分": at("board"),
        "各项目点的评分，最后一页": f"{at('board')}?page=9999",
        "一个项目点各级对照": at("site_scores", done),
        "评分表（打印页）": at("score_print", done),
        "评分表（Excel）": at("score_excel", done),
        "细则（Excel）": at("rubric_excel", Rubric.objects.published().earliest("pk").pk),
        "验收进展": at("acceptance_site", done),
        "一次验收": at("acceptance_detail", acceptance),
        "验收评审表（Excel）": at("acceptance_excel", acceptance),
        "验收卷（Word）": at("dossier", done),
        "验收结果": at("result_list"),
        "验收结果，最后一页": f"{at('result_list')}?page=9999",
        "验收结果（Excel）": at("result_excel"),
        "公示": at("publication_detail", publication),
        "公示（Excel）": at("publication_excel", publication),
        "失分分析": at("loss_analysis"),
        "失分分析，只看市评": f"{at('loss_analysis')}?level=3",
        "失分分析（Excel）": at("loss_excel"),
        "年度考核": at("annual_list"),
        "年度考核（Excel）": at("annual_excel"),
        "一个县的年度考核": at("annual_detail", AnnualAssessment.objects.earliest("pk").pk),
        "一票否决": at("veto_detail", veto),
        "项目点的页面": reverse("projects:site_detail", args=[done]),
        "县的页面": reverse("projects:county_detail", args=[county]),
    }


def own_pages(sites: list[ProjectSite], programme: Programme, level: RoundLevel) -> dict[str, str]:
    """Where the level works."""
    opened = ScoreRound.objects.get(site=sites[WAITING[level]], submitted_at=None).pk
    publication = Publication.objects.latest("number").pk
    found = {
        "评分页": reverse("assessments:round_edit", args=[opened]),
        "评分核对": reverse("assessments:round_check", args=[opened]),
        "提出一票否决": reverse("assessments:veto_propose", args=[sites[0].pk]),
        "登记异议": reverse("assessments:objection_add", args=[publication]),
    }
    if level == RoundLevel.CITY:
        county = sites[COUNTIES - 1].organization.parent.parent_id  # the only one without a score
        of_city = {"公示前": ("result_publish", programme.pk), "评定一个县": ("annual_unit", county)}
        found |= {label: reverse(f"assessments:{name}", args=[pk]) for label, (name, pk) in of_city.items()}
    return found


def fetched(client: Client, address: str) -> Callable:
    """The answer, read to its end; anything but a page is a mistake of the benchmark."""

    def get():
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)
        return response

    return get


def publish(programme: Programme) -> None:
    """Once: the same list isn't published again."""
    start, by = time.perf_counter(), User.objects.get(username="assessor")
    publish_results(programme, by=by, starts_on=NOON.date(), workdays=5, contact="示例")
    print(f"公示（写入）：{time.perf_counter() - start:.2f} 秒", flush=True)


def measure(rounds: int, only: str) -> None:
    programme = Programme.objects.get()
    sites = list(ProjectSite.objects.order_by("pk").select_related("organization__parent"))

    def timed(label: str, work: Callable, times: int = rounds) -> None:
        if only in label:
            measured(label, work, times)

    every = ProjectSite.objects.approved().select_related("organization")
    timed("系统给所有项目点计分的数据", lambda: read_sources(set(sources()), Scope(programme, every, NOON)), 1)
    if not Publication.objects.exists():
        publish(programme)
    for name, level in [("assessor", RoundLevel.CITY), ("county", RoundLevel.COUNTY), ("leader", None)]:
        client = Client()
        client.force_login(User.objects.get(username=name))
        found = pages(sites, programme) | (own_pages(sites, programme, level) if level else {})
        for label, address in found.items():
            timed(f"{WORDS[name]}：{label}", fetched(client, address))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--divisions", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"{name}_assessed" if options.keep else f"{name}_benchmark"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=options.keep)
    try:
        with clock.set_to(NOON):
            if not ProjectSite.objects.exists():
                if options.divisions:
                    import_divisions(options.divisions, valid_on=LAUNCH.date())
                make_assessed_world(options.sites)
            measure(options.rounds, options.only)
    finally:
        if not options.keep:
            connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
