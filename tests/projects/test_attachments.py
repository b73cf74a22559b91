"""Photos and files of a report: kept whole or not at all, seen by whoever sees the report, never lost once sent."""

import errno
import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from fedwork import clock
from fedwork.received import receive
from organizations.models import AuditEvent, Level
from projects.actions import add_attachment, approve_site, remove_attachment, return_report
from projects.models import Attachment, MonthClose
from tests import factories
from tests.concurrency import at_once
from tests.fedwork.test_received import PDF
from tests.projects.conftest import NOON, fill_in, submit

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def folder(tmp_path, settings) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def photo(number: int = 0, name: str = "现场.jpg"):
    return receive(factories.upload(factories.picture(colour=(number, 7 * number % 256, 9)), name))


def add(report, by, number: int = 0, name: str = "现场.jpg", **given):
    return add_attachment(report, by=by, received=photo(number, name), **given)


class TestAdding:
    def test_a_photo_lies_by_a_random_name_where_only_the_server_reads_it(self, report, cadre, folder):
        added = add(report, cadre)
        assert (added.kind, added.name, added.width, added.height) == ("photo", "现场.jpg", 64, 48)
        stored = files(folder)
        assert {path.parent for path in stored} == {folder / "sites" / str(report.site_id)}
        assert {len(path.stem) for path in stored} == {32}
        assert {oct(path.stat().st_mode)[-3:] for path in stored} == {"600"}
        assert oct((folder / "sites").stat().st_mode)[-3:] == "700"

    def test_one_row_in_the_log(self, report, cadre):
        added = add(report, cadre)
        event = AuditEvent.objects.about(added).get()
        assert (event.action, event.actor_id) == ("上传附件", cadre.pk)
        assert event.detail == {"report": report.pk, "size": added.size, "sha256": added.sha256}

    def test_it_may_belong_to_a_task_of_the_site_and_of_no_other(self, report, cadre, programme, tree, city_staff):
        item = report.site.stages.first().items.first()
        assert add(report, cadre, item=item).item == item
        elsewhere = approve_site(factories.site(programme, tree.other_village), by=city_staff)
        with pytest.raises(ValidationError, match="不是这个项目点的"):
            add(report, cadre, 1, item=elsewhere.stages.first().items.first())

    def test_sent_twice_it_is_kept_once(self, report, cadre, folder):
        first, second = add(report, cadre), add(report, cadre)
        assert first == second
        assert len(files(folder)) == 2
        with pytest.raises(ValidationError, match="同样的文件已经在本月月报里"):
            add(report, cadre, item=report.site.stages.first().items.first())

    def test_only_who_fills_in_and_only_while_it_can_be(self, report, cadre, neighbour, county_reviewer, folder):
        for other in [neighbour, county_reviewer]:
            with pytest.raises(PermissionDenied):
                add(report, other)
        submit(report, by=cadre)
        with pytest.raises(ValidationError, match="不能再改"):
            add(report, cadre)
        assert files(folder) == []

    def test_not_in_a_closed_month(self, report, cadre, programme, city_staff):
        MonthClose.objects.create(programme=programme, month=report.month, closed_at=NOON, closed_by=city_staff)
        with pytest.raises(ValidationError, match="月结"):
            add(report, cadre)

    def test_number_and_quota_are_limited(self, report, cadre, settings, folder):
        settings.REPORT_MAX_FILES = 2
        for number in range(2):
            add(report, cadre, number)
        with pytest.raises(ValidationError, match="最多 2 个照片和文件"):
            add(report, cadre, 2)
        settings.REPORT_MAX_FILES, settings.SITE_QUOTA_MB = 20, 0
        with pytest.raises(ValidationError, match="最多 0 MB"):
            add(report, cadre, 2)
        assert len(files(folder)) == 4

    @pytest.mark.parametrize("call", ["write", "fsync"])
    def test_a_full_disk_leaves_neither_file_nor_row(self, report, cadre, folder, monkeypatch, call):
        """The operating system says no, at the first file or at its last byte."""

        def refuse(*arguments):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "fsync" if call == "fsync" else "open", refuse)
        with pytest.raises(ValidationError, match="磁盘可能满了"):
            add(report, cadre)
        monkeypatch.undo()
        assert (files(folder), Attachment.objects.count()) == ([], 0)

    def test_a_second_file_that_finds_no_room_takes_the_first_with_it(self, report, cadre, folder, monkeypatch):
        calls, real = [], os.fsync

        def refuse_second(descriptor):
            calls.append(descriptor)
            if len(calls) == 2:
                raise OSError(errno.ENOSPC, "full")
            real(descriptor)

        monkeypatch.setattr(os, "fsync", refuse_second)
        with pytest.raises(ValidationError):
            add(report, cadre)
        assert (files(folder), Attachment.objects.count()) == ([], 0)

    def test_a_row_that_is_refused_takes_its_files_with_it(self, report, cadre, folder):
        unfit = photo()
        object.__setattr__(unfit, "name", "长" * 101)
        with pytest.raises(Exception, match="too long"), transaction.atomic():
            add_attachment(report, by=cadre, received=unfit)
        assert files(folder) == []


class TestRemoving:
    def test_from_a_draft_it_is_gone(self, report, cadre, folder, django_capture_on_commit_callbacks):
        added = add(report, cadre)
        with django_capture_on_commit_callbacks(execute=True):
            remove_attachment(added, by=cadre)
            remove_attachment(added, by=cadre)
        assert (Attachment.objects.count(), files(folder)) == (0, [])
        assert list(AuditEvent.objects.about(added).values_list("action", flat=True)) == ["移除附件", "上传附件"]

    def test_once_submitted_it_is_only_marked(self, report, cadre, county_reviewer, folder):
        added = add(report, cadre)
        sent = submit(report, by=cadre)
        with pytest.raises(ValidationError, match="不能再改"):
            remove_attachment(added, by=cadre)
        returned = return_report(sent, by=county_reviewer, version=sent.version, reason="照片不清楚")
        remove_attachment(added, by=cadre)
        added.refresh_from_db()
        assert (added.removed_by, len(files(folder))) == (cadre, 2)
        assert list(returned.attachments.current()) == []
        again = add(returned, cadre)
        assert list(returned.attachments.for_page()) == [again, added]

    def test_others_do_not_remove(self, report, cadre, neighbour, county_reviewer):
        added = add(report, cadre)
        for other in [neighbour, county_reviewer]:
            with pytest.raises(PermissionDenied):
                remove_attachment(added, by=other)


class TestConstraints:
    @pytest.mark.parametrize("change", [{"width": None}, {"thumbnail": ""}, {"removed_at": "2026-11-22T12:00+08:00"}])
    def test_the_database_refuses_half_a_photo_and_half_a_removal(self, report, cadre, change):
        added = add(report, cadre)
        with pytest.raises(IntegrityError), transaction.atomic():
            Attachment.objects.filter(pk=added.pk).update(**change)

    def test_the_same_content_once_in_a_report(self, report, cadre):
        first, second = add(report, cadre), add(report, cadre, 1)
        with pytest.raises(IntegrityError), transaction.atomic():
            Attachment.objects.filter(pk=second.pk).update(sha256=first.sha256)


class TestUploadPage:
    def post(self, client, report, *uploads, **data):
        headers = data.pop("headers", {})
        page = reverse("projects:report_attachment_add", args=[report.pk])
        return client.post(page, {"files": uploads, **data}, headers=headers)

    def test_several_at_once_as_a_plain_form(self, report, cadre, login):
        client = login(cadre)
        good = [factories.upload(factories.picture(colour=(red, 0, 0)), f"{red}.jpg") for red in [0, 99]]
        response = self.post(client, report, *good, factories.upload(b"<svg/>", "图.jpg"))
        assert response["Location"] == f"/reports/{report.pk}/edit/#attachments"
        page = client.get(response["Location"]).content.decode()
        assert "已上传 2 个照片和文件。" in page
        assert "“图.jpg”没有上传：只收 JPEG" in page
        assert page.count('aria-label="移除') == 2

    def test_the_script_gets_the_new_row_or_a_sentence(self, report, cadre, login):
        client, item = login(cadre), report.site.stages.first().items.first()
        response = self.post(client, report, factories.upload(name="a<b>.jpg"), item=item.pk, headers=JSON)
        assert response.status_code == 201
        row = response.json()["html"]
        assert f'id="attachment-{Attachment.objects.get().pk}"' in row
        assert "a&lt;b&gt;.jpg" in row
        assert item.name in row
        refused = self.post(client, report, factories.upload(b"\xd0\xcf\x11\xe0", "a.doc"), headers=JSON)
        assert (refused.status_code, "旧版的 .doc" in refused.json()["error"]) == (422, True)
        assert self.post(client, report, headers=JSON).json()["error"] == "没有收到文件，请重新选择。"

    def test_without_a_file_it_says_so(self, report, cadre, login):
        response = login(cadre).post(reverse("projects:report_attachment_add", args=[report.pk]), follow=True)
        assert "请先选择照片或文件" in response.content.decode()

    def test_a_full_disk_is_a_sentence(self, report, cadre, login, folder):
        (folder / "sites").write_text("a file where the folder should be")
        response = self.post(login(cadre), report, factories.upload(), headers=JSON)
        assert (response.status_code, "磁盘可能满了" in response.json()["error"]) == (422, True)

    def test_neighbours_find_nothing_and_readers_may_not(self, report, neighbour, county_reviewer, login):
        assert self.post(login(neighbour), report, factories.upload()).status_code == 404
        assert self.post(login(county_reviewer), report, factories.upload()).status_code == 403
        assert Attachment.objects.count() == 0

    def test_removing_from_the_page(self, report, cadre, neighbour, county_reviewer, login):
        added = add(report, cadre)
        url = reverse("projects:attachment_remove", args=[added.pk])
        assert login(neighbour).post(url).status_code == 404
        assert login(county_reviewer).post(url).status_code == 403
        assert login(cadre).get(url).status_code == 405
        response = login(cadre).post(url, follow=True)
        assert "已移除“现场.jpg”。" in response.content.decode()
        assert Attachment.objects.count() == 0

    def test_removing_after_submission_is_refused_in_words(self, report, cadre, login):
        added = add(report, cadre)
        submit(report, by=cadre)
        response = login(cadre).post(reverse("projects:attachment_remove", args=[added.pk]), headers=JSON)
        assert (response.status_code, "不能再改" in response.json()["error"]) == (422, True)

    def test_another_sites_task_is_not_taken(self, report, cadre, login):
        self.post(login(cadre), report, factories.upload(), item="999999")
        assert Attachment.objects.get().item is None


class TestReading:
    def test_a_photo_opens_sandboxed(self, report, cadre, county_reviewer, login):
        added = add(report, cadre)
        response = login(county_reviewer).get(added.get_absolute_url())
        assert Image.open(io.BytesIO(response.getvalue())).size == (64, 48)
        assert response["Content-Disposition"].startswith("inline")
        assert response["Content-Type"] == "image/jpeg"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"].endswith("sandbox")
        assert response["Cache-Control"] == "private, no-cache"
        again = login(county_reviewer).get(added.get_absolute_url(), headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304

    def test_a_file_is_only_saved(self, report, cadre, login):
        file = receive(factories.upload(PDF, "签到表.pdf"))
        added = add_attachment(report, by=cadre, received=file)
        response = login(cadre).get(added.get_absolute_url())
        assert response.getvalue() == PDF
        assert response["Content-Disposition"].startswith("attachment")
        assert response["Content-Type"] == "application/pdf"
        assert login(cadre).get(reverse("projects:attachment_thumbnail", args=[added.pk])).status_code == 404

    def test_outside_the_subtree_there_is_nothing(self, report, cadre, neighbour, other_reviewer, login):
        added = add(report, cadre)
        for name in ["attachment_file", "attachment_thumbnail"]:
            url = reverse(f"projects:{name}", args=[added.pk])
            assert login(cadre).post(url).status_code == 405
            for other in [neighbour, other_reviewer]:
                assert login(other).get(url).status_code == 404

    def test_a_file_that_the_disk_has_lost_is_not_found(self, report, cadre, login, folder):
        added = add(report, cadre)
        for path in files(folder):
            path.unlink()
        assert login(cadre).get(added.get_absolute_url()).status_code == 404

    def test_the_pages_show_them_in_a_fixed_number_of_queries(
        self, report, cadre, county_reviewer, login, count_queries
    ):
        item = report.site.stages.first().items.first()
        add(report, cadre, item=item)
        pages = [
            (login(cadre), reverse("projects:report_edit", args=[report.pk])),
            (login(cadre), report.get_absolute_url()),
            (login(county_reviewer), reverse("admin:projects_monthlyreport_change", args=[report.pk])),
        ]
        with_one = [count_queries(lambda c=client, u=url: c.get(u)) for client, url in pages]
        for number in range(1, 12):
            add(report, cadre, number, item=item)
        assert [count_queries(lambda c=client, u=url: c.get(u)) for client, url in pages] == with_one
        for client, url in pages:
            assert client.get(url).content.decode().count('<li id="attachment-') == 12

    def test_who_only_reads_gets_no_buttons(self, report, cadre, county_reviewer, login):
        add(report, cadre)
        page = login(county_reviewer).get(report.get_absolute_url()).content.decode()
        assert "现场.jpg" in page
        assert "移除" not in page


def test_the_command_names_files_without_a_row(report, cadre, folder, capsys):
    added = add(report, cadre)
    lost = folder / "sites" / str(report.site_id) / f"{'0' * 32}.jpg"
    lost.write_bytes(b"x")
    call_command("clean_files")
    assert "找到 0 个" in capsys.readouterr().out  # just written: an upload under way
    for path in files(folder):
        os.utime(path, (0, 0))
    call_command("clean_files")
    assert str(lost) in capsys.readouterr().out
    call_command("clean_files", delete=True)
    assert {path.name for path in files(folder)} == {Path(added.file.name).name, Path(added.thumbnail.name).name}


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Many phones of one post at the same moment."""

    def test_never_more_than_allowed(self, report, cadre, settings, folder):
        settings.REPORT_MAX_FILES = 3
        received = [photo(30 * number) for number in range(8)]
        results = at_once(lambda number: add_attachment(report, by=cadre, received=received[number]))
        assert sum(isinstance(result, Attachment) for result in results) == 3
        assert all("最多 3 个" in str(result) for result in results if not isinstance(result, Attachment))
        assert (Attachment.objects.count(), len(files(folder))) == (3, 6)

    def test_the_same_photo_is_kept_once(self, report, cadre, folder):
        received = photo()
        results = at_once(lambda number: add_attachment(report, by=cadre, received=received))
        assert len({result.pk for result in results}) == 1
        assert (Attachment.objects.count(), len(files(folder))) == (1, 2)


def entry_of(report) -> dict:
    content = report.submissions.last().content
    return next(entry for entry in content if entry["key"] == "attachments")


class TestReview:
    """What is attached is part of what was sent: kept with the round, compared, remarked on, reopened."""

    def test_a_submission_keeps_the_names(self, report, cadre):
        item = report.site.stages.first().items.first()
        add(report, cadre, name="现场.jpg", item=item)
        gone = add(report, cadre, 1)
        add(report, cadre, 2, name="image.jpg")
        remove_attachment(gone, by=cadre)
        submit(report, by=cadre)
        assert entry_of(report) == {
            "key": "attachments",
            "section": "照片和文件",
            "label": "照片和文件",
            "value": f"现场.jpg（{item}，11月22日 12:00）\nimage.jpg（11月22日 12:00）",
        }

    def test_a_report_without_any_says_so(self, report, cadre):
        submit(report, by=cadre)
        assert entry_of(report)["value"] == ""

    def test_the_reviewer_sees_another_photo_of_the_same_name_as_a_change(self, report, cadre, county_reviewer, login):
        old = add(report, cadre, name="image.jpg")
        sent = submit(report, by=cadre)
        returned = return_report(sent, by=county_reviewer, version=sent.version, reason="照片不清楚")
        with clock.set_to(NOON + timedelta(hours=1)):
            remove_attachment(old, by=cadre)
            add(returned, cadre, 1, name="image.jpg")
            submit(returned, by=cadre)
            page = login(county_reviewer).get(reverse("admin:projects_monthlyreport_change", args=[report.pk]))
        row = next(row for row in page.context["comparison"].rows if row.key == "attachments")
        assert (row.seen, row.now) == ("image.jpg（11月22日 12:00）", "image.jpg（11月22日 13:00）")
        assert row.is_changed
        assert page.content.decode().count("image.jpg（11月22日 13:00）") == 2  # in the comparison and in the round

    def returned(self, report, cadre, county_reviewer, key: str):
        sent = submit(report, by=cadre)
        return return_report(sent, by=county_reviewer, version=sent.version, remarks={key: "请核对"})

    def test_a_return_for_something_else_takes_more_files_and_gives_none_back(
        self, report, cadre, county_reviewer, login
    ):
        seen = add(report, cadre)
        returned = self.returned(report, cadre, county_reviewer, "next_plan")
        with pytest.raises(ValidationError, match="退回前交的照片和文件不能移除"):
            remove_attachment(seen, by=cadre)
        with clock.set_to(NOON + timedelta(hours=1)):
            more = add(returned, cadre, 1)
            page = login(cadre).get(reverse("projects:report_edit", args=[report.pk])).content.decode()
        assert page.count('aria-label="移除') == 1
        assert "照片和文件可以补充，退回前交的不能移除" in page
        remove_attachment(more, by=cadre)
        assert list(returned.attachments.current()) == [seen]

    def test_a_remark_on_the_files_opens_them_and_stands_beside_them(self, report, cadre, county_reviewer, login):
        seen = add(report, cadre)
        returned = self.returned(report, cadre, county_reviewer, "attachments")
        page = login(cadre).get(reverse("projects:report_edit", args=[report.pk])).content.decode()
        assert '<a href="#id_attachments">照片和文件：请核对</a>' in page
        assert 'id="id_attachments"' in page
        assert '<p class="body returned-remark"><b>批注：</b>请核对</p>' in page
        remove_attachment(seen, by=cadre)
        assert list(returned.attachments.current()) == []

    def test_a_return_without_remarks_opens_everything(self, report, cadre, county_reviewer):
        seen = add(report, cadre)
        sent = submit(report, by=cadre)
        returned = return_report(sent, by=county_reviewer, version=sent.version, reason="请重填")
        remove_attachment(seen, by=cadre)
        assert list(returned.attachments.current()) == []

    def test_the_check_of_a_month_tells_them_in_a_fixed_number_of_queries(
        self, report, cadre, programme, tree, city_staff, login, count_queries
    ):
        add(fill_in(report, by=cadre), cadre, name="培训.jpg")
        client, url = login(cadre), reverse("projects:month_check", args=[2026, 11])
        with_one = count_queries(lambda: client.get(url))
        for number in range(1, 6):
            village = factories.organization(f"示例{number}村", level=Level.VILLAGE, parent=tree.township)
            other = approve_site(factories.site(programme, village), by=city_staff)
            filled = fill_in(other.reports.get(month=report.month), by=cadre)
            add(filled, cadre, number, name=f"活动{number}.jpg", item=other.stages.first().items.first())
        assert count_queries(lambda: client.get(url)) == with_one
        page = client.get(url).content.decode()
        assert "培训.jpg" in page
        assert "活动5.jpg" in page
