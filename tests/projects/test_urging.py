"""催办: once a day per report, to the post on which the report lies."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from fedwork import clock
from organizations.models import AuditEvent, Role
from projects.actions import pass_report, return_report, urge_report
from projects.models import Reminder
from tests import factories
from tests.concurrency import PEOPLE, at_once
from tests.projects.conftest import NOON, submit

pytestmark = pytest.mark.django_db
LIST = reverse("admin:projects_monthlyreport_changelist")


def url(report) -> str:
    return reverse("projects:report_urge", args=[report.pk])


def post_of(reminder) -> tuple[str, str]:
    return reminder.place.name, reminder.role


def test_an_unsent_report_is_urged_at_the_cadres_post(report, cadre, city_staff):
    reminder = urge_report(report, by=city_staff, note=" 请今天\n报送 ")
    assert post_of(reminder) == ("山南镇", Role.CADRE)
    assert reminder.words == "合肥市妇联11月22日催办：请今天 报送"
    event = AuditEvent.objects.about(report).get(action="催办月报")
    assert (event.note, event.detail) == ("请今天 报送", {"post": "山南镇填报员"})


def test_a_report_that_waits_at_the_county_is_urged_there(report, cadre, county_reviewer, city_staff):
    sent = submit(report, by=cadre)
    assert post_of(urge_report(sent, by=city_staff)) == ("肥西县", Role.COUNTY_REVIEWER)


def test_a_returned_report_is_urged_at_the_cadres_post(report, cadre, county_reviewer, city_staff):
    sent = submit(report, by=cadre)
    back = return_report(sent, by=county_reviewer, version=sent.version, reason="请补签到表")
    assert post_of(urge_report(back, by=city_staff)) == ("山南镇", Role.CADRE)


def test_what_lies_at_the_city_or_is_accepted_is_not_urged(report, cadre, county_reviewer, city_staff):
    sent = submit(report, by=cadre)
    at_city = pass_report(sent, by=county_reviewer, version=sent.version)
    with pytest.raises(ValidationError, match="正等市级审核"):
        urge_report(at_city, by=city_staff)
    accepted = pass_report(at_city, by=city_staff, version=at_city.version)
    with pytest.raises(ValidationError, match="已经通过"):
        urge_report(accepted, by=city_staff)
    december = report.site.reports.last()
    with pytest.raises(ValidationError, match="2026年12月还没有开始"):
        urge_report(december, by=city_staff)
    assert Reminder.objects.count() == 0


def test_what_is_locked_is_unlocked_first(report, city_staff, login):
    report.site.programme.lock_days = 0
    report.site.programme.save()
    october = report.site.reports.get(month__month=10)
    with pytest.raises(ValidationError, match="到时没有提交，已锁定。请先解锁，再催办。"):
        urge_report(october, by=city_staff)
    page = login(city_staff).get("/stuck/").content.decode()
    assert '<span class="tag idle">已锁定</span>' in page
    assert url(october) not in page
    assert f"/admin/projects/monthlyreport/{october.pk}/unlock/" in page


def test_once_a_day_and_the_second_is_told_who_did_it(report, city_staff, tree):
    colleague = factories.user("city2", role=Role.CITY_STAFF, organization=tree.city)
    urge_report(report, by=city_staff)
    with pytest.raises(ValidationError, match="示例city已于 11月22日 12:00 催办过，同一份月报一天只催一次。"):
        urge_report(report, by=colleague)
    with clock.set_to(NOON + timedelta(days=1)):
        urge_report(report, by=colleague)
    assert AuditEvent.objects.about(report).filter(action="催办月报").count() == 2


@pytest.mark.parametrize("role", ["cadre", "county_reviewer", "leader", "auditor", "system_admin"])
def test_only_the_city_urges(report, role, request):
    with pytest.raises(PermissionDenied):
        urge_report(report, by=request.getfixturevalue(role))


def test_another_city_urges_nothing_here(report, tree):
    from_elsewhere = factories.user("far", role=Role.CITY_STAFF, organization=tree.far_township)
    with pytest.raises(PermissionDenied):
        urge_report(report, by=from_elsewhere)


def test_a_note_too_long_is_refused(report, city_staff):
    with pytest.raises(ValidationError, match="最多 200 个字"):
        urge_report(report, by=city_staff, note="催" * 201)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_urges_and_the_others_are_told(report, city_staff):
    def act(number: int):
        with clock.set_to(NOON):
            return urge_report(report, by=city_staff)

    answers = at_once(act)
    refused = [answer for answer in answers if isinstance(answer, ValidationError)]
    assert len(refused) == PEOPLE - 1
    assert all("示例city已于 11月22日 12:00 催办过" in refusal.messages[0] for refusal in refused)
    assert Reminder.objects.count() == 1
    assert AuditEvent.objects.about(report).filter(action="催办月报").count() == 1


def test_the_button_urges_and_leads_back(report, city_staff, login):
    client = login(city_staff)
    response = client.post(url(report), {"next": "/stuck/?side=filling", "note": "请今天报送"}, follow=True)
    assert response.redirect_chain == [("/stuck/?side=filling", 302)]
    assert "已催办“山南镇小井庄村 2026年11月月报”，对方岗位：山南镇填报员。" in response.content.decode()
    again = client.post(url(report), {"next": "//evil.example/"}, follow=True)
    assert again.redirect_chain == [(f"/reports/{report.pk}/", 302)]
    assert "示例city已于 11月22日 12:00 催办过" in again.content.decode()


def test_the_button_is_the_citys_and_a_post(report, cadre, neighbour, city_staff, login):
    assert login(city_staff).get(url(report)).status_code == 405
    assert login(neighbour).post(url(report)).status_code == 404
    assert login(cadre).post(url(report)).status_code == 403
    assert url(report) in login(city_staff).get(f"/reports/{report.pk}/").content.decode()
    assert url(report) not in login(cadre).get(f"/reports/{report.pk}/").content.decode()


def test_the_review_item_has_the_button_until_somebody_urged_today(report, city_staff, login):
    client, item = login(city_staff), f"/admin/projects/monthlyreport/{report.pk}/change/"
    assert url(report) in client.get(item).content.decode()
    client.post(url(report))
    page = client.get(item).content.decode()
    assert url(report) not in page
    assert "今天已催办" in page


def test_the_list_urges_the_chosen_and_tells_each_refusal(report, city_staff, county_reviewer, login):
    october = report.site.reports.get(month__month=10)
    urge_report(october, by=city_staff)
    chosen = {"action": "urge_selected", "_selected_action": [report.pk, october.pk]}
    page = login(city_staff).post(f"{LIST}?state=due", chosen, follow=True).content.decode()
    assert "已催办 1 份月报。" in page
    assert "山南镇小井庄村 2026年10月月报：示例city已于 11月22日 12:00 催办过" in page
    assert "urge_selected" not in login(county_reviewer).get(f"{LIST}?state=due").content.decode()


def test_the_cadre_reads_who_urged_until_the_report_is_in(report, cadre, city_staff, login):
    with clock.set_to(timezone.make_aware(datetime(2026, 11, 22, 9))):
        urge_report(report, by=city_staff, note="请今天报送")
    client, words = login(cadre), "合肥市妇联11月22日催办：请今天报送"
    pages = ["/", "/reminders/", f"/reports/{report.pk}/", f"/reports/{report.pk}/edit/"]
    assert [words in client.get(page).content.decode() for page in pages] == [True] * 4
    submit(report, by=cadre)
    assert [words in client.get(page).content.decode() for page in pages[:3]] == [False, True, False]


def test_the_county_reads_it_on_the_review_item_until_it_has_decided(report, cadre, county_reviewer, city_staff, login):
    sent = submit(report, by=cadre)
    urge_report(sent, by=city_staff)
    client, words = login(county_reviewer), "合肥市妇联11月22日催办"
    item = f"/admin/projects/monthlyreport/{report.pk}/change/"
    assert words in client.get(item).content.decode()
    assert '<span class="count">1</span>' in client.get(item).content.decode()
    pass_report(sent, by=county_reviewer, version=sent.version)
    assert words not in client.get(item).content.decode()


@pytest.mark.parametrize("address", ["-1", "", " ", "stuck/", "http://[", "/\\evil.example"])
def test_where_to_go_back_to_is_a_page_of_ours_or_the_report(report, city_staff, login, address):
    response = login(city_staff).post(url(report), {"next": address})
    assert (response.status_code, response["Location"]) == (302, report.get_absolute_url())
