"""Work logs: written by a post, locked after some days, added to after that, and where they break off."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import ProgrammingError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from fedwork import clock
from fedwork.received import receive
from organizations.models import AuditEvent
from projects.actions import (
    add_to_worklog,
    add_worklog_attachment,
    change_note,
    remove_attachment,
    remove_note,
)
from projects.models import MonthClose, WorkLog
from projects.worklogs import Gap, continuity, gaps, offices_of
from tests import factories
from tests.projects.conftest import NOON
from tests.projects.fieldnotes import noted

JUNE = date(2026, 6, 1)


@pytest.fixture
def log(site, cadre) -> WorkLog:
    """Of Monday, written on that day."""
    with clock.set_to(NOON - timedelta(days=6)):
        return noted(WorkLog, site, by=cadre)


@pytest.mark.django_db
class TestWriting:
    def test_for_some_days_the_post_may_put_it_right(self, log, tree):
        colleague = factories.user("colleague", role="cadre", organization=tree.township)
        with clock.set_to(NOON - timedelta(days=4)):
            log.content = "改过的内容"
            change_note(log, by=colleague, version=0)
        log.refresh_from_db()
        assert (log.content, log.version, log.post) == ("改过的内容", 1, "山南镇填报员")

    def test_then_only_additions(self, log, cadre):
        for act in [lambda: change_note(log, by=cadre, version=0), lambda: remove_note(log, by=cadre)]:
            with pytest.raises(ValidationError, match="已满 3 天，不能再改；要补充的请写补记"):
                act()
        addition = add_to_worklog(log, by=cadre, text=" 通知到 12 户 ")
        assert (addition.text, WorkLog.objects.get().content) == ("通知到 12 户", log.content)
        assert AuditEvent.objects.about(log).order_by("pk").last().action == "补记工作日志"
        with pytest.raises(ValidationError, match="已经补记过"):
            add_to_worklog(log, by=cadre, text="通知到 12 户")
        for change in [lambda: addition.delete(), lambda: type(addition).objects.update(text="改")]:
            with pytest.raises(ProgrammingError), transaction.atomic():
                change()

    def test_the_close_of_its_month_locks_it_too(self, programme, site, cadre, city_staff):
        with clock.set_to(timezone.make_aware(datetime(2026, 10, 31, 9))):
            log = noted(WorkLog, site, by=cadre, happened_on=date(2026, 10, 30))
        with clock.set_to(timezone.make_aware(datetime(2026, 11, 1, 9))):
            MonthClose.objects.create(
                programme=programme, month=date(2026, 10, 1), closed_at=clock.now(), closed_by=city_staff
            )
            with pytest.raises(ValidationError, match="2026年10月已于 2026-11-01 09:00 月结"):
                change_note(log, by=cadre, version=0)
            late = noted(WorkLog, site, by=cadre, happened_on=date(2026, 10, 28))
            change_note(late, by=cadre, version=0)
        assert late.days_late == 4

    def test_once_a_day(self, log, site, cadre):
        with pytest.raises(ValidationError, match="这一天的日志已经写过"):
            noted(WorkLog, site, by=cadre)
        with pytest.raises(ValidationError, match="日期不能晚于今天"):
            noted(WorkLog, site, by=cadre, happened_on=date(2026, 11, 23))
        with pytest.raises(ValidationError, match="早于批次的年度"):
            noted(WorkLog, site, by=cadre, happened_on=date(2025, 12, 31))

    @pytest.mark.parametrize("who", ["neighbour", "county_reviewer", "city_staff", "leader", "auditor"])
    def test_nobody_elses(self, log, site, who, request):
        other = request.getfixturevalue(who)
        for act in [
            lambda: noted(WorkLog, site, by=other, happened_on=date(2026, 11, 20)),
            lambda: change_note(log, by=other, version=0),
            lambda: add_to_worklog(log, by=other, text="补"),
        ]:
            with pytest.raises(PermissionDenied):
                act()

    def test_an_office_keeps_its_own(self, programme, county_reviewer, other_reviewer, cadre):
        made = noted(WorkLog, None, by=county_reviewer, programme=programme)
        assert (made.place, made.organization, made.site) == ("肥西县", county_reviewer.organization, None)
        with pytest.raises(PermissionDenied):
            change_note(made, by=other_reviewer, version=0)
        with pytest.raises(PermissionDenied):
            noted(WorkLog, None, by=cadre, programme=programme)

    def test_photos_come_and_go_until_the_lock(self, site, cadre):
        log = noted(WorkLog, site, by=cadre)
        received = receive(factories.upload())
        photo = add_worklog_attachment(log, by=cadre, received=received)
        assert add_worklog_attachment(log, by=cadre, received=received) == photo
        with clock.set_to(NOON + timedelta(days=4)):
            for act in [
                lambda: remove_attachment(photo, by=cadre),
                lambda: add_worklog_attachment(log, by=cadre, received=receive(factories.upload(name="别的.jpg"))),
            ]:
                with pytest.raises(ValidationError, match="已满 3 天"):
                    act()
        remove_attachment(photo, by=cadre)
        assert log.attachments.current().count() == 0


def gaps_of(*days: int, every=7, today=date(2026, 6, 30), month=JUNE, begun=JUNE) -> list[str]:
    written = [date(2026, 6, day) for day in days]
    return [str(gap) for gap in gaps(written, month=month, begun=begun, every=every, today=today)]


class TestGaps:
    def test_from_one_log_to_the_next(self):
        assert gaps_of(3, 10, 17, 24, 30) == []
        assert gaps_of(3, 11, 17, 24, 30) == ["6月4日至6月10日"]
        assert gaps_of(9, 16, 23, 30) == ["6月1日至6月8日"]

    def test_today_may_still_be_written(self):
        assert gaps_of(3, today=date(2026, 6, 10)) == []
        assert gaps_of(3, today=date(2026, 6, 11)) == ["6月4日至6月10日"]
        assert gaps_of(today=date(2026, 5, 31)) == []

    def test_a_gap_over_the_end_of_a_month_is_named_in_both(self):
        days, july = [date(2026, 6, 20), date(2026, 7, 9)], date(2026, 7, 1)
        told = {"begun": date(2026, 6, 15), "every": 7, "today": date(2026, 7, 12)}
        assert gaps(days, month=JUNE, **told) == [Gap(date(2026, 6, 21), date(2026, 6, 30))]
        assert gaps(days, month=july, **told) == [Gap(date(2026, 7, 1), date(2026, 7, 8))]

    @given(
        days=st.sets(st.dates(date(2026, 5, 20), date(2026, 8, 10))),
        every=st.integers(1, 31),
        today=st.dates(date(2026, 6, 1), date(2026, 8, 10)),
        month=st.sampled_from([date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)]),
    )
    @settings(max_examples=200)
    def test_against_asking_day_by_day(self, days, every, today, month):
        """A day lies in a gap when it has no log and the stretch of days without one around it is too long."""
        begun = date(2026, 6, 5)
        found = {
            gap.first + timedelta(days=number)
            for gap in gaps(days, month=month, begun=begun, every=every, today=today)
            for number in range(gap.days)
        }
        kept = {day for day in days if begun <= day <= today}
        expected, stretch, day = set(), [], begun
        while day <= today:
            if day in kept or day == today:
                expected |= set(stretch) if len(stretch) >= every else set()
                stretch = []
            else:
                stretch.append(day)
            day += timedelta(days=1)
        assert found == {each for each in expected if each.replace(day=1) == month}


@pytest.mark.django_db
class TestPages:
    def test_written_in_one_screen_with_a_photo(self, login, cadre, site):
        client = login(cadre)
        assert client.get("/worklogs/add/").context["form"].initial["site"] == site
        body = {"site": site.pk, "happened_on": "2026-11-20", "content": "走访三户", "files": [factories.upload()]}
        page = client.post("/worklogs/add/", body, follow=True)
        log = page.context["log"]
        assert (log.site, log.attachments.count(), page.context["can_change"]) == (site, 1, True)
        refused = client.post("/worklogs/add/", body | {"happened_on": "2026-11-30", "content": ""})
        assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"content", "happened_on"})

    def test_added_to_after_the_lock(self, login, cadre, log):
        client = login(cadre)
        page = client.get(log.get_absolute_url())
        assert (page.context["can_change"], page.context["can_add"]) == (False, True)
        assert client.get(f"{log.get_absolute_url()}edit/").status_code == 302
        assert client.post(f"{log.get_absolute_url()}addition/", {"text": " "}).status_code == 422
        page = client.post(f"{log.get_absolute_url()}addition/", {"text": "另通知两户"}, follow=True)
        assert [row.text for row in page.context["additions"]] == ["另通知两户"]

    def test_the_sheet_of_a_month(self, login, leader, log, cadre):
        add_to_worklog(log, by=cadre, text="另通知两户")
        client = login(leader)
        page = client.get(f"/worklogs/sites/{log.site_id}/2026/11/")
        assert "补记（11月22日）：另通知两户" in page.content.decode()
        for year, month, expected in [(2026, 13, 404), (1999, 1, 404), (2026, 12, 200)]:
            assert client.get(f"/worklogs/sites/{log.site_id}/{year}/{month}/").status_code == expected
        assert client.get(f"/worklogs/sites/{log.site_id}/2026/11/excel/")["Content-Type"].endswith("sheet")

    def test_who_breaks_off(self, programme, site, log, tree, login, county_reviewer):
        offices = offices_of([site], programme, county_reviewer.scope_path)
        found = continuity(programme, [site], offices, month=date(2026, 11, 1), today=date(2026, 11, 22))
        assert [(keeper.label, keeper.gap_words) for keeper in found] == [
            ("肥西县妇联", "11月1日至11月21日"),
            # It was approved today, and has its log of Monday from before that.
            (site.name, ""),
        ]
        page = login(county_reviewer).get("/worklogs/")
        assert page.context["broken"] == 1

    def test_the_number_of_queries(self, login, leader, programme, tree, site, cadre, city_staff, count_queries):
        client = login(leader)
        for number in range(2):
            noted(WorkLog, site, by=cadre, happened_on=date(2026, 11, 10 + number))
        pages = ["/worklogs/", f"/worklogs/sites/{site.pk}/2026/11/"]
        few = [count_queries(lambda page=page: client.get(page)) for page in pages]
        for number in range(8):
            noted(WorkLog, site, by=cadre, happened_on=date(2026, 11, 12 + number))
        assert [count_queries(lambda page=page: client.get(page)) for page in pages] == few
