"""评分标准 understood: the lines of a criterion, as the office types them, are the parameters of its method.

A line that begins with 注 is a remark. What makes no sense raises ValueError with a sentence that says what is expected.
"""

import re
import unicodedata
from decimal import Decimal

from assessments.methods import STEP, Break, Count, Deduct, Deduction, Formula, Method, Pass, Ratio, Rule

MOST_LINES = 12
RATIO_LINE = re.compile(r"(?:达到|满)\s*(\d[\d.]*)\s*([^\d,。]{0,8}?)\s*(?:以上)?(?:,\s*得?满分)?。?")
DEDUCT_LINE = re.compile(r"(.+?)[,、]?\s*(?:扣\s*(\d+(?:\.\d+)?)\s*分|(扣完|扣完为止|全扣))。?")
BREAK_LINE = re.compile(
    r"(?:达到)?\s*(?:(\d[\d.]*)\s*([^\d,]{0,8}?)|([^\d,\s]{1,20}))\s*,\s*得\s*(\d+(?:\.\d+)?)\s*分。?"
)


def read_rule(method: str, standard: str) -> Rule:
    """The lines of 评分标准 understood; raises ValueError with a sentence that says what is expected."""
    written = [line.strip() for line in standard.splitlines()]
    lines = [line for line in written if line and not line.startswith("注")]
    if len(lines) > MOST_LINES:
        raise ValueError(f"评分标准最多 {MOST_LINES} 行。")
    return READERS[Method(method)](lines)


def _plain(line: str) -> str:
    return unicodedata.normalize("NFKC", line)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        raise ValueError(f"“{text}”不是数字。") from None


def _read_ratio(lines: list[str]) -> Ratio:
    found = RATIO_LINE.fullmatch(_plain(lines[0])) if len(lines) == 1 else None
    if not found:
        raise ValueError("“按比例”的评分标准写一行，如：达到 200 人次，得满分")
    target = _number(found[1])
    if target <= 0:
        raise ValueError("“按比例”的目标应大于 0。")
    return Ratio(target, found[2].strip())


def _read_count(lines: list[str]) -> Count:
    if not lines:
        raise ValueError("“按条件”的评分标准一行写一个条件，如：有实施方案")
    if len(set(lines)) < len(lines):
        raise ValueError("有两行条件是一样的。")
    return Count(tuple(line.rstrip("；;。") for line in lines))


def _read_deduct(lines: list[str]) -> Deduct:
    if not lines:
        raise ValueError("“扣分”的评分标准一行写一种情况，如：每缺一样，扣 0.5 分")
    return Deduct(tuple(map(_read_deduction, lines)))


def _read_deduction(line: str) -> Deduction:
    found = DEDUCT_LINE.fullmatch(line.replace(",", "，").replace("，", ",").strip())
    if not found:
        raise ValueError(f"“{line}”没有看懂，请以“，扣 0.5 分”或“，扣完”结尾。")
    points = None if found[3] else _half_points(found[2], line)
    return Deduction(found[1].replace(",", "，"), points)


def _half_points(text: str, line: str) -> Decimal:
    points = _number(text)
    if points <= 0 or points % STEP:
        raise ValueError(f"“{line}”的分数应是 0.5 分的倍数。")
    return points


def _read_pass(lines: list[str]) -> Pass:
    return Pass("；".join(line.rstrip("；;。") for line in lines))


def _read_formula(lines: list[str]) -> Formula:
    if len(lines) < 2:
        raise ValueError("“分段”的评分标准至少写两行，如：达到 10000 元，得 2 分")
    return Formula(tuple(map(_read_break, lines)))


def _read_break(line: str) -> Break:
    found = BREAK_LINE.fullmatch(_plain(line))
    if not found:
        raise ValueError(f"“{line}”没有看懂，请写成：达到 10000 元，得 2 分")
    at = _number(found[1]) if found[1] else found[3]
    return Break(at, (found[2] or "").strip(), _half_points(found[4], line))


READERS = {
    Method.RATIO: _read_ratio,
    Method.COUNT: _read_count,
    Method.DEDUCT: _read_deduct,
    Method.PASS: _read_pass,
    Method.FORMULA: _read_formula,
}
