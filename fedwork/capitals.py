"""大写金额: amounts as they stand on vouchers and claims (会计基础工作规范, article 52)."""

from decimal import ROUND_HALF_UP, Decimal

from fedwork.numbers import LARGEST

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ["", "拾", "佰", "仟"]
SECTIONS = ["", "万", "亿"]
FEN = Decimal("0.01")


def capitals(amount: Decimal) -> str:
    """Yuan in words: 681600 -> "陆拾捌万壹仟陆佰元整", 1409.05 -> "壹仟肆佰零玖元零伍分".

    整 closes what ends with 元 or 角; 零 stands where digits are passed over inside the number, and before 分 without
    角. Raises ValueError for a negative amount, parts of a fen, and more than 999,999,999,999.99.
    """
    if not 0 <= amount <= LARGEST or amount != amount.quantize(FEN, ROUND_HALF_UP):
        raise ValueError(f"{amount} 不能写成大写金额。")
    yuan, fen = divmod(int(amount * 100), 100)
    words = f"{_whole(yuan)}元" if yuan or not fen else ""
    return words + _cents(fen, follows_yuan=bool(yuan))


def _cents(fen: int, *, follows_yuan: bool) -> str:
    tenths, rest = divmod(fen, 10)
    if not fen:
        return "整"
    if not rest:
        return f"{DIGITS[tenths]}角整"
    before = f"{DIGITS[tenths]}角" if tenths else ("零" if follows_yuan else "")
    return f"{before}{DIGITS[rest]}分"


def _whole(number: int) -> str:
    """Sections of four digits, the highest first."""
    if not number:
        return DIGITS[0]
    words, is_passed_over = "", False
    for place in reversed(range(len(SECTIONS))):
        section = number // 10_000**place % 10_000
        if section:
            needs_zero = words and (is_passed_over or section < 1000)
            words += (DIGITS[0] if needs_zero else "") + _section(section) + SECTIONS[place]
        is_passed_over = bool(words) and not section
    return words


def _section(number: int) -> str:
    """1 to 9999; 零 once for zeros between two digits."""
    words, is_passed_over = "", False
    for place in reversed(range(4)):
        digit = number // 10**place % 10
        if digit:
            words += (DIGITS[0] if is_passed_over and words else "") + DIGITS[digit] + PLACES[place]
        is_passed_over = not digit
    return words
