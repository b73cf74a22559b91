"""大写金额, by a table of known cases and by a reader that turns the words back into the amount."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedwork.capitals import capitals

KNOWN = {
    "0": "零元整",
    "0.01": "壹分",
    "0.10": "壹角整",
    "0.35": "叁角伍分",
    "1": "壹元整",
    "10": "壹拾元整",
    "16": "壹拾陆元整",
    "101": "壹佰零壹元整",
    "325.04": "叁佰贰拾伍元零肆分",
    "1000.05": "壹仟元零伍分",
    "1001": "壹仟零壹元整",
    "1010": "壹仟零壹拾元整",
    "1409.50": "壹仟肆佰零玖元伍角整",
    "1680.32": "壹仟陆佰捌拾元叁角贰分",
    "6007.14": "陆仟零柒元壹角肆分",
    "10000": "壹万元整",
    "10001": "壹万零壹元整",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "100100": "壹拾万零壹佰元整",
    "107000.53": "壹拾万柒仟元伍角叁分",
    "681600": "陆拾捌万壹仟陆佰元整",
    "1000000": "壹佰万元整",
    "10000000": "壹仟万元整",
    "100000001": "壹亿零壹元整",
    "100010000": "壹亿零壹万元整",
    "1000100000": "壹拾亿零壹拾万元整",
    "100001000": "壹亿零壹仟元整",
    "120030405.06": "壹亿贰仟零叁万零肆佰零伍元零陆分",
    "999999999999.99": "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
}
DIGITS = {word: digit for digit, word in enumerate("零壹贰叁肆伍陆柒捌玖")}


@pytest.mark.parametrize(("amount", "words"), KNOWN.items())
def test_known_cases(amount, words):
    assert capitals(Decimal(amount)) == words


@pytest.mark.parametrize("amount", ["-0.01", "1000000000000", "1.005"])
def test_what_has_no_words(amount):
    with pytest.raises(ValueError, match="大写金额"):
        capitals(Decimal(amount))


def number(words: str) -> int:
    """What the words say, read from left to right as a clerk does."""
    total = section = digit = 0
    for word in words:
        if word in DIGITS:
            digit = DIGITS[word]
        elif word in "拾佰仟":
            section, digit = section + digit * {"拾": 10, "佰": 100, "仟": 1000}[word], 0
        else:
            total, section, digit = total + (section + digit) * {"万": 10**4, "亿": 10**8}[word], 0, 0
    return total + section + digit


def read(words: str) -> Decimal:
    yuan, _, rest = words.partition("元") if "元" in words else ("", "", words)
    tenths, hundredths = (re.search(f"(.){unit}", rest) for unit in "角分")
    cents = (10 * DIGITS[tenths[1]] if tenths else 0) + (DIGITS[hundredths[1]] if hundredths else 0)
    return number(yuan) + Decimal(cents) / 100


# Numbers with many zeros are where the rules are.
SPARSE = st.lists(st.sampled_from("0000123456789"), min_size=1, max_size=14).map(lambda digits: int("".join(digits)))


@given((SPARSE | st.integers(0, 99_999_999_999_999)).map(lambda fen: Decimal(fen) / 100))
def test_the_words_say_the_amount(amount):
    words = capitals(amount)
    assert read(words) == amount
    assert "零零" not in words
    assert not re.search("零[元万亿拾佰仟角分整]", words) or words == "零元整"
    assert words.endswith("分") != words.endswith("整")
