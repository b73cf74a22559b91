"""Creation standards: written, published once, frozen; a site keeps the version by which it was judged."""

import io
from datetime import date

import docx
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse

from fedwork import clock
from fedwork.word import Document, write_document
from organizations.models import AuditEvent, Level
from projects.actions import (
    approve_plan,
    approve_site,
    assign_contacts,
    copy_programme,
    publish_standard,
    save_duty,
    save_plan,
    submit_plan,
)
from projects.actions.duties import ContactPost
from projects.models import CreationStandard
from projects.papers import handbook as chapters
from projects.papers.handbook import Chapter, Reader, chinese_number, handbook
from tests import factories

pytestmark = pytest.mark.django_db
ADMIN = "/admin/projects/creationstandard/"


@pytest.fixture
def kind(programme):
    return programme.creation_types.first()


class TestPublishing:
    def test_once_and_then_frozen(self, kind, city_staff):
        published = factories.standard(kind, by=city_staff)
        assert (published.version, published.published_by, published.published_at) == (1, city_staff, clock.now())
        assert AuditEvent.objects.about(published).get().action == "发布创建标准"
        with pytest.raises(ValidationError, match="已经发布"):
            publish_standard(published, by=city_staff)
        rows = CreationStandard.objects.filter(pk=published.pk)
        for change in [lambda: rows.update(text="改了"), rows.delete]:
            with pytest.raises(ProgrammingError), transaction.atomic():
                change()

    def test_only_by_who_runs_the_programme(self, kind, cadre, county_reviewer, auditor):
        draft = factories.standard(kind)
        for by in [cadre, county_reviewer, auditor]:
            with pytest.raises(PermissionDenied):
                publish_standard(draft, by=by)

    def test_not_without_words(self, kind, city_staff):
        with pytest.raises(ValidationError, match="还没有内容"):
            publish_standard(factories.standard(kind, " \n "), by=city_staff)

    def test_one_draft_at_a_time_and_one_row_for_a_version(self, kind, city_staff):
        factories.standard(kind)
        with pytest.raises(IntegrityError), transaction.atomic():
            CreationStandard.objects.create(creation_type=kind, version=2, text="另一份")
        CreationStandard.objects.all().delete()
        factories.standard(kind, by=city_staff)
        with pytest.raises(IntegrityError), transaction.atomic():
            CreationStandard.objects.create(creation_type=kind, version=1, text="同一版")

    def test_a_site_keeps_the_version_of_its_approval(self, kind, programme, tree, city_staff):
        before = approve_site(factories.site(programme, tree.far_village), by=city_staff)
        first = factories.standard(kind, by=city_staff)
        early = approve_site(factories.site(programme, tree.village), by=city_staff)
        second = factories.standard(kind, by=city_staff)
        factories.standard(kind)  # a draft judges nobody
        late = approve_site(factories.site(programme, tree.other_village), by=city_staff)
        for site, standard in [(before, None), (early, first), (late, second)]:
            site.refresh_from_db()
            assert site.standard == standard

    def test_next_year_begins_with_a_draft_of_the_same_words(self, kind, programme, city_staff):
        factories.standard(kind, "旧的", by=city_staff)
        factories.standard(kind, "现行的", by=city_staff)
        copy = copy_programme(programme, year=2027, by=city_staff)
        (draft,) = CreationStandard.objects.filter(creation_type__programme=copy)
        assert (draft.version, draft.text, draft.is_published) == (1, "现行的", False)


class TestPages:
    def test_the_version_in_force_stands_in_full_and_older_ones_by_name(
        self, kind, programme, city_staff, cadre, login
    ):
        first = factories.standard(kind, "一、旧的\n旧条款", by=city_staff)
        second = factories.standard(kind, "一、组织领导\n新条款", by=city_staff)
        draft = factories.standard(kind, "草稿条款")
        text = login(cadre).get(reverse("projects:programme_standards", args=[programme.pk])).content.decode()
        assert "<h3>一、组织领导</h3><p>新条款</p>" in text
        assert "旧条款" not in text
        assert "草稿条款" not in text
        assert first.get_absolute_url() in text
        assert "旧条款" in login(cadre).get(first.get_absolute_url()).content.decode()
        assert login(cadre).get(draft.get_absolute_url()).status_code == 404
        assert "编写和发布" not in text
        assert (
            "编写和发布" in login(city_staff).get(second.creation_type.programme.get_absolute_url() + "standards/").text
        )

    def test_the_sites_judged_by_it_as_far_as_one_sees_them(self, kind, programme, tree, city_staff, neighbour, login):
        standard = factories.standard(kind, by=city_staff)
        site = approve_site(factories.site(programme, tree.village), by=city_staff)
        assert site.name in login(city_staff).get(standard.get_absolute_url()).text
        assert site.name not in login(neighbour).get(standard.get_absolute_url()).text
        assert standard.get_absolute_url() in login(city_staff).get(site.get_absolute_url()).text

    def test_another_citys_is_not_there(self, tree, cadre, login):
        city = factories.organization("芜湖市", level=Level.CITY, parent=tree.province)
        elsewhere = factories.programme(city, name="芜湖项目")
        staff = factories.user("wuhu", role="city_staff", organization=city)
        standard = factories.standard(elsewhere.creation_types.first(), by=staff)
        for name in ["programme_standards", "programme_handbook"]:
            assert login(cadre).get(reverse(f"projects:{name}", args=[elsewhere.pk])).status_code == 404
        assert login(cadre).get(standard.get_absolute_url()).status_code == 404


class TestAdmin:
    def test_the_city_writes_a_draft_and_publishes_it(self, kind, city_staff, login):
        client = login(city_staff)
        response = client.post(f"{ADMIN}add/", {"creation_type": kind.pk, "text": "一、组织领导"})
        assert response.status_code == 302
        draft = CreationStandard.objects.get()
        client.post(f"{ADMIN}{draft.pk}/change/", {"text": "一、组织领导\n成立领导组。"})
        publish = {"action": "publish", "_selected_action": [draft.pk]}
        assert f"已发布“{draft}”" in client.post(ADMIN, publish, follow=True).text
        assert "已经发布，不必重复发布" in client.post(ADMIN, publish, follow=True).text
        draft.refresh_from_db()
        assert (draft.is_published, draft.text.splitlines()[-1]) == (True, "成立领导组。")
        assert '<textarea name="text"' not in client.get(f"{ADMIN}{draft.pk}/change/").text
        client.post(f"{ADMIN}add/", {"creation_type": kind.pk, "text": "第二版"})
        assert CreationStandard.objects.order_by("version").last().version == 2

    def test_a_second_draft_is_refused_in_words(self, kind, city_staff, login):
        factories.standard(kind)
        response = login(city_staff).post(f"{ADMIN}add/", {"creation_type": kind.pk, "text": "另一份"})
        assert "已有一份没有发布的草稿" in response.text

    def test_the_county_only_reads(self, kind, county_reviewer, login):
        draft = factories.standard(kind)
        client = login(county_reviewer)
        assert '<textarea name="text"' not in client.get(f"{ADMIN}{draft.pk}/change/").text
        assert client.post(f"{ADMIN}{draft.pk}/change/", {"text": "改"}).status_code == 403
        assert "发布所选的标准" not in client.get(ADMIN).text


class TestHandbook:
    @pytest.fixture
    def read(self, programme, login):
        def fetch(user) -> docx.document.Document:
            response = login(user).get(reverse("projects:programme_handbook", args=[programme.pk]))
            assert response["Content-Type"].endswith("wordprocessingml.document")
            return docx.Document(io.BytesIO(response.content))

        return fetch

    def texts(self, document) -> list[str]:
        return [paragraph.text for paragraph in document.paragraphs if paragraph.text.strip()]

    def test_it_says_what_the_system_knows(self, read, programme, kind, site, tree, city_staff):
        programme.goals, programme.document_number = "1. 建成示范村\n2. 资料齐全", "皖妇〔2026〕8号"
        programme.save()
        factories.standard(kind, "一、组织领导\n成立领导组。", by=city_staff)
        document = read(city_staff)
        texts = self.texts(document)
        assert texts[:4] == [programme.name, "创建手册", "合肥市妇女联合会", "2026年11月22日"]
        titles = [
            "一、依据和目标",
            "二、创建类型和名额",
            "三、创建标准",
            "四、阶段和进度日程安排",
            "五、月报报送",
            "六、月报指标和口径",
            "七、调研指导和督查",
            "八、资金和配套",
            "九、备查资料",
            "十、项目点名单",
            "十一、表格目录",
            "十二、联系岗位",
        ]
        assert texts[5:17] == titles
        assert [text for text in texts[17:] if text in titles] == titles
        for words in ["立项文号：皖妇〔2026〕8号", "2. 资料齐全", "（一）示范村（第 1 版）", "成立领导组。"]:
            assert words in texts
        cells = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
        assert ["2026年7月", "2026年7月25日 18:00"] in cells
        assert ["1", "肥西县", "山南镇", site.name, "示范村", ""] in cells
        assert ["启动阶段任务", "全部类型", "2026-06-01", "2026-06-30"] in cells
        assert any("2026年8月31日、2026年10月30日、2026年12月31日" in text for text in texts)

    def test_who_leads_who_answers_for_what_and_by_which_plan(
        self, read, site, programme, tree, cadre, city_staff, county_reviewer, other_reviewer
    ):
        day = date(2026, 6, 5)
        deputies = [("合肥市妇联", "副主席", "示例甲")]
        factories.group(programme, tree.city, by=city_staff, day=day, deputies=deputies)
        factories.group(programme, tree.county, by=county_reviewer, day=day)
        factories.group(programme, tree.other_county, by=other_reviewer, day=day)
        factories.team(site, by=cadre, day=day)
        save_duty(factories.duty(programme, task="编制预算"), by=city_staff)
        second = factories.user("city-2", role="city_staff", organization=tree.city)
        saved = save_plan(factories.plan(programme, tree.city, tasks="建 19 个项目点"), by=city_staff)
        saved = submit_plan(saved, by=city_staff, version=saved.version)
        approve_plan(saved, by=second, version=saved.version)
        assign_contacts([site], kind="city", post=ContactPost("市妇联发展部", "部长", "0551-55500001"), by=city_staff)
        document = read(cadre)
        texts = self.texts(document)
        for title in ["三、组织领导", "四、责任分解", "五、实施方案", "（一）任务", "建 19 个项目点"]:
            assert title in texts
        cells = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
        leading = [row for row in cells if row[0].endswith("领导小组")]
        assert leading == [
            ["合肥市领导小组", "合肥市妇联主席", "合肥市妇联副主席", ""],
            ["肥西县领导小组", "肥西县妇联主席", "", ""],
        ]
        assert any(row[1:3] == ["编制预算", "市妇联发展部"] for row in cells)
        assert [site.name, "市妇联发展部部长 0551-55500001", "还没有指定"] in cells

    def test_a_county_reads_of_its_own_sites(self, read, site, programme, tree, city_staff, county_reviewer):
        far = approve_site(factories.site(programme, tree.far_village), by=city_staff)
        document = read(county_reviewer)
        names = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        assert (site.name in names, far.name in names) == (True, False)
        assert any(text.endswith("、本辖区项目点名单") for text in self.texts(document))

    def test_the_contents_are_a_field_over_the_headings(self, read, site, city_staff):
        document = read(city_staff)
        xml, texts = document.element.xml, self.texts(document)
        assert xml.count('w:fldCharType="begin"') == xml.count('w:fldCharType="end"') == 1
        assert 'TOC \\o "1-1" \\u \\h' in xml
        count, first = xml.count('<w:outlineLvl w:val="0"/>'), texts.index("目　录") + 1
        assert count >= 10
        assert [texts.count(title) for title in texts[first : first + count]] == [2] * count

    def test_other_apps_add_chapters(self, programme, site, monkeypatch):
        from projects.models import ProjectSite
        from tests.projects.conftest import NOON

        monkeypatch.setattr(
            chapters, "EXTRA_CHAPTERS", [lambda reader: Chapter("考核评分细则", chapters._forms(reader).parts)]
        )
        made = handbook(Reader(programme, ProjectSite.objects.all(), is_whole=True), now=NOON)
        assert made.parts[0].headings[-1].endswith("、考核评分细则")
        assert write_document(made) == write_document(made)


def test_numbers_as_chapters_have_them():
    assert [chinese_number(number) for number in [1, 9, 10, 11, 20, 21]] == ["一", "九", "十", "十一", "二十", "二十一"]


def test_a_letter_without_a_cover_begins_as_before():
    document = docx.Document(io.BytesIO(write_document(Document("标题", parts=[]))))
    assert [paragraph.text for paragraph in document.paragraphs] == ["标题", ""]
