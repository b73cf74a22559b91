"""A claim from the cadre's phone over the township to the county, and into the ledger."""

import pytest
from playwright.sync_api import expect

from funding.models import Claim, LedgerEntry
from funding.states import EntryKind
from organizations.models import Role
from tests import factories
from tests.browser.conftest import DESKTOP, PHONE
from tests.funding.cast import approved_site
from tests.funding.ledger import account, post


@pytest.fixture
def site(tree, city_staff, county_reviewer):
    """Of last year's programme, so that its months have begun whenever the test runs; 8,000 yuan have arrived."""
    programme = factories.programme(tree.city, year=2025)
    site = approved_site(programme, tree.village, 20000, 0, 0, 0, by=city_staff)
    post(site, EntryKind.ARRIVED, 8_000, by=county_reviewer)
    return site


def test_written_on_a_phone_checked_and_paid(
    page, new_context, site, tree, cadre, county_reviewer, sign_in, axe, overflow, tmp_path
):
    writer = factories.user("village", role=Role.CADRE, organization=tree.village)
    phone = new_context(viewport=PHONE).new_page()
    sign_in(phone, writer)
    phone.goto("/claims/")
    phone.get_by_role("link", name="填报账单").click()
    phone.get_by_label("资金来源").select_option("county")
    phone.get_by_label("事由").fill("活动室门窗更换")
    phone.get_by_label("经手人职务").fill("村妇联副主席")
    phone.get_by_label("证明人职务").fill("村务监督委员会主任")
    first = phone.locator("details.voucher").first
    first.get_by_label("发票（凭证）号").fill("26342000000000000001")
    first.get_by_label("开票日期").fill("2026-01-05")
    first.get_by_label("金额（元）").fill("0.12万")
    first.get_by_label("收款人").fill("示例门窗经营部")
    first.get_by_label("用途").select_option(label="阵地建设")
    assert (overflow(phone), axe(phone)) == (0, [])
    phone.get_by_role("button", name="保存", exact=True).click()
    expect(phone.locator("main")).to_contain_text("还没有传发票照片或扫描件")
    expect(phone.locator("main")).to_contain_text("壹仟贰佰元整")
    photo = tmp_path / "发票.jpg"
    photo.write_bytes(factories.picture())
    phone.get_by_label("是哪一张的").select_option(index=1)
    phone.locator(".pick input[multiple]").first.set_input_files(photo)
    expect(phone.locator(".files img")).to_have_count(1)
    assert (overflow(phone), axe(phone)) == (0, [])
    phone.get_by_role("button", name="提交审核").click()
    expect(phone.locator("main")).to_contain_text("等山南镇审核")
    address = phone.url

    page.set_viewport_size(DESKTOP)
    sign_in(page, cadre)
    expect(page.locator("#menu a", has_text="报账").locator(".count")).to_have_text("1")
    page.locator(".rows a", has_text="活动室门窗更换").click()
    page.get_by_role("button", name="审核通过，报县级").click()
    expect(page.locator(".messages")).to_contain_text("已报县级")

    county = new_context(viewport=DESKTOP).new_page()
    sign_in(county, county_reviewer)
    county.goto(address)
    assert axe(county) == []
    county.get_by_label("支付单号").fill("支2601-0001")
    county.get_by_role("button", name="同意支付 1,200.00 元").click()
    expect(county.locator(".messages")).to_contain_text("支出已记入资金台账")
    county.get_by_role("link", name="打印", exact=True).click()
    expect(county.locator("article.paper")).to_contain_text("人民币壹仟贰佰元整")
    assert (overflow(county), axe(county)) == (0, [])
    entry = LedgerEntry.objects.get(kind=EntryKind.SPENT)
    assert (entry.claim_line.claim, account(site).balance) == (Claim.objects.get(), 6_800)
