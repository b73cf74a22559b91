"""Each method: within its bounds, monotone, in half points; and what its lines may say."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.methods import STEP, Method, to_step
from assessments.standards import read_rule

POINTS = st.integers(1, 40).map(lambda halves: halves * STEP)
VALUES = st.decimals(0, 100_000, places=2)
FLOOR_AND_AIM = {"配套下限": Decimal(10_000), "配套目标": Decimal(30_000)}
STANDARDS = {
    Method.RATIO: "达到 200 人次，得满分",
    Method.COUNT: "有方案\n有日程\n已备案\n有专人",
    Method.DEDUCT: "没有文件，扣完\n分工没有到人，扣 1 分\n每缺一样，扣 0.5 分",
    Method.PASS: "专款专用",
}
quick = settings(max_examples=60, deadline=None)


def in_half_points(points: Decimal, most: Decimal) -> bool:
    return 0 <= points <= most and points % STEP == 0


@quick
@given(points=POINTS, low=VALUES, high=VALUES, target=st.decimals("0.01", 5000, places=2))
def test_a_ratio_grows_in_half_points_up_to_its_target(points, low, high, target):
    rule = read_rule(Method.RATIO, f"达到 {target} 分钟，得满分")
    low, high = sorted([low, high])
    assert in_half_points(rule.points(points, [low]), points)
    assert rule.points(points, [low]) <= rule.points(points, [high])
    assert rule.points(points, [target]) == points
    assert rule.points(points, [target - Decimal("0.01")]) < points


@quick
@given(points=POINTS, number=st.integers(1, 8), data=st.data())
def test_conditions_count_whichever_they_are(points, number, data):
    rule = read_rule(Method.COUNT, "\n".join(f"条件{place}" for place in range(number)))
    met = data.draw(st.lists(st.booleans(), min_size=number, max_size=number))
    marks = [Decimal(each) for each in met]
    got = rule.points(points, marks)
    assert in_half_points(got, points)
    assert got == rule.points(points, sorted(marks)) == to_step(Fraction(points) * sum(met) / number)
    assert (got == points) == all(met)


@quick
@given(points=POINTS, times=st.lists(st.integers(0, 30), min_size=2, max_size=2), more=st.integers(0, 5))
def test_deductions_never_go_below_nothing(points, times, more):
    rule = read_rule(Method.DEDUCT, "每缺一样，扣 0.5 分\n每迟一次，扣 1 分")
    marks = [Decimal(each) for each in times]
    got = rule.points(points, marks)
    assert got == max(Decimal(0), points - marks[0] * STEP - marks[1])
    assert rule.points(points, [marks[0] + more, marks[1]]) <= got


def test_one_deduction_may_take_everything():
    rule = read_rule(Method.DEDUCT, STANDARDS[Method.DEDUCT])
    assert rule.points(Decimal(4), [Decimal(1), Decimal(0), Decimal(0)]) == 0
    assert rule.points(Decimal(4), [Decimal(0), Decimal(1), Decimal(3)]) == Decimal("1.5")
    assert rule.lost([Decimal(0), Decimal(1), Decimal(3)]) == "分工没有到人，扣 1 分；每缺一样，3 处，扣 1.5 分"


def test_passed_or_not():
    rule = read_rule(Method.PASS, STANDARDS[Method.PASS])
    assert [rule.points(Decimal(4), [mark]) for mark in [Decimal(0), Decimal(1)]] == [0, 4]


@pytest.mark.parametrize(
    ("arrived", "points"),
    [
        ("0", "0"),
        ("9999.99", "0"),
        ("10000", "2"),
        ("14999.99", "2"),
        ("15000", "2.5"),
        ("20000", "3"),
        ("29999.99", "3.5"),
        ("30000", "4"),
        ("30000.01", "4"),
        ("55000", "4"),
    ],
)
def test_arrival_at_its_boundaries(arrived, points):
    """rubric.md G2: 不到 1 万元 0 分，1 万元 2 分，达到 1:1 满分，中间按比例."""
    rule = read_rule(Method.FORMULA, "配套下限，得 2 分\n配套目标，得 4 分")
    assert rule.points(Decimal(4), [Decimal(arrived)], FLOOR_AND_AIM) == Decimal(points)


def test_arrival_follows_the_sites_own_money():
    """A site with 50,000 of the province needs 50,000 for 1:1; an aim below the floor doesn't undo the floor."""
    rule = read_rule(Method.FORMULA, "配套下限，得 2 分\n配套目标，得 4 分")
    larger = FLOOR_AND_AIM | {"配套目标": Decimal(50_000)}
    assert rule.points(Decimal(4), [Decimal(30_000)], larger) == 3
    small = FLOOR_AND_AIM | {"配套目标": Decimal(8_000)}
    assert [rule.points(Decimal(4), [Decimal(value)], small) for value in [9_000, 10_000]] == [0, 4]
    same = FLOOR_AND_AIM | {"配套目标": Decimal(10_000)}
    assert [rule.points(Decimal(4), [Decimal(value)], same) for value in ["9999.99", 10_000]] == [0, 4]


@quick
@given(low=VALUES, high=VALUES, floor=st.integers(1, 60_000), aim=st.integers(1, 60_000))
def test_a_formula_is_monotone_wherever_its_breaks_lie(low, high, floor, aim):
    rule = read_rule(Method.FORMULA, "配套下限，得 2 分\n配套目标，得 4 分")
    known = {"配套下限": Decimal(floor), "配套目标": Decimal(aim)}
    first, second = (rule.points(Decimal(4), [value], known) for value in sorted([low, high]))
    assert in_half_points(first, Decimal(4))
    assert first <= second


@pytest.mark.parametrize(
    ("method", "standard"), [*STANDARDS.items(), (Method.FORMULA, "达到 2 次，得 1 分\n达到 6 次，得 4 分")]
)
def test_samples_show_nothing_and_everything(method, standard):
    rule = read_rule(method, standard)
    rule.check(Decimal(4))
    points = [rule.points(Decimal(4), marks) for marks in rule.samples({})]
    assert (min(points), max(points)) == (0, 4)
    assert all(rule.said(marks) for marks in rule.samples({}))


@pytest.mark.parametrize(
    ("method", "standard", "complaint"),
    [
        (Method.RATIO, "", "如：达到 200 人次"),
        (Method.RATIO, "越多越好", "如：达到 200 人次"),
        (Method.RATIO, "达到 0 次，得满分", "大于 0"),
        (Method.RATIO, "达到 1.2.3 次，得满分", "不是数字"),
        (Method.COUNT, "注：看现场", "一行写一个条件"),
        (Method.COUNT, "有方案\n有方案", "一样"),
        (Method.COUNT, "\n".join(f"条件{place}" for place in range(13)), "最多 12 行"),
        (Method.DEDUCT, "缺一样扣一点", "没有看懂"),
        (Method.DEDUCT, "每缺一样，扣 0.3 分", "0.5 分的倍数"),
        (Method.DEDUCT, "没有文件，扣 5 分", "多于这一条的 4 分"),
        (Method.FORMULA, "达到 1 元，得 4 分", "至少写两行"),
        (Method.FORMULA, "达到 1 元，得 2 分\n达到很多，给 4 分", "没有看懂"),
        (Method.FORMULA, "达到 1 元，得 4 分\n达到 2 元，得 2 分", "从低到高"),
        (Method.FORMULA, "达到 2 元，得 2 分\n达到 1 元，得 4 分", "从小到大"),
        (Method.FORMULA, "达到 1 元，得 2 分\n达到 2 元，得 3 分", "应得满分 4 分"),
    ],
)
def test_lines_that_make_no_sense_say_what_is_expected(method, standard, complaint):
    with pytest.raises(ValueError, match=complaint):
        read_rule(method, standard).check(Decimal(4))


def test_lines_are_read_as_the_office_types_them():
    rule = read_rule(Method.RATIO, "达到２００人次，得满分。\n注：以签到表为准")
    assert (rule.target, rule.unit, rule.aim) == (200, "人次", "200 人次")
    assert read_rule(Method.RATIO, "达到 90%").questions[0].said(Decimal("87.5")) == "87.5%"
    assert read_rule(Method.RATIO, "达到 4 场，得满分").lost([Decimal(3)]) == "应达到 4 场，实际 3 场"
