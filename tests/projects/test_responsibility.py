"""The responsibility clock against a naive oracle that walks day by day, and against a told story."""

from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from fedwork import clock
from organizations.calendar import Calendar
from projects.actions import pass_report, return_report
from projects.models import ReportSubmission
from projects.responsibility import BEGINNING, Charged, Side, charge, charged_by_place, charged_days, handovers
from projects.states import ReportStatus, ReviewChain
from tests.projects.conftest import NOON, submit
from tests.projects.test_reminders import copies

# Moments of three months around National Day, often at midnight, when a day changes hands.
FIRST = datetime(2026, 9, 10)
hours = st.integers(0, 90 * 24).map(lambda hour: timezone.make_aware(FIRST + timedelta(hours=hour)))
midnights = st.integers(0, 90).map(lambda day: timezone.make_aware(FIRST + timedelta(days=day)))
moments = hours | midnights
days = st.dates(date(2026, 9, 1), date(2026, 12, 31))
calendars = st.dictionaries(days, st.tuples(st.booleans(), st.just("调休")), max_size=6).map(Calendar)
trails = st.lists(st.tuples(moments, st.sampled_from(Side)), max_size=8).map(
    lambda steps: [(BEGINNING, Side.FILLING), *sorted(steps, key=lambda step: step[0])]
)


def naive(due_at, end, trail, calendar: Calendar) -> dict[str, int]:
    """Each day: has it begun between due and end, is it worked, who held the report at that moment?"""
    found = dict.fromkeys(Side.values, 0)
    for number in range(-5, 100):
        begins = timezone.make_aware(FIRST + timedelta(days=number))
        if due_at <= begins < end and calendar.is_workday(begins.astimezone(due_at.tzinfo).date()):
            holder = [side for moment, side in trail if moment <= begins][-1]
            found[holder] += 1
    return found


@given(due_at=moments, end=moments, trail=trails, calendar=calendars)
def test_the_charges_are_those_of_the_naive_walk(due_at, end, trail, calendar):
    charged = charge(due_at, end, trail, calendar.workdays_between)
    assert {side: getattr(charged, side) for side in Side.values} == naive(due_at, end, trail, calendar)


@given(due_at=moments, end=moments, trail=trails, calendar=calendars)
def test_the_parts_add_up_to_the_working_days_between(due_at, end, trail, calendar):
    nobody_else = charge(due_at, end, trail[:1], calendar.workdays_between)
    assert charge(due_at, end, trail, calendar.workdays_between).total == nobody_else.filling


def on(day: int, hour: int = 10, *, month: int = 11):
    return clock.set_to(timezone.make_aware(datetime(2026, month, day, hour)))


@pytest.fixture
def told(report, cadre, county_reviewer, city_staff):
    """November's report, due Wednesday the 25th at 18:00, told until the city accepts it."""
    with on(30):  # Monday: Thursday, Friday and Monday began with the cadre
        sent = submit(report, by=cadre)
    with on(2, month=12):  # Tuesday and Wednesday began with the county
        back = return_report(sent, by=county_reviewer, version=sent.version, reason="请补签到表")
    with on(3, month=12):  # Thursday began with the correction
        again = submit(back, by=cadre)
    with on(3, 16, month=12):  # the same day, which is charged already
        at_city = pass_report(again, by=county_reviewer, version=again.version)
    with on(9, month=12):  # Friday, Monday, Tuesday and Wednesday began with the city
        return pass_report(at_city, by=city_staff, version=at_city.version)


def charged_at(report, day: int, *, month: int = 12) -> Charged:
    with on(day, month=month):
        return charged_days([report], clock.now())[report.pk]


@pytest.mark.django_db
def test_a_story_with_a_return_is_charged_to_all_four(told):
    assert charged_at(told, 20) == Charged(filling=3, county=2, city=4, rework=1)
    assert charged_at(told, 20).total == 10


@pytest.mark.django_db
def test_before_the_due_time_nobody_is_charged(report, cadre, county_reviewer):
    with on(23):
        sent = submit(report, by=cadre)
    assert charged_at(sent, 25, month=11) == Charged()
    assert charged_at(sent, 26, month=11) == Charged(county=1)


@pytest.mark.django_db
def test_where_the_city_reviews_alone_nothing_is_charged_to_the_county(report, cadre, programme):
    programme.review_chain = ReviewChain.CITY_ONLY
    programme.save()
    with on(23):
        sent = submit(report, by=cadre)
    assert charged_at(sent, 27, month=11) == Charged(city=2)


@pytest.mark.django_db
def test_what_was_taken_back_lies_with_the_cadre_again(report, cadre):
    sent = {"report": report, "submitted_by": cadre, "content": []}
    first = ReportSubmission.objects.create(**sent, round=1, submitted_at=NOON)
    first.withdrawn_at = NOON + timedelta(hours=1)
    assert list(handovers(report, [first])) == [
        (BEGINNING, Side.FILLING),
        (NOON, Side.COUNTY),
        (first.withdrawn_at, Side.FILLING),
    ]


@pytest.mark.django_db
def test_a_correction_taken_back_is_a_correction_again(told):
    first, second = told.submissions.order_by("round")
    second.withdrawn_at = second.submitted_at + timedelta(days=9)
    assert list(handovers(told, [first, second]))[-1] == (second.withdrawn_at, Side.REWORK)


@pytest.mark.django_db
def test_weekends_and_holidays_cost_nobody(site):
    september = site.reports.get(month=date(2026, 9, 1))
    assert timezone.localdate(september.due_at) == date(2026, 9, 25)
    # 25th to 27th of September are 中秋, 1st to 7th of October 国庆, the 10th is worked instead.
    assert charged_at(september, 30, month=9) == Charged(filling=3)
    assert charged_at(september, 7, month=10) == Charged(filling=3)
    assert charged_at(september, 10, month=10) == Charged(filling=6)


@pytest.mark.django_db
def test_many_reports_take_the_queries_of_one(told):
    with CaptureQueriesContext(connection) as one:
        charged_days([told], clock.now())
    copies(told, 200)
    reports = list(told.site.reports.select_related("site__programme"))
    with CaptureQueriesContext(connection) as many:
        charged_days(reports, clock.now())
    assert len(one) == len(many) == 3


@pytest.mark.django_db
def test_the_table_has_the_slowest_place_first_and_the_sum_last(told, site, programme):
    october = site.reports.get(month=date(2026, 10, 1))
    with on(30):
        lines = charged_by_place([told, october], clock.now(), lambda report: report.month_label)
    assert [(line.name, line.reports, line.charged.total) for line in lines] == [
        ("2026年10月", 1, 26),
        ("2026年11月", 1, 10),
        ("合计", 2, 36),
    ]
    assert lines[-1].columns[-1] == ("合计", 36, 18.0)


URL = "/responsibility/"


@pytest.mark.django_db
def test_the_page_shows_the_counties_days(told, leader, login):
    with on(20, month=12):
        page = login(leader).get(URL)
    line, county = page.context["lines"][0]
    assert county == told.site.organization.parent.parent.pk
    assert f'<a href="?county={county}">肥西县</a>' in page.content.decode()
    assert (line.name, line.reports) == ("肥西县", 6)  # June to November; December's is due on the 25th


@pytest.mark.django_db
def test_within_a_county_the_lines_are_townships(told, county_reviewer, city_staff, tree, login):
    with on(10, month=12):
        pages = [
            login(county_reviewer).get(URL),
            login(city_staff).get(URL, {"county": tree.county.pk}),
            login(city_staff).get(URL, {"county": tree.other_county.pk}),
        ]
    assert [[line.name for line, _ in page.context["lines"]] for page in pages] == [["山南镇"], ["山南镇"], []]


@pytest.mark.django_db
def test_the_workbook_has_the_pages_figures(told, leader, login):
    with on(20, month=12):
        response = login(leader).get(f"{URL}download/")
        line, _ = login(leader).get(URL).context["lines"][0]
    heading, row = load_workbook(BytesIO(response.content)).active.iter_rows(values_only=True)
    assert heading[:4] == ("县（市、区）", "月报", "填报（天）", "填报（天/份）")
    assert row[:3] == ("肥西县", 6, line.charged.filling)
    assert row[-2:] == (line.charged.total, line.charged.total / 6)


@pytest.mark.django_db
def test_the_page_takes_the_same_queries_with_1_report_and_many(report, leader, login, count_queries):
    client = login(leader)
    report.site.reports.exclude(pk=report.pk).update(status=ReportStatus.NOT_STARTED)
    one = count_queries(lambda: client.get(URL))
    copies(report, 29)
    assert count_queries(lambda: client.get(URL)) == one


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["cadre", "system_admin"])
def test_the_page_is_closed_to_those_who_neither_review_nor_look(role, request, login):
    assert login(request.getfixturevalue(role)).get(URL).status_code == 403


@pytest.mark.django_db
def test_the_line_stands_on_the_report_and_on_the_review_item(report, cadre, county_reviewer, login):
    with on(30):
        sent = submit(report, by=cadre)
    with on(1, month=12):
        pages = [
            login(cadre).get(f"/reports/{sent.pk}/").content.decode(),
            login(county_reviewer).get(f"/admin/projects/monthlyreport/{sent.pk}/change/").content.decode(),
        ]
    for page in pages:
        assert "填报 3 + 县审 1 + 市审 0 + 整改 0 = <b>4</b> 个工作日" in page
