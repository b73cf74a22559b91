"""The exported workbooks computed again, by LibreOffice where it is there and by a reader of our own: they come to what
the board, the ledger and the table say, to the cent."""

from decimal import ROUND_HALF_UP, Decimal

import pytest

from fedwork import clock
from fedwork.excel import write_paper
from funding import actions
from funding.board import fund_board
from funding.comparison import compare_versions, comparison_paper
from funding.exports import allocation_workbook
from funding.papers import Extras, arrival_paper
from funding.reconciliation import FIGURES, reconcile, reconciliation_paper
from funding.sheet import Sheet, Unit
from funding.states import MATCHING, EntryKind, FundSource
from tests import workbooks
from tests.funding.cast import issue, pledge
from tests.funding.ledger import post

pytestmark = pytest.mark.django_db


def cents(value) -> Decimal:
    return Decimal(value or 0).quantize(Decimal("0.01"), ROUND_HALF_UP)


@pytest.fixture
def second(issued, sites, programme, city_staff):
    """Money with fen, some paid back, some moved, and an adjustment of the table."""
    for number, site in enumerate(sites):
        for source in [FundSource.PROVINCE, FundSource.COUNTY]:
            post(site, EntryKind.DISBURSED, Decimal("4000.37") + number, by=city_staff, source=source)
            post(site, EntryKind.ARRIVED, Decimal("3333.33") + number, by=city_staff, source=source)
        post(site, EntryKind.SPENT, "1000.01", by=city_staff)
        post(site, EntryKind.REFUNDED, "0.99", by=city_staff)
    move = {"giver": sites[0], "taker": sites[1], "document_number": "合妇〔2026〕30号", "reason": "调剂"}
    actions.reallocate(FundSource.PROVINCE, Decimal("12.34"), decided_on=clock.today(), by=city_staff, **move)
    pledge(sites[0], 25_000, 20_000, 10_000, 0, by=city_staff)
    return issue(actions.draft_allocation_table(programme, by=city_staff), by=city_staff, reason="追加县级配套")


@pytest.fixture
def board(second, programme):
    return fund_board(programme, programme.sites.all(), clock.now())


@pytest.fixture
def printed(second, board, issued, programme, tree, city_staff, tmp_path):
    """Each workbook by each reader."""
    extras = Extras.of(programme.sites.all(), board.moment)
    found = reconcile(programme, programme.sites.all(), board.moment)
    comparison = compare_versions(issued, second, city_staff)
    made = {
        "table": allocation_workbook(Sheet(second, city_staff)),
        "wan": allocation_workbook(Sheet(second, city_staff, unit=Unit.WAN), has_total_first=True),
        "arrival": write_paper(arrival_paper(board, extras, place=tree.city)),
        "reconciliation": write_paper(reconciliation_paper(found, place=tree.city)),
        "comparison": write_paper(comparison_paper(comparison, second)),
    }
    rows = {name: workbooks.Sheet(content).row_of("合计") for name, content in made.items() if name != "comparison"}
    return rows, workbooks.readers(made, tmp_path)


def test_every_reader_gets_what_the_database_says(printed, second, board, programme):
    """One test, so that LibreOffice starts once."""
    rows, readers = printed
    reconciled = reconcile(programme, programme.sites.all(), clock.now()).total
    for read in readers:
        _tables_agree(read, rows, second.lines.sums())
        _arrivals_agree(read["arrival"], rows["arrival"], board.total.money)
        found = [cents(read["reconciliation"](f"{letter}{rows['reconciliation']}")) for letter in "DEFGHIJ"]
        missing = second.lines.sums().total - board.total.money.all_arrived
        assert found == [*map(reconciled.figure, FIGURES), 0, missing]
        _comparison_adds_up(read["comparison"])


def _tables_agree(read, rows, sums) -> None:
    matching = [sums.matching, sums.county, sums.township, sums.village, sums.social]
    expected = [sums.province, *matching, sums.total]
    assert [cents(read["table"](f"{letter}{rows['table']}")) for letter in "FGHIJKL"] == expected
    assert [cents(read["wan"](f"{letter}{rows['wan']}") * 10_000) for letter in "FGHIJKL"] == expected


def _arrivals_agree(read, row: int, total) -> None:
    refunded = total.of(EntryKind.REFUNDED)
    known = {"F": total.issued, "G": total.issued_arrived, "I": total.pledged, "N": total.arrived, "U": total.spent}
    known |= {"W": refunded, "X": total.all_arrived - total.spent - refunded}
    for kind, letters in [(EntryKind.COMMITTED, "JKLM"), (EntryKind.ARRIVED, "OPQR")]:
        known |= dict(zip(letters, [total.of(kind, [source]) for source in MATCHING], strict=True))
    assert {letter: cents(read(f"{letter}{row}")) for letter in known} == known
    rates = [total.arrival_rate, total.ratio, total.spending_rate]
    assert [round(read(f"{letter}{row}"), 9) for letter in "STV"] == [round(rate, 9) for rate in rates]


def _comparison_adds_up(read) -> None:
    by_label = {read(f"D{row}"): row for row in range(5, 15)}
    changes = {label: cents(read(f"G{row}")) for label, row in by_label.items() if label}
    assert (changes["县级"], changes["社会"], changes["配套小计"], changes["合计"]) == (5_000, -5_000, 0, 0)


def test_the_reader_itself():
    cells = {"A1": Decimal(2), "A2": Decimal(3), "A3": None, "A4": "字"}
    for words, value in {"SUM(A1:A4)": 5, "A1-A2*2": -4, "(A1+A2)/A1": Decimal("2.5"), "SUM(A1,A2:A2)-1": 4}.items():
        assert workbooks.Formula(words, cells.get).value() == value
    for words in ["IF(A1,A2)", "A1+", "A1&A2"]:
        with pytest.raises((AssertionError, IndexError)):
            workbooks.Formula(words, cells.get).value()
