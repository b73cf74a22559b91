"""Ranks with ties, the frozen list, objections answered by somebody else; where points are lost; the annual veto."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments import actions, rules
from assessments.annual import unit_of
from assessments.comparison import standings
from assessments.losses import losses
from assessments.models import AnnualAssessment, AnnualTrigger, AnnualVeto, Conclusion, Objection, RoundLevel
from assessments.results import ranks, results
from fedwork import clock
from organizations.models import Role
from projects.actions import approve_site
from projects.models import ProjectSite
from tests import factories
from tests.assessments import cast

MONDAY = date(2026, 11, 23)
CONTACT = "市妇联发展部 0551-55500001"


@pytest.fixture
def people(cadre, county_reviewer, city_staff) -> dict:
    return {"cadre": cadre, "county": county_reviewer, "city": city_staff}


@pytest.fixture
def second(tree):
    """Another at the city's desk, who scored nothing."""
    return factories.user("city-2", role=Role.CITY_STAFF, organization=tree.city)


@pytest.fixture
def accepted(site, rubric, people):
    cast.scored_by_all(site, people)
    return cast.accepted(site, people)


@pytest.fixture
def publication(site, accepted, city_staff):
    return actions.publish_results(site.programme, by=city_staff, starts_on=MONDAY, workdays=5, contact=CONTACT)


def on(day: date, hour=10):
    return clock.set_to(timezone.make_aware(datetime(day.year, day.month, day.day, hour)))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 200).map(lambda half: Decimal(half) / 2), max_size=30))
def test_the_same_score_has_the_same_rank_and_the_next_one_skips(totals):
    found = ranks(totals)
    assert found == [1 + sum(other > total for other in totals) for total in totals]


def test_ranks_are_among_those_that_passed(programme, site, rubric, tree, people, neighbour, city_staff):
    other = approve_site(factories.site(programme, tree.other_village), by=city_staff)
    cast.scored_by_all(site, people)
    cast.scored_by_all(other, people | {"cadre": neighbour})
    cast.accepted(site, people)
    assert [(row.site_id, row.rank, row.mark.word) for row in results(programme)] == [
        (site.pk, 1, "通过"),
        (other.pk, None, "未作结论"),
    ]
    cast.accepted(other, people | {"cadre": neighbour})
    assert [(row.rank, row.rank_in_kind, row.total) for row in results(programme)] == [(1, 1, Decimal(66))] * 2


@pytest.mark.parametrize("page", ["/results/", "/losses/", "/annual/"])
def test_as_many_queries_for_one_site_as_for_many(page, programme, accepted, tree, city_staff, login, count_queries):
    client = login(city_staff)
    one = count_queries(lambda: client.get(page))
    for village in [tree.other_village, tree.far_village]:
        approve_site(factories.site(programme, village), by=city_staff)
    assert count_queries(lambda: client.get(page)) == one


def test_a_published_list_stays_as_it_was(site, accepted, publication, city_staff):
    assert (publication.number, publication.starts_on, publication.ends_on) == (1, MONDAY, date(2026, 11, 27))
    row = publication.rows.get()
    assert (row.rank, row.total, row.conclusion, row.name) == (1, Decimal(66), Conclusion.PASSED, site.name)
    for change in [{"total": 90}, {"rank": 2}]:
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
            publication.rows.update(**change)
    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
        type(publication).objects.update(ends_on=date(2026, 12, 31))


def test_who_publishes_and_when(site, rubric, people, city_staff):
    given = {"starts_on": MONDAY, "workdays": 5, "contact": CONTACT}
    with pytest.raises(PermissionDenied):
        actions.publish_results(site.programme, by=people["county"], **given)
    with pytest.raises(ValidationError, match="还没有项目点作出验收结论"):
        actions.publish_results(site.programme, by=city_staff, **given)
    with pytest.raises(ValidationError, match="不能早于今天"):
        actions.publish_results(site.programme, by=city_staff, **given | {"starts_on": date(2026, 11, 2)})


def test_a_veto_confirmed_later_undoes_the_passing(site, accepted, people, city_staff, second):
    """Whatever the total and the conclusion before: no rank, not passed, nothing for the province; accepted once more."""
    cast.vetoed(site, by=people["county"], decided_by=city_staff)
    row = results(site.programme)[0]
    assert (row.mark.word, row.rank, row.rank_in_kind, row.total) == ("不通过", None, None, Decimal(66))
    listed = actions.publish_results(site.programme, by=city_staff, starts_on=MONDAY, workdays=5, contact=CONTACT)
    assert (listed.rows.get().conclusion, listed.rows.get().rank) == (Conclusion.FAILED, None)
    unit = unit_of(city_staff, site.programme, site.organization.parent.parent)
    assert (unit.passed, unit.failed, unit.vetoed) == (0, 1, 1)
    result = {"total": Decimal(90), "document_number": "皖妇〔2026〕40号", "document_on": date(2026, 11, 20)}
    with pytest.raises(ValidationError, match="一票否决"):
        actions.enter_province_result(site, by=city_staff, **result)
    with pytest.raises(ValidationError, match="结论只能是“不通过”"):
        cast.accepted(site, people)
    assert cast.accepted(site, people, "failed").number == 2


def test_a_vetoed_site_counts_before_its_acceptance(site, rubric, people, city_staff):
    """And isn't published, because nobody has concluded anything."""
    cast.vetoed(site, by=people["county"], decided_by=city_staff)
    row = results(site.programme)[0]
    assert (row.mark.word, row.is_concluded) == ("不通过", False)
    with pytest.raises(ValidationError, match="还没有项目点作出验收结论"):
        actions.publish_results(site.programme, by=city_staff, starts_on=MONDAY, workdays=5, contact=CONTACT)


def test_the_same_list_is_not_published_twice(site, publication, city_staff):
    """Two clicks, or nothing new: one list."""
    with pytest.raises(ValidationError, match="第 1 次公示以后，名单没有变动"):
        actions.publish_results(site.programme, by=city_staff, starts_on=MONDAY, workdays=5, contact=CONTACT)


def test_nothing_is_published_while_a_result_is_gone_over(site, publication, people, second):
    with on(MONDAY):
        objection = objected(publication, site, by=people["county"])
        actions.answer_objection(objection, by=second, is_upheld=True, answer="少算一场")
        cast.scored(site, RoundLevel.CITY, by=people["city"])
        with pytest.raises(ValidationError, match=f"“{site}”正在重新评分或者验收"):
            actions.publish_results(site.programme, by=second, starts_on=MONDAY, workdays=5, contact=CONTACT)


def test_the_lowest_grade_is_marked_whatever_it_is_called(programme, site, people, city_staff):
    rubric = cast.draft(site.creation_type, by=city_staff)
    rubric.grades.filter(name="合格").update(from_points=70)
    rubric.grades.filter(name="不合格").update(name="不达标")
    actions.publish_rubric(rubric, by=city_staff)
    cast.scored(site, RoundLevel.SELF, by=people["cadre"])
    assert [row.mark for row in standings([site])] == [("不达标", "bad")]


def objected(publication, site, *, by) -> Objection:
    return actions.record_objection(publication, site, by=by, raised_by="某村村民代表", text="培训场次不实")


def test_an_objection_is_raised_in_time_and_answered_by_another(site, publication, people, second, leader):
    with pytest.raises(ValidationError, match="不在公示期内"):
        objected(publication, site, by=people["cadre"])
    with on(MONDAY):
        with pytest.raises(PermissionDenied):
            objected(publication, site, by=leader)
        objection = objected(publication, site, by=people["county"])
        with pytest.raises(PermissionDenied):  # he scored and concluded
            actions.answer_objection(objection, by=people["city"], is_upheld=False, answer="核查属实")
        with pytest.raises(ValidationError, match="还有异议没有答复"):
            actions.publish_results(site.programme, by=second, starts_on=MONDAY, workdays=5, contact=CONTACT)
        answered = actions.answer_objection(objection, by=second, is_upheld=False, answer="签到册齐全")
    assert (answered.mark.word, answered.decided_by) == ("不成立", second)
    with pytest.raises(ValidationError, match="不再评分"):
        actions.open_round(site, RoundLevel.CITY, by=people["city"])
    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
        Objection.objects.filter(pk=objection.pk).update(answer="改口")
    with on(date(2026, 11, 28)), pytest.raises(ValidationError, match="不在公示期内"):
        objected(publication, site, by=people["cadre"])


def test_an_objection_upheld_opens_the_way_again(site, publication, people, second):
    with pytest.raises(ValidationError, match="验收结论已是“通过”，不再评分"):
        actions.open_round(site, RoundLevel.CITY, by=people["city"])
    with on(MONDAY):
        objection = objected(publication, site, by=people["county"])
        actions.answer_objection(objection, by=second, is_upheld=True, answer="少算一场")
        cast.scored(site, RoundLevel.CITY, by=people["city"])
        assert cast.accepted(site, people, "failed").number == 2
        with pytest.raises(ValidationError, match="不再评分"):  # once
            actions.open_round(site, RoundLevel.CITY, by=people["city"])
        again = actions.publish_results(site.programme, by=second, starts_on=MONDAY, workdays=3, contact=CONTACT)
    assert (again.number, again.rows.get().rank, publication.rows.get().rank) == (2, None, 1)


def test_where_points_are_lost(site, rubric, people):
    cast.scored(site, RoundLevel.SELF, by=people["cadre"])
    found = losses(ProjectSite.objects.all())
    lost = {row.label.split()[0]: (row.lost, row.percent) for row in found.criteria}
    assert lost["A1"] == (Decimal(10), Decimal("33.3"))
    assert lost["B1"] == (Decimal(20), Decimal("100.0"))
    assert lost["A2"] == (Decimal(0), Decimal(0))
    assert [(row.label, row.lost, row.sites) for row in found.counties] == [("肥西县", Decimal(34), 1)]
    assert losses(ProjectSite.objects.all(), RoundLevel.CITY).rounds == 0


def test_the_highest_level_decides_by_what_applies(site, rubric, people):
    """The city gives A1 in full and leaves B1 out: 76 of 80."""
    cast.scored(site, RoundLevel.SELF, by=people["cadre"])
    cast.scored(site, RoundLevel.COUNTY, by=people["county"])
    opened, ids = actions.open_round(site, RoundLevel.CITY, by=people["city"]), cast.code_ids(rubric)
    content = cast.answers(opened, team=cast.TEAM)
    content.by_hand[ids["A1"]], content.inapplicable[ids["B1"]] = Decimal(30), True
    content.reasons |= {ids["A1"]: "已备案", ids["B1"]: "不办班"}
    saved = actions.save_scores(opened, by=people["city"], version=0, content=content)
    city = actions.submit_round(saved, by=people["city"], version=saved.version)
    assert [row.total for row in results(site.programme)] == [city.total] == [Decimal(95)]
    found = losses(ProjectSite.objects.all())
    assert {row.label.split()[0] for row in found.criteria if row.lost} == {"G2"}
    assert "B1" not in {row.label.split()[0] for row in found.criteria}
    assert [(row.lost, row.most) for row in found.counties] == [(Decimal(4), Decimal(80))]
    assert losses(ProjectSite.objects.all(), RoundLevel.SELF).counties[0].lost == Decimal(34)


def test_what_does_not_apply_is_neither_lost_nor_to_be_had(site, rubric, people):
    opened = actions.open_round(site, RoundLevel.SELF, by=people["cadre"])
    content, b1 = cast.answers(opened), cast.code_ids(rubric)["B1"]
    content.inapplicable[b1], content.reasons[b1] = True, "没有场地"
    saved = actions.save_scores(opened, by=people["cadre"], version=0, content=content)
    assert actions.submit_round(saved, by=people["cadre"], version=1).total == Decimal("82.5")
    found = losses(ProjectSite.objects.all())
    assert [(row.lost, row.most) for row in [*found.counties, *found.kinds]] == [(Decimal(14), Decimal(80))] * 2
    assert len(found.criteria) == 8


@pytest.fixture
def failed(site, rubric, people):
    cast.scored_by_all(site, people)
    return cast.accepted(site, people, "failed")


@pytest.fixture
def annual(site, failed, tree, city_staff) -> AnnualAssessment:
    return actions.assess_unit(site.programme, tree.county, by=city_staff, total=Decimal("92.5"), remark="工作扎实")


def test_the_veto_decides_whatever_the_score(annual, second, city_staff, county_reviewer, tree):
    assert (annual.result, annual.mark.word) == ("优秀", "优秀")
    unit = unit_of(city_staff, annual.programme, tree.county)
    assert unit.trigger == "1 个项目点中 1 个验收不通过"
    given = {"basis": unit.trigger, "evidence": "验收评审表"}
    with pytest.raises(ValidationError, match="依据和证据"):
        actions.propose_annual_veto(annual, by=city_staff, version=annual.version, basis="有", evidence=" ")
    item = actions.propose_annual_veto(annual, by=city_staff, version=annual.version, **given)
    assert item.mark.word == "否决待核准"
    with pytest.raises(PermissionDenied):  # a second person approves
        actions.decide_annual_veto(item, by=city_staff, version=item.version, is_confirmed=True)
    item = actions.decide_annual_veto(item, by=second, version=item.version, is_confirmed=True, note="属实")
    assert (item.result, item.total) == ("否决", Decimal("92.5"))
    with pytest.raises(PermissionDenied):
        actions.appeal_annual_veto(item, by=city_staff, version=item.version, text="不服")
    item = actions.appeal_annual_veto(item, by=county_reviewer, version=item.version, text="已经整改")
    with pytest.raises(ValidationError, match="已经申诉过了"):
        actions.appeal_annual_veto(item, by=county_reviewer, version=item.version, text="再申诉一次")
    with pytest.raises(PermissionDenied):
        actions.answer_annual_appeal(item, by=city_staff, version=item.version, is_lifted=False, answer="维持")
    lifted = actions.answer_annual_appeal(item, by=second, version=item.version, is_lifted=True, answer="情况属实")
    assert (lifted.veto, lifted.result, lifted.appeal) == (AnnualVeto.LIFTED, "优秀", "已经整改")


def test_the_database_keeps_the_veto_honest(annual, city_staff):
    rows = AnnualAssessment.objects.filter(pk=annual.pk)
    with pytest.raises(IntegrityError, match="annual_veto_has_evidence"), transaction.atomic():
        rows.update(veto="proposed")
    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
        rows.update(veto="confirmed", veto_basis="有", veto_evidence="有", veto_by=city_staff)


def test_only_the_direct_parent_assesses(site, tree, people, other_reviewer, leader, second):
    assert {
        user.username: [rules.can_assess(user, each) for each in [tree.county, tree.township, tree.village]]
        for user in [second, people["county"], people["cadre"], other_reviewer, leader]
    } == {
        "city-2": [True, False, False],
        "county": [False, True, False],
        "cadre": [False, False, True],
        "other-county": [False, False, False],
        "leader": [False, False, False],
    }
    with pytest.raises(PermissionDenied):
        actions.assess_unit(site.programme, tree.township, by=second, total=Decimal(80))


@pytest.mark.parametrize(("percent", "holds"), [(50, True), (51, False)])
def test_a_share_that_is_just_reached_triggers(percent, holds, annual, programme, tree, city_staff):
    """One of two has failed."""
    approve_site(factories.site(programme, tree.other_village), by=city_staff)
    actions.set_annual_rule(programme, by=city_staff, trigger=AnnualTrigger.SHARE_FAILED, percent=percent)
    assert bool(unit_of(city_staff, programme, tree.county).trigger) == holds


def test_the_trigger_is_the_citys_choice(annual, tree, city_staff, county_reviewer, site):
    programme = annual.programme
    assert unit_of(city_staff, programme, tree.county).trigger
    with pytest.raises(PermissionDenied):
        actions.set_annual_rule(programme, by=county_reviewer, trigger=AnnualTrigger.ANY_VETOED, percent=20)
    actions.set_annual_rule(programme, by=city_staff, trigger=AnnualTrigger.ANY_VETOED, percent=20)
    assert unit_of(city_staff, programme, tree.county).trigger == ""
    cast.vetoed(site, by=county_reviewer, decided_by=city_staff)
    assert unit_of(city_staff, programme, tree.county).trigger == "1 个项目点被一票否决"
