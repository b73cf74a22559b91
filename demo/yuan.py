"""The city's own programme, 人均一元钱, beside the special fund: city money, nothing to be matched, three sites in two
urban districts. It began a month ago, so that its first reports are not due yet."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from demo.days import working_day
from demo.nominations import Applicant
from demo.people import Cast
from fedwork import clock
from funding.actions import IssueTerms, Posting, draft_allocation_table, issue_allocation_table, post_entries
from funding.models import SpendingPurpose
from funding.states import EntryKind, FundSource
from organizations.models import AuditEvent, Level, Organization, Role
from projects.actions import offer_usual_words, publish_standard
from projects.models import (
    CreationStandard,
    CreationType,
    Measure,
    Programme,
    ProgrammeStage,
    ProjectSite,
    TaskTemplate,
)
from projects.states import DueKind, ProgrammeSource, StageKind

Event = tuple[datetime, Callable[[], None]]
TYPE = "社区妇女之家"
AMOUNT = Decimal(20_000)
STANDARD = "一、阵地\n妇女之家有固定场地、有标识。\n二、活动\n每月至少开展 1 次活动，有记录、有照片。"
VILLAGES = ["340103003009", "340111003008", "340111003011"]
# Verb of all three and the working days before today.
WAY = [("proposed", 22), ("submitted", 20), ("recommended", 18), ("visited", 15), ("passed", 13), ("approved", 10)]
MEASURES = [("activity", "教育培训", "场次"), ("activity", "关爱救助", "次"), ("money", "本月支出", "元")]
STAGES = [(StageKind.LAUNCH, 0, 0), (StageKind.BUILD, 1, 4), (StageKind.ACCEPT, 5, 5)]
TASKS = {
    StageKind.LAUNCH: "成立工作组，制定实施方案",
    StageKind.BUILD: "妇女之家场地改造和日常活动",
    StageKind.ACCEPT: "整理资料，申请验收",
}


@dataclass
class YuanProject:
    """Its story through the months; every step by the actions that the pages use."""

    city: Organization
    cast: Cast
    year: int
    first_month: date  # the one in which the demo is loaded
    programme: Programme | None = None
    applicants: list[Applicant] = field(default_factory=list)

    def events(self) -> Iterator[Event]:
        today = clock.today()
        yield _at(working_day(today, -24), 11), self.begin
        for verb, days in WAY:
            yield _at(working_day(today, -days), 11), lambda verb=verb: self.step(verb)
        yield _at(working_day(today, -7), 11), self.issue
        yield _at(working_day(today, -5), 11), self.arrive
        yield _at(working_day(today, -2), 11), self.spend

    def begin(self) -> None:
        first = self.first_month
        programme = Programme(
            organization=self.city,
            name=f"{self.city.name}{self.year}年“人均一元钱”妇女之家项目",
            year=self.year,
            legal_basis="演示数据：市级“人均一元钱”项目，文字、金额均为虚构",
            document_number=f"合妇〔{clock.today().year}〕21号（演示）",
            issued_on=clock.today(),
            goals="每个社区妇女之家有场地、有计划、有人员，每月至少开展 1 次活动。",
            fund_source=ProgrammeSource.CITY,
            fund_name="市级专项资金",
            province_amount=AMOUNT,
            matching_floor=Decimal(0),
            matching_ratio=Decimal(0),
            first_month=first,
            last_month=first + relativedelta(months=5),
            due_kind=DueKind.NEXT_MONTH_WORKDAY,
            report_due_day=5,
            has_monthly_visits=False,
            log_every_days=None,
            meeting_interval=None,
        )
        programme.full_clean()
        programme.save()
        self.programme = programme
        kind = CreationType.objects.create(programme=programme, name=TYPE, quota=3)
        publish_standard(CreationStandard.objects.create(creation_type=kind, text=STANDARD), by=self._city())
        offer_usual_words(programme)
        for kind, start, end in STAGES:
            window = {
                "starts_on": first + relativedelta(months=start),
                "ends_on": first + relativedelta(months=end, day=31),
            }
            stage = ProgrammeStage.objects.create(programme=programme, kind=kind, **window)
            TaskTemplate.objects.create(
                stage=stage, name=TASKS[kind], starts_on=stage.starts_on, due_on=stage.ends_on, owner="社区妇联主席"
            )
        for position, (section, name, unit) in enumerate(MEASURES, 1):
            Measure.objects.create(programme=programme, section=section, name=name, unit=unit, position=position)
        AuditEvent.objects.record("新增年度批次", programme, by=self._city(), organization=self.city)

    def step(self, verb: str) -> None:
        if not self.applicants:
            self.applicants = [self._applicant(*given) for given in enumerate(VILLAGES, 40)]
        for applicant in self.applicants:
            getattr(applicant, verb)()

    def issue(self) -> None:
        table = draft_allocation_table(self.programme, by=self._city())
        today = clock.today()
        terms = IssueTerms(
            document_number=f"合妇〔{today.year}〕23号",
            issued_on=today,
            decision_meeting=f"市妇联{today.year}年第8次党组会议",
            decided_on=working_day(today, -1),
            attendees="主席、副主席、办公室主任、发展部部长、财务负责人",
            finance_number=f"合财行〔{today.year}〕15号",
            finance_on=today,
        )
        issue_allocation_table(table, terms, by=self._city())

    def arrive(self) -> None:
        """All of it at the first two sites, half at the third."""
        parts = zip(self._sites(), [AMOUNT, AMOUNT, AMOUNT / 2], strict=True)
        for number, (site, amount) in enumerate(parts, 1):
            self._post(site, EntryKind.DISBURSED, amount, f"市付{clock.today():%y%m}-{number:02d}", "市级专项资金拨付")
            self._post(site, EntryKind.ARRIVED, amount, f"市拨{clock.today():%y%m}-{number:02d}", "市级专项资金到账")

    def spend(self) -> None:
        purposes = {purpose.name: purpose for purpose in SpendingPurpose.objects.all()}
        given = zip(self._sites(), [Decimal("6480.00"), Decimal("3250.50")], ["阵地建设", "教育培训"], strict=False)
        for number, (site, amount, purpose) in enumerate(given, 1):
            voucher = f"市支{clock.today():%y%m}-{number:02d}"
            self._post(site, EntryKind.SPENT, amount, voucher, "场地和活动用品", purpose=purposes[purpose])

    def _post(self, site: ProjectSite, kind: EntryKind, amount: Decimal, voucher: str, memo: str, **more) -> None:
        reviewer = self.cast.at(site.organization, Role.COUNTY_REVIEWER)
        posting = Posting(site, kind, FundSource.CITY, amount, clock.today(), voucher, memo=memo, **more)
        post_entries([posting], by=reviewer)

    def _sites(self) -> list[ProjectSite]:
        return [applicant.site for applicant in self.applicants]

    def _applicant(self, number: int, code: str) -> Applicant:
        village = Organization.objects.select_related("parent").get(level=Level.VILLAGE, code=code)
        short = village.name.removesuffix("居民委员会").removesuffix("居委会")
        named = {"name": f"{village.parent.name}{short}", "type_name": TYPE}
        return Applicant(number, self.programme, village, "示范社区", self.cast, **named)

    def _city(self):
        return self.cast.city_staff()[0]


def _at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, 20)))
