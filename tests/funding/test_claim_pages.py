"""The pages of claims: written on a form that needs no script, read in scope, each step a POST of its own."""

import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from fedwork import clock
from fedwork.capitals import capitals
from funding import actions
from funding.models import Claim, ClaimState, ClaimTerms, SpendingPurpose
from funding.states import EntryKind
from organizations.models import AuditEvent, Role
from tests import factories
from tests.funding.claims import paid, scan, submitted, written
from tests.funding.ledger import account, post

pytestmark = pytest.mark.django_db
LIST = "/claims/"


@pytest.fixture
def site(sites, county_reviewer):
    """15,000 of the county's have arrived."""
    post(sites[0], EntryKind.ARRIVED, 15_000, by=county_reviewer)
    return sites[0]


@pytest.fixture
def claim(site, cadre):
    """On the county's desk."""
    return submitted(site, 3000, 500, by=cadre)


def url(name: str, claim) -> str:
    return reverse(f"funding:claim_{name}", args=[claim.pk])


def typed(*rows, version=0, **fields) -> dict:
    """The form as a browser sends it; rows are {voucher_number, amount, ...}, None for one left empty."""
    head = {
        "source": "county",
        "subject": "购买桌椅",
        "method": "transfer",
        "handler_post": "村妇联副主席",
        "certifier_post": "村务监督委员会主任",
        "approver_post": "村民委员会主任",
        "version": version,
    }
    usual = {
        "voucher_number": "A1",
        "voucher_on": f"{clock.today()}",
        "payee": "示例家具店",
        "purpose": SpendingPurpose.objects.first().pk,
        "amount": "1,200.50",
    }
    data = {"lines-TOTAL_FORMS": len(rows), "lines-INITIAL_FORMS": sum("id" in (row or {}) for row in rows)}
    data |= {f"lines-{place}-{key}": "" for place in range(len(rows)) for key in usual}
    for place, row in enumerate(rows):
        if row is not None:
            data |= {f"lines-{place}-{key}": value for key, value in (usual | row).items()}
    return head | data | fields


class TestWriting:
    def test_a_claim_with_empty_rows_left_over(self, site, cadre, login):
        client = login(cadre)
        page = client.get("/claims/add/")
        assert page["Location"] == f"/claims/add/?site={site.pk}"
        page = client.get(page["Location"]).content.decode()
        assert "县级（结余 15,000 元）" in page
        response = client.post(f"/claims/add/?site={site.pk}", typed(None, {"amount": "0.12万"}, None))
        claim = Claim.objects.get()
        assert response["Location"] == claim.get_absolute_url()
        assert [(line.voucher_number, line.amount) for line in claim.lines.all()] == [("A1", 1200)]
        assert claim.state == ClaimState.DRAFT

    def test_more_rows_and_rows_taken_out(self, site, cadre, login):
        client = login(cadre)
        response = client.post(f"/claims/add/?site={site.pk}", typed(None, {"voucher_number": "A2"}, more="1"))
        claim = Claim.objects.get()
        assert response["Location"] == url("edit", claim)
        page = client.get(url("edit", claim)).content.decode()
        assert page.count('<details class="card voucher"') == 1 + 3
        line = claim.lines.get()
        rows = [{"id": line.pk, "DELETE": "on"}, {"voucher_number": "A3"}]
        client.post(url("edit", claim), typed(*rows, version=claim.version))
        assert [line.voucher_number for line in claim.lines.all()] == ["A3"]

    def test_what_is_wrong_is_named_by_its_row_and_what_was_typed_stays(self, site, cadre, login):
        data = typed({"amount": "十元"}, {"voucher_number": "A2", "payee": ""}, subject="")
        page = login(cadre).post(f"/claims/add/?site={site.pk}", data).content.decode()
        for words in ["第 1 张，金额（元）", "第 2 张，收款人", "事由：", "十元", "<title>有错误：填报账单"]:
            assert words in page
        assert not Claim.objects.exists()

    def test_the_same_voucher_twice(self, site, cadre, login):
        page = login(cadre).post(f"/claims/add/?site={site.pk}", typed({}, {"voucher_number": " a1 "}))
        assert "第 2 张（a1）：同一张报账单里凭证号重复。" in page.content.decode()
        assert not Claim.objects.exists()

    def test_changed_by_somebody_meanwhile(self, site, cadre, login):
        claim = written(site, by=cadre)
        page = login(cadre).post(url("edit", claim), typed({}, version=claim.version - 1)).content.decode()
        assert "又有新的办理" in page

    def test_the_posts_of_the_last_claim_are_offered(self, site, cadre, login):
        written(site, by=cadre, handler_post="村妇联主席")
        page = login(cadre).get(f"/claims/add/?site={site.pk}").content.decode()
        assert 'value="村妇联主席"' in page

    def test_lines_of_another_claim_are_out_of_reach(self, site, cadre, login):
        mine, other = written(site, by=cadre), written(site, 77, by=cadre)
        foreign = other.lines.get()
        data = typed({"id": foreign.pk, "amount": "1"}, version=mine.version)
        login(cadre).post(url("edit", mine), data)
        foreign.refresh_from_db()
        assert (foreign.amount, foreign.claim) == (77, other)

    def test_a_submitted_one_is_not_open(self, claim, cadre, login):
        client = login(cadre)
        assert client.get(url("edit", claim))["Location"] == claim.get_absolute_url()
        client.post(url("edit", claim), typed({}, version=claim.version))
        assert claim.lines.count() == 2

    def test_several_sites_are_chosen_from(self, site, programme, tree, city_staff, login):
        cadre = factories.user("county-cadre", role=Role.CADRE, organization=tree.county)
        page = login(cadre).get("/claims/add/").content.decode()
        assert "先选项目点" in page
        assert page.count("/claims/add/?site=") == 2

    def test_somebody_elses_site(self, site, neighbour, county_reviewer, login):
        assert login(neighbour).get(f"/claims/add/?site={site.pk}").status_code == 404
        assert login(county_reviewer).get(f"/claims/add/?site={site.pk}").status_code == 403


class TestSteps:
    def test_the_whole_way(self, site, tree, cadre, county_reviewer, login):
        writer = factories.user("village", role=Role.CADRE, organization=tree.village)
        claim = written(site, 3000, by=writer)
        assert "等山南镇审核" in self.post(login(writer), "submit", claim)
        assert "等肥西县妇联审核支付" in self.post(login(cadre), "check", claim)
        page = self.post(login(county_reviewer), "pay", claim, paid_on=f"{clock.today()}", payment_number="ZF-1")
        assert "已支付，支出已记入资金台账" in page
        assert "支付单号 ZF-1" in page
        assert "退库冲销" in page
        assert account(site).spent == 3_000
        entry = claim.lines.get().entry
        assert reverse("funding:entry_detail", args=[entry.pk]) in page
        book = login(county_reviewer).get(reverse("funding:entry_detail", args=[entry.pk])).content.decode()
        assert claim.get_absolute_url() in book
        assert "冲正这一笔" not in book
        assert "已冲销" in self.post(login(county_reviewer), "reverse", claim, reason="退库")
        assert account(site).spent == 0

    def post(self, client, name, claim, **fields) -> str:
        claim.refresh_from_db()
        response = client.post(url(name, claim), {"version": claim.version} | fields, follow=True)
        assert response.redirect_chain == [(claim.get_absolute_url(), 302)]
        return response.content.decode()

    def test_returned_withdrawn_and_given_up(self, claim, cadre, county_reviewer, login):
        assert "缺合同" in self.post(login(county_reviewer), "return", claim, reason="缺合同")
        self.post(login(cadre), "submit", claim)
        assert "还没有提交" in self.post(login(cadre), "withdraw", claim)
        assert "已作废" in self.post(login(cadre), "void", claim, reason="不报了")

    def test_refusals_stand_on_the_page(self, site, claim, cadre, county_reviewer, login):
        client = login(county_reviewer)
        stale = client.post(url("return", claim), {"version": 0, "reason": "缺合同"})
        assert (stale.status_code, "又有新的办理" in stale.content.decode()) == (409, True)
        empty = client.post(url("return", claim), {"version": claim.version})
        assert "退回原因" in empty.content.decode()
        assert client.post(url("return", claim), {}).status_code == 200
        post(site, EntryKind.SPENT, 12_000, by=county_reviewer)
        dear = client.post(url("pay", claim), {"version": claim.version, "paid_on": f"{clock.today()}"})
        assert "多于到位的 15,000 元" in dear.content.decode()

    def test_what_is_missing_is_said_before_submitting(self, site, cadre, login):
        claim = actions.write_claim(written(site, by=cadre), [], by=cadre)
        assert "还没有填凭证" in login(cadre).get(claim.get_absolute_url()).content.decode()

    @pytest.mark.parametrize("name", ["submit", "withdraw", "void", "check", "return", "pay", "reverse", "attach"])
    def test_each_is_a_post_of_its_own_in_scope(
        self, name, claim, cadre, neighbour, county_reviewer, other_reviewer, leader, login
    ):
        assert login(cadre).get(url(name, claim)).status_code == 405
        for user in [neighbour, other_reviewer]:
            assert login(user).post(url(name, claim)).status_code == 404
        wrong = county_reviewer if name in {"submit", "withdraw", "void", "attach", "check"} else cadre
        for user in [wrong, leader]:
            assert login(user).post(url(name, claim), {"version": claim.version}).status_code == 403
        assert claim.steps.count() == 2


class TestReading:
    @pytest.mark.parametrize("name", ["detail", "print", "excel"])
    def test_in_scope(self, name, claim, county_reviewer, leader, auditor, neighbour, system_admin, login):
        for user in [county_reviewer, leader, auditor]:
            assert login(user).get(url(name, claim)).status_code == 200
        assert login(neighbour).get(url(name, claim)).status_code == 404
        assert login(system_admin).get(url(name, claim)).status_code == 403
        assert login(county_reviewer).post(url(name, claim)).status_code == 405

    def test_a_draft_is_not_there_for_the_county(self, site, cadre, county_reviewer, login):
        draft = written(site, by=cadre)
        assert login(county_reviewer).get(url("detail", draft)).status_code == 404
        assert login(cadre).get(url("detail", draft)).status_code == 200

    def test_what_waits_is_counted_in_menu_and_workbench(self, claim, county_reviewer, cadre, login):
        page = login(county_reviewer).get("/").content.decode()
        assert "要办的报账单" in page
        assert claim.get_absolute_url() in page
        assert "要办的报账单" not in login(cadre).get("/").content.decode()

    def test_the_list_and_its_tabs(self, site, claim, cadre, county_reviewer, login):
        paid(submitted(site, 100, by=cadre), by=county_reviewer)
        page = login(county_reviewer).get(LIST)
        chips = {label: number for label, number, *_ in page.context["chips"]}
        assert chips == {"全部": 2, "等我办理": 1, "在办": 1, "待县级支付": 1, "已支付": 1}
        assert next(row[0] for row in page.context["rows"]) == claim
        mine = login(county_reviewer).get(LIST, {"state": "mine", "site": site.pk, "source": "county"})
        assert [row[0] for row in mine.context["rows"]] == [claim]
        for query in [{"state": "nonsense"}, {"site": "x"}, {"county": "9" * 30}, {"page": "²"}]:
            assert login(county_reviewer).get(LIST, query).status_code == 200

    def test_as_many_queries_for_thirty_as_for_one(self, site, claim, cadre, county_reviewer, login):
        client = login(county_reviewer)

        def queries(address: str) -> int:
            with CaptureQueriesContext(connection) as found:
                client.get(address)
            return len(found)

        client.get(LIST)
        addresses = [LIST, "/", "/claims/register/", claim.get_absolute_url()]
        before = [queries(address) for address in addresses]
        for _ in range(29):
            submitted(site, 10, by=cadre)
        assert [queries(address) for address in addresses] == before

    def test_the_register_adds_up(self, site, claim, cadre, county_reviewer, login):
        submitted(site, "0.55", by=cadre)
        response = login(county_reviewer).get("/claims/register/", {"state": "county"})
        sheet = load_workbook(io.BytesIO(response.content)).active
        cells = [cell.value for row in sheet for cell in row if cell.value is not None]
        assert "项目资金报账登记簿" in cells
        assert "范围：待县级支付，共 2 张" in cells
        assert capitals(Decimal("3500.55")) in cells

    def test_an_empty_register(self, county_reviewer, login):
        assert login(county_reviewer).get("/claims/register/").status_code == 200

    def test_the_paper_says_the_amount_in_words(self, claim, county_reviewer, login):
        page = login(county_reviewer).get(url("print", claim)).content.decode()
        for words in [
            "项目资金报账单",
            "人民币叁仟伍佰元整",
            "☑银行转账",
            "合计（附单据 2 张）",
            "3,500.00",
            "村妇联副主席",
        ]:
            assert words in page
        response = login(county_reviewer).get(url("excel", claim))
        sheet = load_workbook(io.BytesIO(response.content)).active
        cells = {cell.value for row in sheet for cell in row}
        assert {"人民币叁仟伍佰元整", "村务监督委员会主任"} <= cells
        assert any(str(value).startswith("=SUM(") for value in cells)

    def test_the_paper_of_an_empty_draft(self, site, cadre, login):
        claim = actions.write_claim(written(site, by=cadre), [], by=cadre)
        assert "人民币零元整" in login(cadre).get(url("print", claim)).content.decode()
        assert login(cadre).get(url("excel", claim)).status_code == 200


class TestScans:
    def test_kept_shown_and_removed(self, site, cadre, login):
        claim = written(site, by=cadre)
        client, line = login(cadre), claim.lines.get()
        data = {"files": factories.upload(factories.picture(colour=(1, 2, 3)), "发票.jpg"), "item": line.pk}
        response = client.post(url("attach", claim), data, headers={"Accept": "application/json"})
        assert response.status_code == 201
        added = claim.files.get(line=line)
        assert f"attachment-{added.pk}" in response.json()["html"]
        for address in [added.get_absolute_url(), reverse("funding:claim_thumbnail", args=[added.pk])]:
            picture = client.get(address)
            assert (picture["Content-Type"], picture["Cache-Control"]) == ("image/jpeg", "private, no-cache")
            assert picture.getvalue().startswith(b"\xff\xd8")
        client.post(reverse("funding:claim_file_remove", args=[added.pk]))
        assert not claim.files.filter(pk=added.pk).exists()
        assert AuditEvent.objects.filter(action="移除报账附件").count() == 1

    def test_what_was_submitted_is_only_marked(self, claim, cadre, county_reviewer, login):
        first = claim.files.get()
        refused = login(cadre).post(
            reverse("funding:claim_file_remove", args=[first.pk]), headers={"Accept": "application/json"}
        )
        assert (refused.status_code, "照片和文件不能再改" in refused.json()["error"]) == (422, True)
        actions.return_claim(claim, by=county_reviewer, version=claim.version, reason="看不清")
        login(cadre).post(reverse("funding:claim_file_remove", args=[first.pk]))
        first.refresh_from_db()
        assert first.removed_by == cadre
        assert "已移除" in login(county_reviewer).get(claim.get_absolute_url()).content.decode()

    def test_scope(self, site, claim, cadre, neighbour, county_reviewer, system_admin, login):
        page = claim.files.get().get_absolute_url()
        remove = reverse("funding:claim_file_remove", args=[claim.files.get().pk])
        assert login(neighbour).get(page).status_code == 404
        assert login(system_admin).get(page).status_code == 403
        assert login(county_reviewer).post(remove).status_code == 403
        draft = scan(written(site, by=cadre), by=cadre).get_absolute_url()
        assert login(county_reviewer).get(draft).status_code == 404

    def test_a_site_too_many_and_what_is_no_scan(self, site, cadre, login, settings):
        settings.REPORT_MAX_FILES = 1
        claim = written(site, by=cadre)
        client = login(cadre)
        for data, words in [
            (factories.picture(colour=(9, 9, 9)), "最多 1 个"),
            (b"MZ not a scan", "只收 JPEG"),
        ]:
            page = client.post(url("attach", claim), {"files": factories.upload(data)}, follow=True).content.decode()
            assert words in page
        assert claim.files.count() == 1


def test_the_city_keeps_the_terms(programme, city_staff, county_reviewer, auditor, login):
    address = reverse("admin:funding_claimterms_add")
    response = login(city_staff).post(
        address, {"programme": programme.pk, "cash_limit": "500", "has_township_check": ""}
    )
    terms = ClaimTerms.objects.get()
    assert (response.status_code, terms.cash_limit, terms.has_township_check) == (302, 500, False)
    assert AuditEvent.objects.about(terms).get().action == "新增报账规定"
    for user in [county_reviewer, auditor]:
        assert login(user).get(address).status_code == 403
        assert login(user).get(reverse("admin:funding_claimterms_changelist")).status_code == 200
