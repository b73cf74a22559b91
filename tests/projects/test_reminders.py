"""Reminders: the ladder, catching up, never twice, and what the posts see of them."""

from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fedwork import clock
from organizations.models import Level, Role
from projects.actions import close_month, return_report, send_due_reminders
from projects.models import MonthlyReport, Reminder, ReminderRule
from projects.posts import holders
from projects.states import ReportStatus
from tests import factories
from tests.concurrency import at_once
from tests.projects.conftest import NOON, submit

pytestmark = pytest.mark.django_db
URL = "/reminders/"
R = ReminderRule


def at(day: int, hour: int = 9, *, month: int = 11):
    """A moment of autumn 2026; November's report is due on the 25th."""
    return clock.set_to(timezone.make_aware(datetime(2026, month, day, hour)))


def run() -> str:
    out = StringIO()
    call_command("send_reminders", stdout=out)
    return out.getvalue()


def sent_for(report) -> list[tuple[str, str, str]]:
    reminders = report.reminders.order_by("sent_at", "pk").select_related("place")
    return [(each.rule, each.role, each.place.name) for each in reminders]


@pytest.fixture
def report(site, cadre):
    """November's, the only one that isn't accepted."""
    others = site.reports.exclude(month=date(2026, 11, 1))
    others.update(status=ReportStatus.ACCEPTED, accepted_at=NOON, submitted_at=NOON, round=1)
    return site.reports.get(month=date(2026, 11, 1))


def test_an_unsent_report_climbs_the_ladder(report):
    days = [(21, 11), (22, 11), (24, 11), (25, 11), (26, 11), (27, 11), (28, 11), (30, 11), (2, 12), (9, 12)]
    for day, month in days:
        with at(day, month=month):
            run()
    assert [(each.for_day.day, each.rule) for each in report.reminders.order_by("pk")] == [
        (22, R.BEFORE_DUE),
        (25, R.DUE_DAY),
        (26, R.OVERDUE),
        (28, R.OVERDUE_COUNTY),
        (2, R.OVERDUE_CITY),
    ]
    assert sent_for(report) == [
        (R.BEFORE_DUE, Role.CADRE, "山南镇"),
        (R.DUE_DAY, Role.CADRE, "山南镇"),
        (R.OVERDUE, Role.CADRE, "山南镇"),
        (R.OVERDUE_COUNTY, Role.COUNTY_REVIEWER, "肥西县"),
        (R.OVERDUE_CITY, Role.CITY_STAFF, "合肥市"),
    ]


def test_the_villages_own_cadre_is_reminded_first_and_the_township_told_when_it_is_late(report, tree):
    factories.user("village", role=Role.CADRE, organization=tree.village)
    with at(22):
        run()
    with at(26):
        run()
    assert sent_for(report) == [
        (R.BEFORE_DUE, Role.CADRE, "小井庄村"),
        (R.OVERDUE, Role.CADRE, "小井庄村"),
        (R.OVERDUE_TOWNSHIP, Role.CADRE, "山南镇"),
    ]


def test_a_village_whose_cadre_left_is_reminded_at_the_township(report, tree):
    factories.user("village", role=Role.CADRE, organization=tree.village, is_active=False)
    with at(22):
        run()
    assert sent_for(report) == [(R.BEFORE_DUE, Role.CADRE, "山南镇")]


def test_after_an_outage_each_post_gets_the_latest_step_only(report):
    with at(9, month=12):
        words = run()
    assert {rule for rule, *_ in sent_for(report)} == {R.OVERDUE, R.OVERDUE_COUNTY, R.OVERDUE_CITY}
    assert words.startswith(
        "2026-12-09：发出提醒 3 条（逾期 1 天 1 条；逾期 3 天，告知县级 1 条；逾期 7 天，告知市级 1 条）。"
        "其中 3 条前几天就该发，今天补发。"
    )


def test_what_is_said_stays_true(report):
    for day, month in [(22, 11), (25, 11), (9, 12)]:
        with at(day, month=month):
            run()
    assert [(each.words, each.mark.word) for each in report.reminders.order_by("pk")[:3]] == [
        ("11月25日截止，请及时报送", "快到期"),
        ("11月25日截止，当天还没有报送", "快到期"),
        ("应于11月25日报送，提醒时已逾期 14 天", "逾期"),
    ]


def test_a_second_run_sends_nothing(report):
    with at(22):
        assert run().startswith("2026-11-22：发出提醒 1 条（截止前 3 天 1 条）。\n")
        assert run().startswith("2026-11-22：没有新的提醒要发。\n")
    assert report.reminders.count() == 1


def test_the_command_says_that_it_sends_no_mail(report):
    assert run().endswith("没有设置 EMAIL_URL，不发邮件。\n")


def test_nobody_is_reminded_of_what_is_handed_in_returned_or_not_begun(report, cadre, county_reviewer):
    sent = submit(report, by=cadre)
    with at(9, month=12):
        assert send_due_reminders() == []
        return_report(sent, by=county_reviewer, version=sent.version, reason="请补签到表")
        assert send_due_reminders() == []


def test_nobody_is_reminded_of_a_month_that_is_closed(report, city_staff):
    with at(2, month=12):
        close_month(report.site.programme, month=report.month, by=city_staff)
        assert send_due_reminders() == []


def test_a_new_due_date_has_reminders_of_its_own(report):
    with at(26):
        run()
        MonthlyReport.objects.filter(pk=report.pk).update(due_at=timezone.make_aware(datetime(2026, 11, 28, 23, 59)))
        run()
    assert [(each.rule, each.for_day.day) for each in report.reminders.order_by("pk")] == [
        (R.OVERDUE, 26),
        (R.BEFORE_DUE, 25),
    ]


def test_the_database_refuses_the_same_reminder_twice(report, tree):
    said = {"report": report, "rule": R.DUE_DAY, "for_day": date(2026, 11, 25), "role": Role.CADRE}
    said |= {"place": tree.township, "sent_at": NOON}
    Reminder.objects.create(**said)
    with pytest.raises(IntegrityError, match="reminder_once"), transaction.atomic():
        Reminder.objects.create(**said)


def test_the_database_wants_to_know_who_urged(report, tree):
    said = {"report": report, "rule": R.URGED, "for_day": NOON.date(), "role": Role.CADRE, "sent_at": NOON}
    with pytest.raises(IntegrityError, match="reminder_urged_by"), transaction.atomic():
        Reminder.objects.create(**said, place=tree.township)


def copies(report, number: int) -> None:
    """`number` further unsent reports of the same site, in months to which nothing else refers."""
    MonthlyReport.objects.bulk_create(
        MonthlyReport(site=report.site, month=date(1000 + place // 12, place % 12 + 1, 1), due_at=report.due_at)
        for place in range(number)
    )


def test_ten_thousand_reports_take_a_bounded_number_of_queries(report):
    with at(25), CaptureQueriesContext(connection) as one:
        send_due_reminders()
    copies(report, 9999)
    with at(25), CaptureQueriesContext(connection) as many:
        assert len(send_due_reminders()) == 9999
    assert len(many) - len(one) <= 1  # 10,000 rows go in by two inserts


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_once(report):
    copies(report, 40)

    def act(number: int) -> int:
        with at(25):
            return len(send_due_reminders())

    assert sorted(at_once(act, people=4)) == [0, 0, 0, 41]
    assert Reminder.objects.count() == 41


@pytest.fixture
def reminded(report):
    with at(22):
        run()
    return report


def test_the_list_shows_the_posts_reminders_and_leads_to_the_report(reminded, cadre, login):
    page = login(cadre).get(URL).content.decode()
    assert f'href="/reports/{reminded.pk}/edit/"' in page
    assert "11月25日截止，请及时报送" in page


def test_the_badge_counts_what_is_new_to_me(reminded, cadre, tree, login):
    colleague = factories.user("colleague", role=Role.CADRE, organization=tree.township)
    client = login(cadre)
    badge = '<span>提醒</span>\n              <span class="count">1</span>'
    assert badge in client.get("/").content.decode()
    assert '<span class="tag wait">新</span>' in client.get(URL).content.decode()
    assert badge not in client.get("/").content.decode()
    assert '<span class="tag wait">新</span>' not in client.get(URL).content.decode()
    assert badge in login(colleague).get("/").content.decode()


def test_the_successor_in_the_post_finds_the_reminder(reminded, cadre, tree, login):
    cadre.is_active = False
    cadre.save()
    successor = factories.user("successor", role=Role.CADRE, organization=tree.township)
    assert reminded.site.name in login(successor).get(URL).content.decode()


def test_a_report_handed_in_meanwhile_is_settled(reminded, cadre, login):
    submit(reminded, by=cadre)
    client = login(cadre)
    assert '<span class="count">' not in client.get("/").content.decode()
    page = client.get(URL).content.decode()
    assert reminded.site.name in page
    assert '<span class="tag ok">已办</span>' in page
    assert f'href="/reports/{reminded.pk}/"' in page


@pytest.mark.parametrize("role", ["neighbour", "county_reviewer", "city_staff"])
def test_other_posts_see_none_of_it(reminded, role, request, login):
    page = login(request.getfixturevalue(role)).get(URL).content.decode()
    assert reminded.site.name not in page
    assert "没有提醒" in page


@pytest.mark.parametrize("role", ["leader", "auditor", "system_admin"])
def test_who_holds_no_such_post_has_no_list(role, request, login):
    client = login(request.getfixturevalue(role))
    assert client.get(URL).status_code == 403
    assert URL not in client.get("/").content.decode()


def test_the_list_only_shows(cadre, login):
    assert login(cadre).post(URL).status_code == 405


def test_the_list_takes_the_same_queries_with_1_row_and_30(reminded, cadre, login, count_queries):
    client = login(cadre)
    one = count_queries(lambda: client.get(URL))
    copies(reminded, 29)
    with at(22):
        run()
    assert count_queries(lambda: client.get(URL)) == one
    assert len(client.get(URL).context["page_obj"]) == 30


def test_what_a_row_says_of_itself_is_what_the_list_asks(report, cadre, county_reviewer, tree):
    """`is_settled` and `unsettled()` are the same rule, on one row and on many."""
    with at(22):
        run()
    moments = [timedelta(hours=hours) for hours in range(4)]
    said = {"for_day": NOON.date(), "rule": R.URGED, "sent_by": county_reviewer, "place": tree.county, "note": ""}
    for place, role in enumerate([Role.CADRE, Role.COUNTY_REVIEWER]):
        Reminder.objects.create(
            **said | {"for_day": date(2026, 11, 1 + place)}, report=report, role=role, sent_at=NOON + moments[1]
        )

    def agree() -> bool:
        unsettled = set(Reminder.objects.unsettled())
        return unsettled == {each for each in Reminder.objects.select_related("report") if not each.is_settled}

    assert agree()
    for moment in moments:
        with clock.set_to(NOON + moment):
            report.refresh_from_db()
            sent = submit(report, by=cadre)
            assert agree()
            return_report(sent, by=county_reviewer, version=sent.version, reason="再核对")
            assert agree()


def test_the_posts_people_are_named(report, cadre, tree):
    cadre.phone = "0551-55500001"
    cadre.save()
    holder = holders([report])[report.pk]
    assert (str(holder.post), holder.people_words) == ("山南镇填报员", "示例cadre 0551-55500001")


def test_a_unit_right_below_the_county_is_its_own_post(programme, tree, city_staff):
    base = factories.organization("示范基地", level=Level.UNIT, parent=tree.county, code="JD-1")
    unsaved = MonthlyReport(site=factories.site(programme, base), month=date(2026, 11, 1), due_at=NOON)
    holder = holders([unsaved])[None]
    assert (str(holder.post), holder.people_words) == ("示范基地填报员", "该岗位没有在用账号")
