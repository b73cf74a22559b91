"""自查 → 整改 → 市评 → 验收 → 省验: each waits for the one before; a conclusion is kept as it was made."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from assessments import actions
from assessments.actions import Verdict, Wanting
from assessments.models import Acceptance, Conclusion, Criterion, RoundLevel
from assessments.order import open_items
from assessments.papers.acceptance import acceptance_paper
from fedwork import clock
from organizations.models import AuditEvent
from projects.actions import close_rectification, submit_rectification
from projects.models import MonthlyReport, Rectification
from tests.assessments import cast

SELF, COUNTY, CITY, PROVINCE = RoundLevel
DUE = date(2026, 12, 4)


@pytest.fixture
def people(cadre, county_reviewer, city_staff) -> dict:
    return {"cadre": cadre, "county": county_reviewer, "city": city_staff}


@pytest.fixture
def scored(site, rubric, people):
    """All three rounds are in."""
    return cast.scored_by_all(site, people)


def wanting(score_round, code="A1") -> Wanting:
    return Wanting(Criterion.objects.get(section__rubric=score_round.rubric, code=code), "没有备案", "补办备案手续")


def raised(score_round, *, by, code="A1") -> Rectification:
    return cast.raised(score_round, wanting(score_round, code), by=by, due_on=DUE)


def closed(item, people) -> Rectification:
    handed = submit_rectification(item, by=people["cadre"], version=item.version, text="已补办")
    return close_rectification(handed, by=people["city"], version=handed.version, note="看过，属实")


def ready(site, people) -> Acceptance:
    """With the county's opinion."""
    return cast.with_county_opinion(site, people)


def verdict(conclusion="passed", **fields) -> Verdict:
    return cast.verdict(conclusion, **fields)


def conclude(acceptance, people, conclusion="passed", **fields) -> Acceptance:
    given = verdict(conclusion, **fields)
    return actions.conclude(acceptance, given, by=people["city"], version=acceptance.version)


def test_findings_of_the_self_check_become_rectification_items(site, rubric, people):
    own = cast.scored(site, SELF, by=people["cadre"])
    item = raised(own, by=people["county"])
    assert (item.get_source_display(), item.source_note, item.post_name) == ("考核评分", "自评 A1", "山南镇填报员")
    with pytest.raises(ValidationError, match="A1已经交办过了"):
        raised(own, by=people["county"])
    with pytest.raises(PermissionDenied):
        raised(own, by=people["cadre"], code="A2")


def test_the_city_cannot_conclude_its_score_while_items_are_open(site, rubric, people):
    item = raised(cast.scored(site, SELF, by=people["cadre"]), by=people["county"])
    cast.scored(site, COUNTY, by=people["county"])
    with pytest.raises(ValidationError, match=f"整改事项 {item.number} 还没有销号"):
        cast.scored(site, CITY, by=people["city"])
    closed(item, people)
    assert cast.scored(site, CITY, by=people["city"]).is_submitted


def test_what_the_county_found_holds_up_the_city_too(site, rubric, people):
    cast.scored(site, SELF, by=people["cadre"])
    item = raised(cast.scored(site, COUNTY, by=people["county"]), by=people["county"])
    with pytest.raises(ValidationError, match=f"整改事项 {item.number} 还没有销号"):
        cast.scored(site, CITY, by=people["city"])


def test_the_city_waits_for_a_round_that_was_opened_again(site, rubric, people):
    cast.scored(site, SELF, by=people["cadre"])
    cast.scored(site, COUNTY, by=people["county"])
    again = actions.open_round(site, COUNTY, by=people["county"])
    with pytest.raises(ValidationError, match="县评（第 2 次）还没有提交"):
        cast.scored(site, CITY, by=people["city"])
    saved = actions.save_scores(again, by=people["county"], version=0, content=cast.answers(again, team=cast.TEAM))
    actions.submit_round(saved, by=people["county"], version=saved.version)
    assert cast.scored(site, CITY, by=people["city"]).is_submitted


def test_who_refuses_to_rectify_cannot_hold_up_the_review(site, rubric, people):
    raised(cast.scored(site, SELF, by=people["cadre"]), by=people["county"])
    cast.scored(site, COUNTY, by=people["county"])
    cast.vetoed(site, "VT6", by=people["county"], decided_by=people["city"])
    assert cast.scored(site, CITY, by=people["city"]).total == Decimal(66)
    acceptance = ready(site, people)
    with pytest.raises(ValidationError, match="结论只能是“不通过”"):
        conclude(acceptance, people)
    failed = conclude(acceptance, people, "failed")
    assert (failed.conclusion, failed.total) == (Conclusion.FAILED, Decimal(66))  # the score is shown all the same
    assert failed.facts["vetoes"][0][1:] == ["已认定", "核对属实"]


def test_acceptance_waits_for_every_round(site, rubric, people):
    with pytest.raises(ValidationError) as refused:
        actions.open_acceptance(site, by=people["city"])
    assert refused.value.messages == ["还没有自评。", "还没有县评。", "还没有市评。"]
    cast.scored_by_all(site, people)
    acceptance = actions.open_acceptance(site, by=people["city"])
    assert actions.open_acceptance(site, by=people["city"]) == acceptance
    assert site.acceptances.count() == 1


def test_passed_and_on_to_the_province(site, scored, people):
    result = {"total": Decimal(90), "document_number": "皖妇〔2026〕40号", "document_on": date(2026, 11, 20)}
    with pytest.raises(ValidationError, match="市级验收作出结论以后"):
        actions.enter_province_result(site, by=people["city"], **result)
    acceptance = actions.open_acceptance(site, by=people["city"])
    with pytest.raises(ValidationError) as early:
        conclude(acceptance, people)
    assert early.value.code == "stale"  # the county hasn't spoken
    passed = conclude(ready(site, people), people)
    assert (passed.mark.word, passed.total, passed.grade) == ("通过", Decimal(66), "合格")
    assert actions.enter_province_result(site, by=people["city"], **result).level == PROVINCE
    actions_done = AuditEvent.objects.filter(object_type="assessments.acceptance").values_list("action", flat=True)
    assert sorted(actions_done) == sorted(["开始验收", "验收县级意见", "验收结论"])


def test_an_open_item_of_any_source_keeps_a_site_from_passing(site, scored, people):
    item = raised(scored, by=people["city"])
    acceptance = ready(site, people)
    with pytest.raises(ValidationError, match=f"{item.number} 还没有销号，不能通过"):
        conclude(acceptance, people)
    closed(item, people)
    assert conclude(acceptance, people).conclusion == Conclusion.PASSED


def test_neither_begun_nor_concluded_while_a_round_is_open(site, scored, people):
    again = actions.open_round(site, CITY, by=people["city"])
    with pytest.raises(ValidationError, match="市评（第 2 次）还没有提交"):
        actions.open_acceptance(site, by=people["city"])
    saved = actions.save_scores(again, by=people["city"], version=0, content=cast.answers(again, team=cast.TEAM))
    actions.submit_round(saved, by=people["city"], version=saved.version)
    acceptance = ready(site, people)
    actions.open_round(site, CITY, by=people["city"])
    with pytest.raises(ValidationError, match="市评（第 3 次）还没有提交"):
        conclude(acceptance, people)


def test_a_veto_does_not_wait_for_the_date_of_rectification(site, scored, people):
    raised(scored, by=people["city"])
    conclude(ready(site, people), people, "rectify", due_on=DUE)
    cast.vetoed(site, "VT1", by=people["county"], decided_by=people["city"])
    assert conclude(ready(site, people), people, "failed").number == 2


def test_a_veto_that_is_undecided_holds_up_the_conclusion(site, scored, people):
    acceptance = ready(site, people)
    cast.proposed_veto(site, by=people["county"])
    with pytest.raises(ValidationError, match="一票否决情形还没有认定"):
        conclude(acceptance, people)


def test_the_lowest_grade_does_not_pass(site, people, city_staff):
    rubric = cast.draft(site.creation_type, by=city_staff)
    rubric.grades.filter(name="合格").update(from_points=70)
    actions.publish_rubric(rubric, by=city_staff)
    cast.scored_by_all(site, people)
    with pytest.raises(ValidationError, match="得分 66，等次“不合格”，不能通过"):
        conclude(ready(site, people), people)


def test_rectify_by_a_date_and_accepted_again(site, scored, people):
    acceptance = ready(site, people)
    with pytest.raises(ValidationError, match="还没有交办整改事项"):
        conclude(acceptance, people, "rectify", due_on=DUE)
    item = raised(scored, by=people["city"])
    for day in [None, clock.today()]:
        with pytest.raises(ValidationError, match="今天以后的日期"):
            conclude(acceptance, people, "rectify", due_on=day)
    first = conclude(acceptance, people, "rectify", due_on=DUE)
    with pytest.raises(ValidationError, match=f"{item.number} 还没有销号"):
        actions.open_acceptance(site, by=people["city"])
    with clock.set_to(timezone.make_aware(datetime(2026, 11, 25, 9))):
        closed(item, people)
        second = conclude(ready(site, people), people)
    assert (second.number, second.label, second.mark.word) == (2, "第 2 次验收", "通过")
    first.refresh_from_db()
    assert (first.mark.word, first.facts["items"]) == ("限期整改", {"raised": 1, "closed": 0, "open": 1})
    with pytest.raises(ValidationError, match="验收结论已是“通过”"):
        actions.open_acceptance(site, by=people["city"])


def test_when_the_date_is_over_a_site_can_fail(site, scored, people):
    raised(scored, by=people["city"])
    conclude(ready(site, people), people, "rectify", due_on=DUE)
    last_day = timezone.make_aware(datetime.combine(DUE, datetime.min.time()))
    with clock.set_to(last_day), pytest.raises(ValidationError, match="还没有销号"):
        actions.open_acceptance(site, by=people["city"])
    with clock.set_to(timezone.make_aware(datetime.combine(DUE + timedelta(days=1), datetime.min.time()))):
        assert conclude(ready(site, people), people, "failed").conclusion == Conclusion.FAILED
    assert len(open_items(site)) == 1


def test_a_conclusion_is_never_changed(site, scored, people):
    passed = conclude(ready(site, people), people)
    before = passed.facts
    for change in [{"opinion": "别的话"}, {"conclusion": "failed"}, {"facts": {}}]:
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
            Acceptance.objects.filter(pk=passed.pk).update(**change)
    with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
        passed.delete()
    passed.refresh_from_db()
    assert passed.facts == before


def test_what_the_form_asks_for(site, scored, people):
    acceptance = ready(site, people)
    with pytest.raises(ValidationError) as refused:
        conclude(acceptance, people, "", team="示例甲，山南镇妇联，主席", opinion=" ")
    assert refused.value.message_dict.keys() == {"conclusion", "opinion", "team"}
    with pytest.raises(ValidationError, match="只有限期整改才写"):
        conclude(acceptance, people, "passed", due_on=DUE)


def test_each_has_a_part_of_their_own(site, scored, people, neighbour, other_reviewer, leader):
    for user in [people["cadre"], people["county"], leader]:
        with pytest.raises(PermissionDenied):
            actions.open_acceptance(site, by=user)
    acceptance = actions.open_acceptance(site, by=people["city"])
    for user in [people["cadre"], people["city"], other_reviewer]:
        with pytest.raises(PermissionDenied):
            actions.give_county_opinion(acceptance, by=user, version=acceptance.version, opinion="同意")
    acceptance = ready(site, people)
    for user in [people["cadre"], people["county"], leader]:
        with pytest.raises(PermissionDenied):
            actions.conclude(acceptance, verdict(), by=user, version=acceptance.version)


def test_of_two_at_once_the_second_is_told(site, scored, people):
    acceptance = actions.open_acceptance(site, by=people["city"])
    actions.give_county_opinion(acceptance, by=people["county"], version=acceptance.version, opinion="同意")
    with pytest.raises(ValidationError) as stale:
        actions.give_county_opinion(acceptance, by=people["county"], version=acceptance.version, opinion="不同意")
    assert stale.value.code == "stale"


def test_facts_come_from_the_system(site, scored, people):
    passed = conclude(ready(site, people), people)
    facts = passed.facts
    assert [row[0] for row in facts["tasks"]] == ["启动阶段", "建设阶段", "验收阶段"]
    assert facts["money"]["matching"] == "0.00"
    assert facts["vetoes"][0][:2] == ["VT2 验收时配套资金到位低于 1 万元", "系统提示，待核"]
    assert [row[:2] for row in facts["rounds"]] == [["自评", "66"], ["县评", "66"], ["市评", "66"]]
    assert facts["sections"][0] == ["组织领导", "50", "40", "40", "40"]


def test_the_county_speaks_by_somebody_who_did_not_score_the_site_below(site, scored, people, county_reviewer):
    acceptance = actions.open_acceptance(site, by=people["city"])
    MonthlyReport.objects.filter(site=site, month=date(2026, 6, 1)).update(submitted_by=county_reviewer)
    with pytest.raises(PermissionDenied):
        actions.give_county_opinion(acceptance, by=county_reviewer, version=acceptance.version, opinion="同意")


def test_the_rate_of_a_section_is_of_what_applies(site, rubric, people):
    ids = cast.code_ids(rubric)
    cast.scored(site, SELF, by=people["cadre"])
    cast.scored(site, COUNTY, by=people["county"])
    opened = actions.open_round(site, CITY, by=people["city"])
    content = cast.answers(opened, team=cast.TEAM)
    content.inapplicable[ids["A1"]], content.reasons[ids["A1"]] = True, "本点不设"
    saved = actions.save_scores(opened, by=people["city"], version=0, content=content)
    actions.submit_round(saved, by=people["city"], version=saved.version)
    paper = acceptance_paper(ready(site, people), now=clock.now())
    rows = [[box.value for box in row] for block in paper.blocks for row in block.rows]
    assert next(row[-1] for row in rows if row[0] == "组织领导") == "100%"
