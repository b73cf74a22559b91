"""Records that are written while their report is being submitted, and many clicks on one record."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from projects.actions import add_record, submit_report
from projects.models import Activity, GuidanceVisit, Measure
from tests import factories
from tests.concurrency import PEOPLE, at_once
from tests.projects.conftest import fill_in
from tests.projects.test_report_concurrency import on_the_day

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_sent_is_what_was_noted_by_then(site, report, cadre, programme):
    saved = fill_in(report, by=cadre)
    measure = factories.counted(programme.measures.get(unit="场次"), Measure.Source.SESSIONS, "教育培训")

    def act(number: int):
        if number == 0:
            return submit_report(saved, by=cadre, version=saved.version)
        return add_record(factories.activity(site, date(2026, 11, number)), by=cadre)

    answers = at_once(on_the_day(act))
    assert all(not isinstance(answer, Exception) or isinstance(answer, ValidationError) for answer in answers)
    noted = Activity.objects.count()
    figures = list(saved.figures.filter(measure=measure, records__isnull=False).values_list("value", "records"))
    # Sent first, nothing was noted; otherwise the report was another than the one that had been looked at.
    assert (figures, noted) in [([(0, 0)], 0), ([], PEOPLE - 1)]


def test_many_clicks_make_one_record(site, cadre, city_staff, login):
    kind = site.programme.activity_kinds.first().pk
    activity = {"kind": kind, "title": "家政培训", "happened_on": "2026-11-08", "sessions": "1"}
    guidance = dict.fromkeys(["on_activities", "on_venue", "on_files"], "符合要求")
    visit = {
        "happened_on": "2026-11-08",
        "led_by": "department",
        "visitors": "市妇联发展部",
        "interlocutors": ["village"],
    } | guidance
    for url, user, data, model in [
        (reverse("projects:activity_add", args=[site.pk, 2026, 11]), cadre, activity, Activity),
        (reverse("projects:visit_add", args=[site.pk]), city_staff, visit, GuidanceVisit),
    ]:
        clients = [login(user) for _ in range(PEOPLE)]
        answers = at_once(on_the_day(lambda number: clients[number].post(url, data)))  # noqa: B023, done within the turn
        assert sorted(answer.status_code for answer in answers) == [302] + [422] * (PEOPLE - 1)
        assert model.objects.count() == 1
