"""一票否决: proposer, the site's word, a second person's decision; the score stays in sight."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, ProgrammingError, transaction

from assessments import actions
from assessments.comparison import compare
from assessments.hints import veto_hints
from assessments.models import RoundLevel, VetoFinding, VetoState
from fedwork import clock
from funding.actions import reverse_entry
from funding.states import EntryKind
from organizations.models import AuditEvent, Role
from tests import factories
from tests.assessments import cast
from tests.funding.ledger import post
from tests.projects.followup import raised


@pytest.fixture
def item(rubric):
    return rubric.veto_items.get(code="VT3")


@pytest.fixture
def proposed(site, item, county_reviewer):
    return actions.propose_veto(site, item, "两期签到表笔迹相同", by=county_reviewer)


@pytest.fixture
def explained(proposed, cadre):
    return actions.explain_veto(proposed, "统一代签，已补证明", by=cadre)


def decide(finding, *, by, is_confirmed=True, decision="核对属实"):
    return actions.decide_veto(finding, by=by, is_confirmed=is_confirmed, decision=decision)


def test_confirmed_it_fails_whatever_the_score(site, explained, cadre, city_staff, login):
    done = cast.scored(site, RoundLevel.SELF, by=cadre)
    decided = decide(explained, by=city_staff)
    assert decided.state == VetoState.CONFIRMED
    client = login(cadre)
    page = client.get(f"/scores/sites/{site.pk}/").text
    assert "一票否决，结果为不通过" in page
    assert f"<b>{done.total:.0f}</b> 分" in page
    assert "不通过（一票否决）" in client.get("/scores/").text
    sheet = client.get(f"/scores/sites/{site.pk}/print/").text
    assert "☑有　□无" in sheet
    assert "66 分　不通过（一票否决）　（自评）" in sheet
    verbs = AuditEvent.objects.about(decided).order_by("id").values_list("action", flat=True)
    assert list(verbs) == ["提出一票否决", "说明一票否决情况", "认定一票否决"]


def test_dismissed_it_changes_nothing_and_may_come_again(site, item, explained, county_reviewer, city_staff):
    decide(explained, by=city_staff, is_confirmed=False)
    assert compare(site).confirmed == []
    actions.propose_veto(site, item, "又发现一期", by=county_reviewer)
    with pytest.raises(ValidationError, match="已经提出过"):
        actions.propose_veto(site, item, "再提一次", by=county_reviewer)


def test_who_proposed_does_not_decide(site, item, city_staff, cadre, tree):
    finding = actions.propose_veto(site, item, "现场发现", by=city_staff)
    finding = actions.explain_veto(finding, "情况说明", by=cadre)
    with pytest.raises(PermissionDenied):
        decide(finding, by=city_staff)
    with pytest.raises(IntegrityError), transaction.atomic():
        VetoFinding.objects.filter(pk=finding.pk).update(
            state="confirmed", decided_by=city_staff, decided_at=clock.now()
        )
    second = factories.user("city-2", role=Role.CITY_STAFF, organization=tree.city)
    assert decide(finding, by=second).decided_by == second


def test_the_site_is_heard_first_or_lets_its_days_pass(proposed, city_staff):
    with pytest.raises(ValidationError, match="项目点还没有说明"):
        decide(proposed, by=city_staff)
    with clock.set_to(clock.now() + timedelta(days=3)):
        assert decide(proposed, by=city_staff).state == VetoState.CONFIRMED


@pytest.mark.parametrize("who", ["cadre", "neighbour", "other_reviewer", "leader", "auditor", "system_admin"])
def test_proposed_by_the_desks_of_the_site_alone(who, site, item, request):
    with pytest.raises(PermissionDenied):
        actions.propose_veto(site, item, "听说", by=request.getfixturevalue(who))


@pytest.mark.parametrize("who", ["county_reviewer", "city_staff", "neighbour", "leader"])
def test_explained_by_the_site_alone(who, proposed, request):
    with pytest.raises(PermissionDenied):
        actions.explain_veto(proposed, "替他说", by=request.getfixturevalue(who))


def test_decided_is_frozen(explained, cadre, city_staff):
    decided = decide(explained, by=city_staff)
    with pytest.raises(ValidationError, match="不能再改"):
        actions.explain_veto(decided, "还有话说", by=cadre)
    with pytest.raises((InternalError, ProgrammingError), match="pgtrigger"), transaction.atomic():
        VetoFinding.objects.filter(pk=decided.pk).update(decision="改口")


def test_the_way_on_pages(site, item, cadre, county_reviewer, city_staff, login):
    county, township, city = login(county_reviewer), login(cadre), login(city_staff)
    page = f"/scores/sites/{site.pk}/veto/"
    assert county.post(page, {"item": item.pk, "evidence": ""}).status_code == 422
    done = county.post(page, {"item": item.pk, "evidence": "两期签到表笔迹相同"}, follow=True)
    address = VetoFinding.objects.get().get_absolute_url()
    assert done.redirect_chain[-1][0] == address
    assert "项目点还没有说明" in city.get(address).text
    assert "已保存说明" in township.post(f"{address}explain/", {"explanation": "已补证明"}, follow=True).text
    assert city.post(f"{address}decide/", {"is_confirmed": "yes"}).status_code == 422
    decided = city.post(f"{address}decide/", {"is_confirmed": "no", "decision": "证明可信"}, follow=True)
    assert "认定：不成立" in decided.text
    assert "保存说明" not in township.get(address).text
    assert township.post(f"{address}explain/", {"explanation": "晚了"}).url == address


@pytest.fixture
def overdue(site, city_staff):
    day = clock.today() - timedelta(days=9)
    with clock.set_to(clock.now() - timedelta(days=30)):
        return raised(site, by=city_staff, found_on=clock.today(), due_on=day, problem="台账缺失")


def told(site) -> dict[str, str]:
    return {hint.item.code: hint.words for hint in veto_hints(site, now=clock.now())}


def test_the_system_points_out_money_below_the_floor_and_overdue_items(
    site, rubric, overdue, county_reviewer, city_staff
):
    post(site, EntryKind.COMMITTED, 30_000, by=city_staff)
    entry = post(site, EntryKind.ARRIVED, "9999.99", by=county_reviewer)
    found = told(site)
    assert found["VT2"] == (
        "截至2026年11月22日，配套资金到位 9,999.99 元，低于下限 1 万元，还差 0.01 元；承诺 30,000 元不算到位"
    )
    assert found["VT6"].endswith("台账缺失）应于2026年11月13日前整改，逾期 9 天")
    post(site, EntryKind.ARRIVED, "0.01", by=county_reviewer)
    assert list(told(site)) == ["VT6"]
    reverse_entry(entry, by=county_reviewer, reason="记错")
    assert list(told(site)) == ["VT2", "VT6"]


def test_one_button_opens_the_proposal_filled_in(site, rubric, overdue, cadre, county_reviewer, city_staff, login):
    address, client = f"/scores/sites/{site.pk}/", login(county_reviewer)
    assert "系统提示" not in client.get(address).text  # nobody has begun to score
    begun = actions.open_round(site, RoundLevel.SELF, by=cadre)
    own = login(cadre).get(f"/score-rounds/{begun.pk}/").text
    assert "逾期 9 天" in own
    assert "按此提出" not in own
    hint = veto_hints(site, now=clock.now())[-1]
    assert hint.propose_url in client.get(address).text
    form = client.get(hint.propose_url).context["form"]
    assert (form["item"].initial, form["evidence"].initial) == (hint.item, hint.evidence)
    assert f"（出处：整改事项 {overdue.number}）" in hint.evidence
    assert client.get(f"{address}veto/?item=0").context["form"].initial == {}
    finding = actions.propose_veto(site, hint.item, hint.evidence, by=county_reviewer)
    assert list(told(site)) == ["VT2"]
    with clock.set_to(clock.now() + timedelta(days=3)):
        decide(finding, by=city_staff, is_confirmed=False)
    assert list(told(site)) == ["VT2", "VT6"]


def test_a_programme_that_asks_for_no_matching_gets_no_hint_about_it(site, rubric):
    site.programme.matching_floor = site.programme.matching_ratio = 0
    site.programme.save()
    assert told(site) == {}


def test_what_the_city_does_not_want_pointed_out_is_not(site, rubric, overdue, city_staff):
    newer = actions.copy_rubric(rubric, rubric.creation_type, by=city_staff)
    newer.veto_items.exclude(code="VT6").update(source="")
    actions.publish_rubric(newer, by=city_staff)
    assert list(told(site)) == ["VT6"]
