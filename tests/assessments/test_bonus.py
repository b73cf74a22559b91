"""附加分: only where the rubric has some, with a reason, beyond the 100; part of what the site comes to."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from assessments import actions
from assessments.losses import losses
from assessments.models import RoundLevel, Rubric, ScoreRound
from assessments.sheet import score_sheet
from projects.models import ProjectSite
from tests.assessments import cast


@pytest.fixture
def with_bonus(site, city_staff) -> Rubric:
    draft = cast.draft(site.creation_type, by=city_staff)
    Rubric.objects.filter(pk=draft.pk).update(bonus_points=Decimal(5))
    return actions.publish_rubric(draft, by=city_staff)


def words(response) -> list:
    sheet = openpyxl.load_workbook(io.BytesIO(response.getvalue())).active
    return [cell.value for row in sheet for cell in row if cell.value is not None]


def test_off_by_default(site, rubric, cadre, login):
    opened = actions.open_round(site, RoundLevel.SELF, by=cadre)
    client = login(cadre)
    assert 'name="bonus"' not in client.get(f"/score-rounds/{opened.pk}/").text
    client.post(f"/score-rounds/{opened.pk}/", {"version": 0, "bonus": "5", "bonus_reason": "自加"})
    opened.refresh_from_db()
    assert opened.bonus is None
    with pytest.raises(ValidationError, match="附加分最多 0 分"):
        cast.scored(site, RoundLevel.SELF, by=cadre, bonus=Decimal(1), bonus_reason="自加")
    assert "本批次不设附加分" in words(client.get(f"/scores/sites/{site.pk}/excel/"))


def test_it_adds_to_the_total_and_the_grade_and_is_told_apart(site, with_bonus, cadre, county_reviewer, login):
    own = cast.scored(site, RoundLevel.SELF, by=cadre)
    told = {"bonus": Decimal("4.5"), "bonus_reason": "省级巾帼文明岗"}
    county = cast.scored(site, RoundLevel.COUNTY, by=county_reviewer, **told)
    assert (own.total, county.total) == (Decimal(66), Decimal("70.5"))
    sheet = score_sheet(county)
    assert (sheet.base, sheet.bonus, sheet.total) == (Decimal(66), Decimal("4.5"), Decimal("70.5"))
    client = login(cadre)
    page = client.get(f"/scores/sites/{site.pk}/").text
    assert "省级巾帼文明岗" in page
    found = words(client.get(f"/scores/sites/{site.pk}/excel/"))
    assert {"最多 5 分，计入最终得分", 4.5, "省级巾帼文明岗", "70.5 分　合格　（县评）"} <= set(found)
    assert any("最多 5 分" in str(each) for each in words(client.get(f"/rubrics/{with_bonus.pk}/excel/")))


def test_it_makes_up_for_no_lost_point(site, with_bonus, cadre):
    cast.scored(site, RoundLevel.SELF, by=cadre, bonus=Decimal("4.5"), bonus_reason="省级巾帼文明岗")
    found = losses(ProjectSite.objects.all())
    assert sum(row.lost for row in found.criteria) == 34
    assert [row.lost for row in [*found.counties, *found.kinds]] == [34, 34]


def test_on_the_page_with_its_reason(site, with_bonus, cadre, login):
    opened, client = actions.open_round(site, RoundLevel.SELF, by=cadre), login(cadre)
    page = f"/score-rounds/{opened.pk}/"
    refused = client.post(page, {"version": 0, "bonus": "5.5"})
    assert (refused.status_code, "最多 5 分。" in refused.text) == (422, True)
    saved = client.post(f"{page}autosave/", {"version": 1, "writer": cadre.pk, "bonus": "3"})
    assert saved.json()["fields"] == {"bonus": {"value": "3"}}
    assert "给了附加分，请写明依据。" in client.get(f"{page}check/").text
    client.post(page, {"version": 2, "bonus_reason": "市级先进"})
    opened.refresh_from_db()
    assert (opened.bonus, opened.bonus_reason) == (Decimal(3), "市级先进")
    assert "给了附加分" not in client.get(f"{page}check/").text


def test_the_database_keeps_its_bounds(site, with_bonus, cadre):
    opened = actions.open_round(site, RoundLevel.SELF, by=cadre)
    rows = ScoreRound.objects.filter(pk=opened.pk)
    done = {"submitted_at": opened.opened_at, "submitted_by": cadre}
    for change in [
        {"bonus": Decimal("5.5")},
        {"bonus": Decimal(2), "total": Decimal(90), **done},
        {"bonus": Decimal(2), "bonus_reason": "有", "total": Decimal("102.5"), **done},
        {"total": Decimal("100.5"), **done},
    ]:
        with pytest.raises(IntegrityError, match="score_round"), transaction.atomic():
            rows.update(**change)


def test_the_next_version_has_it_too(with_bonus, city_staff):
    assert actions.copy_rubric(with_bonus, with_bonus.creation_type, by=city_staff).bonus_points == 5
