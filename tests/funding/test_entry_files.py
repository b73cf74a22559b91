"""Scans of an entry: with it or later, never written over, taken out only at once."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from fedwork import clock
from fedwork.received import receive
from funding import actions
from funding.models import EntryFile
from funding.states import EntryKind
from organizations.models import AuditEvent
from tests import factories
from tests.funding.claims import paid, submitted
from tests.funding.ledger import new_key, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(sites, county_reviewer):
    return post(sites[0], EntryKind.ARRIVED, 15_000, by=county_reviewer)


def picture(colour=(200, 10, 10), name="收据.jpg"):
    return factories.upload(factories.picture(colour=colour), name)


def scanned(entry, *, by, colour=(1, 2, 3)) -> EntryFile:
    return actions.add_entry_file(entry, by=by, received=receive(picture(colour)))


class TestWithTheEntry:
    def data(self, **fields) -> dict:
        usual = {"kind": "arrived", "source": "county", "amount": "500", "voucher_number": "记-1"}
        return usual | {"happened_on": str(clock.today()), "key": str(new_key())} | fields

    def test_several_photos_go_with_it_and_the_book_says_so(self, sites, county_reviewer, login):
        client, url = login(county_reviewer), reverse("funding:entry_add", args=[sites[0].pk])
        files = [picture(), picture((9, 9, 9)), factories.upload(b"%PDF-1.4 x %%EOF", "回单.pdf")]
        page = client.post(url, self.data(files=files), follow=True).content.decode()
        assert "扫描件 3 个" in page
        assert "扫描件 3</span>" in page
        assert sites[0].entries.get(kind="arrived").files.count() == 3

    def test_a_file_that_cannot_be_taken_enters_nothing(self, sites, county_reviewer, login):
        client, url = login(county_reviewer), reverse("funding:entry_add", args=[sites[0].pk])
        page = client.post(url, self.data(files=[factories.upload(b"MZ", "a.exe")])).content.decode()
        assert "“a.exe”没有收下：只收 JPEG" in page
        assert not sites[0].entries.filter(kind="arrived").exists()

    def test_sent_twice_it_is_one_entry_with_one_scan(self, sites, county_reviewer, login):
        client, url, data = login(county_reviewer), reverse("funding:entry_add", args=[sites[0].pk]), self.data()
        for _ in range(2):
            client.post(url, data | {"files": [picture()]})
        assert sites[0].entries.get(kind="arrived").files.count() == 1


class TestLater:
    def test_it_is_added_opened_and_logged(self, entry, county_reviewer, cadre, login):
        client = login(county_reviewer)
        url = reverse("funding:entry_attach", args=[entry.pk])
        response = client.post(url, {"files": [picture()]})
        assert response["Location"] == f"{entry.get_absolute_url()}#attachments"
        scan = entry.files.get()
        assert AuditEvent.objects.about(scan).get().action == "上传凭证扫描件"
        for address in [scan.get_absolute_url(), scan.thumbnail_url]:
            assert login(cadre).get(address).getvalue().startswith(b"\xff\xd8")

    def test_the_script_gets_the_row(self, entry, county_reviewer, login):
        url = reverse("funding:entry_attach", args=[entry.pk])
        response = login(county_reviewer).post(url, {"files": picture()}, headers={"accept": "application/json"})
        assert response.status_code == 201
        assert "收据.jpg" in response.json()["html"]

    def test_neighbours_see_nothing_and_readers_add_nothing(
        self, entry, other_reviewer, county_reviewer, leader, login
    ):
        scan = scanned(entry, by=county_reviewer)
        client = login(other_reviewer)
        for name, pk in [("entry_file", scan.pk), ("entry_thumbnail", scan.pk)]:
            assert client.get(reverse(f"funding:{name}", args=[pk])).status_code == 404
        url = reverse("funding:entry_attach", args=[entry.pk])
        assert [login(user).post(url).status_code for user in [other_reviewer, leader]] == [404, 403]
        assert login(leader).get(url).status_code == 405

    def test_spending_by_claim_shows_the_scans_of_its_claim(self, entry, cadre, county_reviewer, login):
        claim = paid(submitted(entry.site, 500, by=cadre), by=county_reviewer)
        spending = claim.lines.get().entry
        page = login(county_reviewer).get(spending.get_absolute_url()).content.decode()
        assert claim.files.get().get_absolute_url() in page
        assert claim.number in page


class TestTakingOut:
    def test_on_the_same_day_by_who_sent_it(self, entry, county_reviewer, login):
        scan = scanned(entry, by=county_reviewer)
        page = login(county_reviewer).post(scan.removal_url, follow=True).content.decode()
        assert "已移除“收据.jpg”" in page
        scan.refresh_from_db()
        assert scan.removed_by == county_reviewer
        assert scan.file.storage.exists(scan.file.name)  # it stays to be seen
        assert scanned(entry, by=county_reviewer) != scan

    def test_not_the_day_after_and_not_by_others(self, entry, county_reviewer, city_staff, login):
        scan = scanned(entry, by=county_reviewer)
        assert login(city_staff).post(scan.removal_url).status_code == 403
        with clock.set_to(clock.now() + timedelta(days=1)), pytest.raises(ValidationError, match="当天"):
            actions.remove_entry_file(scan, by=county_reviewer)
        assert entry.files.current().count() == 1

    @pytest.mark.parametrize("change", ["UPDATE funding_entryfile SET name = 'x'", "DELETE FROM funding_entryfile"])
    def test_the_database_keeps_them(self, entry, county_reviewer, change):
        scanned(entry, by=county_reviewer)
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
