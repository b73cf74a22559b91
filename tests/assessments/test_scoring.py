"""Rounds: in their order, by the right hands, with a total only when everything is answered, frozen when submitted."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InternalError, ProgrammingError, transaction

from assessments import actions
from assessments.actions import ScoreContent, StaleRoundError
from assessments.comparison import compare
from assessments.models import Criterion, RoundLevel, Score, ScoreRound
from assessments.sheet import score_sheet
from organizations.models import AuditEvent, Role
from projects.actions import approve_site
from projects.models import MonthlyReport
from tests import factories
from tests.assessments import cast

SELF, COUNTY, CITY, PROVINCE = RoundLevel


@pytest.fixture
def opened(site, rubric, cadre):
    return actions.open_round(site, SELF, by=cadre)


def save(score_round, *, by, **content) -> ScoreRound:
    return actions.save_scores(score_round, by=by, version=score_round.version, content=ScoreContent(**content))


def line_of(score_round, code):
    return next(line for line in score_sheet(score_round).lines if line.criterion.code == code)


def test_all_levels_one_after_the_other(site, rubric, cadre, county_reviewer, city_staff):
    own = cast.scored(site, SELF, by=cadre)
    # A1 20 of 30, A2 20, no training, no money arrived, the others passed: 26.
    assert (own.total, own.grade) == (Decimal("66"), "合格")
    county = cast.scored(site, COUNTY, by=county_reviewer)
    city = cast.scored(site, CITY, by=city_staff)
    cast.accepted(site, {"county": county_reviewer, "city": city_staff})
    province = actions.enter_province_result(
        site, by=city_staff, total=Decimal("88.5"), document_number="皖妇〔2026〕40号", document_on=date(2026, 11, 20)
    )
    assert [each.level for each in site.score_rounds.submitted()] == [SELF, COUNTY, CITY, PROVINCE]
    found = compare(site)
    assert (found.deciding, found.deciding.grade, found.differences) == (province, "良好", 0)
    events = AuditEvent.objects.filter(object_type="assessments.scoreround").values_list("action", flat=True)
    assert sorted(events) == sorted(
        ["开始自评", "提交自评", "开始县评", "提交县评", "开始市评", "提交市评", "登记省验结果"]
    )
    assert {county.total, city.total} == {own.total}


def test_each_level_waits_for_the_one_before(site, rubric, cadre, county_reviewer, city_staff):
    for level, user, words in [(COUNTY, county_reviewer, "自评提交以后"), (CITY, city_staff, "县评提交以后")]:
        with pytest.raises(ValidationError, match=words):
            actions.open_round(site, level, by=user)
    result = {"total": Decimal(90), "document_number": "皖妇〔2026〕1号", "document_on": date(2026, 11, 1)}
    with pytest.raises(ValidationError, match="市评提交以后"):
        actions.enter_province_result(site, by=city_staff, **result)
    cast.scored(site, SELF, by=cadre)
    again = cast.scored(site, SELF, by=cadre)
    assert again.label == "自评（第 2 次）"
    actions.open_round(site, COUNTY, by=county_reviewer)
    with pytest.raises(ValidationError, match="县评已经开始，不能再自评"):
        actions.open_round(site, SELF, by=cadre)


def test_no_round_without_a_published_rubric(site, cadre, city_staff):
    with pytest.raises(ValidationError, match="还没有发布考核评分细则"):
        actions.open_round(site, SELF, by=cadre)
    cast.draft(site.creation_type, by=city_staff)
    with pytest.raises(ValidationError, match="还没有发布考核评分细则"):
        actions.open_round(site, SELF, by=cadre)


def test_opening_twice_is_opening_once(site, opened, cadre):
    assert actions.open_round(site, SELF, by=cadre) == opened
    assert site.score_rounds.count() == 1


@pytest.mark.parametrize(
    ("level", "who"),
    [
        (SELF, ["county_reviewer", "city_staff", "neighbour", "leader", "auditor", "system_admin"]),
        (COUNTY, ["cadre", "city_staff", "other_reviewer", "leader"]),
        (CITY, ["cadre", "county_reviewer", "leader", "auditor"]),
    ],
)
def test_each_level_is_scored_by_its_own_post(level, who, site, rubric, request):
    for name in who:
        with pytest.raises(PermissionDenied):
            actions.open_round(site, level, by=request.getfixturevalue(name))


def test_nobody_scores_what_they_scored_or_reported(site, rubric, cadre, county_reviewer, tree):
    """Whoever moves from the township to the county takes no judgement over the own site along."""
    cast.scored(site, SELF, by=cadre)
    cadre.role, cadre.organization = Role.COUNTY_REVIEWER, tree.county
    cadre.save()
    with pytest.raises(PermissionDenied):
        actions.open_round(site, COUNTY, by=cadre)
    MonthlyReport.objects.filter(site=site, month=date(2026, 6, 1)).update(submitted_by=county_reviewer)
    with pytest.raises(PermissionDenied):
        actions.open_round(site, COUNTY, by=county_reviewer)


def test_no_total_before_every_item_is_answered(opened, cadre):
    ids = cast.code_ids(opened.rubric)
    saved = save(opened, by=cadre, marks={(ids[code], 0): Decimal(1) for code in cast.PASSED_OR_NOT})
    sheet = score_sheet(saved)
    assert (sheet.total, sheet.grade, sheet.answered) == (None, "", 7)  # two score themselves
    with pytest.raises(ValidationError) as refusal:
        actions.submit_round(saved, by=cadre, version=saved.version)
    assert refusal.value.messages == ["A1 示例内容 A1：还没有评。", "A2 示例内容 A2：还没有评。"]


def test_what_does_not_apply_leaves_the_denominator(opened, cadre):
    ids = cast.code_ids(opened.rubric)
    saved = actions.save_scores(opened, by=cadre, version=0, content=cast.answers(opened))
    saved = save(saved, by=cadre, inapplicable={ids["B1"]: True})
    with pytest.raises(ValidationError, match="请写明原因"):
        actions.submit_round(saved, by=cadre, version=saved.version)
    saved = save(saved, by=cadre, reasons={ids["B1"]: "本年度不办班"})
    done = actions.submit_round(saved, by=cadre, version=saved.version)
    assert done.total == Decimal("82.5")  # 66 of 80
    assert Score.objects.get(round=done, criterion=ids["B1"]).points is None


def test_points_given_by_hand_need_a_reason_and_keep_both(opened, cadre):
    ids = cast.code_ids(opened.rubric)
    saved = actions.save_scores(opened, by=cadre, version=0, content=cast.answers(opened))
    saved = save(saved, by=cadre, by_hand={ids["B1"]: Decimal("12.5")})
    with pytest.raises(ValidationError, match="B1 示例内容 B1：改定了分数，请写明原因"):
        actions.submit_round(saved, by=cadre, version=saved.version)
    saved = save(saved, by=cadre, reasons={ids["B1"]: "两期培训还没有录入，见签到册"})
    done = actions.submit_round(saved, by=cadre, version=saved.version)
    score = Score.objects.get(round=done, criterion=ids["B1"])
    assert (score.counted, score.by_hand, score.points) == (0, Decimal("12.5"), Decimal("12.5"))
    assert score.basis == "培训 0 场（0 条记录）"
    with pytest.raises(ValidationError, match="B1最多 20 分"):
        save(actions.open_round(done.site, SELF, by=cadre), by=cadre, by_hand={ids["B1"]: Decimal(21)})


def test_the_citys_team_has_three_and_none_of_the_site(site, rubric, cadre, county_reviewer, city_staff):
    cast.scored(site, SELF, by=cadre)
    cast.scored(site, COUNTY, by=county_reviewer, team="示例县妇联，科长")
    with pytest.raises(ValidationError, match="考评组至少 3 人，现在有 1 人"):
        cast.scored(site, CITY, by=city_staff, team="示例甲，市妇联，副主席")
    site.score_rounds.get(level=CITY)
    with pytest.raises(ValidationError, match="是被考评单位的"):
        cast.scored(site, CITY, by=city_staff, team=cast.TEAM + "\n示例丁，小井庄村，书记")


def test_a_section_below_its_minimum_takes_the_lowest_grade(site, cadre, city_staff):
    rubric = cast.draft(site.creation_type, by=city_staff)
    rubric.sections.filter(name="教育培训").update(minimum_percent=60)
    actions.publish_rubric(rubric, by=city_staff)
    done = cast.scored(site, SELF, by=cadre)
    assert (done.total, done.grade) == (66, "不合格")


@pytest.mark.parametrize(("least", "is_below"), [(80, False), (81, True)])
def test_a_minimum_that_is_just_reached_is_reached(least, is_below, site, cadre, city_staff):
    """组织领导: 40 of 50."""
    rubric = cast.draft(site.creation_type, by=city_staff)
    rubric.sections.filter(name="组织领导").update(minimum_percent=least)
    actions.publish_rubric(rubric, by=city_staff)
    assert bool(score_sheet(cast.scored(site, SELF, by=cadre)).below_minimum) == is_below


def test_a_minimum_is_of_what_applies(site, cadre, city_staff):
    """Without A2 it is 20 of 30."""
    rubric = cast.draft(site.creation_type, by=city_staff)
    rubric.sections.filter(name="组织领导").update(minimum_percent=60)
    actions.publish_rubric(rubric, by=city_staff)
    opened, pk = actions.open_round(site, SELF, by=cadre), cast.code_ids(rubric)["A2"]
    content = cast.answers(opened)
    content.inapplicable[pk], content.reasons[pk] = True, "不设"
    saved = actions.save_scores(opened, by=cadre, version=0, content=content)
    assert score_sheet(saved).below_minimum == []


def test_submitted_is_frozen(site, rubric, cadre):
    done = cast.scored(site, SELF, by=cadre)
    with pytest.raises(ValidationError, match="已经提交"):
        save(done, by=cadre, reasons={cast.code_ids(rubric)["A1"]: "再想想"})
    with pytest.raises(ValidationError, match="已经提交"):
        actions.submit_round(done, by=cadre, version=done.version)
    for write in [
        lambda: ScoreRound.objects.filter(pk=done.pk).update(total=100),
        lambda: ScoreRound.objects.filter(pk=done.pk)._raw_delete("default"),
        lambda: Score.objects.filter(round=done).update(points=1),
        lambda: Score.objects.filter(round=done)[0].delete(),
    ]:
        with pytest.raises((InternalError, ProgrammingError), match="pgtrigger"), transaction.atomic():
            write()


def test_a_new_version_changes_nothing_that_was_scored(site, rubric, cadre, county_reviewer, city_staff):
    own = cast.scored(site, SELF, by=cadre)
    before = [(line.criterion.code, line.points, line.basis) for line in score_sheet(own).lines]
    newer = actions.copy_rubric(rubric, rubric.creation_type, by=city_staff)
    Criterion.objects.filter(section__rubric=newer, code="A1").update(points=10)
    Criterion.objects.filter(section__rubric=newer, code="A2").update(points=40)
    actions.publish_rubric(newer, by=city_staff)
    own.refresh_from_db()
    assert [(line.criterion.code, line.points, line.basis) for line in score_sheet(own).lines] == before
    assert actions.open_round(site, COUNTY, by=county_reviewer).rubric == rubric


def test_what_happens_later_changes_nothing_that_was_scored(site, rubric, cadre):
    own = cast.scored(site, SELF, by=cadre)
    factories.activity(site, date(2026, 11, 1), sessions=9, recorded_by=cadre, recorded_at=own.submitted_at).save()
    assert line_of(ScoreRound.objects.get(pk=own.pk), "B1").points == 0
    again = actions.open_round(site, SELF, by=cadre)
    assert line_of(again, "B1").points == 20


def test_two_assessors_on_two_tablets(opened, cadre):
    """Different fields go side by side; the same field is not overwritten unseen."""
    ids = cast.code_ids(opened.rubric)
    first = {"marks": {(ids["G1"], 0): Decimal(1)}}
    saved = save(opened, by=cadre, **first)
    other = ScoreContent(reasons={ids["A1"]: "看过文件"})
    saved = actions.save_scores(opened, by=cadre, version=0, content=other, base={f"reason_{ids['A1']}": ""})
    assert saved.version == 2
    same = ScoreContent(marks={(ids["G1"], 0): Decimal(0)})
    with pytest.raises(StaleRoundError) as stale:
        actions.save_scores(opened, by=cadre, version=0, content=same, base={f"mark_{ids['G1']}_0": None})
    assert stale.value.conflicts == [f"mark_{ids['G1']}_0"]
    with pytest.raises(StaleRoundError):
        actions.submit_round(opened, by=cadre, version=0)


def test_sides_by_side_with_their_differences(site, rubric, cadre, county_reviewer):
    cast.scored(site, SELF, by=cadre)
    county = actions.open_round(site, COUNTY, by=county_reviewer)
    content = cast.answers(county, team="示例县妇联，科长")
    content.marks[cast.code_ids(rubric)["A2"], 1] = Decimal(3)
    county = actions.save_scores(county, by=county_reviewer, version=0, content=content)
    actions.submit_round(county, by=county_reviewer, version=county.version)
    found = compare(site)
    rows = {row.criterion.code: row for group in found.groups for row in group.rows}
    assert found.differences == 1
    assert rows["A2"].points == [Decimal(20), Decimal("18.5"), None]
    assert rows["A2"].why == "每缺一样，3 处，扣 1.5 分"
    assert rows["A1"].why == "不符合：已备案"


def test_a_site_without_a_county_goes_from_its_own_score_to_the_citys(programme, tree, cadre, city_staff):
    site = approve_site(factories.site(programme, tree.village), by=city_staff)
    cast.published(site.creation_type, by=city_staff)
    type(site).objects.filter(pk=site.pk).update(county_name="")
    cast.scored(site, SELF, by=cadre)
    assert actions.open_round(site, CITY, by=city_staff).level == CITY


def test_the_provinces_result_needs_its_document(site, rubric, cadre, county_reviewer, city_staff):
    for level, user in [(SELF, cadre), (COUNTY, county_reviewer), (CITY, city_staff)]:
        cast.scored(site, level, by=user)
    cast.accepted(site, {"county": county_reviewer, "city": city_staff})
    result = {"total": Decimal(90), "document_number": "皖妇〔2026〕1号", "document_on": date(2026, 11, 1)}
    with pytest.raises(ValidationError):
        actions.enter_province_result(site, by=city_staff, **result | {"document_number": ""})
    with pytest.raises(ValidationError, match="不能晚于今天"):
        actions.enter_province_result(site, by=city_staff, **result | {"document_on": date(2027, 1, 1)})
    with pytest.raises(PermissionDenied):
        actions.enter_province_result(site, by=county_reviewer, **result)
    actions.enter_province_result(site, by=city_staff, **result)


def test_a_province_result_typed_wrong_is_put_right_with_a_reason(
    site, rubric, cadre, county_reviewer, city_staff, login
):
    """Both stay; the newer one counts."""
    people = {"cadre": cadre, "county": county_reviewer, "city": city_staff}
    cast.scored_by_all(site, people)
    cast.accepted(site, people)
    result = {"document_number": "皖妇〔2026〕1号", "document_on": date(2026, 11, 1)}
    first = actions.enter_province_result(site, by=city_staff, total=Decimal(19), **result)
    with pytest.raises(ValidationError, match="更正要写明原因"):
        actions.enter_province_result(site, by=city_staff, total=Decimal(91), **result)
    right = actions.enter_province_result(site, by=city_staff, total=Decimal(91), remark="录入时颠倒了数字", **result)
    assert (compare(site).deciding, right.label) == (right, "省验（第 2 次）")
    assert AuditEvent.objects.about(right).get().action == "更正省验结果"
    page = login(city_staff).get(f"/scores/sites/{site.pk}/").text
    assert "更正省验结果" in page
    assert "录入时颠倒了数字" in page
    assert ScoreRound.objects.get(pk=first.pk).total == 19


def test_who_scored_the_site_may_still_enter_the_provinces_document(
    site, rubric, cadre, county_reviewer, city_staff, login
):
    """Registering a document is no judgement: the page offers what the action allows."""
    people = {"cadre": cadre, "county": county_reviewer, "city": city_staff}
    cast.scored_by_all(site, people)
    cast.accepted(site, people)
    assert "登记省验结果" in login(city_staff).get(f"/scores/sites/{site.pk}/").text


def test_every_hand_in_a_round_counts_not_only_the_last(site, rubric, cadre, tree):
    """Who answered for the site first, and moved to the county, doesn't score it there."""
    opened = actions.open_round(site, SELF, by=cadre)
    saved = actions.save_scores(opened, by=cadre, version=0, content=cast.answers(opened))
    colleague = factories.user("cadre-2", role=Role.CADRE, organization=tree.township)
    saved = actions.save_scores(
        saved, by=colleague, version=saved.version, content=ScoreContent(texts={"remark": "好"})
    )
    actions.submit_round(saved, by=colleague, version=saved.version)
    cadre.role, cadre.organization = Role.COUNTY_REVIEWER, tree.county
    cadre.save()
    with pytest.raises(PermissionDenied):
        actions.open_round(site, COUNTY, by=cadre)


def test_three_lines_are_three_people(site, rubric, cadre, county_reviewer, city_staff):
    cast.scored(site, SELF, by=cadre)
    cast.scored(site, COUNTY, by=county_reviewer)
    with pytest.raises(ValidationError, match="至少 3 人，现在有 1 人"):
        cast.scored(site, CITY, by=city_staff, team="\n".join(["示例甲，市妇联，副主席"] * 3))


def test_points_come_in_halves_whoever_writes(opened, cadre):
    ids = cast.code_ids(opened.rubric)
    with pytest.raises(ValidationError, match="一档"):
        save(opened, by=cadre, by_hand={ids["A1"]: Decimal("3.3")}, reasons={ids["A1"]: "见现场"})
