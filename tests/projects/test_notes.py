"""Pairing, help in kind, reports to government, surveys, inspections: written by a post, listed, put right, removed."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from organizations.models import AuditEvent
from projects.actions import change_note, remove_note
from projects.models import AwarenessSurvey, GovernmentReport, InKindHelp, Inspection, Pairing
from tests.projects.fieldnotes import OF_EACH, new_note, noted

pytestmark = pytest.mark.django_db
PLACES = {
    Pairing: "/support/",
    InKindHelp: "/support/in-kind/",
    GovernmentReport: "/support/government/",
    AwarenessSurvey: "/support/surveys/",
    Inspection: "/inspections/",
}


@pytest.fixture(params=PLACES, ids=lambda model: model._meta.model_name)
def model(request):
    return request.param


@pytest.fixture
def writer(model, cadre, county_reviewer):
    return county_reviewer if model is Inspection else cadre


@pytest.fixture
def note(model, site, writer):
    return noted(model, site, by=writer)


class TestWriting:
    def test_by_a_post_of_a_site(self, note, site, writer):
        assert (note.organization, note.programme, note.role) == (site.organization, site.programme, writer.role)
        event = AuditEvent.objects.about(note).get()
        assert (event.action, event.detail) == (f"新增{note._meta.verbose_name}", {"happened_on": "2026-11-16"})

    def test_a_second_click_is_told(self, note, site, writer):
        with pytest.raises(ValidationError, match="已经记过"):
            noted(type(note), site, by=writer)

    @pytest.mark.parametrize("who", ["neighbour", "other_reviewer", "leader", "auditor"])
    def test_nobody_else(self, note, site, who, request):
        other = request.getfixturevalue(who)
        for act in [
            lambda: noted(type(note), site, by=other, happened_on=date(2026, 11, 17)),
            lambda: change_note(note, by=other, version=0),
            lambda: remove_note(note, by=other),
        ]:
            with pytest.raises(PermissionDenied):
                act()

    def test_stale_and_removed(self, note, writer):
        change_note(note, by=writer, version=0)
        with pytest.raises(ValidationError, match="又有改动"):
            change_note(note, by=writer, version=0)
        remove_note(note, by=writer)
        with pytest.raises(ValidationError, match="已经移除"):
            remove_note(note, by=writer)
        assert type(note).objects.filter(removed_by=writer).count() == 1

    def test_of_the_own_office(self, programme, cadre, county_reviewer, tree):
        made = noted(GovernmentReport, None, by=county_reviewer, programme=programme)
        assert (made.place, made.organization) == ("肥西县", tree.county)
        noted(AwarenessSurvey, None, by=cadre, programme=programme)
        for model in [Pairing, InKindHelp]:
            with pytest.raises(PermissionDenied):
                noted(model, None, by=cadre, programme=programme)

    def test_what_cannot_be(self, site, cadre, city_staff):
        for model, fields, sentence in [
            (AwarenessSurvey, {"aware": 81}, "不能多于询问人数"),
            (Pairing, {"ended_on": date(2026, 11, 1)}, "结束日期不能早于开始日期"),
            (InKindHelp, {"quantity": 0}, "数量应大于 0"),
        ]:
            with pytest.raises(ValidationError, match=sentence):
                noted(model, site, by=cadre, **fields)
        bad = new_note(Inspection, site, on_quality="")
        with pytest.raises(ValidationError, match="三个方面都要写"):
            noted(Inspection, site, by=city_staff, on_quality="")
        bad.programme, bad.organization, bad.recorded_by = site.programme, site.organization, city_staff
        bad.recorded_at = site.approved_at
        with pytest.raises(IntegrityError), transaction.atomic():
            bad.save()


class TestPages:
    def test_list_and_workbook(self, note, model, login, leader, neighbour):
        client = login(leader)
        rows = client.get(PLACES[model]).context["rows"]
        assert [row for row, _ in rows] == [note]
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"{PLACES[model]}excel/").content)).active
        assert book.max_row == 2
        assert login(neighbour).get(PLACES[model]).context["rows"] == []

    def test_written_and_put_right(self, model, writer, site, login):
        client = login(writer)
        body = {"site": site.pk, "happened_on": "2026-11-18"} | OF_EACH[model]
        refused = client.post(f"{PLACES[model]}add/", body | {"happened_on": "2026-11-23"})
        assert (refused.status_code, "日期不能晚于今天" in refused.content.decode()) == (422, True)
        client.post(f"{PLACES[model]}add/", body)
        note = model.objects.get()
        edit = f"{PLACES[model]}{note.pk}/edit/"
        client.post(edit, body | {"happened_on": "2026-11-19", "version": "0", "role": "city_staff"})
        note.refresh_from_db()
        assert (note.happened_on, note.version, note.role) == (date(2026, 11, 19), 1, writer.role)
        assert "又有改动" in client.post(edit, body | {"version": "0"}).content.decode()
        client.post(f"{PLACES[model]}{note.pk}/remove/")
        assert client.get(edit).status_code == 404

    def test_others_read(self, note, model, login, auditor):
        client = login(auditor)
        page = client.get(f"{PLACES[model]}{note.pk}/edit/")
        assert ("记录岗位", note.post) in page.context["cells"]
        assert client.post(f"{PLACES[model]}{note.pk}/edit/", {}).status_code == 403

    def test_a_site_of_the_neighbours_cannot_be_chosen(self, model, site, login, neighbour, other_reviewer):
        user = other_reviewer if model is Inspection else neighbour
        body = {"site": site.pk, "happened_on": "2026-11-18"} | OF_EACH[model]
        page = login(user).post(f"{PLACES[model]}add/", body)
        assert ("site" in page.context["form"].errors, model.objects.exists()) == (True, False)

    def test_in_kind_is_no_money(self, site, cadre, login):
        noted(InKindHelp, site, by=cadre)
        page = login(cadre).get("/support/in-kind/")
        assert page.context["total"] == 5800
        assert "不是现金，不计入任何资金表" in page.content.decode()

    def test_the_number_of_queries(self, note, model, site, writer, login, leader, count_queries):
        client = login(leader)
        pages = [PLACES[model], f"{PLACES[model]}excel/"]
        few = [count_queries(lambda page=page: client.get(page)) for page in pages]
        for number in range(5):
            noted(model, site, by=writer, happened_on=date(2026, 11, 5 + number))
        assert [count_queries(lambda page=page: client.get(page)) for page in pages] == few
