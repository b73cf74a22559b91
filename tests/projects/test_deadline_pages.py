"""The pages around deadlines: the working calendar, the preview of due dates, unlocking, month close, corrections, and
what a cadre sees of locks."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from fedwork import clock
from organizations.models import AuditEvent, CalendarException
from projects.actions import approve_site, close_month, correct_figure, pass_report, unlock_report
from projects.models import FigureCorrection, MonthClose, ReportUnlock
from projects.states import DueKind
from tests import factories
from tests.projects.conftest import NOON, submit
from tests.projects.test_programme_admin import page_of, posted

pytestmark = pytest.mark.django_db
CALENDAR = "/admin/organizations/calendarexception/"
CLOSES = "/admin/projects/monthclose/"
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def url(name: str, pk: int) -> str:
    return reverse(f"admin:projects_{name}", args=[pk])


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def locked(site):
    """October's report, locked ten days after it was due."""
    site.programme.lock_days = 10
    site.programme.save()
    return site.reports.get(month=OCTOBER)


@pytest.fixture
def accepted(report, cadre, county_reviewer, city_staff):
    sent = submit(report, by=cadre)
    passed = pass_report(sent, by=county_reviewer, version=sent.version)
    return pass_report(passed, by=city_staff, version=passed.version)


# The working calendar


@pytest.mark.parametrize("role", ["city_staff", "system_admin"])
def test_a_holiday_is_entered_at_once_and_each_day_recorded(login, request, role, site):
    user = request.getfixturevalue(role)
    data = {"day": "2027-02-05", "last_day": "2027-02-11", "name": "春节放假"}
    assert login(user).post(f"{CALENDAR}add/", data).url == CALENDAR
    assert [row.day.day for row in CalendarException.objects.order_by("day")] == [5, 6, 7, 8, 9, 10, 11]
    assert AuditEvent.objects.filter(action="新增工作日调整", actor_id=user.pk).count() == 7


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"day": "2027-02-13"}, "2027-02-13（周六）本来就休息，不用调整。"),
        ({"day": "2027-02-12", "is_workday": "on"}, "2027-02-12（周五）本来就上班，不用调整。"),
        ({"day": "2027-02-12", "last_day": "2027-02-11"}, "最后一天应不早于第一天"),
        ({"day": "2027-02-12", "last_day": "2027-02-28"}, "一次最多 15 天"),
        ({"day": "2027-01-28", "last_day": "2027-02-02"}, "这几天里已有调整：2027-02-01 放假（已有）"),
        ({"day": "2027-02-01"}, "已存在"),
        ({"day": "0227-02-01"}, "2000"),
        ({"day": "2027-02-12", "name": ""}, "请填写这一项"),
    ],
)
def test_what_is_no_change_or_no_span_is_refused(login, city_staff, data, sentence):
    CalendarException.objects.create(day=date(2027, 2, 1), name="已有")
    response = login(city_staff).post(f"{CALENDAR}add/", {"name": "放假"} | data)
    assert sentence in text(response)
    assert CalendarException.objects.count() == 1


def test_a_change_and_a_deletion_move_the_due_dates(login, system_admin, programme, tree, city_staff):
    programme.is_due_moved = True
    programme.save()
    site = approve_site(factories.site(programme, tree.village), by=city_staff)
    client = login(system_admin)

    def due() -> date:
        return timezone.localdate(site.reports.get(month=date(2026, 12, 1)).due_at)

    answer = client.post(f"{CALENDAR}add/", {"day": "2026-12-25", "name": "系统检修"}, follow=True)
    assert due() == date(2026, 12, 28)
    assert "1 份还没有到期的月报，截止时间已随之调整。" in text(answer)
    row = CalendarException.objects.get()
    client.post(f"{CALENDAR}{row.pk}/change/", {"day": "2026-12-28", "name": "系统检修"})
    assert due() == date(2026, 12, 25)
    client.post(f"{CALENDAR}{row.pk}/change/", {"day": "2026-12-25", "name": "系统检修"})
    client.post(f"{CALENDAR}{row.pk}/delete/", {"post": "yes"})
    assert due() == date(2026, 12, 25)
    assert not CalendarException.objects.exists()
    about = AuditEvent.objects.about(row).order_by("id").values_list("action", flat=True)
    assert [*about] == ["新增工作日调整", "修改工作日调整", "修改工作日调整", "删除工作日调整"]


def test_the_calendar_is_read_by_the_auditor_and_nobody_else(login, auditor, county_reviewer):
    assert login(auditor).get(CALENDAR).status_code == 200
    assert login(auditor).post(f"{CALENDAR}add/", {}).status_code == 403
    assert login(county_reviewer).get(CALENDAR).status_code == 403


def test_the_calendar_takes_as_many_queries_for_thirty_days(login, city_staff, count_queries):
    client = login(city_staff)
    CalendarException.objects.create(day=date(2027, 3, 1), name="放假")
    one = count_queries(lambda: client.get(CALENDAR))
    for number in range(2, 31):
        CalendarException.objects.create(day=date(2027, 3, number), name="放假")
    assert count_queries(lambda: client.get(CALENDAR)) == one


# The due rule


def test_the_page_shows_the_coming_due_dates(login, city_staff, programme):
    programme.is_due_moved, programme.report_due_day = True, 28
    programme.save()
    page = text(login(city_staff).get(page_of(programme)))
    assert "当月 28 日 18:00 截止，遇休息日顺延" in page
    assert "11月报：<b>2026年11月30日</b>（周一）" in page
    assert "原为11月28日，逢周六顺延" in page
    assert "10月报" not in page


def test_a_rule_is_shown_before_it_is_saved(login, city_staff, programme):
    asked = {"first_month": "2026-06", "last_month": "2026-12", "due_kind": "next_month_workday"}
    address = reverse("admin:projects_programme_due_preview")
    page = text(login(city_staff).get(address, asked | {"report_due_day": "3"}))
    assert "次月第 3 个工作日 18:00 截止" in page
    assert "11月报：<b>2026年12月3日</b>（周四）" in page
    assert "填好以后" in text(login(city_staff).get(address, asked | {"report_due_day": "20"}))
    assert "填好以后" in text(login(city_staff).get(address))


def test_saving_a_rule_recomputes_and_says_how_many(login, city_staff, programme, site):
    answer = login(city_staff).post(
        page_of(programme), posted(programme, due_kind="next_month", report_due_day="5"), follow=True
    )
    assert "2 份还没有到期的月报，截止时间已按新的规则调整。" in text(answer)
    programme.refresh_from_db()
    assert (programme.due_kind, programme.report_due_day) == (DueKind.NEXT_MONTH, 5)
    assert AuditEvent.objects.about(programme).get(action="重算截止时间").detail == {"reports": 2}
    detail = login(city_staff).get(reverse("projects:programme_detail", args=[programme.pk]))
    assert "次月 5 日 18:00 截止" in text(detail)


def test_a_working_day_that_no_month_has_is_refused(login, city_staff, programme):
    data = posted(programme, due_kind="next_month_workday", report_due_day="16")
    assert "按次月工作日截止的，填第 1 至第 15 个。" in text(login(city_staff).post(page_of(programme), data))


# Unlocking


def test_the_city_unlocks_from_the_item(login, city_staff, locked):
    client, address = login(city_staff), url("monthlyreport_unlock", locked.pk)
    item = text(client.get(url("monthlyreport_change", locked.pk)))
    assert "过了 10 天仍没有提交，已锁定。" in item
    assert f'href="{address}"' in item
    # Three working days on from Sunday the 22nd.
    assert 'value="2026-11-25T18:00"' in text(client.get(address))
    response = client.post(address, {"until": "2026-11-25T18:00", "reason": "停电补报"})
    assert response.url == url("monthlyreport_change", locked.pk)
    made = ReportUnlock.objects.get()
    assert timezone.localtime(made.until) == timezone.make_aware(datetime(2026, 11, 25, 18))
    item = text(client.get(response.url))
    assert "停电补报" in item
    assert f'href="{address}"' not in item
    assert "可以在这里改开放的时间" in text(client.get(address))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"until": "2026-11-25T18:00", "reason": ""}, "原因：请填写这一项"),
        ({"until": "2026-11-20T18:00", "reason": "补报"}, "开放到：开放的截止时间应晚于现在。"),
        ({"until": "2062-11-25T18:00", "reason": "补报"}, "开放到：一次最多开放 31 天"),
        ({"until": "改天", "reason": "补报"}, "请按 2026-11-20 18:00 的样子"),
    ],
)
def test_an_unlock_that_is_refused_says_at_which_field(login, city_staff, locked, data, sentence):
    response = login(city_staff).post(url("monthlyreport_unlock", locked.pk), data)
    assert response.status_code == 422
    assert sentence in text(response)
    assert not ReportUnlock.objects.exists()


def test_what_is_not_locked_is_not_unlocked(login, city_staff, report):
    data = {"until": "2026-11-25T18:00", "reason": "补报"}
    response = login(city_staff).post(url("monthlyreport_unlock", report.pk), data)
    assert (response.status_code, ReportUnlock.objects.count()) == (422, 0)
    assert "这份月报不需要解锁。它没有锁定" in text(response)


def test_from_the_list_one_at_a_time(login, city_staff, county_reviewer, locked):
    client, chosen = login(city_staff), [locked.pk, locked.site.reports.get(month=NOVEMBER).pk]
    data = {"action": "unlock_selected", "_selected_action": chosen[:1]}
    listed = "/admin/projects/monthlyreport/?state=due"
    assert client.post(listed, data).url == url("monthlyreport_unlock", locked.pk)
    answer = client.post(listed, data | {"_selected_action": chosen}, follow=True)
    assert "请一次勾选一份" in text(answer)
    assert "解锁所选月报" not in text(login(county_reviewer).get(listed))


# Closing


def test_the_months_and_who_closed_them(login, city_staff, county_reviewer, accepted, cadre):
    close_month(accepted.site.programme, month=NOVEMBER, by=city_staff)
    response = login(city_staff).get(CLOSES)
    states = {state.month.month: state for state in response.context["states"]}
    assert (states[11].accepted, states[11].close.closed_by, states[10].missing) == (1, city_staff, 1)
    assert f"{city_staff}，2026年11月22日 12:00" in text(response)
    assert f"{url('monthclose_close', accepted.site.programme_id)}?month=2026-10" in text(response)
    reading = text(login(county_reviewer).get(CLOSES))
    assert "close/?month" not in reading
    assert "未月结" in reading


def test_closing_asks_and_then_closes(login, city_staff, locked):
    client, address = login(city_staff), url("monthclose_close", locked.site.programme_id)
    page = client.get(address, {"month": "2026-10"})
    assert [report.pk for report in page.context["missing"]] == [locked.pk]
    assert "月结2026年10月</button>" in text(page)
    assert not MonthClose.objects.exists()
    response = client.post(address, {"month": "2026-10"})
    assert response.url == f"{CLOSES}?programme={locked.site.programme_id}"
    assert MonthClose.objects.get().month == OCTOBER
    again = client.post(address, {"month": "2026-10"})
    assert f"2026年10月已由{city_staff}于 2026-11-22 12:00 月结。" in text(again)
    assert MonthClose.objects.count() == 1


def test_what_awaits_review_is_listed_with_links(login, city_staff, cadre, report):
    submit(report, by=cadre)
    response = login(city_staff).get(url("monthclose_close", report.site.programme_id), {"month": "2026-11"})
    assert "现在不能月结" in text(response)
    assert "还有 1 份月报在审核中" in text(response)
    assert f'href="{url("monthlyreport_change", report.pk)}"' in text(response)
    assert "</button>" not in text(response).split("close-month")[1].split("</form>")[0]


@pytest.mark.parametrize("month", ["2025-01", "2026-13", "abc"])
def test_no_month_of_the_programme_is_not_found(login, city_staff, programme, month):
    address = url("monthclose_close", programme.pk)
    assert login(city_staff).get(address, {"month": month}).status_code == 404
    assert login(city_staff).post(address, {"month": month}).status_code == 404


def test_the_months_take_as_many_queries_for_thirty_sites(login, city_staff, programme, tree, count_queries):
    client = login(city_staff)

    def add(number: int) -> None:
        village = factories.organization(f"示例{number}村", level=5, parent=tree.township)
        kind = programme.creation_types.all()[number % 2]
        approve_site(factories.site(programme, village, creation_type=kind), by=city_staff)

    add(0)
    pages = [CLOSES, f"{url('monthclose_close', programme.pk)}?month=2026-10"]
    one = [count_queries(lambda page=page: client.get(page)) for page in pages]
    for number in range(1, 17):
        add(number)
    assert [count_queries(lambda page=page: client.get(page)) for page in pages] == one


# Corrections


def test_a_figure_is_corrected_and_told(login, city_staff, cadre, accepted):
    client, address = login(city_staff), url("monthlyreport_correct", accepted.pk)
    measure = accepted.site.programme.measures.first()
    assert f"?measure={measure.pk}" in text(client.get(address))
    form = text(client.get(address, {"measure": measure.pk}))
    assert "教育培训（场次）补正为" in form
    response = client.post(address, {"measure": measure.pk, "before": "3", "after": "１２", "reason": "县里来函"})
    assert response.url == url("monthlyreport_change", accepted.pk)
    assert FigureCorrection.objects.get().after == 12
    item = text(client.get(response.url))
    own = text(login(cadre).get(accepted.get_absolute_url()))
    for page in [item, own]:
        assert "由 3 补正为 <b>12</b>：县里来函" in page
    assert "累计 </span>12<" in own


def test_a_correction_from_an_old_page_is_refused(login, city_staff, accepted):
    measure = accepted.site.programme.measures.first()
    correct_figure(accepted, measure=measure, before=3, after=5, reason="更正", by=city_staff)
    data = {"measure": measure.pk, "before": "3", "after": "12", "reason": "更正"}
    response = login(city_staff).post(url("monthlyreport_correct", accepted.pk), data)
    assert (response.status_code, FigureCorrection.objects.count()) == (422, 1)
    assert "您看到的是 3，现在是 5" in text(response)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"after": "多"}, "不是数字"),
        ({"after": "1.5"}, "整数"),
        ({"after": "3"}, "和现在的数相同，不用补正"),
        ({"reason": ""}, "请填写这一项"),
    ],
)
def test_a_correction_that_is_refused_says_why(login, city_staff, accepted, changes, sentence):
    data = {"measure": accepted.site.programme.measures.first().pk, "before": "3", "after": "12", "reason": "更正"}
    response = login(city_staff).post(url("monthlyreport_correct", accepted.pk), data | changes)
    assert sentence in text(response)
    assert not FigureCorrection.objects.exists()


def test_what_is_not_accepted_is_not_corrected(login, city_staff, report):
    address, measure = url("monthlyreport_correct", report.pk), report.site.programme.measures.first()
    assert "审核通过的月报才能补正" in text(login(city_staff).get(address))
    login(city_staff).post(address, {"measure": measure.pk, "before": "0", "after": "12", "reason": "更正"})
    assert not FigureCorrection.objects.exists()


@pytest.mark.parametrize("name", ["monthlyreport_unlock", "monthlyreport_correct"])
def test_others_neither_unlock_nor_correct(login, name, report, county_reviewer, other_reviewer, cadre, auditor):
    for user, status in [(county_reviewer, 403), (other_reviewer, 404), (cadre, 403), (auditor, 403)]:
        client = login(user)
        assert [client.get(url(name, report.pk)).status_code, client.post(url(name, report.pk)).status_code] == [
            status,
            status,
        ]


# What the cadre sees


def test_a_locked_report_leads_to_its_page_which_says_why(login, cadre, locked):
    client = login(cadre)
    for name in ["report_edit", "report_check"]:
        assert client.get(reverse(f"projects:{name}", args=[locked.pk])).url == locked.get_absolute_url()
    page = text(client.get(locked.get_absolute_url()))
    assert "过了 10 天仍没有提交，已锁定。" in page
    assert "确需补报的，请联系合肥市妇联解锁。" in page
    assert "/edit/" not in page
    sent = client.post(reverse("projects:report_submit", args=[locked.pk]), {"version": locked.version}, follow=True)
    assert sent.redirect_chain[-1][0] == locked.get_absolute_url()


def test_the_workbench_keeps_locked_reports_apart(login, cadre, locked):
    context = login(cadre).get("/").context
    assert [task["report"].month.month for task in context["tasks"]] == [11]
    assert [report.month.month for report, _ in context["locked"]] == [6, 7, 8, 9, 10]
    assert "已锁定" in text(login(cadre).get("/"))


def test_an_unlocked_report_says_until_when(login, cadre, city_staff, locked):
    unlock_report(locked, by=city_staff, until=NOON + timedelta(days=2), reason="停电补报")
    assert "11月24日 12:00 锁定" in text(login(cadre).get("/"))
    page = text(login(cadre).get(reverse("projects:report_edit", args=[locked.pk])))
    assert "11月24日 12:00 自动锁定，请在此之前提交" in page


def test_the_page_of_all_sites_leaves_them_out_and_says_why(login, cadre, city_staff, locked):
    address, client = reverse("projects:month_edit", args=[2026, 10]), login(cadre)
    page = client.get(address)
    assert (len(page.context["forms"]), [report.pk for report, _ in page.context["locked"]]) == (0, [locked.pk])
    assert "没有能填的月报" in text(page)
    unlock_report(locked, by=city_staff, until=NOON + timedelta(days=2), reason="停电补报")
    page = client.get(address)
    assert (len(page.context["forms"]), page.context["locked"]) == (1, [])


def test_a_report_after_the_close_says_so(login, cadre, city_staff, locked):
    close_month(locked.site.programme, month=OCTOBER, by=city_staff)
    unlock_report(locked, by=city_staff, until=NOON + timedelta(days=2), reason="漏报")
    with clock.set_to(NOON + timedelta(hours=1)):
        submit(locked, by=cadre)
        for user, page in [(cadre, locked.get_absolute_url()), (city_staff, url("monthlyreport_change", locked.pk))]:
            assert "月结后补报" in text(login(user).get(page))
