"""One round, however many hands."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from assessments import actions
from assessments.actions import ScoreContent
from assessments.models import RoundLevel, ScoreRound
from organizations.models import AuditEvent
from tests.assessments import cast
from tests.concurrency import PEOPLE, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_opened_by_eight_clicks_it_is_one(site, rubric, cadre):
    found = at_once(lambda _: actions.open_round(site, RoundLevel.SELF, by=cadre).pk)
    assert len(set(found)) == 1
    assert isinstance(found[0], int)
    assert ScoreRound.objects.count() == 1


def test_fields_of_many_tablets_are_all_kept_and_submitted_once(site, rubric, cadre):
    opened = actions.open_round(site, RoundLevel.SELF, by=cadre)
    content, _base = cast.answers(opened), {}
    places = list(content.marks.items())

    def answer(number: int):
        marks = dict(places[number::PEOPLE])
        base = {f"mark_{pk}_{place}": None for pk, place in marks}
        return actions.save_scores(opened, by=cadre, version=0, content=ScoreContent(marks=marks), base=base)

    assert all(isinstance(saved, ScoreRound) for saved in at_once(answer))
    opened.refresh_from_db()
    assert opened.version == PEOPLE
    found = at_once(lambda _: actions.submit_round(opened, by=cadre, version=opened.version))
    assert sum(isinstance(each, ScoreRound) for each in found) == 1
    assert sum(isinstance(each, ValidationError) for each in found) == PEOPLE - 1
    opened.refresh_from_db()
    assert opened.total == Decimal(66)
    assert AuditEvent.objects.about(opened).filter(action="提交自评").count() == 1


def test_clicked_twice_it_is_done_once(site, city_staff, county_reviewer):
    """Proposed once, copied once; the others are told, none fails."""
    rubric = cast.published(site.creation_type, by=city_staff)
    item = rubric.veto_items.get(code="VT3")
    for act in [
        lambda _: actions.propose_veto(site, item, "两期签到表笔迹相同", by=county_reviewer),
        lambda _: actions.copy_rubric(rubric, site.creation_type, by=city_staff),
    ]:
        found = at_once(act)
        assert sum(isinstance(each, ValidationError) for each in found) == PEOPLE - 1, found


def test_a_rubric_is_published_or_changed_but_not_both(site, city_staff):
    """Who changes a line while another publishes: either it is in, or it is refused."""
    rubric = cast.draft(site.creation_type, by=city_staff)
    ids = cast.code_ids(rubric)

    def act(number: int):
        from assessments.models import Criterion

        if number % 2:
            return actions.publish_rubric(rubric, by=city_staff)
        return Criterion.objects.filter(pk=ids["A1"]).update(points=Decimal(29))

    at_once(act)
    rubric.refresh_from_db()
    points = sum(criterion.points for section in rubric.sections.all() for criterion in section.criteria.all())
    assert points == (100 if rubric.is_published else 99)
