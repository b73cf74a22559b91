"""工作经费: due by standards that are data, budgeted and arrived by entries that never change; who enters, who reads."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from fedwork import clock
from fedwork.excel import write_paper
from funding.actions import Deposit, Headcount, enter_work_funds, reverse_work_fund
from funding.models import WomenCount, WorkFundEntry
from funding.workfunds.imports import HEADINGS
from funding.workfunds.papers import work_fund_paper
from funding.workfunds.reading import work_fund_board
from organizations.models import AuditEvent, Level
from tests import factories

pytestmark = pytest.mark.django_db
NOON = timezone.make_aware(datetime(2026, 9, 30, 12))
BUDGETED, ARRIVED = WorkFundEntry.Kind.BUDGETED, WorkFundEntry.Kind.ARRIVED
BOARD = reverse("funding:workfund_board")


@pytest.fixture(autouse=True)
def today():
    with clock.set_to(NOON):
        yield


@pytest.fixture
def standards(tree):
    """What the sources say: 人均 1 元, 每年 1 万元, 每年 2000 元."""
    given = [(Level.COUNTY, "per_woman", 1), (Level.TOWNSHIP, "per_unit", 10_000), (Level.VILLAGE, "per_unit", 2_000)]
    for level, basis, amount in given:
        factories.work_fund_standard(tree.city, level, basis=basis, amount=amount)


def deposit(unit, kind, amount, **fields) -> Deposit:
    given = {"year": 2026, "happened_on": date(2026, 3, 20), "number": f"{kind}-{amount}"} | fields
    return Deposit(unit, kind=kind, amount=Decimal(amount), **given)


def enter(unit, kind, amount, *, by, **fields) -> WorkFundEntry:
    enter_work_funds([deposit(unit, kind, amount, **fields)], by=by)
    return WorkFundEntry.objects.latest("pk")


def rows_of(place, year=2026) -> dict:
    return {row.label: row.total for row in work_fund_board(place, year).rows}


class TestDue:
    def test_by_level_and_added_up_below_a_place(self, tree, standards, county_reviewer):
        enter_work_funds([], [Headcount(tree.county, 2026, 412_350, "2025年统计年鉴")], by=county_reviewer)
        rows = rows_of(tree.city)
        assert {label: (sums.due, sums.units, sums.unknown) for label, sums in rows.items()} == {
            "肥西县": (412_350 + 2 * 10_000 + 2 * 2_000, 5, 0),
            "长丰县": (12_000, 3, 1),
        }
        assert [(label, sums.due) for label, sums in rows_of(tree.county).items()] == [
            ("县本级", 412_350),
            ("三河镇", 12_000),
            ("山南镇", 12_000),
        ]
        assert "1 个单位没有妇女人数" in rows["长丰县"].words

    def test_a_newer_standard_leaves_the_years_before_as_they_were(self, tree, standards):
        factories.work_fund_standard(tree.city, Level.VILLAGE, basis="per_unit", amount=3_000, since_year=2027)
        assert [rows_of(tree.township, year)["小井庄村"].due for year in [2019, 2026, 2027, 2030]] == [
            0,
            2_000,
            3_000,
            3_000,
        ]

    def test_a_standard_of_a_kind_goes_before_that_of_the_level(self, tree, standards):
        from organizations.models import OrganizationKind

        street = OrganizationKind.objects.get(level=Level.TOWNSHIP, name="街道")
        tree.township.kind = street
        tree.township.save()
        factories.work_fund_standard(tree.city, Level.TOWNSHIP, basis="per_unit", amount=15_000, kind=street)
        assert {label: sums.due for label, sums in rows_of(tree.county).items()} == {
            "县本级": 0,
            "三河镇": 12_000,
            "山南镇": 17_000,
        }

    def test_what_was_abolished_is_due_nothing_more(self, tree, standards):
        tree.village.valid_to = date(2026, 5, 1)
        tree.village.save()
        assert [rows_of(tree.county, year)["山南镇"].due for year in [2025, 2026]] == [12_000, 10_000]

    def test_more_in_one_village_fills_no_arrears_of_another(self, tree, standards, county_reviewer):
        village = factories.organization("第二村", level=Level.VILLAGE, parent=tree.township)
        enter(tree.village, BUDGETED, 5_000, by=county_reviewer)
        enter(tree.village, ARRIVED, 5_000, by=county_reviewer)
        enter(village, BUDGETED, 500, by=county_reviewer)
        sums = rows_of(tree.county)["山南镇"]
        assert (sums.due, sums.arrived, sums.arrears, sums.unbudgeted) == (14_000, 5_000, 12_000, 11_500)
        assert sums.words == "尚欠 12,000 元，其中 11,500 元未列入预算"


class TestEntering:
    def test_money_arrives_within_the_budget(self, tree, county_reviewer):
        with pytest.raises(ValidationError, match="请先登记预算"):
            enter(tree.village, ARRIVED, 2_000, by=county_reviewer)
        enter(tree.village, BUDGETED, 2_000, by=county_reviewer)
        entry = enter(tree.village, ARRIVED, 2_000, by=county_reviewer)
        assert AuditEvent.objects.about(entry).count() == 1
        with pytest.raises(ValidationError, match=r"到位 2,000.01 元，多于列入预算的 2,000 元"):
            enter(tree.village, ARRIVED, "0.01", by=county_reviewer)

    def test_all_or_none(self, tree, county_reviewer):
        given = [deposit(tree.village, BUDGETED, 2_000), deposit(tree.township, BUDGETED, 10, number=" ")]
        with pytest.raises(ValidationError):
            enter_work_funds(given, by=county_reviewer)
        assert not WorkFundEntry.objects.exists()

    def test_twice_the_same_is_once(self, tree, county_reviewer):
        given = [deposit(tree.village, BUDGETED, 2_000)]
        assert [enter_work_funds(given, by=county_reviewer) for _ in range(2)] == [1, 0]
        with pytest.raises(ValidationError, match="已经登记过列入预算"):
            enter_work_funds([deposit(tree.village, BUDGETED, 2_000)], by=county_reviewer)

    @pytest.mark.parametrize(
        "wrong", [{"happened_on": date(2026, 10, 1)}, {"happened_on": date(2024, 12, 31)}, {"amount": "-1"}]
    )
    def test_refused(self, tree, county_reviewer, wrong):
        amount = wrong.pop("amount", 5)
        with pytest.raises(ValidationError):
            enter(tree.village, BUDGETED, amount, by=county_reviewer, **wrong)

    def test_a_mistake_is_reversed(self, tree, standards, county_reviewer):
        entry = enter(tree.village, BUDGETED, 2_000, by=county_reviewer)
        reversal = reverse_work_fund(entry, reason="录错", by=county_reviewer)
        assert rows_of(tree.township)["小井庄村"].budgeted == 0
        for each in [entry, reversal]:
            with pytest.raises(ValidationError):
                reverse_work_fund(each, reason="再冲", by=county_reviewer)
        assert enter(tree.village, BUDGETED, 2_000, by=county_reviewer)  # its number is free again

    def test_a_budget_under_money_that_arrived_stays(self, tree, county_reviewer):
        entry = enter(tree.village, BUDGETED, 2_000, by=county_reviewer)
        enter(tree.village, ARRIVED, 1, by=county_reviewer)
        with pytest.raises(ValidationError, match="多于列入预算的 0 元"):
            reverse_work_fund(entry, reason="录错", by=county_reviewer)

    def test_who_may(self, tree, county_reviewer, other_reviewer, city_staff, cadre, leader):
        for user in [other_reviewer, cadre, leader]:
            with pytest.raises(PermissionDenied):
                enter(tree.village, BUDGETED, 2_000, by=user)
        entry = enter(tree.village, BUDGETED, 2_000, by=county_reviewer)
        assert reverse_work_fund(entry, reason="市级更正", by=city_staff)

    @pytest.mark.parametrize("sql", ["UPDATE {} SET amount = 1", "DELETE FROM {}", "TRUNCATE {}"])
    def test_the_database_refuses_changes(self, tree, county_reviewer, sql):
        from django.db import connection

        enter(tree.village, BUDGETED, 2_000, by=county_reviewer)
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.format("funding_workfundentry"))

    def test_a_reversal_takes_back_exactly_what_it_names(self, tree, county_reviewer):
        entry = enter(tree.village, BUDGETED, 2_000, by=county_reviewer)
        wrong = WorkFundEntry(
            organization=tree.village, year=2026, kind=BUDGETED, amount=1, happened_on=date(2026, 4, 1), number="x"
        )
        wrong.reverses, wrong.memo, wrong.recorded_at, wrong.recorded_by = entry, "冲", NOON, county_reviewer
        with pytest.raises(DatabaseError, match="amount and account"), transaction.atomic():
            wrong.save()

    def test_a_number_of_women_is_put_right_in_place_and_logged(self, tree, county_reviewer):
        for women in [100, 120, 120]:
            enter_work_funds([], [Headcount(tree.county, 2026, women, "年报")], by=county_reviewer)
        assert WomenCount.objects.get().women == 120
        assert AuditEvent.objects.filter(action="登记妇女人数").count() == 2


class TestPages:
    def test_the_way_down(self, tree, standards, county_reviewer, login):
        client = login(county_reviewer)
        page = client.get(BOARD).content.decode()
        assert f'<a href="?year=2026&amp;under={tree.township.pk}">山南镇</a>' in page
        page = client.get(BOARD, {"under": tree.township.pk}).content.decode()
        address = f"{reverse('funding:workfund_detail', args=[tree.village.pk])}?year=2026"
        assert f'<a href="{address}">小井庄村</a>' in page
        assert "尚欠 2,000 元" in client.get(address).content.decode()

    def test_a_base_has_no_work_fund(self, tree, standards, login):
        base = factories.organization("示范基地", level=Level.UNIT, parent=tree.village)
        page = login(factories.user("base", role="cadre", organization=base)).get(BOARD).content.decode()
        assert "没有应落实工作经费的单位" in page

    def test_a_village_sees_its_own(self, tree, standards, login):
        user = factories.user("village", role="cadre", organization=tree.village)
        page = login(user).get(BOARD, follow=True).content.decode()
        assert ("每年 2,000 元；依据：示例文件" in page, "逐笔登记" in page) == (True, True)

    def test_neighbours_and_readers(self, tree, standards, county_reviewer, cadre, leader, login):
        assert login(county_reviewer).get(BOARD, {"under": tree.far_township.pk}).status_code == 404
        assert login(county_reviewer).get(BOARD, {"under": tree.city.pk}).status_code == 404
        grid = reverse("funding:workfund_grid", args=[tree.township.pk])
        assert [login(user).get(grid).status_code for user in [cadre, leader]] == [403, 403]
        assert "登记" not in login(leader).get(BOARD).content.decode().split('class="head"')[1].split("</div>")[1]

    def test_the_same_number_of_queries_for_few_and_many_villages(
        self, tree, standards, county_reviewer, login, count_queries
    ):
        client = login(county_reviewer)
        few = count_queries(lambda: client.get(BOARD, {"under": tree.township.pk}))
        villages = [factories.organization(f"第{n}村", level=Level.VILLAGE, parent=tree.township) for n in range(60)]
        enter_work_funds([deposit(village, BUDGETED, 100) for village in villages], by=county_reviewer)
        assert count_queries(lambda: client.get(BOARD, {"under": tree.township.pk})) == few

    def test_the_grid_enters_for_many(self, tree, county_reviewer, login):
        client, address = login(county_reviewer), reverse("funding:workfund_grid", args=[tree.township.pk])
        batch = client.get(address).content.decode().split('name="batch" value="')[1].split('"')[0]
        data = {
            "batch": batch,
            "happened_on": "2026-03-20",
            "number": "西财预〔2026〕3号",
            f"unit{tree.township.pk}-amount": "1万",
            f"unit{tree.village.pk}-amount": "2,000",
            f"unit{tree.village.pk}-day": "2026/4/1",
        }
        for _ in range(2):
            assert client.post(address, data).status_code == 302
        found = WorkFundEntry.objects.values_list("organization", "amount", "happened_on", "number")
        assert sorted(found) == sorted(
            [
                (tree.township.pk, 10_000, date(2026, 3, 20), "西财预〔2026〕3号"),
                (tree.village.pk, 2_000, date(2026, 4, 1), "西财预〔2026〕3号"),
            ]
        )

    def test_the_grid_takes_numbers_of_women(self, tree, county_reviewer, login):
        client, address = login(county_reviewer), reverse("funding:workfund_grid", args=[tree.county.pk])
        batch = client.get(address).content.decode().split('name="batch" value="')[1].split('"')[0]
        data = {"batch": batch, f"unit{tree.county.pk}-amount": "41.2万"}
        assert "请填人数来源" in client.post(f"{address}?what=women", data).content.decode()
        client.post(f"{address}?what=women", data | {"number": "统计年鉴"})
        assert (WomenCount.objects.get().women, WomenCount.objects.get().source) == (412_000, "统计年鉴")

    def test_reversing(self, tree, county_reviewer, login):
        entry = enter(tree.village, BUDGETED, 2_000, by=county_reviewer)
        client, address = login(county_reviewer), reverse("funding:workfund_reverse", args=[entry.pk])
        assert "冲正要写明原因" in client.post(address).content.decode()
        assert client.post(address, {"reason": "录错"}).status_code == 302
        assert WorkFundEntry.objects.count() == 2


class TestFiles:
    def test_the_template_comes_back(self, tree, standards, county_reviewer, login):
        client = login(county_reviewer)
        given = client.get(reverse("funding:workfund_template", args=[tree.county.pk])).content
        book = load_workbook(BytesIO(given))
        sheet = book.worksheets[0]
        assert [cell.value for cell in sheet[1]] == HEADINGS
        assert next(row[2] for row in sheet.iter_rows(min_row=2, values_only=True)) == "肥西县"
        for row in sheet.iter_rows(min_row=2):
            if row[2].value in {"肥西县", "小井庄村"}:
                row[5].value, row[6].value, row[7].value = 2000, datetime(2026, 3, 20), "预〔2026〕1号"
            if row[2].value == "肥西县":
                row[3].value, row[4].value = 412_350, "统计年鉴"
        out = BytesIO()
        book.save(out)
        address = reverse("funding:workfund_import", args=[tree.county.pk])
        for _ in range(2):
            upload = SimpleUploadedFile("经费.xlsx", out.getvalue())
            assert client.post(address, {"file": upload}).status_code == 302
        assert WorkFundEntry.objects.count() == 2
        assert rows_of(tree.county)["县本级"].due == 412_350

    def test_one_wrong_line_writes_nothing(self, tree, county_reviewer, login):
        lines = [
            ",".join(HEADINGS),
            f"{tree.village.code},村（社区）,小井庄村,,,2000,2026-03-20,预1,,,",
            f"{tree.far_village.code},村（社区）,桥冲村,,,2000,2026-03-20,预1,,,",
            f"{tree.other_village.code},村（社区）,河口村,,,两千,2026-03-20,预1,,,",
        ]
        upload = SimpleUploadedFile("经费.csv", "\n".join(lines).encode())
        page = login(county_reviewer).post(reverse("funding:workfund_import", args=[tree.county.pk]), {"file": upload})
        assert "第 3 行" in page.content.decode()
        assert "第 4 行（河口村）：“两千”不是数字" in page.content.decode()
        assert not WorkFundEntry.objects.exists()

    def test_the_paper_adds_up_by_itself(self, tree, standards, city_staff):
        enter_work_funds([], [Headcount(tree.county, 2026, 412_350, "年鉴")], by=city_staff)
        enter(tree.village, BUDGETED, 2_000, by=city_staff)
        enter(tree.village, ARRIVED, "1500.50", by=city_staff)
        sheet = load_workbook(BytesIO(write_paper(work_fund_paper(work_fund_board(tree.city, 2026))))).active
        words = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert sum(word.startswith("=SUM(") for word in words) >= 13
        assert words[0] == "合肥市2026年妇联工作经费落实情况表"
        assert any("人均 1 元" in word for word in words)
