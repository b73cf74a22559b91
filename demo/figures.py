"""What a site did and what money came and went, month by month from the launch; the same at every load."""

from collections.abc import Iterator
from decimal import Decimal
from random import Random

from demo.programme import CURRENT_MONTH
from funding.states import MatchingSource

Figures = dict[tuple[str, str], Decimal]  # by name and unit of the measure

Arrival = tuple[int, MatchingSource, Decimal]  # month, source, amount

# By creation type: units of work in a month of building (from, to), and people at each (from, to).
SCALE = {
    "示范村": {
        "教育培训": ("场次", "人次", (0, 2), (26, 62)),
        "文化娱乐活动": ("场次", "人次", (0, 2), (40, 150)),
        "关爱救助": ("次", "人", (1, 3), (3, 9)),
        "维权帮扶": ("件", "人", (0, 2), (1, 2)),
    },
    "示范社区": {
        "教育培训": ("场次", "人次", (1, 2), (30, 70)),
        "文化娱乐活动": ("场次", "人次", (1, 3), (35, 120)),
        "关爱救助": ("次", "人", (1, 4), (2, 8)),
        "维权帮扶": ("件", "人", (0, 4), (1, 2)),
    },
    "皖嫂示范基地": {
        "教育培训": ("场次", "人次", (1, 3), (28, 45)),
        "文化娱乐活动": ("场次", "人次", (0, 1), (30, 60)),
        "关爱救助": ("次", "人", (0, 2), (2, 6)),
        "维权帮扶": ("件", "人", (1, 4), (1, 1)),
    },
}
PROVINCE_ARRIVES = 1
# Months in which a part of a pledge may arrive; the current month is 5, so some parts are still awaited.
ARRIVALS = [1, 2, 2, 3, 3, 4, 4, 5, 6, 6, 6]


def monthly_figures(
    number: int, *, creation_type: str, province: Decimal, pledged: dict[MatchingSource, Decimal]
) -> list[Figures]:
    """`number` is the site's place in the list; `pledged` its commitments by source, yuan."""
    rng = Random(f"figures {number}")
    arrivals = _arrivals(pledged, rng)
    months, balance = [], Decimal(0)
    for month in range(CURRENT_MONTH + 1):
        came = {"省级资金到位": province if month == PROVINCE_ARRIVES else Decimal(0)}
        came["配套资金到位"] = sum((amount for at, _, amount in arrivals if at == month), Decimal(0))
        balance += sum(came.values())
        spent = _spending(balance, month, rng)
        balance -= spent
        money = {(name, "元"): amount for name, amount in came.items()}
        months.append(_activities(creation_type, month, rng) | money | {("本月支出", "元"): spent})
    return months


def _activities(creation_type: str, month: int, rng: Random) -> Figures:
    figures = {}
    for name, (events, heads, (fewest, most), per_event) in SCALE[creation_type].items():
        # The launch month goes into organising; little takes place yet.
        times = rng.randint(fewest, most) if month else rng.randint(0, 1)
        figures[name, events] = Decimal(times)
        figures[name, heads] = Decimal(sum(rng.randint(*per_event) for _ in range(times)))
    figures["宣传报道", "篇"] = Decimal(rng.randint(0 if month % 3 else 1, 3))
    return figures


def matching_arrivals(number: int, pledged: dict[MatchingSource, Decimal]) -> list[Arrival]:
    """What came of the pledges, and when; it adds up to the figures of the months."""
    return _arrivals(pledged, Random(f"figures {number}"))


def _arrivals(pledged: dict[MatchingSource, Decimal], rng: Random) -> list[Arrival]:
    """Larger pledges often come in two halves."""
    return [(rng.choice(ARRIVALS), source, part) for source, amount in pledged.items() for part in _parts(amount, rng)]


def _parts(amount: Decimal, rng: Random) -> Iterator[Decimal]:
    half = amount // 2
    if amount >= 10_000 and rng.random() < 0.6:
        yield half
        yield amount - half
    else:
        yield amount


def _spending(balance: Decimal, month: int, rng: Random) -> Decimal:
    """A share of what is there, so that nothing is spent that hasn't arrived; small sums come with jiao."""
    share = Decimal(rng.randint(12, 34) + 2 * month) / 100
    return (balance * share).quantize(Decimal("0.1") if rng.random() < 0.3 else Decimal(1)).quantize(Decimal("0.01"))
