"""The pages on which a cadre writes down what happened, and the report that is filled in from them."""

import io
from datetime import date

import openpyxl
import pytest
from django.urls import reverse

from organizations.models import AuditEvent
from projects.actions import add_record, add_visit, return_report
from projects.models import Activity, Attachment, Measure, Publicity
from projects.sheet import report_sheet
from tests import factories
from tests.projects.test_records import submit
from tests.projects.test_site_pages import many_sites, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def sessions(programme) -> Measure:
    return factories.counted(programme.measures.get(unit="场次"), Measure.Source.SESSIONS, "教育培训")


@pytest.fixture
def activity(site, cadre) -> Activity:
    return add_record(factories.activity(site, date(2026, 11, 8), title="家政培训"), by=cadre)


def month_url(site, month: int = 11) -> str:
    return reverse("projects:record_month", args=[site.pk, 2026, month])


def add_url(site, model: str = "activity", month: int = 11) -> str:
    return reverse(f"projects:{model}_add", args=[site.pk, 2026, month])


def given(site, **fields) -> dict:
    kind = site.programme.activity_kinds.get(name="教育培训")
    return {"kind": kind.pk, "title": "家政培训", "happened_on": "2026-11-08", "sessions": "2"} | fields


class TestMonth:
    def test_a_month_of_the_site(self, login, cadre, leader, site, activity, city_staff):
        add_record(factories.publicity(site, date(2026, 11, 9), title="姐妹学技能"), by=cadre)
        add_visit(factories.visit(site, date(2026, 11, 10)), by=city_staff)
        page = text(login(cadre).get(month_url(site)))
        for words in ["家政培训", "1 次", "姐妹学技能", "市妇联到点", "记活动", "记报道"]:
            assert words in page
        seen = text(login(leader).get(month_url(site)))
        assert "家政培训" in seen
        assert "记活动" not in seen

    def test_locked_it_says_why(self, login, cadre, site, activity, report):
        submit(report, by=cadre)
        page = text(login(cadre).get(month_url(site)))
        for words in ["本月的活动和宣传报道已锁定。", "这份月报已于 2026-11-22 12:00 提交"]:
            assert words in page
        assert "记活动" not in page

    def test_nobody_else_sees_it(self, login, neighbour, other_reviewer, site, activity):
        for user in [neighbour, other_reviewer]:
            for url in [month_url(site), activity.get_absolute_url(), add_url(site)]:
                assert login(user).get(url).status_code == 404

    @pytest.mark.parametrize(("year", "month"), [(2026, 13), (2026, 1), (1999, 6), (2027, 1)])
    def test_months_that_are_none(self, login, cadre, site, year, month):
        client = login(cadre)
        for name in ["record_month", "activity_add"]:
            assert client.get(reverse(f"projects:{name}", args=[site.pk, year, month])).status_code == 404

    def test_the_site_leads_to_its_newest_month(self, login, leader, site):
        assert login(leader).get(reverse("projects:record_site", args=[site.pk])).url == month_url(site)

    def test_the_list_counts_the_month(self, login, leader, cadre, site, activity):
        add_record(factories.activity(site, date(2026, 11, 9), sessions=2, person_times=30), by=cadre)
        rows = login(leader).get("/records/").context["rows"]
        assert [(row.activities, row.sessions, row.person_times, row.publicity) for row in rows] == [(2, 3, 30, 0)]
        assert login(leader).get("/records/?month=2026-10").context["rows"][0].activities == 0

    def test_the_same_queries_for_one_site_and_for_thirty(
        self, login, leader, city_staff, tree, programme, site, count_queries
    ):
        client = login(leader)
        one = count_queries(lambda: client.get("/records/"))
        many_sites(programme, tree.township, 29, by=city_staff)
        assert count_queries(lambda: client.get("/records/")) == one

    def test_the_same_queries_for_one_record_and_for_thirty(self, login, cadre, site, activity, count_queries):
        client = login(cadre)
        one = count_queries(lambda: client.get(month_url(site)))
        for number in range(1, 22):
            add_record(factories.activity(site, date(2026, 11, number)), by=cadre)
        assert count_queries(lambda: client.get(month_url(site))) == one


class TestWriting:
    def test_an_activity_is_added(self, login, cadre, site):
        response = login(cadre).post(add_url(site), given(site, person_times="１，２００", persons="1000"))
        assert response.url == month_url(site)
        made = Activity.objects.get()
        assert (made.sessions, made.person_times, made.persons, made.cases) == (2, 1200, 1000, 0)

    def test_with_photos_it_leads_to_its_own_page(self, login, cadre, site):
        response = login(cadre).post(add_url(site), given(site, photos="1"))
        made = Activity.objects.get()
        assert response.url == f"{made.get_absolute_url()}#attachments"

    def test_publicity_is_added(self, login, cadre, site):
        channel = site.programme.channels.first()
        data = {"channel": channel.pk, "title": "姐妹学技能", "happened_on": "2026-11-08", "link": "example.org/a"}
        assert login(cadre).post(add_url(site, "publicity"), data).status_code == 302
        assert Publicity.objects.get().link == "https://example.org/a"

    def test_what_the_report_counts_is_asked_for(self, login, cadre, site, programme):
        factories.counted(programme.measures.get(unit="人次"), Measure.Source.PERSON_TIMES, "教育培训")
        response = login(cadre).post(add_url(site), given(site))
        assert response.status_code == 422
        assert "月报的“教育培训（人次）”按这一项计数，请填写，没有就填 0。" in text(response)
        assert login(cadre).post(add_url(site), given(site, person_times="0")).status_code == 302

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"title": ""}, "请填写活动名称。"),
            ({"sessions": "两场"}, "“两场”不是数字"),
            ({"sessions": ""}, "场次、人次、人数、件数至少填一项。"),
            ({"happened_on": "2026-11-31"}, "请按 2026-11-20 的样子填写日期。"),
            ({"happened_on": "2026-11-23"}, "日期不能晚于今天。"),
            ({"kind": "0"}, "没有这一项，请重新选择。"),
        ],
    )
    def test_what_is_refused_stays_typed(self, login, cadre, site, fields, sentence):
        response = login(cadre).post(add_url(site), given(site, place="村妇女之家") | fields)
        assert response.status_code == 422
        assert sentence in text(response)
        assert "村妇女之家" in response.content.decode()
        assert not Activity.objects.exists()

    def test_a_second_click_writes_nothing_twice(self, login, cadre, site):
        client = login(cadre)
        client.post(add_url(site), given(site))
        response = client.post(add_url(site), given(site))
        assert (response.status_code, Activity.objects.count()) == (422, 1)
        assert "这一天已经记过同名的活动" in text(response)

    def test_put_right_on_its_page(self, login, cadre, activity):
        response = login(cadre).post(activity.get_absolute_url(), given(activity.site, version="0", sessions="4"))
        assert response.status_code == 302
        activity.refresh_from_db()
        assert (activity.sessions, activity.version) == (4, 1)
        stale = login(cadre).post(activity.get_absolute_url(), given(activity.site, version="0"))
        assert "您打开之后，这条记录又有改动" in text(stale)

    def test_removed(self, login, cadre, activity):
        response = login(cadre).post(reverse("projects:activity_remove", args=[activity.pk]))
        assert response.url == month_url(activity.site)
        assert login(cadre).get(activity.get_absolute_url()).status_code == 404
        assert AuditEvent.objects.about(activity).filter(action="移除活动记录").count() == 1

    def test_readers_read_and_change_nothing(self, login, leader, county_reviewer, activity):
        for user in [leader, county_reviewer]:
            client = login(user)
            page = client.get(activity.get_absolute_url())
            assert (page.status_code, "保存" in text(page)) == (200, False)
            assert client.post(activity.get_absolute_url(), given(activity.site)).status_code == 403
            assert client.post(reverse("projects:activity_remove", args=[activity.pk])).status_code == 403

    def test_locked_after_the_submission(self, login, cadre, activity, report):
        submit(report, by=cadre)
        client = login(cadre)
        assert "这条记录已锁定。" in text(client.get(activity.get_absolute_url()))
        client.post(activity.get_absolute_url(), given(activity.site, version="0", sessions="9"))
        refused = client.post(reverse("projects:activity_remove", args=[activity.pk]), follow=True)
        assert "提交，不能再改" in text(refused)
        activity.refresh_from_db()
        assert (activity.sessions, activity.removed_at) == (1, None)
        assert "不能再改" in text(client.get(add_url(activity.site), follow=True))

    def test_photos(self, login, cadre, leader, neighbour, activity):
        url = reverse("projects:activity_attach", args=[activity.pk])
        login(cadre).post(url, {"files": factories.upload()})
        added = Attachment.objects.get()
        assert added.record == activity
        assert "培训现场.jpg" in text(login(leader).get(activity.get_absolute_url()))
        assert login(leader).get(added.get_absolute_url()).getvalue()
        assert login(leader).post(url).status_code == 403
        assert login(neighbour).post(url).status_code == 404
        back = login(cadre).post(reverse("projects:attachment_remove", args=[added.pk]))
        assert back.url == f"{activity.get_absolute_url()}#attachments"


class TestReport:
    def test_the_page_shows_where_a_figure_comes_from(self, login, cadre, report, activity, sessions):
        page = login(cadre).get(reverse("projects:report_edit", args=[report.pk])).content.decode()
        assert f'href="{month_url(report.site)}">来自 1 条工作记录</a>' in page
        assert f'name="figure_{sessions.pk}"' not in page

    def test_the_grid_shows_it_too(self, login, cadre, report, activity, sessions):
        page = login(cadre).get("/reports/months/2026/11/").content.decode()
        assert "来自 1 条工作记录" in page
        assert f'name="r{report.pk}-figure_{sessions.pk}"' not in page

    def test_a_post_changes_nothing_of_it(self, login, cadre, report, activity, sessions):
        key = f"figure_{sessions.pk}"
        data = {"version": 1, "writer": cadre.pk, key: "99", f"initial-{key}": ""}
        login(cadre).post(reverse("projects:report_autosave", args=[report.pk]), data)
        report.refresh_from_db()
        assert report_sheet(report).stored()[key] == 1
        assert not report.figures.exists()

    def test_the_workbook_shows_it_closed_and_takes_nothing_back(self, login, cadre, report, activity, sessions):
        client = login(cadre)
        book = openpyxl.load_workbook(
            io.BytesIO(client.get("/reports/months/2026/11/workbook/").getvalue()), data_only=True
        )
        sheet = book.active
        column = next(cell.column for cell in sheet[3] if cell.value == "教育培训（场次）") + 1
        cell = next(sheet.cell(row, column) for row in range(5, 9) if sheet.cell(row, 1).value)
        assert (cell.value, cell.protection.locked) == (1, True)
        cell.value = 99
        out = io.BytesIO()
        book.save(out)
        upload = factories.upload(out.getvalue(), "月报.xlsx")
        shown = client.post("/reports/months/2026/11/upload/", {"file": upload})
        assert "文件里没有新的改动" in text(shown)
        assert report_sheet(report).stored()[f"figure_{sessions.pk}"] == 1

    def test_the_reviewer_finds_the_records(self, login, cadre, county_reviewer, report, activity, sessions):
        submit(report, by=cadre)
        page = login(county_reviewer).get(reverse("admin:projects_monthlyreport_change", args=[report.pk]))
        assert f'href="{month_url(report.site)}">来自 1 条工作记录</a>' in page.content.decode()

    def test_a_remark_on_it_is_shown(self, login, cadre, county_reviewer, report, activity, sessions):
        sent = submit(report, by=cadre)
        remarks = {f"figure_{sessions.pk}": "签到表有两场"}
        return_report(sent, by=county_reviewer, version=sent.version, reason="", remarks=remarks)
        assert "签到表有两场" in text(login(cadre).get(reverse("projects:report_edit", args=[report.pk])))

    def test_the_same_queries_for_one_site_and_for_thirty(
        self, login, cadre, city_staff, tree, programme, site, sessions, count_queries
    ):
        client = login(cadre)
        factories.counted(programme.measures.get(unit="人次"), Measure.Source.PIECES)
        one = count_queries(lambda: client.get("/reports/months/2026/11/"))
        many_sites(programme, tree.township, 29, by=city_staff)
        for each in programme.sites.all():
            add_record(factories.activity(each, date(2026, 11, 8)), by=cadre)
        response = client.get("/reports/months/2026/11/")
        assert response.content.decode().count("来自 1 条工作记录") == 30
        assert count_queries(lambda: client.get("/reports/months/2026/11/")) == one
