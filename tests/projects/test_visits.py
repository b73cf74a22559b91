"""Guidance visits: what is due, done and missing, and the notes that are written on the spot."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from fedwork import clock
from organizations.models import AuditEvent
from projects.actions import add_visit, approve_site, change_visit, remove_visit
from projects.models import GuidanceVisit, MonthClose, VisitLevel
from tests import factories
from tests.projects.conftest import NOON
from tests.projects.test_site_pages import many_sites, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(site, city_staff) -> GuidanceVisit:
    return add_visit(factories.visit(site, date(2026, 11, 10)), by=city_staff)


def given(**fields) -> dict:
    guidance = dict.fromkeys(["on_activities", "on_venue", "on_files"], "符合要求")
    return (
        {
            "happened_on": "2026-11-10",
            "led_by": "department",
            "visitors": "市妇联发展部",
            "interlocutors": ["village", "women"],
            "topics": ["home"],
        }
        | guidance
        | fields
    )


def close(programme, month: date, by) -> None:
    MonthClose.objects.create(programme=programme, month=month, closed_at=NOON, closed_by=by)


class TestWriting:
    def test_in_the_name_of_who_went_there(self, site, city_staff, county_reviewer):
        city = add_visit(factories.visit(site, date(2026, 11, 10)), by=city_staff)
        county = add_visit(factories.visit(site, date(2026, 11, 10)), by=county_reviewer)
        assert (city.level, county.level) == (VisitLevel.CITY, VisitLevel.COUNTY)
        event = AuditEvent.objects.about(city).get()
        assert (event.action, event.detail) == ("新增调研指导", {"happened_on": "2026-11-10"})

    @pytest.mark.parametrize("who", ["cadre", "other_reviewer", "leader", "auditor"])
    def test_nobody_else(self, site, visit, who, request):
        other = request.getfixturevalue(who)
        for act in [
            lambda: add_visit(factories.visit(site, date(2026, 11, 9)), by=other),
            lambda: change_visit(visit, by=other, version=0),
            lambda: remove_visit(visit, by=other),
        ]:
            with pytest.raises(PermissionDenied):
                act()

    def test_the_county_leaves_the_citys_note_alone(self, visit, county_reviewer):
        with pytest.raises(PermissionDenied):
            change_visit(visit, by=county_reviewer, version=0)

    def test_another_of_the_same_post_may_put_it_right(self, visit, tree):
        colleague = factories.user("colleague", role="city_staff", organization=tree.city)
        visit.follow_up = "下月复查"
        change_visit(visit, by=colleague, version=0)
        visit.refresh_from_db()
        assert (visit.follow_up, visit.version) == ("下月复查", 1)
        with pytest.raises(ValidationError, match="又有改动"):
            change_visit(visit, by=colleague, version=0)

    def test_removed_the_month_is_due_again(self, visit, city_staff, login):
        remove_visit(visit, by=city_staff)
        assert not GuidanceVisit.objects.current().exists()
        with pytest.raises(ValidationError, match="移除"):
            remove_visit(visit, by=city_staff)
        assert totals(login(city_staff).get("/visits/"))["已访"] == 0

    def test_all_three_headings_say_something(self, site, city_staff):
        made = factories.visit(site, date(2026, 11, 10), on_venue="")
        with pytest.raises(ValidationError, match="三个方面的指导意见都要写"):
            add_visit(made, by=city_staff)
        with pytest.raises(IntegrityError), transaction.atomic():
            made.save()

    def test_days_that_cannot_be(self, site, visit, city_staff):
        for day, sentence in [
            (date(2026, 11, 10), "这一天已经记过"),
            (date(2026, 11, 23), "不能晚于今天"),
            (date(2026, 5, 31), "2026年5月不在批次的月份之内"),
        ]:
            with pytest.raises(ValidationError, match=sentence):
                add_visit(factories.visit(site, day), by=city_staff)
        visit.happened_on = date(2026, 10, 9)
        with pytest.raises(ValidationError, match="日期要在2026年11月以内"):
            change_visit(visit, by=city_staff, version=0)

    def test_written_down_late_it_may_be_put_right_for_a_week(self, site, city_staff, programme):
        close(programme, date(2026, 10, 1), city_staff)
        late = add_visit(factories.visit(site, date(2026, 10, 9)), by=city_staff)
        change_visit(late, by=city_staff, version=0)
        with (
            clock.set_to(NOON + timedelta(days=8)),
            pytest.raises(ValidationError, match="2026年10月已于 2026-11-22 12:00 月结"),
        ):
            change_visit(late, by=city_staff, version=1)


def totals(response) -> dict[str, int]:
    return {label: total for label, total, _ in response.context["matrix"].totals}


class TestMatrix:
    def test_due_done_and_missing(self, login, leader, site, visit, city_staff, county_reviewer):
        add_visit(factories.visit(site, date(2026, 7, 9)), by=city_staff)
        add_visit(factories.visit(site, date(2026, 7, 10)), by=city_staff)
        add_visit(factories.visit(site, date(2026, 8, 3)), by=county_reviewer)
        response = login(leader).get("/visits/")
        [(_, cells)] = response.context["matrix"].rows
        assert [cell.word for cell in cells] == ["缺", "已访 2 次", "缺，县 1 次", "缺", "缺", "已访", "未到"]
        assert totals(response) == {"应访": 7, "已访": 2, "缺": 4, "县级到点": 1}

    def test_the_current_month_is_awaited(self, login, city_staff, leader, site):
        add = f"{reverse('projects:visit_add', args=[site.pk])}?month=2026-11"
        page = login(city_staff).get("/visits/").content.decode()
        assert "待访" in page
        assert f'href="{add}"' in page
        assert add not in login(leader).get("/visits/").content.decode()

    def test_only_what_lies_in_scope(self, login, county_reviewer, city_staff, programme, site, tree):
        approve_site(factories.site(programme, tree.far_village), by=city_staff)
        assert totals(login(city_staff).get("/visits/"))["应访"] == 14
        assert totals(login(county_reviewer).get("/visits/"))["应访"] == 7

    def test_a_programme_without_the_rule(self, login, leader, programme, site):
        programme.has_monthly_visits = False
        programme.save()
        assert "这个批次没有要求每月到点" in text(login(leader).get("/visits/"))

    def test_as_excel(self, login, leader, site, visit):
        response = login(leader).get("/visits/excel/")
        sheet = openpyxl.load_workbook(io.BytesIO(response.getvalue())).active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert rows[-1] == ["肥西县", site.name, "缺", "缺", "缺", "缺", "缺", "已访", "未到"]

    def test_the_same_queries_for_one_site_and_for_thirty(
        self, login, leader, programme, site, visit, tree, city_staff, count_queries
    ):
        client = login(leader)
        one = count_queries(lambda: client.get("/visits/"))
        many_sites(programme, tree.township, 29, by=city_staff)
        for each in programme.sites.exclude(pk=site.pk):
            add_visit(factories.visit(each, date(2026, 11, 10)), by=city_staff)
        assert count_queries(lambda: client.get("/visits/")) == one


class TestPages:
    def test_a_note_is_written(self, login, city_staff, site):
        response = login(city_staff).post(reverse("projects:visit_add", args=[site.pk]), given())
        visit = GuidanceVisit.objects.get()
        assert response.url == visit.get_absolute_url()
        page = text(login(city_staff).get(response.url))
        for words in ["市妇联到", "村“两委”、妇女群众", "妇女之家", "符合要求"]:
            assert words in page

    def test_what_is_missing_is_told_at_once(self, login, city_staff, site):
        data = given(on_activities="", on_files=" ", interlocutors=[])
        response = login(city_staff).post(reverse("projects:visit_add", args=[site.pk]), data)
        assert response.status_code == 422
        for words in ["请填写活动。", "请填写资料。", "请选择和谁座谈。"]:
            assert words in text(response)
        assert not GuidanceVisit.objects.exists()

    def test_put_right(self, login, city_staff, county_reviewer, visit):
        url = reverse("projects:visit_edit", args=[visit.pk])
        assert login(city_staff).post(url, given(version="0", follow_up="下月复查")).status_code == 302
        visit.refresh_from_db()
        assert visit.follow_up == "下月复查"
        assert "又有改动" in text(login(city_staff).post(url, given(version="0")))
        assert login(county_reviewer).get(url).status_code == 403

    def test_read_by_everybody_in_scope(self, login, cadre, leader, neighbour, visit):
        for user in [cadre, leader]:
            page = text(login(user).get(visit.get_absolute_url()))
            assert "符合要求" in page
            assert "移除这次调研指导" not in page
        assert login(neighbour).get(visit.get_absolute_url()).status_code == 404

    def test_photos_and_removal(self, login, city_staff, cadre, county_reviewer, visit):
        client = login(city_staff)
        url = reverse("projects:visit_attach", args=[visit.pk])
        client.post(url, {"files": factories.upload()})
        photo = visit.attachments.get()
        assert (photo.report, photo.site) == (None, visit.site)
        assert login(cadre).get(photo.get_absolute_url()).getvalue()
        assert login(county_reviewer).post(url).status_code == 403
        assert login(cadre).post(reverse("projects:attachment_remove", args=[photo.pk])).status_code == 403
        client.post(reverse("projects:attachment_remove", args=[photo.pk]))
        assert not visit.attachments.current().exists()
        response = client.post(reverse("projects:visit_remove", args=[visit.pk]))
        assert response.url == reverse("projects:record_month", args=[visit.site_id, 2026, 11])
        assert client.get(visit.get_absolute_url()).status_code == 404
