"""A county enters budgets for its villages from a spreadsheet: pasted, looked at, filled in, posted."""

import pytest
from django.urls import reverse

from funding.models import WorkFundEntry
from organizations.models import Level
from tests import factories
from tests.browser.test_filling_in import paste

pytestmark = pytest.mark.django_db(transaction=True)


def test_budgets_pasted_from_a_spreadsheet(page, sign_in, axe, tree, county_reviewer):
    for level, amount in [(Level.TOWNSHIP, 10_000), (Level.VILLAGE, 2_000)]:
        factories.work_fund_standard(tree.city, level, basis="per_unit", amount=amount)
    sign_in(page, county_reviewer)
    page.goto(reverse("funding:workfund_board"))
    assert axe(page) == []
    page.click("text=山南镇")
    page.click("text=逐个登记")
    assert axe(page) == []
    page.fill("#id_number", "肥财预〔2026〕3号")
    paste(page, f"#id_unit{tree.township.pk}-amount", "10,000\t2026-03-02\n2000\t2026/3/5")
    assert page.inner_text("#paste h2") == "粘贴会改动 4 格"
    page.click("#paste [data-yes]")
    page.click("form[data-paste] .button.primary")
    assert "已登记 2 笔" in page.inner_text("#content-start")
    found = WorkFundEntry.objects.values_list("organization__name", "amount", "number").order_by("pk")
    assert list(found) == [("山南镇", 10_000, "肥财预〔2026〕3号"), ("小井庄村", 2_000, "肥财预〔2026〕3号")]
    page.click("text=返回")
    page.click("text=小井庄村")
    assert "都没有" not in page.inner_text("#content-start")
    assert "尚欠 2,000 元" in page.inner_text("#content-start")
    page.click("summary:has-text('冲正')")
    assert axe(page) == []
