"""The form as it is read: figures of the system as known at a moment, what was typed, points. Decimal yuan."""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from fedwork import clock
from fedwork.numbers import grouped_number
from funding.amounts import AMOUNTS
from funding.models import AllocationLine, AllocationTable, EvaluationLine, SelfEvaluation
from funding.models.evaluation import EXECUTION_POINTS, IndicatorSource
from funding.money import Money, money_of
from organizations.models import Organization
from projects.effective import effective_figures
from projects.models import MonthlyReport, Programme, Stage
from projects.models.report import counts_of, standing
from projects.states import StageKind

CENT = Decimal("0.01")


class Facts:
    """What the system knows of a programme at a place; each is asked for once, and only when it is wanted."""

    def __init__(self, programme: Programme, place: Organization, moment: datetime):
        self.programme, self.place, self.moment = programme, place, moment

    @cached_property
    def sites(self):
        return self.programme.sites.approved().filter(organization__path__startswith=self.place.path)

    @cached_property
    def site_count(self) -> Decimal:
        return Decimal(self.sites.count())

    @cached_property
    def money(self) -> Money:
        total = Money()
        for each in money_of(self.sites, self.moment).values():
            total += each
        return total

    @cached_property
    def budgets(self) -> tuple[Decimal, Decimal]:
        """年初预算数 and 全年预算数: the first and the last issued allocation table, the part of the place."""
        tables = AllocationTable.objects.issued().filter(programme=self.programme, issued_at__lte=self.moment)
        return self._allocated(tables.order_by("number").first()), self._allocated(tables.order_by("-number").first())

    def _allocated(self, table: AllocationTable | None) -> Decimal:
        lines = AllocationLine.objects.filter(table=table, organization_path__startswith=self.place.path)
        sums = lines.sums()
        return sum((getattr(sums, name) for name in AMOUNTS), Decimal(0))

    @cached_property
    def reports(self):
        # By their numbers: with the tree's paths inside, the planner has been seen to go through every figure per site.
        return MonthlyReport.objects.filter(site__in=list(self.sites.values_list("pk", flat=True)))

    @cached_property
    def figures(self) -> dict[int, Decimal]:
        """By measure, what was accepted with its corrections."""
        found = effective_figures(self.reports, moment=self.moment)
        return {measure: total for (measure,), total in found.items()}

    @cached_property
    def on_time(self) -> Decimal | None:
        due = self.reports.filter(standing(self.moment)["due"]).order_by()
        counts = due.aggregate(**counts_of(self.moment, "due", "on_time"))
        return _percent(Decimal(counts["on_time"]), Decimal(counts["due"]))

    def target(self, line: EvaluationLine) -> Decimal:
        """Of a measure each site has its share to do."""
        return line.target_number * self.site_count if line.source == IndicatorSource.MEASURE else line.target_number

    def actual(self, line: EvaluationLine) -> Decimal | None:
        """None where there is nothing to compare with, such as a rate without a promise."""
        match line.source:
            case IndicatorSource.MEASURE:
                return self.figures.get(line.measure_id, Decimal(0))
            case IndicatorSource.COMPLETED:
                accepted = Stage.objects.filter(site__in=self.sites, kind=StageKind.ACCEPT)
                completed = accepted.filter(completed_at__lte=self.moment).count()
                return _percent(Decimal(completed), self.site_count)
            case IndicatorSource.ON_TIME:
                return self.on_time
            case IndicatorSource.MATCHING:
                return _percent(self.money.arrived, self.money.pledged)


def _percent(part: Decimal, whole: Decimal) -> Decimal | None:
    return (100 * part / whole).quantize(CENT, ROUND_HALF_UP) if whole else None


def points_for(reached: Decimal, target: Decimal, points: Decimal) -> Decimal:
    """By the share that was reached, at most all."""
    return (points * min(Decimal(1), reached / target)).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Row:
    line: EvaluationLine
    actual: str
    score: Decimal | None

    @property
    def lacks_reason(self) -> bool:
        return self.score is not None and self.score < self.line.points and not self.line.reason


@dataclass(frozen=True)
class Execution:
    """预算执行. `score` is none without a budget."""

    initial: Decimal
    full: Decimal
    executed: Decimal
    score: Decimal | None

    @property
    def rate(self) -> Decimal | None:
        return self.executed / self.full if self.full else None


@dataclass(frozen=True)
class EvaluationView:
    evaluation: SelfEvaluation
    execution: Execution
    rows: list[Row]

    @property
    def total(self) -> Decimal | None:
        scores = [self.execution.score, *(row.score for row in self.rows)]
        return None if None in scores else sum(scores, Decimal(0))

    def problems(self) -> list[str]:
        """What stands in the way of confirming."""
        found = []
        if self.execution.score is None:
            found.append("还没有下达分配表，算不出资金执行率。")
        elif self.execution.score < EXECUTION_POINTS and not self.evaluation.execution_reason:
            found.append("资金执行率没有得满分，请写偏差原因和改进措施。")
        for row in self.rows:
            if row.score is None or not row.actual:
                found.append(f"“{row.line.name}”没有填实际完成值或得分。")
            elif row.lacks_reason:
                found.append(f"“{row.line.name}”没有得满分，请写偏差原因和改进措施。")
        return found


def evaluation_view(evaluation: SelfEvaluation) -> EvaluationView:
    """Of a draft with the figures of now, of a confirmed one as it was confirmed."""
    lines = list(evaluation.lines.all())
    if evaluation.is_confirmed:
        given = [evaluation.initial_budget, evaluation.full_budget, evaluation.executed, evaluation.execution_score]
        return EvaluationView(evaluation, Execution(*given), [Row(line, line.actual, line.score) for line in lines])
    facts = Facts(evaluation.programme, evaluation.organization, clock.now())
    return EvaluationView(evaluation, _execution(facts), [_row(line, facts) for line in lines])


def _execution(facts: Facts) -> Execution:
    (initial, full), executed = facts.budgets, facts.money.spent
    return Execution(initial, full, executed, points_for(executed, full, EXECUTION_POINTS) if full else None)


def _row(line: EvaluationLine, facts: Facts) -> Row:
    if line.is_typed:
        return Row(line, line.actual, line.score)
    actual = facts.actual(line)
    if actual is None or not (target := facts.target(line)):
        return Row(line, "", None)
    return Row(line, f"{grouped_number(actual)}{line.unit}", points_for(actual, target, line.points))
