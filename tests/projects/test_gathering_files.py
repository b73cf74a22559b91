"""Photos and files of trainings and meetings, and of the logs of offices: who adds, sees and removes them."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from organizations.models import AuditEvent, Level
from projects.actions import (
    add_meeting_attachment,
    add_training_attachment,
    add_worklog_attachment,
    approve_site,
    finish_meeting,
    remove_attachment,
    remove_training,
)
from projects.archive import programme_catalogue, site_catalogue
from projects.models import Attachment, WorkLog
from tests import factories
from tests.projects.conftest import NOON
from tests.projects.fieldnotes import held_training, noted
from tests.projects.test_archive import section
from tests.projects.test_archive_sources import held_meeting

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


@pytest.fixture
def training(site, programme, county_reviewer):
    return held_training(programme, by=county_reviewer, level="county")


@pytest.fixture
def meeting(site, programme, tree, city_staff):
    return held_meeting(programme, [tree.township], by=city_staff)


def statuses(login, attachment, *users) -> list[int]:
    found = []
    for user in users:
        response = login(user).get(attachment.get_absolute_url())
        response.getvalue()  # read to its end, so that the file is closed
        found.append(response.status_code)
    return found


class TestTraining:
    def test_who_entered_it_adds_and_removes_a_file(self, training, county_reviewer, login):
        client, page = login(county_reviewer), training.get_absolute_url()
        response = client.post(page + "attachments/", {"files": [factories.upload(name="签到册.jpg")]}, follow=True)
        assert "签到册.jpg" in response.content.decode()
        added = training.attachments.get()
        assert (added.site, added.programme) == (None, training.programme)
        event = AuditEvent.objects.filter(action="上传附件").get()
        assert event.organization_path == training.organization.path
        client.post(reverse("projects:attachment_remove", args=[added.pk]))
        added.refresh_from_db()
        assert added.removed_by == county_reviewer

    def test_whoever_sees_the_training_sees_its_files(
        self, training, county_reviewer, cadre, neighbour, city_staff, other_reviewer, login
    ):
        added = add_training_attachment(training, by=county_reviewer, received=factories.received())
        assert statuses(login, added, cadre, neighbour, city_staff, other_reviewer) == [200, 200, 200, 404]
        url = training.get_absolute_url() + "attachments/"
        assert [login(user).post(url).status_code for user in [other_reviewer, cadre]] == [404, 403]
        assert login(county_reviewer).get(url).status_code == 405
        for by in [cadre, city_staff]:
            with pytest.raises(PermissionDenied):
                add_training_attachment(training, by=by, received=factories.received())
            with pytest.raises(PermissionDenied):
                remove_attachment(added, by=by)
            assert login(by).post(reverse("projects:attachment_remove", args=[added.pk])).status_code == 403

    def test_the_same_file_is_kept_once_and_goes_with_the_training(self, training, county_reviewer):
        twin = factories.received()
        first, second = (add_training_attachment(training, by=county_reviewer, received=twin) for _ in range(2))
        assert first == second
        remove_training(training, by=county_reviewer, version=training.version)
        assert Attachment.objects.current().count() == 0
        with pytest.raises(ValidationError, match="已经移除"):
            add_training_attachment(training, by=county_reviewer, received=factories.received())

    def test_it_lies_in_the_archive_of_the_programme_and_of_the_sites_that_came(
        self, training, programme, site, tree, county_reviewer, other_reviewer, city_staff
    ):
        far = approve_site(factories.site(programme, tree.far_village), by=city_staff)
        added = add_training_attachment(training, by=county_reviewer, received=factories.received("签到册.pdf"))
        (item,) = section(site, "会议培训").items
        assert ([piece.attachment for piece in item.pieces], item.is_counted) == ([added], True)
        assert list(site_catalogue(far, TODAY).pieces) == []
        (item,) = programme_catalogue(programme, TODAY, county_reviewer).items
        assert (item.title, item.source, item.pieces[0].attachment) == ("项目推进培训", "培训", added)
        assert list(programme_catalogue(programme, TODAY, other_reviewer).items) == []

    def test_queries_do_not_grow(self, training, county_reviewer, login, count_queries):
        client, page = login(county_reviewer), training.get_absolute_url()
        add_training_attachment(training, by=county_reviewer, received=factories.received())
        few = count_queries(lambda: client.get(page))
        for _ in range(5):
            add_training_attachment(training, by=county_reviewer, received=factories.received())
        assert count_queries(lambda: client.get(page)) == few


class TestMeeting:
    def test_what_was_signed_comes_after_the_minutes_and_stays(self, meeting, city_staff, login):
        page = meeting.get_absolute_url()
        client = login(city_staff)
        client.post(page + "attachments/", {"files": [factories.upload(name="议程.jpg")]})
        meeting.minutes, meeting.requirements = "汇报了进展", "抓紧推进"
        meeting.save()
        finish_meeting(meeting, by=city_staff, version=meeting.version)
        picture = factories.picture(colour=(1, 2, 3))
        client.post(page + "attachments/", {"files": [factories.upload(picture, "签到册.jpg")]})
        text = client.get(page).content.decode()
        assert ("签到册.jpg" in text, "移除 签到册.jpg" in text) == (True, False)
        added = meeting.attachments.first()
        with pytest.raises(ValidationError, match="已经定稿"):
            remove_attachment(added, by=city_staff)
        assert meeting.attachments.current().count() == 2

    def test_cadres_see_the_files_of_the_meetings_they_were_at(
        self, meeting, site, cadre, neighbour, county_reviewer, leader, city_staff, login
    ):
        added = add_meeting_attachment(meeting, by=city_staff, received=factories.received("签到册.pdf"))
        assert statuses(login, added, cadre, county_reviewer, leader, neighbour) == [200, 200, 200, 404]
        assert login(cadre).get(added.archive_url).status_code == 200
        assert [piece.attachment for piece in section(site, "会议培训").items[0].pieces] == [added]
        url = meeting.get_absolute_url() + "attachments/"
        assert [login(user).post(url).status_code for user in [county_reviewer, cadre]] == [403, 403]
        with pytest.raises(PermissionDenied):
            add_meeting_attachment(meeting, by=county_reviewer, received=factories.received())

    def test_another_citys_is_not_there(self, meeting, tree, city_staff, login):
        city = factories.organization("芜湖市", level=Level.CITY, parent=tree.province)
        staff = factories.user("wuhu", role="city_staff", organization=city)
        added = add_meeting_attachment(meeting, by=city_staff, received=factories.received())
        assert statuses(login, added, staff) == [404]
        assert login(staff).post(meeting.get_absolute_url() + "attachments/").status_code == 404


class TestOfficeLog:
    def test_an_office_keeps_photos_with_its_log(
        self, programme, site, county_reviewer, other_reviewer, cadre, city_staff, login
    ):
        log = noted(WorkLog, None, by=county_reviewer, programme=programme)
        page = log.get_absolute_url()
        login(county_reviewer).post(page + "attachments/", {"files": [factories.upload(name="走访.jpg")]})
        added = log.attachments.get()
        assert (added.site, added.programme) == (None, programme)
        assert statuses(login, added, county_reviewer, city_staff, other_reviewer, cadre) == [200, 200, 404, 404]
        assert site_catalogue(site, TODAY).pieces == []
        remove_attachment(added, by=county_reviewer)
        assert log.attachments.current().count() == 0


def test_a_file_belongs_to_one_place(training, meeting, site, county_reviewer):
    added = add_training_attachment(training, by=county_reviewer, received=factories.received())
    for change in [{"site": site}, {"meeting": meeting}, {"training": None}, {"programme": None}]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Attachment.objects.filter(pk=added.pk).update(**change)


def test_a_log_of_an_office_takes_photos_from_its_form(programme, site, county_reviewer, login):
    assert 'name="files"' in login(county_reviewer).get("/worklogs/add/").content.decode()
    log = noted(WorkLog, None, by=county_reviewer, programme=programme)
    assert add_worklog_attachment(log, by=county_reviewer, received=factories.received()).worklog == log
