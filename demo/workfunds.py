"""工作经费: the standards, and what counties and one county's townships and villages budgeted and received this year and
last. Numbers of women and documents are made up."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from random import Random

from django.utils import timezone

from demo.days import working_day
from demo.people import Cast
from fedwork import clock
from funding.actions import Deposit, Headcount, enter_work_funds
from funding.models import WorkFundEntry, WorkFundStandard
from organizations.models import AuditEvent, Level, Organization, Role, User

Event = tuple[datetime, Callable[[], None]]
Basis, Kind = WorkFundStandard.Basis, WorkFundEntry.Kind
BASIS = "关于加强基层妇联工作的意见（演示，文字为虚构）"
STANDARDS = [
    (Level.COUNTY, Basis.PER_WOMAN, Decimal(1)),
    (Level.TOWNSHIP, Basis.PER_UNIT, Decimal(10_000)),
    (Level.VILLAGE, Basis.PER_UNIT, Decimal(2_000)),
]
WOMEN = {
    "瑶海区": 452_600,
    "庐阳区": 358_900,
    "蜀山区": 521_400,
    "包河区": 603_200,
    "长丰县": 381_700,
    "肥东县": 428_300,
    "肥西县": 412_350,
    "庐江县": 547_800,
    "巢湖市": 372_500,
}
DETAILED_COUNTY, DETAILED_TOWNSHIP = "肥西县", "山南镇"


def load_work_fund_standards(city: Organization, *, by: User) -> None:
    for level, basis, amount in STANDARDS:
        row = WorkFundStandard(organization=city, level=level, since_year=2012, basis=basis, amount=amount)
        row.legal_basis = BASIS
        row.full_clean()
        row.save()
        AuditEvent.objects.record("新增工作经费标准", row, by=by, organization=city)


def work_fund_events(cast: Cast, since: datetime) -> Iterator[Event]:
    """Budgets in February, half of the money in June, the rest of some in October; what came before the first day of
    the demo is entered on
    that day, with its own date."""
    today = clock.today()
    for reviewer in (user for user in cast.users if user.role == Role.COUNTY_REVIEWER):
        for year in [today.year - 1, today.year]:
            given = Year(reviewer, year)
            for month, verb in [(2, given.budget), (6, given.first_half), (10, given.second_half)]:
                day = working_day(date(year, month, 20))
                yield max(_at(day, reviewer.pk % 40), since), partial(verb, day)


def _at(day: date, minute: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(16, minute)))


class Year:
    """A county's year: the county itself, and where it is told in detail its townships and the villages of one."""

    def __init__(self, reviewer: User, year: int):
        self.reviewer, self.year, self.county = reviewer, year, reviewer.organization
        self.rng = Random(f"work funds {self.county.name} {year}")

    def _due(self) -> Iterator[tuple[Organization, Decimal]]:
        yield self.county, Decimal(WOMEN[self.county.name] + 1_300 * (self.year % 5))
        if self.county.name == DETAILED_COUNTY:
            for township in self.county.children.filter(level=Level.TOWNSHIP).order_by("code"):
                yield township, Decimal(10_000)
                if township.name == DETAILED_TOWNSHIP:
                    for village in township.children.filter(level=Level.VILLAGE).order_by("code"):
                        yield village, Decimal(2_000)

    def budget(self, day: date) -> None:
        """One in six budgets less than is due."""
        count = Headcount(self.county, self.year, int(next(self._due())[1]), f"{self.year - 1}年县级统计年报（演示）")
        document = f"{self.county.name[0]}财预〔{self.year}〕{self.rng.randint(3, 30)}号（演示）"
        deposits = [
            self._deposit(unit, Kind.BUDGETED, due if self.rng.random() > 0.17 else due / 2, day, document)
            for unit, due in self._due()
        ]
        enter_work_funds(deposits, [count], by=self.reviewer)

    def first_half(self, day: date) -> None:
        self._arrive(day, Decimal("0.5"), chance=0.95, word="上半年")

    def second_half(self, day: date) -> None:
        self._arrive(day, Decimal(1), chance=0.7, word="下半年")

    def _arrive(self, day: date, part: Decimal, *, chance: float, word: str) -> None:
        """Up to that part of what was budgeted."""
        deposits = []
        for number, (unit, _) in enumerate(self._due(), 1):
            sums = dict.fromkeys(Kind, Decimal(0))
            for entry in WorkFundEntry.objects.filter(organization=unit, year=self.year):
                sums[Kind(entry.kind)] += entry.signed
            amount = (sums[Kind.BUDGETED] * part - sums[Kind.ARRIVED]).quantize(Decimal(1))
            if amount > 0 and self.rng.random() < chance:
                voucher = f"经费{self.year % 100}-{number:03d}{word[0]}"
                deposits.append(self._deposit(unit, Kind.ARRIVED, amount, day, voucher, f"{word}拨付"))
        if deposits:
            enter_work_funds(deposits, by=self.reviewer)

    def _deposit(self, unit, kind: str, amount: Decimal, day: date, number: str, memo: str = "") -> Deposit:
        return Deposit(unit, self.year, kind, amount, day, number, memo)
