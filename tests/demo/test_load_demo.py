"""The demo as it stands on different days: what holds on all of them."""

from collections import Counter
from decimal import Decimal

import pytest
from dateutil.relativedelta import relativedelta
from django.core.management import call_command
from django.db.models import F, Max, Sum

from assessments.models import Acceptance, AnnualAssessment, EvidenceFile
from demo.groups import CHANGED_COUNTY, RENEWED, RENEWED_COUNTY, RETURNED, WITHOUT_TEAM
from demo.loading import is_wanted
from demo.people import PASSWORD, accounts_table
from funding.accounts import accounts
from funding.board import fund_board
from funding.evaluation.reading import evaluation_view
from funding.invariants import broken_invariants
from funding.models import AllocationTable, Claim, ClaimState, ClaimStep, LedgerEntry, SelfEvaluation
from funding.money import money_of
from funding.pledges import pledge_entries
from funding.workfunds.reading import work_fund_board
from organizations.models import AuditEvent, Level, Organization, Role, User
from projects.archive import archive_board, site_catalogue
from projects.duties import duty_table
from projects.findings import group_findings, plan_findings
from projects.groups import group_chart
from projects.lights.grading import counts
from projects.lights.reading import lights_at
from projects.meeting_pack import meeting_pack
from projects.models import (
    Attachment,
    AttendeeKind,
    Bulletin,
    CreationStandard,
    FigureCorrection,
    ImplementationPlan,
    InKindHelp,
    Inspection,
    LeadingGroup,
    Measure,
    Meeting,
    MonthClose,
    MonthlyReport,
    NominationStep,
    Pairing,
    Programme,
    ProjectSite,
    Rectification,
    RectificationState,
    ReplanRequest,
    ReportFigure,
    ReportSubmission,
    ReviewDecision,
    ScheduleItem,
    SiteChange,
    Stage,
    Training,
    WorkLog,
    WorkLogAddition,
)
from projects.nominations import to_do
from projects.plans import plan_board
from projects.records import visit_matrix
from projects.schedule.gates import gates
from projects.schedule.reached import with_reached
from projects.sheet import report_sheet
from projects.states import SUBMITTED, Light, ReportStatus, ReviewDesk, StageKind, Verdict
from projects.trainings import coverage
from projects.worklogs import continuity, offices_of

# Without the mark no test database is made when these tests run alone.
pytestmark = pytest.mark.django_db


def special_fund() -> Programme:
    """The programme that most of the demo is about."""
    return Programme.objects.get(fund_source="province")


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
    kinds = {site.name: (site.creation_type.name, site.organization.kind.name) for site in special_fund().sites.all()}
    agreeing = {("示范村", "村"), ("示范社区", "社区"), ("皖嫂示范基地", "基地")}
    assert {name: pair for name, pair in kinds.items() if pair not in agreeing} == {}


def test_nineteen_sites_with_the_money_of_the_source(now):
    assert special_fund().sites.approved().count() == 19
    province = special_fund().sites.approved().aggregate(sum=Sum("province_amount"))["sum"]
    pledged = pledge_entries().aggregate(sum=Sum("amount"))["sum"]
    assert (province, pledged) == (570_000, 681_600)
    assert round(pledged / province * 100, 2) == Decimal("119.58")


def test_the_first_allocation_table_was_issued_in_the_launch_month(now):
    table = AllocationTable.objects.get(programme=special_fund())
    assert (table.is_issued, table.number, table.lines.count()) == (True, 1, 19)
    assert table.document_number == f"合妇〔{table.issued_on.year}〕12号"
    assert table.issued_on.replace(day=1) == table.programme.first_month
    assert table.created_at <= table.issued_at
    assert table.lines.aggregate(sum=Sum(F("county") + F("township") + F("village") + F("social")))["sum"] == 681_600


def test_the_current_month_is_the_fifth_of_building(now):
    programme = special_fund()
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
        assert counted == (0 if report.is_nil else 12)


def test_the_city_was_nearly_everywhere(now):
    sites = list(special_fund().sites.approved())
    matrix = visit_matrix(sites, special_fund().months(), now)
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
    assert draft.progress_lines.exists()
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
    assert list(actions).count("批准项目点") == 22
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
    for site in special_fund().sites.approved():
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


# The schedule


def test_the_launch_is_completed_but_where_something_is_missing_and_two_asked_for_other_dates(now):
    launches = Stage.objects.filter(site__programme=special_fund(), kind=StageKind.LAUNCH)
    open_ones = launches.filter(completed_at=None).select_related("site")
    assert (launches.count(), open_ones.count()) == (19, 3)
    current = [next(gate for gate in gates(stage.site, now.date()) if gate.is_current) for stage in open_ones]
    assert all(gate.missing for gate in current)
    assert "细排进度" in {output.name for gate in current for output in gate.missing}
    assert sorted(ReplanRequest.objects.values_list("state", flat=True)) == ["granted", "pending"]
    assert ScheduleItem.objects.exclude(occurrence="").values("stage__site").distinct().count() == 19


def test_what_asks_for_evidence_has_it(now):
    asking = with_reached(ScheduleItem.objects.filter(evidence_count__gt=0)).filter(reached=100)
    assert asking.count() == 19
    assert all(item.attachments.count() == item.evidence_count for item in asking)


# Nominations


def test_nominations_lie_on_every_desk_and_one_was_declined(now):
    counts = Counter(ProjectSite.objects.values_list("status", flat=True))
    assert counts == {"approved": 22, "proposed": 1, "submitted": 1, "recommended": 1, "checked": 1, "declined": 1}
    cadre, county, city = (User.objects.get(username=name) for name in ["cadre", "county", "city"])
    assert [to_do(user).count() for user in [cadre, county, city]] == [1, 1, 2]
    assert NominationStep.objects.aggregate(at=Max("made_at"))["at"] < now
    assert {change.state for change in SiteChange.objects.all()} == {"granted", "asked"}


def test_every_site_went_the_whole_way_with_papers_that_hold(now):
    programme = special_fund()
    for site in special_fund().sites.approved().select_related("nomination", "recommendation"):
        verbs = list(site.nomination_steps.values_list("verb", flat=True))
        assert verbs == ["submitted", "recommended", "visited", "checked", "approved"]
        assert site.nomination.problems(now.date()) == {}
        assert (site.nomination.document_number, site.nomination.decided_on) == (
            programme.document_number,
            programme.issued_on,
        )
        assert site.reports.count() == 7


# Trainings, work logs and other notes


def _sites():
    return list(special_fund().sites.approved().select_related("organization").order_by("pk"))


def test_every_head_was_trained_and_one_secretary_was_not(now):
    found = coverage(_sites(), special_fund())
    assert [found.share(kind) for kind in [AttendeeKind.HEAD, AttendeeKind.SECRETARY]] == [(19, 19), (17, 18)]
    assert found.gaps == ["水湖镇水湖社区 村（社区）书记"]
    levels = Training.objects.with_numbers().order_by("first_on").values_list("level", "session_count", "person_times")
    assert list(levels) == [("province", 4, 136), ("city", 2, 89), ("county", 1, 14)]


def test_logs_are_written_every_week_and_break_off_twice(now):
    programme, sites = special_fund(), _sites()
    offices = offices_of(sites, programme, programme.organization.path)
    months = [month for month in programme.months() if month <= now.date()]
    broken = {
        keeper.label
        for month in months
        for keeper in continuity(programme, sites, offices, month=month, today=now.date())
        if keeper.month_gaps
    }
    assert {"三河镇河口村", "吴山镇桥冲村"} == broken
    assert not WorkLog.objects.filter(recorded_at__gte=now).exists()
    assert WorkLogAddition.objects.count() == 3


def test_there_is_some_of_everything(now):
    assert (Pairing.objects.count(), InKindHelp.objects.count(), Bulletin.objects.count()) == (5, 5, 2)
    assert Inspection.objects.count() >= 2
    assert all(bulletin.activities and bulletin.publicity for bulletin in Bulletin.objects.all())


# Leading groups, responsibilities and plans


def test_one_team_is_missing_and_named(now):
    chart = group_chart(special_fund(), User.objects.get(username="city"), now.date())
    assert (chart.group_count, chart.team_count, chart.site_count) == (9, 18, 19)
    assert chart.gaps == ["庐城镇塔山社区还没有成立项目工作组"]
    assert chart.group.office.head.deputy.post == "分管发展副主席"


def test_a_head_changed_in_the_third_month(now):
    launch = special_fund().first_month
    group = LeadingGroup.objects.get(organization__name=CHANGED_COUNTY, kind="group")
    before, after = group.members.filter(role="head").order_by("from_on")
    assert before.to_on + relativedelta(days=1) == after.from_on
    assert launch + relativedelta(months=2) < after.from_on < launch + relativedelta(months=3)


def test_every_site_has_its_contacts_and_the_work_is_divided(now):
    table = duty_table(special_fund(), User.objects.get(username="city"))
    assert table.lacking == []
    assert len(table.common) == 14


def test_plans_are_approved_but_for_one_returned_and_two_waiting(now):
    board = plan_board(special_fund(), User.objects.get(username="city"))
    assert (board.approved_count, len(board.places)) == (28, 29)
    sites = list(special_fund().sites.approved().order_by("pk"))
    waiting = ImplementationPlan.objects.filter(state="submitted").order_by("pk")
    assert {plan.place for plan in waiting} == {RENEWED_COUNTY, str(sites[RENEWED - 1])}
    found = plan_findings(sites)
    assert [site for site in sites if not found[site.pk].is_met] == [sites[RETURNED - 1]]


def test_the_gate_of_the_launch_stage_finds_the_missing_team(now):
    sites = list(special_fund().sites.approved().select_related("organization").order_by("pk"))
    found = group_findings(sites)
    assert [site for site in sites if not found[site.pk].is_met] == [sites[WITHOUT_TEAM - 1]]


def test_the_lights_are_of_all_colours_and_most_sites_are_not_red(now):
    found = counts(lights_at(special_fund(), now))
    assert min(found.values()) >= 1
    assert found[Light.RED] <= 7


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


# 工作经费, the city's own programme, self-evaluation


def test_work_funds_of_this_year_and_last(now):
    city = Organization.objects.get(level=Level.CITY)
    for year in [now.year - 1, now.year]:
        total = work_fund_board(city, year).total
        assert 0 < total.arrived <= total.budgeted < total.due
        assert (total.units, total.unknown) == (12 + 160 + 1773, 3)


def test_a_second_programme_stands_beside_with_rules_of_its_own(now):
    programme = Programme.objects.get(fund_source="city")
    board = fund_board(programme, programme.sites.approved(), now)
    assert (board.has_matching, board.total.sites, board.total.money.issued) == (False, 3, 60_000)
    assert (board.total.money.all_arrived, board.total.money.spent) == (50_000, Decimal("9730.50"))
    assert AllocationTable.objects.get(programme=programme).is_issued
    assert (
        Programme.objects.visible_to(User.objects.get(username="city")).current(
            User.objects.get(username="city"), now.date()
        )
        == special_fund()
    )


def test_the_county_has_confirmed_and_the_city_is_writing(now):
    found = {made.organization.name: evaluation_view(made) for made in SelfEvaluation.objects.all()}
    assert {name: view.evaluation.is_confirmed for name, view in found.items()} == {"肥西县": True, "合肥市": False}
    assert 60 < found["肥西县"].total < 100
    assert found["合肥市"].problems() == ["“妇女群众满意度”没有填实际完成值或得分。"]


# Archives


def test_archives_are_between_two_fifths_and_whole_and_not_all_are(now):
    programme = special_fund()
    board = archive_board(programme, programme.sites.approved(), now.date())
    percents = [standing.percent for standing in board.standings]
    assert (len(percents), min(percents) >= 40, percents[-1]) == (19, True, 100)
    assert sum(percent < 100 for percent in percents) >= 9
    assert len({standing.missing_names for standing in board.standings}) >= 3
    site = ProjectSite.objects.get(pk=board.standings[0].site_id)
    assert site_catalogue(site, now.date()).percent == percents[0]


def test_the_papers_are_few_and_whole(now):
    papers = Attachment.objects.exclude(category=None)
    assert 20 <= papers.count() <= 40
    assert {paper.suffix for paper in papers} == {".pdf"}
    assert all(paper.file.storage.exists(paper.file.name) and paper.dated_on <= now.date() for paper in papers)


def test_what_was_signed_lies_in_the_archives_of_the_sites_that_came(now):
    signed = Attachment.objects.filter(site=None, category=None)
    assert [file.record.attachments.count() for file in signed] == [1] * len(signed)
    site = ProjectSite.objects.approved().first()
    names = [piece.attachment.name for piece in site_catalogue(site, now.date()).pieces]
    assert "动员会签到册.pdf" in names


def test_every_site_was_approved_by_a_published_standard(now):
    assert CreationStandard.objects.published().count() == 4
    assert not ProjectSite.objects.approved().filter(standard=None).exists()


def test_a_veto_with_its_proof_fails_a_site_and_waits_for_a_word_about_its_county(now):
    failed = Acceptance.objects.get(conclusion="failed").site
    finding = failed.vetoes.get()
    assert (finding.item.code, finding.files.count()) == ("VT2", 2)
    money = money_of(ProjectSite.objects.filter(pk=failed.pk), now)[failed.pk]
    assert money.arrived < failed.programme.matching_floor
    assert EvidenceFile.objects.filter(veto__state="proposed").count() == 2
    by_level = Counter(AnnualAssessment.objects.values_list("assessed__level", flat=True))
    assert by_level == {Level.COUNTY: 4, Level.TOWNSHIP: 2, Level.VILLAGE: 1}
    assert AnnualAssessment.objects.get(veto="proposed").assessed.name == failed.county_name
