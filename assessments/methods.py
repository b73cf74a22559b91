"""How a criterion turns what was found into points: five methods, each with its parameters as data.

The parameters are the lines of 评分标准 as they stand in the official rubric, so what is printed is what is scored by:

    按比例    达到 200 人次，得满分
    按条件    one condition a line
    扣分      没有成立文件，扣完 / 每缺一样，扣 0.5 分
    合格      what has to be there, in any words
    分段      配套下限，得 2 分 / 配套目标，得 4 分   (a number or a name that the source of the criterion knows)

assessments/standards.py reads the lines. Points come in steps of half a point and are rounded down: what is nearly reached
isn't reached. Pure functions, no model; the database's choices come from here.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from django.db.models import TextChoices

from fedwork.numbers import plain_number

STEP = Decimal("0.5")
FEW = 12  # up to so many every number is shown
NOTHING = Decimal(0)


class Method(TextChoices):
    RATIO = "ratio", "按比例"
    COUNT = "count", "按条件"
    DEDUCT = "deduct", "扣分"
    PASS = "pass", "合格"
    FORMULA = "formula", "分段"


class Asks(TextChoices):
    """What an assessor answers with."""

    YES_NO = "yes_no", "是否"
    TIMES = "times", "次数"
    NUMBER = "number", "数值"


class Question(NamedTuple):
    """One thing to be answered. `yes` and `no` are the words on the buttons."""

    words: str
    asks: Asks
    unit: str = ""
    yes: str = "符合"
    no: str = "不符合"

    def said(self, mark: Decimal) -> str:
        if self.asks == Asks.YES_NO:
            return self.yes if mark else self.no
        return f"{plain_number(mark)}{self.unit}" if self.unit == "%" else f"{plain_number(mark)} {self.unit}".strip()


Marks = Sequence[Decimal]  # an answer to each question; 1 and 0 are yes and no
Known = Mapping[str, Decimal]  # what a name in the lines stands for at the site


def to_step(points: Fraction | Decimal) -> Decimal:
    """Rounded down to half points."""
    return Decimal(int(Fraction(points) / Fraction(STEP))) * STEP


class Rule(ABC):
    """A method with its parameters. `most` are the points of the criterion."""

    @property
    @abstractmethod
    def questions(self) -> list[Question]: ...

    @abstractmethod
    def exact(self, most: Decimal, marks: Marks, known: Known) -> Fraction: ...

    @abstractmethod
    def lost(self, marks: Marks) -> str:
        """For what points were lost, in words for whoever has to put it right; empty when nothing says so."""

    @abstractmethod
    def samples(self, known: Known) -> list[Marks]:
        """Answers that show how points come out, from the poorest to the best."""

    def points(self, most: Decimal, marks: Marks, known: Known | None = None) -> Decimal:
        """Between 0 and `most`, in half points."""
        exact = self.exact(most, marks, known or {})
        return to_step(min(Fraction(most), max(Fraction(0), exact)))

    def check(self, most: Decimal) -> None:  # noqa: B027 (most methods have nothing to refuse)
        """Raises ValueError with a sentence where the parameters don't fit the points of the criterion."""

    @property
    def names(self) -> set[str]:
        """Which names have to be known at a site."""
        return set()

    def said(self, marks: Marks) -> str:
        """The answers in words."""
        pairs = zip(self.questions, marks, strict=True)
        return "；".join(f"{question.words}：{question.said(mark)}" for question, mark in pairs)


@dataclass(frozen=True)
class Ratio(Rule):
    target: Decimal
    unit: str

    @property
    def aim(self) -> str:
        return self.questions[0].said(self.target)

    @property
    def questions(self) -> list[Question]:
        return [Question("实际", Asks.NUMBER, self.unit)]

    def exact(self, most: Decimal, marks: Marks, known: Known) -> Fraction:
        return Fraction(marks[0]) * Fraction(most) / Fraction(self.target)

    def lost(self, marks: Marks) -> str:
        return f"应达到 {self.aim}，实际 {self.questions[0].said(marks[0])}" if marks[0] < self.target else ""

    def samples(self, known: Known) -> list[Marks]:
        shares = [Decimal(share) / 100 for share in [0, 25, 50, 75, 90, 100, 120]]
        values = [share * self.target for share in shares]
        if self.unit != "%":
            values = [value.to_integral_value() for value in values] if self.target > FEW else _up_to(self.target)
        return [[value] for value in dict.fromkeys(values)]


@dataclass(frozen=True)
class Count(Rule):
    conditions: tuple[str, ...]

    @property
    def questions(self) -> list[Question]:
        return [Question(words, Asks.YES_NO) for words in self.conditions]

    def exact(self, most: Decimal, marks: Marks, known: Known) -> Fraction:
        return Fraction(most) * sum(1 for mark in marks if mark) / len(self.conditions)

    def lost(self, marks: Marks) -> str:
        missing = [words for words, mark in zip(self.conditions, marks, strict=True) if not mark]
        return f"不符合：{'、'.join(missing)}" if missing else ""

    def samples(self, known: Known) -> list[Marks]:
        number = len(self.conditions)
        return [[Decimal(place < met) for place in range(number)] for met in range(number + 1)]

    def said(self, marks: Marks) -> str:
        return f"符合 {sum(1 for mark in marks if mark)} 项，共 {len(self.conditions)} 项"


@dataclass(frozen=True)
class Deduction:
    """`points` are taken off each time; None takes everything."""

    words: str
    points: Decimal | None

    @property
    def is_repeated(self) -> bool:
        return self.words.startswith("每")

    @property
    def question(self) -> Question:
        if self.is_repeated:
            return Question(self.words, Asks.TIMES, "处")
        return Question(self.words, Asks.YES_NO, yes="有这种情况", no="没有")

    def of(self, most: Decimal, mark: Decimal) -> Fraction:
        return Fraction(mark) * Fraction(most if self.points is None else self.points)

    def said(self, mark: Decimal) -> str:
        times = f"，{plain_number(mark)} 处" if self.is_repeated else ""
        return f"{self.words}{times}，{'扣完' if self.points is None else f'扣 {plain_number(self.points * mark)} 分'}"


@dataclass(frozen=True)
class Deduct(Rule):
    deductions: tuple[Deduction, ...]

    @property
    def questions(self) -> list[Question]:
        return [each.question for each in self.deductions]

    def exact(self, most: Decimal, marks: Marks, known: Known) -> Fraction:
        return Fraction(most) - sum(each.of(most, mark) for each, mark in zip(self.deductions, marks, strict=True))

    def lost(self, marks: Marks) -> str:
        return "；".join(each.said(mark) for each, mark in zip(self.deductions, marks, strict=True) if mark)

    def samples(self, known: Known) -> list[Marks]:
        none = [NOTHING] * len(self.deductions)
        found: list[Marks] = [none]
        for place, each in enumerate(self.deductions):
            for times in range(1, 4 if each.is_repeated else 2):
                found.append([*none[:place], Decimal(times), *none[place + 1 :]])
        return found

    def said(self, marks: Marks) -> str:
        return self.lost(marks) or "没有扣分情况"

    def check(self, most: Decimal) -> None:
        for each in self.deductions:
            if each.points is not None and each.points > most:
                raise ValueError(
                    f"“{each.words}”扣 {plain_number(each.points)} 分，多于这一条的 {plain_number(most)} 分。"
                )


@dataclass(frozen=True)
class Pass(Rule):
    words: str

    @property
    def questions(self) -> list[Question]:
        return [Question(self.words or "是否合格", Asks.YES_NO, yes="合格", no="不合格")]

    def exact(self, most: Decimal, marks: Marks, known: Known) -> Fraction:
        return Fraction(most) * bool(marks[0])

    def lost(self, marks: Marks) -> str:
        return "" if marks[0] else "不合格"

    def samples(self, known: Known) -> list[Marks]:
        return [[NOTHING], [Decimal(1)]]

    def said(self, marks: Marks) -> str:
        return "合格" if marks[0] else "不合格"


class Break(NamedTuple):
    """From here on so many points. `at` is a number or a name."""

    at: Decimal | str
    unit: str
    points: Decimal

    def value(self, known: Known) -> Decimal:
        return known[self.at] if isinstance(self.at, str) else self.at


@dataclass(frozen=True)
class Formula(Rule):
    """Straight lines between the breaks; nothing below the first, no more beyond the last."""

    breaks: tuple[Break, ...]

    @property
    def unit(self) -> str:
        return next((each.unit for each in self.breaks if each.unit), "")

    @property
    def names(self) -> set[str]:
        return {each.at for each in self.breaks if isinstance(each.at, str)}

    @property
    def questions(self) -> list[Question]:
        return [Question("实际", Asks.NUMBER, self.unit)]

    def exact(self, most: Decimal, marks: Marks, known: Known) -> Fraction:
        value = Fraction(marks[0])
        places = [(Fraction(each.value(known)), Fraction(each.points)) for each in self.breaks]
        if value < places[0][0]:
            return Fraction(0)
        for (low, less), (high, more) in reversed(list(pairwise(places))):
            if value >= high:
                return more
            if value >= low:
                return less + (more - less) * (value - low) / (high - low)
        return places[0][1]

    def lost(self, marks: Marks) -> str:
        return f"实际 {self.questions[0].said(marks[0])}"

    def samples(self, known: Known) -> list[Marks]:
        places = [each.value(known) for each in self.breaks]
        cent = Decimal("0.01")
        values = [NOTHING, *(value - cent for value in places), *places]
        values += [(low + high) / 2 for low, high in pairwise(places)] + [places[-1] * 2]
        return [[value] for value in sorted({value for value in values if value >= 0})]

    def check(self, most: Decimal) -> None:
        given = [each.points for each in self.breaks]
        if given != sorted(given):
            raise ValueError("各段的分数应从低到高排列。")
        if given[-1] != most:
            raise ValueError(f"最后一段应得满分 {plain_number(most)} 分，现在是 {plain_number(given[-1])} 分。")
        numbers = [each.at for each in self.breaks if isinstance(each.at, Decimal)]
        if numbers != sorted(set(numbers)):
            raise ValueError("各段的数值应从小到大排列，不能重复。")


def _up_to(target: Decimal) -> list[Decimal]:
    """Every whole number until just beyond the target."""
    return [Decimal(number) for number in range(int(target) + 2)]
