"""一票否决: proposer, the site's word, a second person's decision; the score stays in sight."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, InternalError, ProgrammingError, transaction

from assessments import actions
from assessments.comparison import compare
from assessments.models import RoundLevel, VetoFinding, VetoState
from fedwork import clock
from organizations.models import AuditEvent, Role
from tests import factories
from tests.assessments import cast


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
