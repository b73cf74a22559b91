"""The pages of 备查资料: catalogue, upload, one item, board, Excel, and the whole file as a ZIP."""

import hashlib
import io
import re
import zipfile
from html import unescape
from urllib.parse import unquote

import openpyxl
import pytest
from django.urls import reverse

from organizations.models import AuditEvent, Level
from projects.actions import add_attachment, add_record, add_visit, approve_site
from projects.models import Attachment
from projects.papers.package import LONGEST, safe_name
from tests import factories
from tests.projects.conftest import submit
from tests.projects.followup import raised
from tests.projects.test_archive import DAY, category, put

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def page(site) -> str:
    return reverse("projects:archive_site", args=[site.pk])


def posted(site, *files, name="资金", **fields) -> dict:
    data = {"category": category(site.programme, name).pk, "title": "", "dated_on": "", "files": list(files)}
    return data | fields


def upload(name: str = "凭证.pdf", data: bytes = PDF):
    return factories.upload(data, name)


class TestSitePage:
    def test_the_cadre_uploads_and_one_category_less_is_missing(self, site, page, cadre, login):
        client = login(cadre)
        assert "应有 11 类，缺 9 类" in client.get(page).content.decode()
        response = client.post(page + "add/", posted(site, upload(), title="到账凭证"), follow=True)
        text = response.content.decode()
        assert "“到账凭证”已归入11 资金。" in text
        assert "应有 11 类，缺 8 类" in text
        assert response.redirect_chain[0][0] == f"{page}#category-{category(site.programme, '资金').pk}"

    def test_the_link_beside_what_is_missing_chooses_its_category(self, site, page, cadre, login):
        pk = category(site.programme, "资金").pk
        form = login(cadre).get(page, {"category": pk}).context["form"]
        assert form["category"].value() == str(pk)

    def test_refusals_stand_beside_their_fields_and_nothing_is_kept(self, site, page, cadre, login):
        client = login(cadre)
        old = upload("旧表.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 600)
        for data, sentence in [
            (posted(site), "请选择文件。"),
            (posted(site, upload(), old), "“旧表.doc”：这是旧版的"),
            (posted(site, upload(), dated_on="2027-01-01"), "成文日期不能晚于今天。"),
            (posted(site, upload(), category=""), "请选择目录类别。"),
            (posted(site, upload(), category="99999"), "没有这个类别，请重新选择。"),
        ]:
            response = client.post(page + "add/", data)
            assert response.status_code == 422
            assert sentence in response.content.decode()
        assert Attachment.objects.count() == 0

    def test_the_same_content_elsewhere_is_said(self, site, page, cadre, login):
        client = login(cadre)
        client.post(page + "add/", posted(site, upload(), title="凭证"))
        response = client.post(page + "add/", posted(site, upload(), name="工作日志"), follow=True)
        assert "同样的内容还有一份：“凭证”。" in response.content.decode()

    def test_who_sees_it_and_who_may_add(self, site, page, login, neighbour, leader, auditor, system_admin):
        assert login(neighbour).get(page).status_code == 404
        assert login(neighbour).post(page + "add/", posted(site, upload())).status_code == 404
        for user in [leader, auditor]:
            assert "归入备查资料" not in login(user).get(page).content.decode()
            assert login(user).post(page + "add/", posted(site, upload())).status_code == 403
        assert login(system_admin).get(page).status_code == 403
        assert login(leader).get(page + "add/").status_code == 405

    def test_queries_do_not_grow(self, site, report, page, cadre, city_staff, login, count_queries):
        client = login(cadre)
        put(site, "资金", by=cadre)
        few = count_queries(lambda: client.get(page))
        for number in range(8):
            put(site, "资金", by=cadre, received=[factories.received(), factories.received()])
            activity = add_record(factories.activity(site, DAY, title=f"活动{number}"), by=cadre)
            add_attachment(report, by=cadre, received=factories.received(), record=activity)
        add_visit(factories.visit(site, DAY), by=city_staff)
        assert count_queries(lambda: client.get(page)) == few


class TestItemPage:
    def test_it_is_changed_added_to_and_removed(self, site, cadre, login):
        added, client = put(site, "资金", by=cadre), login(cadre)
        filing = {"category": added.category_id, "title": "到账凭证", "dated_on": "2026-11-01"}
        text = client.post(added.archive_url + "refile/", filing, follow=True).content.decode()
        assert "<h1>到账凭证</h1>" in text
        client.post(added.archive_url + "annexes/", {"files": [upload("回单.pdf")]})
        assert [annex.name for annex in added.annexes.all()] == ["回单.pdf"]
        response = client.post(added.archive_url + "remove/", {"reason": ""})
        assert (response.status_code, "请写明移除的原因。" in response.content.decode()) == (422, True)
        client.post(added.archive_url + "remove/", {"reason": "传错了"})
        assert client.get(added.archive_url).status_code == 404
        text = client.get(reverse("projects:archive_site", args=[site.pk])).content.decode()
        assert "已移除的 2 个文件" in text
        assert text.count("移除，原因：传错了") == 2
        assert Attachment.objects.current().count() == 0

    def test_others_only_read(self, site, cadre, county_reviewer, neighbour, login):
        added = put(site, "资金", by=cadre)
        assert "移除这一件" not in login(county_reviewer).get(added.archive_url).content.decode()
        for verb in ["refile", "annexes", "remove"]:
            assert login(county_reviewer).post(f"{added.archive_url}{verb}/").status_code == 403
            assert login(neighbour).post(f"{added.archive_url}{verb}/").status_code == 404
            assert login(cadre).get(f"{added.archive_url}{verb}/").status_code == 405
        for url in [added.archive_url, added.get_absolute_url()]:
            assert login(neighbour).get(url).status_code == 404

    def test_a_photo_of_a_report_says_where_it_belongs(self, site, report, cadre, login):
        photo = add_attachment(report, by=cadre, received=factories.received("现场.pdf"))
        text = login(cadre).get(photo.archive_url).content.decode()
        assert "随月报自动归入" in text
        assert "移除这一件" not in text
        response = login(cadre).post(photo.archive_url + "refile/", {"category": "", "title": "现场", "dated_on": ""})
        assert response.status_code == 302


class TestProgrammePage:
    def test_the_city_shares_a_paper_that_everybody_in_the_city_reads(
        self, programme, site, city_staff, neighbour, cadre, login
    ):
        url = reverse("projects:archive_programme", args=[programme.pk])
        data = {"category": category(programme, "申报资料").pk, "title": "省里通知", "files": [upload("通知.pdf")]}
        assert login(city_staff).post(url + "add/", data).status_code == 302
        assert login(cadre).post(url + "add/", data).status_code == 403
        shared = programme.attachments.get()
        for user in [neighbour, cadre]:
            assert "省里通知" in login(user).get(url).content.decode()
            assert login(user).get(shared.get_absolute_url()).getvalue() == PDF
        assert AuditEvent.objects.about(shared).get().organization_path == programme.organization.path

    def test_another_citys_is_not_there(self, site, tree, login, cadre):
        city = factories.organization("芜湖市", level=Level.CITY, parent=tree.province)
        elsewhere = factories.programme(city, name="芜湖项目")
        staff = factories.user("wuhu", role="city_staff", organization=city)
        shared = put(elsewhere, "资金", by=staff)
        for url in [reverse("projects:archive_programme", args=[elsewhere.pk]), shared.get_absolute_url()]:
            assert login(cadre).get(url).status_code == 404


class TestBoardPage:
    def test_worst_first_with_the_way_down_and_the_same_in_excel(
        self, site, programme, tree, cadre, city_staff, county_reviewer, login
    ):
        far = approve_site(factories.site(programme, tree.far_village), by=city_staff)
        put(site, "资金", by=cadre)
        response = login(city_staff).get("/archive/")
        assert [each.pk for each, _ in response.context["rows"]] == [far.pk, site.pk]
        assert [place.organization for place, _ in response.context["places"]] == [tree.other_county, tree.county]
        address = response.context["places"][1][1]
        below = login(city_staff).get(f"/archive/{address}")
        assert [each.pk for each, _ in below.context["rows"]] == [site.pk]
        own = login(county_reviewer).get("/archive/")
        assert [each.pk for each, _ in own.context["rows"]] == [site.pk]
        sheet = openpyxl.load_workbook(io.BytesIO(login(city_staff).get("/archive/excel/").content)).active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert rows[0][-1] == "缺的类别"
        assert [row[2] for row in rows[1:]] == [far.name, site.name]
        assert rows[2][4:7] == [11, 3, "27%"]

    def test_nothing_yet(self, city_staff, login):
        assert "还没有已批准的项目点" in login(city_staff).get("/archive/").content.decode()

    def test_queries_do_not_grow(self, site, programme, tree, city_staff, login, count_queries):
        client = login(city_staff)
        few = [count_queries(lambda url=url: client.get(url)) for url in ["/archive/", "/archive/excel/"]]
        programme.creation_types.update(quota=99)
        for number in range(5):
            village = factories.organization(f"示例{number}村", level=Level.VILLAGE, parent=tree.township)
            put(approve_site(factories.site(programme, village), by=city_staff), "资金", by=city_staff)
        assert [count_queries(lambda url=url: client.get(url)) for url in ["/archive/", "/archive/excel/"]] == few


def test_the_catalogue_in_excel(site, cadre, neighbour, login):
    put(site, "资金", by=cadre, title="=到账凭证", received=[factories.received(), factories.received()])
    url = reverse("projects:archive_catalogue", args=[site.pk])
    assert login(neighbour).get(url).status_code == 404
    sheet = openpyxl.load_workbook(io.BytesIO(login(cadre).get(url).content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "备查资料目录"
    assert rows[2][0].startswith("应有 11 类，已齐 3 类，齐全率 27%；缺：组织机构、")
    row = next(row for row in rows if row[0] == "11-01")
    assert row[1:6] == ["=到账凭证", "2026-11-10", "直接上传", str(cadre), 2]
    assert [row[0] for row in rows if row[0] and str(row[0]).startswith("01 ")] == [
        "01 申报资料（1 件）　保管期限：永久　已齐"
    ]


class TestPackage:
    @pytest.fixture
    def full(self, site, report, programme, cadre, city_staff):
        """Something in most categories, twins and strange names among it."""
        put(site, "申报资料", by=cadre, title="申报表", received=[factories.received("申报.pdf")])
        put(site, "申报资料", by=cadre, title="../../etc/passwd: <摸底>", received=[factories.received("a.pdf")])
        put(site, "资金", by=cadre, received=[factories.received(f"{'长' * 80}.pdf"), factories.received("回单.pdf")])
        put(programme, "申报资料", by=city_staff, title="省里通知")
        activity = add_record(factories.activity(site, DAY, title="法律讲座"), by=cadre)
        add_attachment(report, by=cadre, received=factories.received("讲座.pdf"), record=activity)
        add_visit(factories.visit(site, DAY), by=city_staff)
        raised(site, by=city_staff)
        submit(report, by=cadre)
        return site

    def fetch(self, site, client) -> zipfile.ZipFile:
        response = client.post(reverse("projects:archive_package", args=[site.pk]))
        assert response["Content-Type"] == "application/zip"
        return zipfile.ZipFile(io.BytesIO(response.getvalue()))

    def test_folders_in_the_order_of_the_catalogue_with_safe_names(self, full, cadre, login):
        package = self.fetch(full, login(cadre))
        assert package.testzip() is None
        names = package.namelist()
        assert names[:6] == [
            "01 申报资料/01 申报表.pdf",
            "01 申报资料/02 _.._etc_passwd_ _摸底_.pdf",
            "01 申报资料/03 省里通知.pdf",
            "01 申报资料/04 项目点申报审核表.xlsx",
            "04 日程安排/00 进度和日程安排表.xlsx",
            "05 进度月报/01 2026年11月月报.xlsx",
        ]
        assert "07 活动记录/00 活动一览表.xlsx" in names
        assert "07 活动记录/01-1 讲座.pdf" in names
        assert "08 调研指导/00 调研指导一览表.xlsx" in names
        assert "09 督查整改/00 督查台账.xlsx" in names
        assert f"11 资金/01 {'长' * LONGEST}.pdf" in names
        assert "11 资金/01-1 回单.pdf" in names
        assert names[-3:] == ["备查资料目录.xlsx", "目录（打开这里）.html", "校验值.txt"]
        assert len(set(names)) == len(names)
        for info in package.infolist():
            assert info.flag_bits & 0x800  # UTF-8
            assert not re.search(r'(^|/)\.\.(/|$)|[\\:*?"<>|]', info.filename)

    def test_the_index_leads_everywhere_and_its_hashes_are_right(self, full, cadre, login):
        package = self.fetch(full, login(cadre))
        page = package.read("目录（打开这里）.html").decode()
        links = [unquote(unescape(link)) for link in re.findall(r'href="([^"#]+)"', page)]
        listed = [name for name in package.namelist() if not name.endswith((".html", ".txt"))]
        assert sorted(set(links)) == sorted(listed)
        hashes = dict(line.split("  ", 1)[::-1] for line in package.read("校验值.txt").decode().splitlines())
        assert hashes == {name: hashlib.sha256(package.read(name)).hexdigest() for name in listed}
        stored = set(Attachment.objects.values_list("sha256", flat=True))
        assert stored <= set(hashes.values())
        assert all(sha256 in page for sha256 in stored)
        assert "<script" not in page
        assert "&lt;摸底&gt;" in page

    def test_the_workbooks_in_it_open(self, full, cadre, login):
        package = self.fetch(full, login(cadre))
        found = {
            name: openpyxl.load_workbook(io.BytesIO(package.read(name))).active.max_row
            for name in package.namelist()
            if name.endswith(".xlsx")
        }
        assert len(found) == 7
        assert min(found.values()) >= 2

    def test_a_file_that_the_disk_has_lost_or_changed_is_named(self, full, cadre, login):
        lost, changed = Attachment.objects.filter(name__in=["申报.pdf", "讲座.pdf"]).order_by("name")[::-1]
        lost.file.storage.delete(lost.file.name)
        with open(changed.file.path, "ab") as file:
            file.write(b"x")
        package = self.fetch(full, login(cadre))
        page = package.read("目录（打开这里）.html").decode()
        assert "有 2 个文件找不到或与归档时不符" in page
        assert page.count("服务器上找不到这个文件") == page.count("与归档时的校验值不符") == 1
        assert len([name for name in package.namelist() if name.endswith(".pdf")]) == 5

    def test_the_log_says_who_took_it(self, full, county_reviewer, neighbour, login):
        url = reverse("projects:archive_package", args=[full.pk])
        assert login(neighbour).post(url).status_code == 404
        assert login(county_reviewer).get(url).status_code == 405
        size = len(login(county_reviewer).post(url).getvalue())
        event = AuditEvent.objects.filter(action="导出备查资料").get()
        assert (event.actor_id, event.detail) == (county_reviewer.pk, {"files": 6, "bytes": size})

    def test_a_full_disk_is_told(self, site, cadre, login, monkeypatch):
        def refuse(*arguments, **options):
            raise OSError(28, "full")

        monkeypatch.setattr(zipfile.ZipFile, "writestr", refuse)
        response = login(cadre).post(reverse("projects:archive_package", args=[site.pk]), follow=True)
        assert "磁盘可能满了" in response.content.decode()
        assert not AuditEvent.objects.filter(action="导出备查资料").exists()


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("方案", "方案"),
        ("a/b\\c:d", "a_b_c_d"),
        ("..", "未命名"),
        ("  . 多  空格 . ", "多 空格"),
        ("反\u202e写\x00", "反写"),
        ("长" * 99, "长" * LONGEST),
        ("", "未命名"),
    ],
)
def test_safe_names(words, name):
    assert safe_name(words) == name
