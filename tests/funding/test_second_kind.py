"""市“人均一元钱”项目 beside the special fund: the city's money, nothing to be matched. Its rules are data."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from openpyxl import load_workbook

from fedwork import clock
from funding import actions
from funding.board import fund_board
from funding.invariants import broken_invariants
from funding.reconciliation import reconcile
from funding.states import EntryKind, FundSource
from projects.lights.reading import lights_at
from projects.models import ProjectSite
from tests import factories
from tests.funding.cast import approved_site, issue, pledge
from tests.funding.ledger import account, post
from tests.funding.test_table_papers import words_of

pytestmark = pytest.mark.django_db
CITY = FundSource.CITY


@pytest.fixture
def yuan_programme(tree):
    return factories.programme(
        tree.city,
        name="合肥市2026年“人均一元钱”项目",
        fund_source="city",
        fund_name="市级专项资金",
        province_amount=Decimal(20_000),
        matching_floor=Decimal(0),
        matching_ratio=Decimal(0),
    )


@pytest.fixture
def site(yuan_programme, tree, city_staff):
    return approved_site(yuan_programme, tree.village, 0, 0, 0, 0, by=city_staff)


@pytest.fixture
def table(site, yuan_programme, city_staff):
    return issue(actions.draft_allocation_table(yuan_programme, by=city_staff), by=city_staff)


def texts(workbook: bytes) -> str:
    rows = load_workbook(BytesIO(workbook), data_only=True).active.iter_rows(values_only=True)
    return " ".join(str(cell) for row in rows for cell in row if cell is not None)


def test_without_any_matching_the_table_issues_as_money_of_the_city(table, site):
    assert table.is_issued
    assert (account(site, CITY).issued, account(site, FundSource.PROVINCE).issued) == (20_000, 0)
    assert list(broken_invariants()) == []


def test_the_special_fund_beside_it_still_refuses(programme, tree, city_staff, table):
    approved_site(programme, tree.other_village, 0, 0, 0, 0, by=city_staff)
    draft = actions.draft_allocation_table(programme, by=city_staff)
    with pytest.raises(ValidationError, match="未达最低配套 1 万元"):
        issue(draft, by=city_staff)


def test_the_ceilings_hold(table, site, city_staff):
    with pytest.raises(ValidationError, match="多于下达的 20,000 元"):
        post(site, EntryKind.ARRIVED, "20000.01", by=city_staff, source=CITY)
    with pytest.raises(ValidationError, match="省级专项资金累计到位"):
        post(site, EntryKind.ARRIVED, 1, by=city_staff, source=FundSource.PROVINCE)
    post(site, EntryKind.ARRIVED, 8_000, by=city_staff, source=CITY)
    with pytest.raises(ValidationError, match="多于到位的 8,000 元"):
        post(site, EntryKind.SPENT, 8_001, by=city_staff, source=CITY)


def test_a_table_that_took_over_other_rules_is_not_issued(site, yuan_programme, city_staff):
    draft = actions.draft_allocation_table(yuan_programme, by=city_staff)
    yuan_programme.fund_name = "市级妇联资金"
    yuan_programme.save()
    with pytest.raises(ValidationError, match="重新取数"):
        issue(draft, by=city_staff)


def test_no_light_looks_at_matching_money(table, yuan_programme, programme):
    keys = set(yuan_programme.light_rules.values_list("signal", flat=True))
    assert keys == set(programme.light_rules.values_list("signal", flat=True)) - {
        "commitment_floor",
        "commitment_ratio",
    }
    signals = {found.rule.signal.key for light in lights_at(yuan_programme, clock.now()) for found in light.findings}
    assert not {key for key in signals if key.startswith("commitment")}


def test_pages_and_papers_have_no_columns_of_zeros(table, site, yuan_programme, city_staff, login):
    post(site, EntryKind.ARRIVED, 8_000, by=city_staff, source=CITY)
    client, query = login(city_staff), {"programme": yuan_programme.pk}
    addresses = [
        reverse("funding:board"),
        table.get_absolute_url(),
        reverse("funding:site_book", args=[site.pk]),
        yuan_programme.get_absolute_url(),
    ]
    pages = [client.get(address, query).content.decode() for address in addresses]
    assert all("省级资金" not in page and "省级专项资金" not in page for page in pages)
    assert "未全部到位" in pages[0]
    assert ("支出慢于时间</option>" in pages[0], "未达最低数</option>" in pages[0]) == (True, False)
    assert "市级专项资金" in pages[1]
    assert [word for word in ["应配套", "配套比例", "配套小计", "乡镇（街道）小计"] if word in "".join(pages[:2])] == []
    papers = [texts(client.get(reverse("funding:board_excel"), query).content)]
    papers.append(texts(client.get(reverse("funding:table_download", args=[table.pk])).content))
    papers.append(texts(client.get(reverse("funding:reconciliation_excel"), query).content))
    assert all("配套" not in paper for paper in papers)
    assert papers[2].startswith("合肥市2026年“人均一元钱”项目资金对账表")
    assert ("市级下达" in papers[0], "市级专项资金" in papers[1]) == (True, True)


def test_what_is_matched_all_the_same_is_shown(site, yuan_programme, city_staff, login):
    pledge(site, 3_000, 0, 0, 0, by=city_staff)
    table = issue(actions.draft_allocation_table(yuan_programme, by=city_staff), by=city_staff)
    page = login(city_staff).get(table.get_absolute_url()).content.decode()
    assert ("配套资金" in page, "23,000" in page) == (True, True)
    board = fund_board(yuan_programme, ProjectSite.objects.filter(pk=site.pk), clock.now())
    assert (board.has_matching, board.total.mark.word) == (True, "1 个未全部到位")


def test_the_reconciliation_finds_the_money_of_the_city_where_the_ledger_has_it(
    table, site, yuan_programme, city_staff
):
    post(site, EntryKind.DISBURSED, 20_000, by=city_staff, source=CITY)
    post(site, EntryKind.ARRIVED, 20_000, by=city_staff, source=CITY)
    [line] = reconcile(yuan_programme, yuan_programme.sites.all(), clock.now()).lines
    assert (line.source, line.table, line.posted, line.differences) == (CITY, 20_000, 20_000, [])


def test_letters_speak_of_the_money_of_the_city_alone(table, site, yuan_programme, city_staff, login):
    yuan_programme.province_amount = Decimal(25_000)
    yuan_programme.save()
    ProjectSite.objects.filter(pk=site.pk).update(province_amount=25_000)
    second = issue(
        actions.draft_allocation_table(yuan_programme, by=city_staff),
        by=city_staff,
        reason="追加",
        document_number="二号",
    )
    client = login(city_staff)
    papers = [client.get(reverse(f"funding:table_{name}", args=[second.pk])).content for name in ["letters", "note"]]
    for words in map(words_of, papers):
        assert ("市级专项资金 25,000 元" in words, "省级" in words, "配套" in words) == (True, False, False)
