"""The demo as it stands on different days: what holds on all of them."""

from decimal import Decimal

import pytest
from dateutil.relativedelta import relativedelta
from django.core.management import call_command
from django.db.models import F, Max, Sum

from demo.loading import is_wanted
from demo.people import PASSWORD, accounts_table
from funding.accounts import accounts
from funding.invariants import broken_invariants
from funding.models import AllocationTable, Claim, ClaimState, ClaimStep, LedgerEntry
from funding.pledges import pledge_entries
from organizations.models import AuditEvent, Level, Organization, Role, User
from projects.meeting_pack import meeting_pack
from projects.models import (
    FigureCorrection,
    Measure,
    Meeting,
    MonthClose,
    MonthlyReport,
    Programme,
    ProjectSite,
    Rectification,
    RectificationState,
    ReportFigure,
    ReportSubmission,
    ReviewDecision,
)
from projects.records import visit_matrix
from projects.sheet import report_sheet
from projects.states import SUBMITTED, ReportStatus, ReviewDesk, StageKind, Verdict

# Without the mark no test database is made when these tests run alone.
pytestmark = pytest.mark.django_db


@pytest.fixture
def this_month(now):
    return MonthlyReport.objects.filter(month=_first(now))


@pytest.fixture
def last_month(now):
    return MonthlyReport.objects.filter(month=_first(now) - relativedelta(months=1))


def _first(now):
    return now.date().replace(day=1)


def _seen_by(username: str):
    return MonthlyReport.objects.visible_to(User.objects.get(username=username))


# What was loaded


def test_the_tree_is_the_real_one_of_hefei(now):
    levels = Organization.objects.values_list("level", flat=True)
    assert [list(levels).count(level) for level in Level] == [1, 1, 12, 160, 1773, 1]
    base = Organization.objects.get(level=Level.UNIT)
    assert (base.kind.name, base.parent.name) == ("基地", "学苑社区居委会")


def test_the_kind_of_each_village_agrees_with_the_creation_type(now):
    kinds = {site.name: (site.creation_type.name, site.organization.kind.name) for site in ProjectSite.objects.all()}
    agreeing = {("示范村", "村"), ("示范社区", "社区"), ("皖嫂示范基地", "基地")}
    assert {name: pair for name, pair in kinds.items() if pair not in agreeing} == {}


def test_nineteen_sites_with_the_money_of_the_source(now):
    assert ProjectSite.objects.approved().count() == 19
    province = ProjectSite.objects.aggregate(sum=Sum("province_amount"))["sum"]
    pledged = pledge_entries().aggregate(sum=Sum("amount"))["sum"]
    assert (province, pledged) == (570_000, 681_600)
    assert round(pledged / province * 100, 2) == Decimal("119.58")


def test_the_first_allocation_table_was_issued_in_the_launch_month(now):
    table = AllocationTable.objects.get()
    assert (table.is_issued, table.number, table.lines.count()) == (True, 1, 19)
    assert table.document_number == f"合妇〔{table.issued_on.year}〕12号"
    assert table.issued_on.replace(day=1) == table.programme.first_month
    assert table.created_at <= table.issued_at
    assert table.lines.aggregate(sum=Sum(F("county") + F("township") + F("village") + F("social")))["sum"] == 681_600


def test_the_current_month_is_the_fifth_of_building(now):
    programme = Programme.objects.get()
    stages = {stage.kind: (stage.starts_on, stage.ends_on) for stage in programme.stages.all()}
    building = stages[StageKind.BUILD]
    assert building[0] == _first(now) - relativedelta(months=4)
    assert building[1] == _first(now) + relativedelta(day=31)
    assert stages[StageKind.ACCEPT][0] == _first(now) + relativedelta(months=1)
    assert programme.year == programme.first_month.year
    assert programme.name == f"{programme.year}年省妇女专项经费建设项目"


def test_every_role_has_an_account_that_can_sign_in(now):
    assert {user.role for user in User.objects.all()} == set(Role)
    assert not User.objects.filter(must_change_password=True).exists()
    assert User.objects.get(username="cadre").check_password(PASSWORD)
    for user in User.objects.all():
        user.full_clean()


def test_each_site_has_a_cadre_and_a_reviewer(now):
    for site in ProjectSite.objects.select_related("organization"):
        above = User.objects.filter(organization__in=site.organization.ancestor_ids)
        # The headline township has a second cadre, who checks the claims that the first one writes.
        cadres = 2 if site.township_name == "山南镇" else 1
        assert (above.filter(role=Role.CADRE).count(), above.filter(role=Role.COUNTY_REVIEWER).count()) == (cadres, 1)


def test_accounts_are_listed_with_columns_that_line_up(now):
    lines = accounts_table().splitlines()
    assert lines[0].split() == ["角色", "账号", "口令", "所在组织"]
    assert lines[1].split() == ["填报员", "cadre", PASSWORD, "山南镇"]
    assert len({len(line.encode("gbk")) - len(line.split()[-1].encode("gbk")) for line in lines}) == 1
    assert len(lines) == 7


# Records


def test_the_figures_of_every_report_are_those_of_its_records(now):
    sent = MonthlyReport.objects.filter(status__in=SUBMITTED).select_related("site__programme")
    for report in sent:
        records = report.site.activities.in_months([report.month]).current()
        for figure in report.figures.filter(measure__source__in=Measure.OF_ACTIVITIES).select_related("measure"):
            found = records.filter(kind=figure.measure.kind).aggregate(sum=Sum(figure.measure.source))
            assert figure.value == (found["sum"] or 0), f"{report} {figure}"
        counted = report.figures.exclude(records=None).count()
        assert counted == (0 if report.is_nil else 9)


def test_the_city_was_nearly_everywhere(now):
    sites = list(ProjectSite.objects.approved())
    matrix = visit_matrix(sites, Programme.objects.get().months(), now)
    due, done, missing, by_county = (total for _, total, _ in matrix.totals)
    assert (due, missing) == (133, 2)
    assert done >= 5 * 19 - 2
    assert by_county > 20


# The live mix


def test_something_waits_at_either_desk(now):
    assert MonthlyReport.objects.awaiting(ReviewDesk.COUNTY).exists()
    assert MonthlyReport.objects.awaiting(ReviewDesk.CITY).count() >= 2


def test_the_headline_county_has_a_second_round_to_compare(now):
    waiting = _seen_by("county").awaiting(ReviewDesk.COUNTY)
    assert waiting.filter(round__gte=2).exists()


def test_the_headline_cadre_has_one_returned_and_one_to_start(now, this_month, last_month):
    mine = _seen_by("cadre").begun(now.date()).to_fill_in()
    assert {report.month: report.status for report in mine} == {
        last_month[0].month: ReportStatus.RETURNED,
        this_month[0].month: ReportStatus.NOT_STARTED,
    }
    decision = ReviewDecision.objects.filter(submission__report__in=mine).last()
    assert decision.verdict == Verdict.RETURNED
    assert len(decision.reason) > 15
    reasons = ReviewDecision.objects.filter(submission__report__in=mine, verdict=Verdict.RETURNED)
    assert reasons.count() == reasons.values("reason").distinct().count()


def test_last_month_has_one_never_started_and_one_overdue_draft(now, last_month):
    overdue = last_month.overdue(now)
    assert overdue.filter(status=ReportStatus.NOT_STARTED).exists()
    draft = overdue.filter(status=ReportStatus.DRAFT).first()
    assert draft.figures.exists()
    assert report_sheet(draft).errors()


def test_what_came_before_is_accepted_and_what_comes_is_untouched(now, last_month):
    before = MonthlyReport.objects.filter(month__lt=last_month[0].month)
    assert set(before.values_list("status", flat=True)) == {ReportStatus.ACCEPTED}
    assert before.filter(round=2).exists()
    coming = MonthlyReport.objects.filter(month__gt=now.date())
    assert set(coming.values_list("status", flat=True)) == {ReportStatus.NOT_STARTED}


def test_last_month_is_mostly_done(now, last_month):
    accepted = last_month.filter(status=ReportStatus.ACCEPTED).count()
    assert accepted >= 8


def test_the_months_before_last_month_are_closed_and_one_figure_was_put_right(now, last_month):
    months = MonthlyReport.objects.filter(month__lt=last_month[0].month).values_list("month", flat=True)
    closes = {close.month: close for close in MonthClose.objects.all()}
    assert set(closes) == set(months)
    for report in MonthlyReport.objects.filter(month__in=closes):
        assert report.accepted_at < closes[report.month].closed_at
    made = FigureCorrection.objects.get()
    assert closes[made.report.month].closed_at < made.made_at < now
    assert made.after == made.before - 12


# Truth of the history


def test_nothing_lies_in_the_future(now):
    latest = [
        AuditEvent.objects.aggregate(at=Max("at"))["at"],
        ReportSubmission.objects.aggregate(at=Max("submitted_at"))["at"],
        ReviewDecision.objects.aggregate(at=Max("decided_at"))["at"],
        MonthlyReport.objects.aggregate(at=Max("saved_at"))["at"],
        ProjectSite.objects.aggregate(at=Max("approved_at"))["at"],
        User.objects.aggregate(at=Max("created_at"))["at"],
    ]
    assert max(latest) < now


def test_the_log_tells_everything_in_order(now):
    AuditEvent.objects.verify()
    moments = list(AuditEvent.objects.order_by("id").values_list("at", flat=True))
    assert moments == sorted(moments)
    actions = AuditEvent.objects.values_list("action", flat=True)
    assert list(actions).count("批准项目点") == 19
    assert list(actions).count("提交月报") == ReportSubmission.objects.count()
    verdicts = [action for action in actions if action[:4] in {"县级审核", "市级审核"}]
    assert len(verdicts) == ReviewDecision.objects.count()


def test_most_reports_came_before_they_were_due(now):
    sent = MonthlyReport.objects.exclude(first_submitted_at=None)
    late = [report for report in sent if report.first_submitted_at > report.due_at]
    assert len(late) < 0.1 * sent.count()


def test_nothing_is_spent_before_it_arrives_and_less_arrives_than_was_promised(now):
    sums = {}
    figures = ReportFigure.objects.filter(report__status=ReportStatus.ACCEPTED, measure__section="money")
    for site, name, month, value in figures.values_list("report__site", "measure__name", "report__month", "value"):
        sums.setdefault(site, {}).setdefault(name, {})[month] = value
    for money in sums.values():
        months = sorted(money["本月支出"])
        for last in months:
            arrived = sum(
                money[name][month] for name in ("省级资金到位", "配套资金到位") for month in months if month <= last
            )
            assert sum(money["本月支出"][month] for month in months if month <= last) <= arrived
    arrived = sum(sum(money["配套资金到位"].values()) for money in sums.values())
    assert Decimal(200_000) < arrived < Decimal(600_000)


def test_progress_only_rises(now):
    for site in ProjectSite.objects.all():
        reached = {}
        for report in site.reports.filter(status__in=SUBMITTED).order_by("month").prefetch_related("progress_lines"):
            for line in report.progress_lines.all():
                assert line.percent >= reached.get(line.item_id, 0)
                assert (line.percent == 100) == (line.done_on is not None)
                reached[line.item_id] = line.percent
        assert 100 in reached.values()


# The command


def test_a_second_load_changes_nothing(now, capsys):
    before = AuditEvent.objects.count()
    assert not is_wanted()
    call_command("load_demo")
    assert capsys.readouterr().out == ""
    assert AuditEvent.objects.count() == before


# 整改事项 and meetings


def test_two_supervision_meetings_and_items_on_every_stretch_of_their_way(now):
    held = Meeting.objects.order_by("held_on")
    assert [meeting.kind for meeting in held] == ["launch", "supervision", "supervision"]
    assert all(meeting.held_on <= meeting.due_on for meeting in held.supervision())
    items = Rectification.objects.all()
    assert items.filter(state=RectificationState.CLOSED).count() >= 5
    assert items.exclude(state=RectificationState.CLOSED).filter(meeting=held.last()).count() >= 2
    assert not items.filter(closed_by=F("submitted_by")).exists()


def test_what_the_first_meeting_decided_is_still_open_in_the_pack_of_the_second(now):
    first, second = Meeting.objects.supervision().order_by("held_on")
    pack = meeting_pack(second.programme, second.pack_at)
    assert {each.item.meeting_id for each in pack.items} == {first.pk}
    assert pack.red
    assert len(pack.red) + len(pack.yellow) + pack.green_count == 19


# Money and claims


def test_the_ledger_holds_and_says_what_the_reports_say(now):
    assert list(broken_invariants()) == []
    due, spent = accounts(LedgerEntry.objects.all()), {}
    for (site, _), account in due.items():
        spent[site] = spent.get(site, 0) + account.spent
    promised, arrived = (sum(getattr(account, name) for account in due.values()) for name in ["due", "arrived"])
    assert Decimal("0.5") < arrived / promised < Decimal("0.95")
    last = _first(now) - relativedelta(months=1)
    sums = ReportFigure.objects.filter(measure__name="本月支出", report__month__lt=last).values("report__site")
    for row in sums.annotate(sum=Sum("value")):
        assert row["sum"] <= spent[row["report__site"]]


def test_claims_in_every_state_and_something_on_each_desk(now):
    states = set(Claim.objects.values_list("state", flat=True))
    assert states == set(ClaimState.values)
    county, cadre = (User.objects.get(username=name) for name in ["county", "cadre"])
    assert Claim.objects.to_do(county).count() >= 2
    assert set(Claim.objects.to_do(cadre).values_list("state", flat=True)) == {"township", "returned"}
    assert ClaimStep.objects.aggregate(at=Max("made_at"))["at"] < now
    for claim in Claim.objects.exclude(state="draft").exclude(state="void"):
        assert claim.files.exists()
        assert claim.lines.exists()
