"""Whether a report can be filled in, why not, who opens it; unlocking for one report and the unlock's end."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fedwork import clock
from organizations.models import AuditEvent
from projects.actions import approve_site, close_month, pass_report, return_report, unlock_report
from projects.locks import Lock, open_until, report_lock, report_locks
from projects.models import ReportUnlock
from tests import factories
from tests.projects.conftest import NOON, fill_in, submit

pytestmark = pytest.mark.django_db
ASK = "确需补报的，请联系合肥市妇联解锁。"


@pytest.fixture
def locking(site):
    """The programme locks ten days after the due date; October's report, due on the 25th, is locked."""
    site.programme.lock_days = 10
    site.programme.save()
    return site.reports.select_related("site__programme").get(month=date(2026, 10, 1))


def unlock(report, *, by, days=2, reason="停电三天，县妇联同意补报"):
    return unlock_report(report, by=by, until=clock.now() + timedelta(days=days), reason=reason)


def test_what_is_due_is_open(report):
    assert report_lock(report) is None


def test_a_month_that_has_not_begun(site):
    lock = report_lock(site.reports.get(month=date(2026, 12, 1)))
    assert (lock.code, str(lock)) == ("not_begun", "2026年12月还没有开始，到时再填报。")


def test_what_was_sent_and_what_is_accepted(report, cadre, county_reviewer, city_staff):
    sent = submit(report, by=cadre)
    assert str(report_lock(sent)) == "这份月报已于 2026-11-22 12:00 提交，不能再改。需要修改的，请审核人退回。"
    passed = pass_report(sent, by=county_reviewer, version=sent.version)
    done = pass_report(passed, by=city_staff, version=passed.version)
    assert report_lock(done).opener == "数字有误的，由市妇联补正。"


def test_overdue_locks_only_where_the_programme_says_so(locking):
    assert str(report_lock(locking)) == (f"2026年10月月报 2026-10-25 18:00 截止，过了 10 天仍没有提交，已锁定。{ASK}")
    last_moment = locking.due_at + timedelta(days=10) - timedelta(seconds=1)
    assert report_lock(locking, last_moment) is None
    assert report_lock(locking, last_moment + timedelta(seconds=1)).code == "overdue"
    locking.site.programme.lock_days = None
    assert report_lock(locking) is None
    locking.site.programme.lock_days = 0
    assert report_lock(locking, locking.due_at).sentence.endswith("截止，到时没有提交，已锁定。")


def test_a_returned_report_is_not_hit_by_the_overdue_lock(locking, cadre, county_reviewer):
    with clock.set_to(locking.due_at - timedelta(days=1)):
        sent = submit(locking, by=cadre)
    returned = return_report(sent, by=county_reviewer, version=sent.version, reason="请核对人次")
    assert report_lock(returned) is None
    assert fill_in(returned, by=cadre).status == "returned"


def test_a_locked_report_is_neither_saved_nor_sent(locking, cadre):
    for act in [fill_in, submit]:
        with pytest.raises(ValidationError, match="已锁定") as refusal:
            act(locking, by=cadre)
        assert refusal.value.code == "overdue"
    assert AuditEvent.objects.about(locking).count() == 0


# Unlocking


def test_an_unlock_opens_one_report_and_ends_by_itself(locking, city_staff, cadre, site):
    made = unlock(locking, by=city_staff)
    assert report_lock(locking) is None
    assert report_lock(site.reports.get(month=date(2026, 9, 1))).code == "overdue"
    assert fill_in(locking, by=cadre).status == "draft"
    with clock.set_to(made.until - timedelta(seconds=1)):
        assert report_lock(locking) is None
    with clock.set_to(made.until):
        assert report_lock(locking).code == "overdue"
    event = AuditEvent.objects.about(locking).get(action="解锁月报")
    assert (event.note, event.detail) == ("停电三天，县妇联同意补报", {"until": "2026-11-24 12:00"})


def test_an_open_report_says_until_when(locking, report, city_staff):
    report.refresh_from_db()
    assert open_until([report]) == {report.pk: report.due_at + timedelta(days=10)}
    made = unlock(locking, by=city_staff)
    assert open_until([locking, report]) == {locking.pk: made.until, report.pk: report.due_at + timedelta(days=10)}


def test_the_latest_unlock_counts(locking, city_staff):
    unlock(locking, by=city_staff, days=9)
    unlock(locking, by=city_staff, days=1)
    with clock.set_to(NOON + timedelta(days=2)):
        assert report_lock(locking).code == "overdue"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"days": 0}, "晚于现在"),
        ({"days": 32}, "最多开放 31 天"),
        ({"reason": "  "}, "请写明原因"),
    ],
)
def test_an_unlock_needs_an_end_and_a_reason(locking, city_staff, changes, message):
    with pytest.raises(ValidationError, match=message):
        unlock(locking, by=city_staff, **changes)
    assert not ReportUnlock.objects.exists()


def test_what_is_open_or_sent_needs_no_unlock(report, cadre, city_staff):
    with pytest.raises(ValidationError, match="没有锁定，可以直接填报"):
        unlock(report, by=city_staff)
    with pytest.raises(ValidationError, match="不需要解锁。这份月报已于"):
        unlock(submit(report, by=cadre), by=city_staff)


def test_only_who_runs_the_programme_unlocks(locking, county_reviewer, cadre, leader, system_admin, tree):
    elsewhere = factories.organization("芜湖市", level=2, parent=tree.province)
    stranger = factories.user("wuhu", role="city_staff", organization=elsewhere)
    for user in [county_reviewer, cadre, leader, system_admin, stranger]:
        with pytest.raises(PermissionDenied):
            unlock(locking, by=user)


def test_unlocks_are_kept_as_they_are(locking, city_staff):
    made = unlock(locking, by=city_staff)
    for act in [made.delete, lambda: ReportUnlock.objects.update(reason="改写")]:
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            act()


# Many at once


def test_many_reports_take_as_many_queries_as_one(programme, tree, city_staff, cadre):
    programme.lock_days = 5
    programme.save()
    villages = [factories.organization(f"示例{number}村", level=5, parent=tree.township) for number in range(4)]
    sites = [approve_site(factories.site(programme, village), by=city_staff) for village in villages]
    with clock.set_to(NOON + timedelta(days=30)):
        close_month(programme, month=date(2026, 11, 1), by=city_staff)
    reports = [report for site in sites for report in site.reports.select_related("site__programme__organization")]
    unlock(reports[0], by=city_staff)
    with CaptureQueriesContext(connection) as queries:
        locks = report_locks(reports)
    assert len(queries) == 2
    assert locks == {report.pk: lock for report in reports if (lock := report_lock(report))}
    assert {lock.code for lock in locks.values()} == {"not_begun", "closed", "overdue"}
    assert reports[0].pk not in locks


def test_a_lock_reads_as_two_sentences():
    assert str(Lock("closed", "已月结。", ASK)) == "已月结。" + ASK
    assert timezone.localtime(NOON).hour == 12
