"""Read models of work logs: who keeps one, how long ago it was written, and where it breaks off in a month."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from dateutil.relativedelta import relativedelta
from django.db.models import Q
from django.utils import timezone

from organizations.models import Level, Organization
from projects.models import Inspection, Programme, ProjectSite, WorkLog
from projects.states import Mark

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Gap:
    """Days without a log, the first and the last of them."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        first, last = self.first, self.last
        until = "" if first == last else f"至{last.month}月{last.day}日"
        return f"{first.month}月{first.day}日{until}"


def gaps(days: Iterable[date], *, month: date, begun: date, every: int, today: date) -> list[Gap]:
    """Where in the month there was no log for longer than `every` days from one to the next, as far as it has passed.

    `days` are those of the logs, also of other months; before `begun` nobody kept one. A gap that began in the month
    before, or goes on into the next, is named with its days in this one.
    """
    first, last = max(month, begun), min(month + relativedelta(day=31), today)
    if first > last:
        return []
    written = sorted({day for day in days if begun <= day <= today})
    # From the last log before the month to the first after it; at the ends stand the day before the beginning and today.
    here = written[max(0, bisect_left(written, first) - 1) : bisect_right(written, last) + 1]
    marks = [begun - DAY] if not here or here[0] >= first else []
    marks += here
    if not here or here[-1] <= last:
        marks.append(today)
    found = []
    for before, after in pairwise(marks):
        if (after - before).days > every:
            # Today may still be written.
            end = min(after - DAY, last)
            if (start := max(before + DAY, first)) <= end:
                found.append(Gap(start, end))
    return found


@dataclass
class Keeper:
    """A site or an office that keeps a log, with the days of its logs."""

    place: ProjectSite | Organization
    label: str
    county: str
    begun: date
    days: list[date] = field(default_factory=list)
    month_count: int = 0
    month_gaps: list[Gap] = field(default_factory=list)
    is_late: bool = False

    @property
    def is_site(self) -> bool:
        return isinstance(self.place, ProjectSite)

    @property
    def last_on(self) -> date | None:
        return max(self.days, default=None)

    @property
    def gap_words(self) -> str:
        return "、".join(map(str, self.month_gaps))

    @property
    def mark(self) -> Mark:
        if self.month_gaps:
            return Mark("中断", "bad" if self.is_late else "warn")
        return Mark("正常", "ok") if self.month_count else Mark("还没有写", "idle")


def continuity(
    programme: Programme, sites: list[ProjectSite], offices: list[Organization], *, month: date, today: date
) -> list[Keeper]:
    """The offices, then the sites, with the gaps of the month; one query. The sites come with their `organization`."""
    every = programme.log_every_days
    keepers = [Keeper(office, f"{office}妇联", str(office), programme.first_month) for office in offices]
    keepers += [Keeper(site, site.name, site.county_name, _begun(programme, site)) for site in sites]
    by_place = {(type(keeper.place), keeper.place.pk): keeper for keeper in keepers}
    logs = WorkLog.objects.current().filter(programme=programme).filter(_of(sites, offices))
    for site, organization, day in logs.order_by("happened_on").values_list("site", "organization", "happened_on"):
        by_place[(ProjectSite, site) if site else (Organization, organization)].days.append(day)
    for keeper in keepers:
        keeper.month_count = sum(day.replace(day=1) == month for day in keeper.days)
        if every:
            keeper.month_gaps = gaps(keeper.days, month=month, begun=keeper.begun, every=every, today=today)
            keeper.is_late = (today - (keeper.last_on or keeper.begun - DAY)).days > every
    return keepers


@dataclass(frozen=True)
class SiteLog:
    """Of one site: how its log goes on in the present month, and how often it was inspected."""

    keeper: Keeper
    month: date
    inspections: int
    last_inspection: Inspection | None


def site_log(site: ProjectSite, today: date) -> SiteLog:
    """Three queries; needs `programme` and `organization`."""
    month = today.replace(day=1)
    (keeper,) = continuity(site.programme, [site], [], month=month, today=today)
    inspections = Inspection.objects.filter(site=site).current().order_by("-happened_on", "-pk")
    return SiteLog(keeper, month, inspections.count(), inspections.first())


def _of(sites: list[ProjectSite], offices: list[Organization]) -> Q:
    return Q(site__in=sites) | Q(site=None, organization__in=offices)


def _begun(programme: Programme, site: ProjectSite) -> date:
    """A site that was approved later has kept its log since then."""
    approved = site.approved_at and timezone.localdate(site.approved_at)
    return max(programme.first_month, approved or programme.first_month)


def offices_of(sites: Iterable[ProjectSite], programme: Programme, scope: str) -> list[Organization]:
    """The federations above these sites as far as they lie below the path `scope`: the city, then the counties."""
    ids = {pk for site in sites for pk in site.organization.ancestor_ids} | {programme.organization_id}
    levels = [Level.CITY, Level.COUNTY]
    found = Organization.objects.filter(pk__in=ids, level__in=levels, path__startswith=scope)
    return list(found.order_by("level", "code"))


def logs_of(place: ProjectSite | Organization, month: date):
    """What a site, or an office itself, wrote in the month, with its additions."""
    is_site = isinstance(place, ProjectSite)
    here = Q(site=place) if is_site else Q(site=None, organization=place)
    logs = WorkLog.objects.current().filter(here).in_months([month]).select_related("recorded_by", "programme")
    return logs.prefetch_related("additions__added_by").order_by("happened_on", "pk")
