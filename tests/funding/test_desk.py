"""The city's desk in the admin: commitments in a grid, the life of a table."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from fedwork import clock
from fedwork.excel import write_template
from funding import actions
from funding.models import AllocationTable
from funding.pledges import pledges
from organizations.models import AuditEvent, Level
from tests import factories
from tests.funding.cast import approved_site, issue, pledge, pledged

pytestmark = pytest.mark.django_db


def url(name: str, obj) -> str:
    return reverse(f"admin:funding_{name}", args=[obj.pk])


TABLES = reverse("admin:funding_allocationtable_changelist")
PROGRAMMES = reverse("admin:funding_commitment_list")


def terms(**fields) -> dict:
    today = clock.today()
    known = {
        "document_number": "合妇〔2026〕12号",
        "issued_on": today,
        "decision_meeting": "党组会议",
        "decided_on": today,
    }
    return known | {"attendees": "主席、副主席"} | fields


def said(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def opened(client, programme) -> dict[str, str]:
    """What the grid's form holds when it is opened."""
    form = client.get(url("commitment_edit", programme)).context["form"]
    values = {cell.html_name: cell.value() or "" for cell in form}
    return values | {cell.html_initial_name: cell.value() or "" for cell in form}


def cell(site, source: str) -> str:
    return f"site{site.pk}-{source}"


class TestGrid:
    def test_what_was_typed_is_understood_and_saved(self, sites, programme, city_staff, login):
        client = login(city_staff)
        data = opened(client, programme)
        data |= {cell(sites[0], "county"): "２．５万元", cell(sites[1], "social"): "1,200.50"}
        response = client.post(url("commitment_edit", programme), data, follow=True)
        assert said(response) == ["已保存，2 个项目点有变动。"]
        assert pledged(sites[0], "county") == 25000
        assert str(pledged(sites[1], "social")) == "1200.50"
        assert AuditEvent.objects.filter(action="修改配套承诺", actor_id=city_staff.pk).count() == 3 + 2

    def test_an_error_saves_nothing_and_keeps_what_was_typed(self, sites, programme, city_staff, login):
        client = login(city_staff)
        data = opened(client, programme)
        data |= {cell(sites[0], "county"): "25000", cell(sites[1], "county"): "两万", cell(sites[2], "county"): "-1"}
        response = client.post(url("commitment_edit", programme), data)
        page = response.content.decode()
        assert f'<a href="#id_{cell(sites[1], "county")}">三河镇河口村 县级：“两万”不是数字，请填写数字。</a>' in page
        assert "吴山镇桥冲村 县级：不能填负数。" in page
        assert 'value="两万"' in page
        assert pledged(sites[0], "county") == 20000

    def test_an_emptied_cell_is_nothing_promised(self, sites, programme, city_staff, login):
        client = login(city_staff)
        client.post(url("commitment_edit", programme), opened(client, programme) | {cell(sites[0], "county"): ""})
        assert pledged(sites[0], "county") == 0

    def test_two_at_once_do_not_overwrite_each_other(self, sites, programme, city_staff, login):
        client = login(city_staff)
        data = opened(client, programme)
        pledge(sites[0], 1, 20000, 10000, 5000, by=city_staff)
        client.post(url("commitment_edit", programme), data | {cell(sites[1], "county"): "7"})
        assert pledged(sites[0], "county") == 1
        mine = data | {cell(sites[0], "county"): "2"}
        response = client.post(url("commitment_edit", programme), mine)
        assert "县级配套刚被别人改为 1 元，请核对后再保存。" in response.content.decode()
        assert pledged(sites[0], "county") == 1
        form = response.context["form"]
        again = {cell.html_name: cell.value() or "" for cell in form}
        again |= {cell.html_initial_name: form.data[cell.html_initial_name] for cell in form}
        client.post(url("commitment_edit", programme), again)
        assert pledged(sites[0], "county") == 2

    def test_two_on_different_cells_of_one_site_both_succeed(self, sites, programme, city_staff, login):
        client, page = login(city_staff), url("commitment_edit", programme)
        data = opened(client, programme)
        for source, amount in [("county", "21000"), ("social", "6000")]:
            assert client.post(page, data | {cell(sites[0], source): amount}).status_code == 302
        stored = pledges([sites[0]])[sites[0].pk]
        assert stored == {"county": 21000, "township": 20000, "village": 10000, "social": 6000}

    def test_sums_come_from_the_server(self, sites, programme, city_staff, login):
        client = login(city_staff)
        data = opened(client, programme) | {cell(sites[2], "county"): "0.4万", cell(sites[1], "county"): "x"}
        sums = client.post(url("commitment_sums", programme), data).json()
        assert sums[f"site{sites[2].pk}"] == {"sum": "9,000", "remark": "未达最低配套 1 万元", "blocks": True}
        assert sums[f"site{sites[1].pk}"]["sum"] == "—"
        assert sums["total"] == {"sum": "—"}
        assert pledged(sites[2], "county") == 5000

    def test_others_look_but_do_not_write(self, sites, programme, login, county_reviewer, auditor):
        for user, seen in [(county_reviewer, 2), (auditor, 3)]:
            client = login(user)
            form = client.get(url("commitment_edit", programme)).context["form"]
            assert len(form.rows()) == seen
            assert all(field.disabled for field in form.fields.values())
            for name in ["commitment_edit", "commitment_sums", "commitment_upload"]:
                assert client.post(url(name, programme), {}).status_code == 403

    def test_programmes_of_elsewhere_do_not_exist(self, tree, city_staff, login):
        elsewhere = factories.organization("芜湖市", level=Level.CITY, parent=tree.province)
        programme = factories.programme(elsewhere)
        client = login(city_staff)
        assert client.get(url("commitment_edit", programme)).status_code == 404
        assert client.post(url("allocationtable_draft", programme)).status_code == 404

    def test_30_sites_cost_as_many_queries_as_1(
        self, programme, tree, city_staff, login, django_assert_num_queries, django_assert_max_num_queries
    ):
        programme.creation_types.update(quota=50)
        approved_site(programme, tree.village, 10000, 0, 0, 0, by=city_staff)
        client = login(city_staff)
        with django_assert_max_num_queries(17) as few:
            client.get(url("commitment_edit", programme))
        for number in range(29):
            village = factories.organization(f"{number}村", level=Level.VILLAGE, parent=tree.township)
            approved_site(programme, village, 10000, 0, 0, 0, by=city_staff)
        with django_assert_num_queries(len(few)):
            client.get(url("commitment_edit", programme))


class TestUpload:
    @pytest.fixture
    def client(self, login, city_staff):
        return login(city_staff)

    def template(self, client, programme):
        return openpyxl.load_workbook(io.BytesIO(client.get(url("commitment_template", programme)).content))

    def upload(self, client, programme, content: bytes, name: str = "配套.xlsx"):
        return client.post(url("commitment_upload", programme), {"file": SimpleUploadedFile(name, content)})

    def test_the_template_lists_the_sites_with_what_is_stored(self, sites, programme, client):
        rows = [[cell.value for cell in row] for row in self.template(client, programme).active.iter_rows()]
        assert rows == [
            ["项目点代码", "项目点", "县级", "乡镇（街道）", "村（社区）", "社会"],
            ["340121103201", "吴山镇桥冲村", 5000, 5000, None, None],
            ["340123101204", "三河镇河口村", 10000, 5000, 3000, None],
            ["340123105200", "山南镇小井庄村", 20000, 20000, 10000, 5000],
        ]

    def test_a_filled_template_comes_back_as_a_preview_and_is_saved_by_saving(self, sites, programme, client):
        book, out = self.template(client, programme), io.BytesIO()
        book.active["C2"], book.active["D2"] = "1.5万元", 6000.5
        book.active.delete_rows(3)
        book.save(out)
        response = self.upload(client, programme, out.getvalue())
        page = response.content.decode()
        assert "这是文件里的内容，还没有保存。" in page
        assert "县级 5,000 → 15,000" in page
        assert "乡镇（街道） 5,000 → 6,000.50" in page
        assert pledged(sites[2], "county") == 5000
        form = response.context["form"]
        data = {name: form.data[name] for name in form.data}
        assert said(client.post(url("commitment_edit", programme), data, follow=True)) == ["已保存，1 个项目点有变动。"]
        assert pledged(sites[2], "county") == 15000
        assert pledged(sites[1], "county") == 10000

    def test_errors_come_by_line_and_nothing_is_taken(self, sites, programme, client):
        content = write_template(
            ["项目点代码", "县级", "乡镇（街道）", "村（社区）", "社会"],
            rows=[
                ["340123105200", "1", "", "", ""],
                ["340123105200", "2", "", "", ""],
                ["999", "3", "", "", ""],
                ["", "4", "", "", ""],
            ],
        )
        page = self.upload(client, programme, content).content.decode()
        assert "第 3 行：项目点代码 340123105200 重复。" in page
        assert "第 4 行：项目点代码 999 不是这个批次的项目点。" in page
        assert "第 5 行：缺少项目点代码。" in page
        assert "还没有保存" not in page

    def test_an_amount_that_makes_no_sense_is_marked_in_its_cell(self, sites, programme, client):
        content = "项目点代码,县级,乡镇（街道）,村（社区）,社会\n340123105200,很多,,,\n".encode("gb18030")
        response = self.upload(client, programme, content, "配套.csv")
        assert response.context["form"].errors == {cell(sites[0], "county"): ["“很多”不是数字，请填写数字。"]}

    def test_what_is_no_list_is_refused_in_a_sentence(self, sites, programme, client):
        assert "表头缺少这些列" in self.upload(client, programme, write_template(["甲"])).content.decode()
        assert "不是 .xlsx 表格" in self.upload(client, programme, b"PK?").content.decode()
        assert "请选择文件。" in client.post(url("commitment_upload", programme)).content.decode()


class TestTables:
    def test_from_draft_to_issue(self, sites, programme, city_staff, login):
        client = login(city_staff)
        response = client.post(url("allocationtable_draft", programme), follow=True)
        assert said(response) == ["已按现有数据编制。"]
        table = AllocationTable.objects.get()
        data = terms(document_number="合妇(2026)12号")
        response = client.post(url("allocationtable_issue", table), data, follow=True)
        assert said(response) == ["已下达，这一版从此不再改动。"]
        table.refresh_from_db()
        assert (table.is_issued, table.document_number) == (True, "合妇〔2026〕12号")

    def test_refusals_stand_on_top_of_the_form_and_keep_what_was_typed(self, draft, sites, city_staff, login):
        pledge(sites[2], 1, 1, 0, 0, by=city_staff)
        actions.refresh_draft(draft, by=city_staff)
        client = login(city_staff)
        response = client.post(url("allocationtable_issue", draft), {"document_number": "", "issued_on": "昨天"})
        assert response.context["form"].errors == {"issued_on": ["请按 2026-11-20 的样子填写日期。"]}
        data = terms()
        page = client.post(url("allocationtable_issue", draft), data).content.decode()
        assert "吴山镇桥冲村：配套资金 2 元，未达最低配套 1 万元。" in page
        assert 'value="合妇〔2026〕12号"' in page

    def test_the_draft_shows_what_blocks_and_what_is_noted(self, draft, sites, city_staff, login):
        pledge(sites[2], 1, 1, 0, 0, by=city_staff)
        client = login(city_staff)
        assert "下达前须先“重新取数”" in client.get(url("allocationtable_change", draft)).content.decode()
        client.post(url("allocationtable_refresh", draft))
        page = client.get(url("allocationtable_change", draft)).content.decode()
        assert "1 个项目点未达最低配套，不能下达" in page
        assert '<span class="tag bad">未达最低配套 1 万元</span>' in page
        assert '<span class="tag warn">未达 1:1</span>' in page
        assert "下达前须先“重新取数”" not in page

    def test_discard(self, draft, city_staff, login):
        response = login(city_staff).post(url("allocationtable_discard", draft), follow=True)
        assert said(response) == ["草稿已废弃。"]
        assert not AllocationTable.objects.exists()

    def test_an_issued_table_offers_a_new_version_and_nothing_else(self, issued, city_staff, login):
        client = login(city_staff)
        context = client.get(url("allocationtable_change", issued)).context
        assert (context["can_change"], context["can_draft"]) == (False, True)
        for name in ["refresh", "discard"]:
            response = client.post(url(f"allocationtable_{name}", issued), follow=True)
            assert said(response) == ["这张表已下达（合妇〔2026〕12号），不能再改；需要调整请编制新的一版。"]
        response = client.post(url("allocationtable_issue", issued), follow=True)
        assert said(response) == ["这张表已下达（合妇〔2026〕12号）。"]

    def test_a_new_version_is_compared_with_the_last(self, issued, sites, programme, city_staff, login):
        pledge(sites[2], 15000, 5000, 0, 0, by=city_staff)
        client = login(city_staff)
        page = client.post(url("allocationtable_draft", programme), follow=True)
        comparison = page.context["comparison"]
        assert [(site.site_name, site.amounts[0].difference_text) for site in comparison.sites] == [
            ("吴山镇桥冲村", "+10,000")
        ]
        second = AllocationTable.objects.get(number=2)
        assert "reason" in client.get(url("allocationtable_issue", second)).context["form"].fields

    def test_who_may_what(self, draft, programme, login, county_reviewer, auditor, cadre, leader, system_admin):
        posts = ["refresh", "issue", "discard"]
        for user, status in [(county_reviewer, 404), (auditor, 403)]:
            client = login(user)
            assert [client.post(url(f"allocationtable_{name}", draft)).status_code for name in posts] == [status] * 3
            assert client.post(url("allocationtable_draft", programme), follow=True).status_code == 403
        assert login(auditor).get(url("allocationtable_change", draft)).status_code == 200
        assert login(system_admin).get(url("allocationtable_change", draft)).status_code == 403
        assert login(system_admin).get(TABLES).status_code == 403
        for user in [cadre, leader]:
            for page in [TABLES, PROGRAMMES, url("allocationtable_change", draft)]:
                assert login(user).get(page).status_code == 403
        assert AllocationTable.objects.get() == draft

    def test_state_changes_are_posts(self, draft, programme, city_staff, login):
        client = login(city_staff)
        for address in [
            url("allocationtable_draft", programme),
            url("allocationtable_refresh", draft),
            url("allocationtable_discard", draft),
            url("commitment_upload", programme),
            url("commitment_sums", programme),
        ]:
            assert client.get(address).status_code == 405

    def test_the_county_reads_its_part_of_what_was_issued(self, issued, login, county_reviewer):
        client = login(county_reviewer)
        context = client.get(url("allocationtable_change", issued)).context
        assert [line.village_name for line in context["sheet"].lines] == ["河口村", "小井庄村"]
        assert (context["can_change"], context["can_draft"]) == (False, False)
        page = client.get(TABLES).content.decode()
        assert "7.30" in page
        assert "8.30" not in page


class TestLists:
    def test_a_programme_without_commitments(self, programme, city_staff, login):
        (row,) = login(city_staff).get(PROGRAMMES).context["rows"]
        assert (row["pledged"], row["latest"], bool(row["can_draft"])) == ("0", None, False)

    def test_the_programmes_with_what_was_promised(self, issued, programme, city_staff, login, county_reviewer):
        (row,) = login(city_staff).get(PROGRAMMES).context["rows"]
        assert (row["programme"].approved, row["pledged"], row["latest"], bool(row["can_draft"])) == (
            3,
            "83,000",
            issued,
            True,
        )
        (row,) = login(county_reviewer).get(PROGRAMMES).context["rows"]
        assert (row["programme"].approved, row["pledged"], bool(row["can_draft"])) == (2, "73,000", False)

    def test_1_and_27_rows_cost_the_same(
        self, issued, tree, city_staff, login, django_assert_num_queries, django_assert_max_num_queries
    ):
        client = login(city_staff)
        counts = []
        for address in [TABLES, PROGRAMMES]:
            with django_assert_max_num_queries(17) as few:
                client.get(address)
            counts.append(len(few))
        for year in range(2000, 2026):
            programme = factories.programme(tree.city, year=year)
            approved_site(programme, tree.village, 10000, 0, 0, 0, by=city_staff)
            issue(actions.draft_allocation_table(programme, by=city_staff), by=city_staff)
        for address, count in zip([TABLES, PROGRAMMES], counts, strict=True):
            with django_assert_num_queries(count):
                client.get(address)
