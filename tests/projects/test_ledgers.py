"""Ledgers of activities and publicity, how far visits reached, and what a visit or inspection hands on."""

import io
from datetime import date

import openpyxl
import pytest
from django.core.exceptions import ValidationError

from projects.actions import add_record, add_visit, approve_site, raise_rectification, remove_note, remove_visit
from projects.models import Festival, Inspection, Rectification, RectificationSource
from tests import factories
from tests.projects.fieldnotes import noted
from tests.projects.followup import new_item

pytestmark = pytest.mark.django_db


@pytest.fixture
def far_site(programme, tree, city_staff):
    return approve_site(factories.site(programme, tree.far_village), by=city_staff)


def sheet(response) -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(response.content)).active.values)


class TestRecords:
    @pytest.fixture
    def records(self, site, cadre):
        day = date(2026, 11, 3)
        add_record(factories.activity(site, day, title="展演", kind="文化娱乐活动", festival=Festival.JULY_1), by=cadre)
        add_record(factories.activity(site, date(2026, 11, 9), title="编织班"), by=cadre)
        channels = list(site.programme.channels.all())
        for number, channel in [(1, channels[0]), (2, channels[0]), (3, channels[2])]:
            add_record(factories.publicity(site, day, title=f"报道{number}", channel=channel), by=cadre)

    def test_activities_by_kind_festival_and_day(self, records, site, login, leader):
        client = login(leader)
        kind = site.programme.activity_kinds.get(name="教育培训")
        for query, titles in [
            ("", ["编织班", "展演"]),
            (f"kind={kind.pk}", ["编织班"]),
            ("festival=july_1", ["展演"]),
            ("until=2026-11-05", ["展演"]),
            ("festival=nothing", ["编织班", "展演"]),
        ]:
            rows = client.get(f"/records/activities/?{query}").context["page_obj"]
            assert [row.title for row in rows] == titles, query
            assert [row[4] for row in sheet(client.get(f"/records/activities/excel/?{query}"))[1:]] == titles

    def test_publicity_by_channel_and_site(self, records, site, login, leader, neighbour):
        client = login(leader)
        table = client.get("/records/publicity/").context["table"]
        assert table == [(site.name, [2, 0, 1, 0, 0, 0, 0], 3), ("合计", [2, 0, 1, 0, 0, 0, 0], 3)]
        counts = sheet(client.get("/records/publicity/excel/?count=1"))
        assert counts[0][:2] + counts[-1][:2] == ("项目点", "日报", "合计", 2)
        assert len(sheet(client.get("/records/publicity/excel/"))) == 4
        assert login(neighbour).get("/records/publicity/").context["table"] == []

    def test_the_number_of_queries(self, records, site, cadre, login, leader, count_queries):
        client = login(leader)
        pages = ["/records/activities/", "/records/publicity/", "/visits/coverage/", "/meetings/excel/"]
        few = [count_queries(lambda page=page: client.get(page)) for page in pages]
        for number in range(6):
            add_record(factories.activity(site, date(2026, 11, 10), title=f"活动{number}"), by=cadre)
            add_record(factories.publicity(site, date(2026, 11, 10), title=f"新报道{number}"), by=cadre)
        assert [count_queries(lambda page=page: client.get(page)) for page in pages] == few


class TestReach:
    def test_a_place_counts_once(self, site, far_site, city_staff, county_reviewer, login, leader):
        for place, day, led_by in [(site, 3, "chair"), (site, 9, "vice_chair"), (far_site, 9, "chair")]:
            add_visit(factories.visit(place, date(2026, 11, day), led_by=led_by), by=city_staff)
        add_visit(factories.visit(site, date(2026, 11, 4)), by=county_reviewer)
        client = login(leader)
        page = client.get("/visits/coverage/")
        assert [(row.label, row.numbers) for row, _ in page.context["rows"]] == [
            ("市妇联主席", [2, 2, 2, 2]),
            ("市妇联副主席", [1, 1, 1, 1]),
            ("市妇联合计", [2, 2, 2, 3]),
            ("县妇联部室", [1, 1, 1, 1]),
            ("县妇联合计", [1, 1, 1, 1]),
        ]
        for row, address in page.context["rows"]:
            assert client.get(address).context["page_obj"].paginator.count == row.numbers[-1], row.label
        assert sheet(client.get("/visits/coverage/excel/?since=2026-11-09"))[1:3] == [
            ("市妇联主席", 1, 1, 1, 1),
            ("市妇联副主席", 1, 1, 1, 1),
        ]


class TestHandedOn:
    def test_what_a_visit_left_to_be_done(self, site, city_staff, login, cadre):
        visit = add_visit(factories.visit(site, date(2026, 11, 10), follow_up="补签到表"), by=city_staff)
        client = login(city_staff)
        address = f"/rectifications/add/?site={site.pk}&visit={visit.pk}"
        assert address.replace("&", "&amp;") in client.get(visit.get_absolute_url()).content.decode()
        form = client.get(address).context["form"]
        assert (form.initial["problem"], form.initial["source_note"]) == ("补签到表", "11月调研指导")
        body = form.initial | {"category": "materials", "measure": "补齐", "post": form["post"].value(), "workdays": 10}
        page = client.post(address, body, follow=True)
        item = Rectification.objects.get()
        assert (item.visit, item.source, page.context["visit"]) == (visit, RectificationSource.VISIT, visit)
        assert [each for each, _ in page.context["items"]] == [item]
        assert visit.get_absolute_url() in login(cadre).get(item.get_absolute_url()).content.decode()
        with pytest.raises(ValidationError, match="已经交办了整改事项，不能移除"):
            remove_visit(visit, by=city_staff)

    def test_a_finding_of_an_inspection(self, site, county_reviewer, login):
        inspection = noted(Inspection, site, by=county_reviewer)
        client = login(county_reviewer)
        address = f"/rectifications/add/?site={site.pk}&inspection={inspection.pk}&heading=on_progress"
        form = client.get(address).context["form"]
        assert (form.initial["problem"], form.initial["category"]) == ("比计划晚十天", "progress")
        body = form.initial | {"measure": "倒排工期", "post": form["post"].value(), "workdays": 10}
        page = client.post(address, body, follow=True)
        assert [item.inspection for item, _ in page.context["items"]] == [inspection]
        with pytest.raises(ValidationError, match="已经交办了整改事项，不能移除"):
            remove_note(inspection, by=county_reviewer)

    def test_of_another_site_it_is_not(self, site, far_site, city_staff, login):
        inspection = noted(Inspection, far_site, by=city_staff)
        page = login(city_staff).get(f"/rectifications/add/?site={site.pk}&inspection={inspection.pk}")
        assert page.status_code == 404
        with pytest.raises(ValidationError, match="不是这个项目点的"):
            raise_rectification(new_item(site, inspection=inspection), by=city_staff)
        with pytest.raises(ValidationError, match="来源要和"):
            raise_rectification(new_item(far_site, inspection=inspection, source="fund"), by=city_staff)


class TestMeetings:
    def test_sign_in_and_register(self, programme, site, city_staff, login):
        client = login(city_staff)
        body = {
            "kind": "launch",
            "held_on": "2026-11-20",
            "place": "会议厅",
            "chaired_by": "分管领导",
            "pack_at": "2026-11-20T09:00",
            "version": "0",
        }
        page = client.get(f"/meetings/add/?programme={programme.pk}")
        body["attendees"] = [page.context["form"].initial["attendees"][0]]
        meeting = client.post(f"/meetings/add/?programme={programme.pk}", body, follow=True).context["meeting"]
        signing = sheet(client.get(f"/meetings/{meeting.pk}/sign-in/"))
        assert (signing[0][0], signing[3][1:3]) == ("动员会签到表", ("肥西县", "县级审核员"))
        register = sheet(client.get("/meetings/excel/"))
        assert (register[1][1], register[1][5]) == ("动员会", 1)
