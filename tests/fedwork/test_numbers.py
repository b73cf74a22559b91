from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedwork.numbers import NumberField, parse_amount, parse_number, plain_number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", "0"),
        ("1200", "1200"),
        ("１２００", "1200"),
        ("１，２００", "1200"),
        ("1,200.50", "1200.50"),
        (" 3 000 元 ", "3000"),
        ("3.5万元", "35000"),
        ("３．５ 万", "35000"),
        ("￥ 681,600.00", "681600"),
        ("0.01", "0.01"),
        (".5", "0.5"),
    ],
)
def test_amounts_as_people_type_them(text, expected):
    assert parse_amount(text) == Decimal(expected)


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "1e5", "十", "1元2", "--1", "NaN", "Infinity", "0.001", "9" * 20])
def test_what_is_no_amount_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match="。"):
        parse_amount(text)


def test_counts_are_whole():
    assert parse_number("1.2万") == 12000
    with pytest.raises(ValueError, match="整数"):
        parse_number("1.5")


@given(st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2))
def test_shown_and_read_again_is_the_same(number):
    assert parse_amount(plain_number(number)) == number
    assert parse_amount(f"{number:,}") == number


def test_a_row_that_nobody_touched_has_not_changed():
    field = NumberField(decimal_places=2)
    assert not field.has_changed(None, "")
    assert not field.has_changed("", None)
    assert field.has_changed(Decimal(5), "")
    assert not field.has_changed(Decimal("5.00"), "5")
