"""Other dates for a task: asked for and decided by different people; the baseline stays, papers of the past too."""

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from fedwork.menu import replans_to_do
from organizations.models import AuditEvent, Level, Role
from projects.actions import approve_site, ask_replan, complete_stage, grant_replan, refuse_replan, replan, replan_all
from projects.meeting_pack import meeting_pack
from projects.models import ReplanRequest, ScheduleItem
from projects.sheet import report_sheet
from projects.states import ReplanState, StageKind
from tests import factories
from tests.projects.conftest import NOON, submit

pytestmark = pytest.mark.django_db
NEW = {"starts_on": date(2026, 7, 1), "due_on": date(2026, 11, 15), "reason": "设备到货推迟"}


@pytest.fixture
def item(site):
    return ScheduleItem.objects.get(stage__site=site, stage__kind=StageKind.BUILD)


@pytest.fixture
def asked(item, cadre):
    return ask_replan(item, by=cadre, **NEW)


def test_asking_changes_nothing_yet(item, asked, cadre):
    item.refresh_from_db()
    assert (item.due_on, asked.state, asked.asked_by) == (date(2026, 11, 30), ReplanState.PENDING, cadre)
    assert (asked.was_starts_on, asked.was_due_on) == (item.starts_on, item.due_on)
    event = AuditEvent.objects.get(action="申请调整日程")
    assert (event.note, event.detail["now"]) == ("设备到货推迟", "2026-07-01 至 2026-11-15")


def test_granted_the_plan_moves_and_the_baseline_stays(item, asked, city_staff):
    granted = grant_replan(asked, by=city_staff, note="同意")
    item.refresh_from_db()
    assert (item.starts_on, item.due_on) == (date(2026, 7, 1), date(2026, 11, 15))
    assert (item.baseline_starts_on, item.baseline_due_on) == (date(2026, 7, 1), date(2026, 11, 30))
    assert (granted.state, granted.decided_by, granted.decided_at) == (ReplanState.GRANTED, city_staff, NOON)
    assert item.is_replanned
    with pytest.raises(ValidationError, match="已经批复（已调整）"):
        grant_replan(asked, by=city_staff)


def test_refused_with_a_reason(item, asked, city_staff):
    with pytest.raises(ValidationError, match="不同意的，请写明理由"):
        refuse_replan(asked, by=city_staff, note=" ")
    assert refuse_replan(asked, by=city_staff, note="能赶上").state == ReplanState.REFUSED
    item.refresh_from_db()
    assert not item.is_replanned


def test_who_asks_and_who_decides(item, asked, cadre, county_reviewer, neighbour, leader, tree):
    for user in [neighbour, leader]:
        with pytest.raises(PermissionDenied):
            ask_replan(item, by=user, **NEW)
    for user in [cadre, county_reviewer, leader]:
        with pytest.raises(PermissionDenied):
            grant_replan(asked, by=user)
    with pytest.raises(ValidationError, match="在等批复"):
        ask_replan(item, by=county_reviewer, **NEW)


def test_nobody_decides_on_the_own_request(asked, cadre, city_staff):
    """A cadre who moved to the city's desk."""
    cadre.role, cadre.organization = Role.CITY_STAFF, city_staff.organization
    cadre.save()
    with pytest.raises(PermissionDenied):
        grant_replan(asked, by=cadre)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReplanRequest.objects.filter(pk=asked.pk).update(state="granted", decided_by=cadre, decided_at=NOON)


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ({"starts_on": date(2026, 6, 30)}, "之内，开始不晚于完成"),
        ({"due_on": date(2026, 12, 1)}, "由市妇联先调整阶段的起止日期"),
        ({"due_on": date(2026, 6, 1)}, "开始不晚于完成"),
        ({"due_on": date(2026, 11, 30)}, "和现在的计划一样"),
        ({"reason": "  "}, "没有填"),
    ],
)
def test_what_holds_of_every_new_date(item, cadre, city_staff, dates, words):
    for act, by in [(ask_replan, cadre), (replan, city_staff)]:
        with pytest.raises(ValidationError, match=words):
            act(item, by=by, **NEW | dates)
    assert not ReplanRequest.objects.exists()


def test_what_is_done_needs_no_other_date(item, cadre, city_staff):
    sent = submit(item.stage.site.reports.get(month=date(2026, 11, 1)), by=cadre)
    sent.progress_lines.filter(item=item).update(percent=100)
    with pytest.raises(ValidationError, match="已报完成"):
        ask_replan(item, by=cadre, **NEW)
    sent.progress_lines.filter(item=item).update(percent=50)
    for stage in item.stage.site.stages.order_by("starts_on")[:2]:
        complete_stage(stage, by=city_staff)
    with pytest.raises(ValidationError, match="建设阶段已确认完成"):
        ask_replan(item, by=cadre, **NEW)


def test_the_city_sets_dates_itself(item, cadre, city_staff, county_reviewer):
    with pytest.raises(PermissionDenied):
        replan(item, by=county_reviewer, **NEW)
    made = replan(item, by=city_staff, **NEW)
    assert (made.is_direct, made.state, made.decided_by) == (True, ReplanState.GRANTED, city_staff)
    asked = ask_replan(item, by=cadre, **NEW | {"due_on": date(2026, 11, 20)})
    with pytest.raises(ValidationError, match="请先批复"):
        replan(item, by=city_staff, **NEW | {"due_on": date(2026, 11, 25)})
    assert asked.was_due_on == date(2026, 11, 15)


def test_a_request_cannot_be_rewritten_or_removed(asked):
    for change in [lambda: ReplanRequest.objects.update(due_on=date(2026, 11, 29)), asked.delete]:
        with pytest.raises(Exception, match="pgtrigger"), transaction.atomic():
            change()


def test_the_report_goes_by_the_present_plan(item, asked, city_staff):
    report = item.stage.site.reports.get(month=date(2026, 11, 1))
    before = next(line for line in report_sheet(report).tasks if line.item == item).expected
    grant_replan(asked, by=city_staff)
    after = next(line for line in report_sheet(report).tasks if line.item == item).expected
    assert (before, after) == (95, 100)


def test_a_pack_of_the_past_knows_the_plan_of_its_moment(item, asked, city_staff):
    """Granted in November; what the meeting looked at in October stays as it was."""
    then = timezone.make_aware(datetime(2026, 11, 1, 9))
    type(item.stage.site).objects.update(approved_at=then - timedelta(days=100))

    def due_days() -> set:
        pack = meeting_pack(item.stage.site.programme, then)
        late = pack.overdue_tasks + pack.lagging_tasks
        return {task.item.due_on for _, task in late if task.item.pk == item.pk}

    before = due_days()
    grant_replan(asked, by=city_staff)
    assert due_days() == before == {date(2026, 11, 30)}


# In bulk, and on the pages


@pytest.fixture
def sites(site, programme, tree, city_staff):
    programme.creation_types.update(quota=99)
    villages = [factories.organization(f"示例{n}村", level=Level.VILLAGE, parent=tree.far_township) for n in range(2)]
    return [site, *(approve_site(factories.site(programme, village), by=city_staff) for village in villages)]


def test_many_at_once_and_each_by_itself(sites, item, cadre, city_staff):
    ask_replan(item, by=cadre, **NEW)
    items = list(ScheduleItem.objects.filter(template=item.template).order_by("pk"))
    outcomes = replan_all(items, by=city_staff, **NEW)
    assert [bool(each.refusal) for each in outcomes] == [True, False, False]
    assert ReplanRequest.objects.filter(is_direct=True).count() == 2


def test_the_bulk_page_previews_and_then_does(sites, item, programme, city_staff, county_reviewer, login):
    address = f"/schedule/programmes/{programme.pk}/replan/"
    assert login(county_reviewer).get(address).status_code == 403
    client = login(city_staff)
    posted = {"task": f"{item.template_id}:", "starts_on": "2026-07-01", "due_on": "2026-11-15", "reason": "统一推迟"}
    audit = AuditEvent.objects.count()
    preview = client.post(address, posted).content.decode()
    assert "3 个项目点里可以调整 3 个" in preview
    assert "确认调整 3 个项目点" in preview
    assert (ReplanRequest.objects.count(), AuditEvent.objects.count()) == (0, audit)
    done = client.post(address, posted | {"confirm": "1"}, follow=True).content.decode()
    assert "已调整 3 个项目点的日程。" in done
    assert AuditEvent.objects.count() == audit + 3
    assert client.post(address, posted | {"task": "0:x"}).status_code == 422
    assert client.post(address, posted | {"due_on": "2026-05-01"}).status_code == 422


def test_asked_on_the_page_and_granted_from_the_list(item, cadre, city_staff, login):
    address, given = f"/schedule/items/{item.pk}/replan/", {name: str(value) for name, value in NEW.items()}
    client = login(cadre)
    assert "申请调整日程" in client.get(address).content.decode()
    refused = client.post(address, given | {"due_on": "2026-12-20"})
    assert refused.status_code == 422
    assert "由市妇联先调整阶段的起止日期" in refused.content.decode()
    assert client.post(address, given).url == f"/schedule/sites/{item.stage.site_id}/"
    request = ReplanRequest.objects.get()
    assert "调整待批复" in client.get(f"/schedule/sites/{item.stage.site_id}/").content.decode()
    assert "/grant/" not in client.get("/schedule/replans/").content.decode()
    city = login(city_staff)
    assert f"/schedule/replans/{request.pk}/grant/" in city.get("/schedule/replans/").content.decode()
    refusal = city.post(f"/schedule/replans/{request.pk}/refuse/", follow=True).content.decode()
    assert "不同意的，请写明理由" in refusal
    granted = city.post(f"/schedule/replans/{request.pk}/grant/", {"note": "同意"}, follow=True).content.decode()
    assert "已同意，日程按申请调整。" in granted
    page = city.get(f"/schedule/sites/{item.stage.site_id}/").content.decode()
    assert "原为 7月1日—11月30日" in page
    assert 'class="baseline"' in page


def test_the_city_needs_not_ask(item, city_staff, leader, login):
    address = f"/schedule/items/{item.pk}/replan/"
    assert login(leader).get(address).status_code == 403
    given = {name: str(value) for name, value in NEW.items()}
    assert login(city_staff).post(address, given).status_code == 302
    assert ReplanRequest.objects.get().is_direct


def test_a_request_stands_in_the_menu_and_on_the_workbench_of_who_decides(asked, city_staff, leader, login, rf):
    """Nobody would look for it on the schedule's page."""
    assert ReplanRequest.objects.to_do(city_staff).get() == asked
    assert ReplanRequest.objects.to_do(leader).count() == 0
    page = login(city_staff).get("/")
    assert page.context["others"] == [{"label": "日程调整", "number": 1, "address": "/schedule/replans/"}]
    assert page.content.decode().count('href="/schedule/replans/"') == 1
    assert replans_to_do(city_staff) == 1
    assert login(leader).get("/").context["others"] == []
    grant_replan(asked, by=city_staff, note="同意")
    assert login(city_staff).get("/").context["others"] == []
