"""A small year for the boards: six sites in two counties and at the city, every state, figures that tell them apart."""

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from fedwork import clock
from organizations.models import Level, Role
from projects.actions import approve_site, pass_report, return_report
from projects.models import MonthlyReport
from tests import factories
from tests.projects.conftest import submit

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
# (site, month) -> what became of it; nothing is said of the others.
STORIES = {
    (0, 9): "accepted", (0, 10): "accepted", (0, 11): "returned",
    (1, 9): "late", (1, 10): "returned_accepted", (1, 11): "county",
    (2, 9): "accepted", (2, 10): "city", (2, 11): "accepted",
    (3, 10): "accepted",
    (4, 9): "accepted", (4, 10): "accepted", (4, 11): "accepted",
    (5, 10): "county",
}  # fmt: skip


ACCEPTED = {"accepted", "late", "returned_accepted"}


def moment(month: int, day: int, hour: int = 9) -> datetime:
    return timezone.make_aware(datetime(2026, month, day, hour))


def build(tree, programme, *, by, desks) -> list:
    """The sites, approved on 1 June. Reports are sent on the 20th (a late one on the 28th), returned on the 21st, sent
    again on the 22nd, accepted on the 23rd (the 29th). `desks` are the reviewers of the two counties."""
    filler = factories.user("filler", role=Role.CADRE, organization=tree.city)
    kinds = list(programme.creation_types.all())
    places = [
        (tree.village, kinds[0]),
        (factories.organization("官亭村", level=Level.VILLAGE, parent=tree.township), kinds[1]),
        (tree.far_village, kinds[0]),
        (tree.other_village, kinds[0]),
        (factories.organization("肥西皖嫂基地", level=Level.UNIT, parent=tree.county), kinds[2]),
        (factories.organization("市妇女活动中心", level=Level.UNIT, parent=tree.city), kinds[1]),
    ]
    with clock.set_to(moment(6, 1)):
        sites = [approve_site(factories.site(programme, node, creation_type=kind), by=by) for node, kind in places]
    for (number, month), story in STORIES.items():
        report = sites[number].reports.get(month=date(2026, month, 1))
        tell(report, story, number, filler=filler, desk=desks[number == 2], city=by)
    return sites


def tell(report, story: str, number: int, *, filler, desk, city) -> None:
    month, is_late = report.month.month, story == "late"
    values = {"value": Decimal(10 * number + month), "percent": 10 * (month - 5) + number}
    with clock.set_to(moment(month, 28 if is_late else 20)):
        sent = submit(report, by=filler, **values)
    if story.startswith("returned"):
        with clock.set_to(moment(month, 21)):
            sent = return_report(sent, by=desk, version=sent.version, reason="请核对")
    if story == "returned_accepted":
        with clock.set_to(moment(month, 22)):
            sent = submit(sent, by=filler, **values)
    if story in {"city", *ACCEPTED}:
        with clock.set_to(moment(month, 29 if is_late else 22, 10)):
            sent = pass_report(sent, by=desk, version=sent.version)
    if story in ACCEPTED:
        with clock.set_to(moment(month, 29 if is_late else 22, 11)):
            pass_report(sent, by=city, version=sent.version)


def every_report(programme) -> list[MonthlyReport]:
    reports = MonthlyReport.objects.filter(site__programme=programme, month__lte=NOVEMBER)
    return list(reports.select_related("site__organization", "site__creation_type"))
