"""Money that came and was spent, as the figures of the months say, and a dozen claims on the desks of today.

What was paid in the past comes in bulk, a claim for each site, month and source; its spending is posted by the ledger's
own action. What is under way now went through the same actions as on the pages.
"""

import io
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, partial
from random import Random
from uuid import uuid4

from dateutil.relativedelta import relativedelta
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from demo.bookkeeping import say_of_sites
from demo.days import working_day
from demo.figures import PROVINCE_ARRIVES, matching_arrivals, monthly_figures
from demo.files import read_rows
from demo.funding import pledges
from demo.people import Cast
from demo.programme import CURRENT_MONTH
from fedwork import clock
from fedwork.received import ReceivedFile, receive
from funding import actions
from funding.accounts import accounts
from funding.actions.claims import posting_of
from funding.models import (
    Claim,
    ClaimFile,
    ClaimLine,
    ClaimState,
    ClaimStep,
    ClaimStepKind,
    LedgerEntry,
    SpendingPurpose,
    VoucherUse,
)
from funding.states import EntryKind, FundSource
from organizations.models import AuditEvent, Role, User
from projects.models import ProjectSite

Event = tuple[datetime, Callable[[], None]]
ARRIVE, PAY = time(8, 50), time(9, 10)  # before anything else of the day
NOT_DISBURSED = 11  # the site whose county has not entered what it sent: a difference to be seen in the reconciliation
POSTS = {
    "handler_post": "村妇联副主席",
    "certifier_post": "村务监督委员会主任",
    "approver_post": "村民委员会主任",
}


@dataclass
class Purse:
    """The money of one site: what comes in each month by source, and out of which source the month's spending goes."""

    number: int
    site: ProjectSite
    arrivals: dict[int, dict[FundSource, Decimal]]
    spending: dict[int, dict[FundSource, Decimal]]


def claim_events(sites: list[ProjectSite], cast: Cast) -> Iterator[Event]:
    """Like the reports' stories; what would happen after now is left out."""
    purses = [_purse(number, site, given) for number, (site, given) in enumerate(zip(sites, pledges(), strict=True), 1)]
    for month in range(PROVINCE_ARRIVES, CURRENT_MONTH + 1):
        first = sites[0].programme.first_month + relativedelta(months=month)
        yield _at(working_day(first, 4), ARRIVE), partial(_post_arrivals, purses, month, cast)
        yield _at(working_day(first, 8), PAY), partial(_pay_month, purses, month, cast)
    said_on = working_day(sites[0].programme.first_month + relativedelta(months=PROVINCE_ARRIVES), 5)
    yield _at(said_on, ARRIVE), partial(say_of_sites, sites, partial(_reviewer, cast=cast))
    for row in read_rows("claims_now"):
        yield from Paperwork(row, sites[int(row["site"]) - 1], cast).story(clock.today())


def _purse(number: int, site: ProjectSite, pledged: dict) -> Purse:
    figures = monthly_figures(
        number, creation_type=site.creation_type.name, province=site.province_amount, pledged=pledged
    )
    arrivals: dict = defaultdict(lambda: defaultdict(Decimal))
    arrivals[PROVINCE_ARRIVES][FundSource.PROVINCE] = site.province_amount
    for month, source, amount in matching_arrivals(number, pledged):
        arrivals[month][FundSource(source.value)] += amount
    balances: dict[FundSource, Decimal] = defaultdict(Decimal)
    spending = {}
    for month, given in enumerate(figures):
        for source, amount in arrivals[month].items():
            balances[source] += amount
        spending[month] = _taken(balances, given["本月支出", "元"])
    return Purse(number, site, arrivals, spending)


def _taken(balances: dict[FundSource, Decimal], amount: Decimal) -> dict[FundSource, Decimal]:
    """The fullest purse pays, the next one what it can't."""
    taken = {}
    for source in sorted(balances, key=balances.get, reverse=True):
        part = min(amount, balances[source])
        if part:
            taken[source] = part
            balances[source] -= part
            amount -= part
    return taken


def _post_arrivals(purses: list[Purse], month: int, cast: Cast) -> None:
    """One voucher of the county's treasury for each source of each site."""
    postings = defaultdict(list)
    for purse in purses:
        for source, amount in purse.arrivals[month].items():
            number = f"{clock.today():%y%m}-{purse.number:02d}{list(FundSource).index(source)}"
            posting = actions.Posting(
                purse.site,
                EntryKind.ARRIVED,
                source,
                amount,
                clock.today(),
                f"到账{number}",
                memo=f"{source.label}资金到账",
            )
            given = postings[_reviewer(purse.site, cast)]
            if source == FundSource.PROVINCE and purse.number != NOT_DISBURSED:
                given.append(
                    replace(
                        posting,
                        kind=EntryKind.DISBURSED,
                        voucher_number=f"拨付{number}",
                        memo="县级国库拨付",
                        key=uuid4(),
                    )
                )
            given.append(posting)
    for reviewer, given in postings.items():
        actions.post_entries(given, by=reviewer)


def _pay_month(purses: list[Purse], month: int, cast: Cast) -> None:
    """The claims of a month, written four working days ago and paid now."""
    made = [
        _Paid(purse, source, amount, month, cast)
        for purse in purses
        for source, amount in purse.spending[month].items()
    ]
    Claim.objects.bulk_create(one.claim for one in made)
    ClaimLine.objects.bulk_create(one.line for one in made)
    ClaimFile.objects.bulk_create(one.scan() for one in made)
    Claim.objects.filter(pk__in=[one.claim.pk for one in made]).update(state=ClaimState.COUNTY)
    by_reviewer = defaultdict(list)
    for one in made:
        by_reviewer[one.reviewer].append(one)
    for reviewer, ours in by_reviewer.items():
        entries = actions.post_entries([posting_of(one.claim, one.line, clock.today()) for one in ours], by=reviewer)
        for one, entry in zip(ours, entries, strict=True):
            one.pay(entry)
    ClaimLine.objects.bulk_update([one.line for one in made], ["entry"])
    Claim.objects.bulk_update(
        [one.claim for one in made], ["state", "version", "paid_at", "paid_by", "paid_on", "payment_number"]
    )
    ClaimStep.objects.bulk_create(step for one in made for step in one.steps())
    for one in made:
        one.log()


class _Paid:
    """One claim of the past with its only voucher."""

    def __init__(self, purse: Purse, source: FundSource, amount: Decimal, month: int, cast: Cast):
        rng = Random(f"claim {purse.number} {month} {source}")
        row = rng.choice(read_rows("claims"))
        written_on = working_day(clock.today(), -4)
        self.writer, self.reviewer = cast.at(purse.site.organization, Role.CADRE), _reviewer(purse.site, cast)
        self.checker = _second(purse.site, cast)
        self.written_at = _at(written_on, time(9, 30 + purse.number))
        self.claim = Claim(
            site=purse.site,
            source=source,
            subject=row["subject"],
            method=row["method"] if amount < 1000 or row["method"] != "cash" else "transfer",
            created_at=self.written_at,
            submitted_at=self.written_at + timedelta(minutes=25),
            submitted_by=self.writer,
            checked_at=self.checker and self.written_at + timedelta(hours=5),
            checked_by=self.checker,
            **POSTS,
        )
        self.line = _line(self.claim, row, amount, written_on - timedelta(days=rng.randint(1, 6)), rng)

    def scan(self) -> ClaimFile:
        """The same picture for all claims of the past."""
        scan = ClaimFile(claim=self.claim, uploaded_by=self.writer, uploaded_at=self.written_at + timedelta(minutes=9))
        for name, value in _stored(self.claim.site.programme_id).items():
            setattr(scan, name, value)
        return scan

    def pay(self, entry: LedgerEntry) -> None:
        self.line.entry = entry
        self.claim.state, self.claim.version = ClaimState.PAID, 4
        self.claim.paid_at, self.claim.paid_by, self.claim.paid_on = clock.now(), self.reviewer, clock.today()
        self.claim.payment_number = f"支{clock.today():%y%m}-{self.claim.pk:04d}"

    def steps(self) -> Iterator[ClaimStep]:
        desk = ClaimState.TOWNSHIP if self.checker else ClaimState.COUNTY
        words = "报乡镇审核" if self.checker else "乡镇没有填写人以外的审核人，直接报县级"
        yield self._step(ClaimStepKind.WRITTEN, ClaimState.DRAFT, self.written_at, self.writer)
        yield self._step(ClaimStepKind.SUBMITTED, desk, self.claim.submitted_at, self.writer, words)
        if self.checker:
            yield self._step(ClaimStepKind.CHECKED, ClaimState.COUNTY, self.claim.checked_at, self.checker)
        yield self._step(ClaimStepKind.PAID, ClaimState.PAID, clock.now(), self.reviewer)

    def _step(self, kind: ClaimStepKind, state: ClaimState, moment: datetime, by: User, text: str = "") -> ClaimStep:
        return ClaimStep(claim=self.claim, kind=kind, state=state, made_at=moment, made_by=by, text=text)

    def log(self) -> None:
        AuditEvent.objects.record(
            "支付报账单",
            self.claim,
            by=self.reviewer,
            organization=self.claim.site.organization,
            state=self.claim.get_state_display(),
            amount=str(self.line.amount),
            paid_on=f"{self.claim.paid_on}",
        )


@dataclass
class Paperwork:
    """One claim of claims_now.csv on its way. `steps` are verb-days: so many working days before today; who writes it
    is the township's first or second cadre."""

    row: dict[str, str]
    site: ProjectSite
    cast: Cast
    claim: Claim | None = None

    def story(self, today: date) -> Iterator[Event]:
        for place, step in enumerate(self.row["steps"].split()):
            verb, _, days = step.partition("-")
            yield _at(working_day(today, -int(days)), time(10 + place, 20)), getattr(self, verb)

    def written(self) -> None:
        source = _fullest(self.site)
        given = read_rows("claims")[int(self.row["what"])]
        rng = Random(f"claim now {self.row['site']} {self.row['what']}")
        claim = Claim(
            site=self.site,
            source=source,
            subject=given["subject"],
            method=self.row["method"] or given["method"],
            **POSTS,
        )
        day = clock.today() - timedelta(days=int(self.row["age"]))
        lines = [_line(claim, given, Decimal(amount), day, rng) for amount in self.row["amounts"].split()]
        self.claim = actions.write_claim(claim, lines, by=self._writer())

    def scanned(self) -> None:
        for line in self.claim.lines.all():
            actions.add_claim_file(self.claim, by=self._writer(), received=picture(line.voucher_number), line=line)

    def submitted(self) -> None:
        self.scanned()
        self.claim = actions.submit_claim(self.claim, by=self._writer(), version=self.claim.version)

    def checked(self) -> None:
        self.claim = actions.check_claim(self.claim, by=self._checker(), version=self.claim.version)

    def returned(self) -> None:
        self.claim = actions.return_claim(
            self.claim, by=self._reviewer(), version=self.claim.version, reason=self.row["words"]
        )

    def paid(self) -> None:
        self.claim = actions.pay_claim(
            self.claim, by=self._reviewer(), version=self.claim.version, paid_on=clock.today()
        )

    def reversed(self) -> None:
        self.claim = actions.reverse_claim(
            self.claim, by=self._reviewer(), version=self.claim.version, reason=self.row["words"]
        )

    def voided(self) -> None:
        self.claim = actions.void_claim(
            self.claim, by=self._writer(), version=self.claim.version, reason=self.row["words"]
        )

    def _reviewer(self) -> User:
        return _reviewer(self.site, self.cast)

    def _writer(self) -> User:
        return _second(self.site, self.cast) if self.row["by"] == "second" else self._first()

    def _checker(self) -> User:
        return self._first() if self.row["by"] == "second" else _second(self.site, self.cast)

    def _first(self) -> User:
        return self.cast.at(self.site.organization, Role.CADRE)


def _line(claim: Claim, row: dict[str, str], amount: Decimal, day: date, rng: Random) -> ClaimLine:
    number = f"{day:%y}34{rng.randrange(10**12):012d}{rng.randrange(10**4):04d}"
    return ClaimLine(
        claim=claim,
        voucher_number=number,
        voucher_key=VoucherUse.written(number),
        voucher_on=day,
        payee=row["payee"],
        purpose=_purposes()[row["purpose"]],
        amount=amount,
    )


def _fullest(site: ProjectSite) -> FundSource:
    found = accounts(LedgerEntry.objects.filter(site=site))
    return max(found.values(), key=lambda account: account.balance).source


def _reviewer(site: ProjectSite, cast: Cast) -> User:
    return cast.at(site.organization, Role.COUNTY_REVIEWER)


def _second(site: ProjectSite, cast: Cast) -> User | None:
    """The second cadre of the site's township, where there is one."""
    at = [user for user in cast.users if user.role == Role.CADRE and user.organization.contains(site.organization.path)]
    return at[1] if len(at) > 1 else None


def _purposes() -> dict[str, SpendingPurpose]:
    return {purpose.name: purpose for purpose in SpendingPurpose.objects.all()}


@cache
def _stored(programme: int) -> dict[str, object]:
    """The fields of one stored file, for all claims of the past of a load."""
    scan = ClaimFile(claim=Claim.objects.filter(site__programme=programme).first())
    scan.write_files(picture("SAMPLE"))
    return {name: getattr(scan, name) for name in ["name", "file", "thumbnail", "size", "sha256"]}


def picture(number: str, name: str = "发票.jpg") -> ReceivedFile:
    """A sheet with a table and the number; what it says is made up."""
    sheet = Image.new("RGB", (720, 450), (252, 248, 240))
    pen = ImageDraw.Draw(sheet)
    for y in range(90, 420, 55):
        pen.line([(40, y), (680, y)], fill=(150, 60, 50), width=2)
    for x in [40, 300, 480, 680]:
        pen.line([(x, 90), (x, 365)], fill=(150, 60, 50), width=2)
    pen.text((60, 40), f"SAMPLE VOUCHER  No. {number}", fill=(40, 40, 60))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=80)
    return receive(SimpleUploadedFile(name, out.getvalue()))


def _at(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))
