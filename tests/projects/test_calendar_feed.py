"""The calendar of a user: what concerns the post, under an address that only the user knows."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.test import Client

from fedwork import clock
from organizations.models import AuditEvent
from projects.actions import renew_feed, stop_feed
from projects.models import CalendarFeed, ScheduleItem
from projects.schedule.feed import feed_of
from projects.states import StageKind
from tests.projects.conftest import submit
from tests.projects.followup import raised

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def events(user) -> dict[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(feed_of(user, base="https://fed.example"))
    return {str(event["uid"]).removesuffix("@fedwork"): event for event in calendar.walk("VEVENT")}


def summaries(user) -> list[str]:
    return sorted(str(event["summary"]) for event in events(user).values())


@pytest.fixture
def address(cadre):
    return f"/calendar/{renew_feed(by=cadre)}.ics"


def test_a_cadre_has_own_reports_tasks_and_items(site, report, cadre, city_staff, neighbour):
    item = raised(site, by=city_staff)
    task = ScheduleItem.objects.get(stage__site=site, stage__kind=StageKind.BUILD)
    found = events(cadre)
    assert str(found[f"report-{report.pk}"]["summary"]) == f"月报截止：{report}"
    assert found[f"report-{report.pk}"]["dtend"].dt == datetime(2026, 11, 25, 18, tzinfo=SHANGHAI)
    assert found[f"task-{task.pk}"]["dtstart"].dt == date(2026, 11, 30)
    assert found[f"rectify-{item.pk}"]["dtstart"].dt == item.due_on
    assert str(found[f"task-{task.pk}"]["url"]) == f"https://fed.example/schedule/sites/{site.pk}/"
    assert not [uid for uid in found if uid.startswith(("meeting", "visit", "month"))]
    assert events(neighbour) == {}


def test_what_is_done_falls_out(site, report, cadre):
    assert f"report-{report.pk}" in events(cadre)
    submit(report, by=cadre)
    assert f"report-{report.pk}" not in events(cadre)


def test_tasks_go_to_the_post_that_does_them(site, cadre, county_reviewer, city_staff):
    ScheduleItem.objects.filter(stage__kind=StageKind.BUILD).update(owner="county")
    tasks = {
        user.username: [words for words in summaries(user) if words.startswith("任务")]
        for user in (cadre, county_reviewer, city_staff)
    }
    name = site.name
    assert tasks == {
        "cadre": [f"任务到期：验收阶段任务（{name}）"],
        "county": [f"任务到期：建设阶段任务（{name}）"],
        "city": [],
    }


def test_the_city_has_months_meetings_and_visits(site, city_staff, county_reviewer, leader):
    found = summaries(city_staff)
    assert "11月月报截止（应报 1 份）" in found
    assert "第 3 次督查汇报会最迟召开" in found
    assert "12月调研指导截止（应访 1 个项目点）" in found
    assert not [words for words in summaries(county_reviewer) if "调研" in words]
    assert summaries(leader) == [words for words in found if "调研" not in words]


def test_nothing_to_see_is_an_empty_calendar(site, system_admin):
    calendar = icalendar.Calendar.from_ical(feed_of(system_admin, base=""))
    assert calendar.walk("VEVENT") == []
    assert str(calendar["x-wr-calname"]) == "妇女专项经费项目日程"
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]


def test_long_and_odd_words_are_folded_and_escaped(site, cadre, city_staff):
    problem = "甲；乙,丙\\丁\n" + "很长的说明" * 30
    item = raised(site, by=city_staff, problem=problem)
    text = feed_of(cadre, base="https://fed.example")
    assert max(len(line) for line in text.split(b"\r\n")) <= 75
    assert b"\n" not in text.replace(b"\r\n", b"")
    assert str(events(cadre)[f"rectify-{item.pk}"]["description"]) == problem


def test_the_same_thing_keeps_its_name(site, cadre):
    before = set(events(cadre))
    with clock.set_to(clock.now() + timedelta(days=1)):
        assert set(events(cadre)) == before


# The address


def test_it_opens_without_a_sign_in_and_is_private(site, address):
    response = Client().get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert response["Cache-Control"].startswith("private")
    assert response.content.startswith(b"BEGIN:VCALENDAR")
    assert "sessionid" not in response.cookies
    assert Client().post(address).status_code == 405


def test_only_the_hash_is_kept_and_a_new_one_ends_the_old(address, cadre):
    token = address.removeprefix("/calendar/").removesuffix(".ics")
    assert token not in str(CalendarFeed.objects.values().get())
    assert token not in str(list(AuditEvent.objects.values()))
    fresh = renew_feed(by=cadre)
    assert Client().get(address).status_code == 404
    assert Client().get(f"/calendar/{fresh}.ics").status_code == 200
    stop_feed(by=cadre)
    stop_feed(by=cadre)
    assert Client().get(f"/calendar/{fresh}.ics").status_code == 404
    actions = AuditEvent.objects.filter(action__contains="日历").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["启用日历订阅", "启用日历订阅", "停用日历订阅"]


def test_a_disabled_user_and_a_wrong_token_are_answered_alike(address, cadre):
    cadre.is_active = False
    cadre.save()
    answers = [Client().get(path) for path in [address, "/calendar/wrong.ics", "/calendar/错.ics"]]
    assert {answer.status_code for answer in answers} == {404}


def test_the_page_shows_the_address_once(cadre, login):
    client = login(cadre)
    assert "没有启用" in client.get("/calendar/").content.decode()
    page = client.post("/calendar/renew/").content.decode()
    path = page.partition('value="http://testserver')[2].partition('"')[0]
    assert Client().get(path).status_code == 200
    assert 'href="webcal://testserver/calendar/' in page
    assert ".ics" not in client.get("/calendar/").content.decode()
    client.post("/calendar/stop/")
    assert Client().get(path).status_code == 404
