"""绩效自评: the programme's indicators, the headline county's mid-term form, confirmed, and the city's, being written."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial

from django.utils import timezone

from demo.days import working_day
from demo.files import read_rows
from demo.people import Cast
from fedwork import clock
from funding.actions import LineInput, confirm_evaluation, start_evaluation, write_evaluation
from funding.evaluation.reading import evaluation_view
from funding.models import EvaluationIndicator
from organizations.models import Role, User
from projects.models import Measure, Programme

Event = tuple[datetime, Callable[[], None]]
TYPED = {
    row["name"]: (row["actual"], Decimal(row["score"]), row["reason"])
    for row in read_rows("indicators")
    if row["actual"]
}
COUNTED = "项目还在建设期，按序时推进；年底前补齐。"


def load_indicators(programme: Programme) -> None:
    measures = {str(measure): measure for measure in Measure.objects.filter(programme=programme)}
    for position, row in enumerate(read_rows("indicators"), 1):
        indicator = EvaluationIndicator(
            programme=programme,
            position=position,
            **{name: row[name] for name in ["dimension", "second", "name", "target", "unit", "source"]},
            target_number=Decimal(row["target_number"]) if row["target_number"] else None,
            points=Decimal(row["points"]),
            measure=measures[row["measure"]] if row["measure"] else None,
        )
        indicator.full_clean()
        indicator.save()


def evaluation_events(programme: Programme, cast: Cast) -> Iterator[Event]:
    today = clock.today()
    county = next(user for user in cast.users if user.role == Role.COUNTY_REVIEWER)
    yield _at(working_day(today, -6)), partial(_written, programme, county, is_confirmed=True)
    yield _at(working_day(today, -3)), partial(_written, programme, cast.city_staff()[0], is_confirmed=False)


def _written(programme: Programme, by: User, *, is_confirmed: bool) -> None:
    made = start_evaluation(programme, by.organization, by=by)
    rows = evaluation_view(made).rows
    inputs = [_input(row) for row in rows if is_confirmed or row.line.dimension != "satisfaction"]
    words = {
        "achieved": "各项目点按日程建设，活动正常开展，资金专款专用。",
        "execution_reason": "工程类支出待完工验收后支付。",
    }
    made = write_evaluation(made, inputs, by=by, version=made.version, **words)
    if is_confirmed and not evaluation_view(made).problems():
        confirm_evaluation(made, by=by, version=made.version)


def _input(row) -> LineInput:
    if not row.line.is_typed:
        is_short = row.score is not None and row.score < row.line.points
        return LineInput(row.line.pk, reason=COUNTED if is_short else "")
    actual, score, reason = TYPED[row.line.name]
    return LineInput(row.line.pk, actual, score, reason)


def _at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(15, 40)))
