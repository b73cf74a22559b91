"""Activities and publicity: written down while the month's report is open, and counted into it."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from organizations.models import AuditEvent
from projects.actions import (
    ReportContent,
    StaleReportError,
    add_attachment,
    add_record,
    add_records,
    add_visit,
    change_record,
    remove_record,
    return_report,
    save_report,
    submit_report,
)
from projects.models import Activity, Measure, ReportFigure
from projects.sheet import report_sheet
from tests import factories
from tests.projects.conftest import full_content
from tests.projects.test_attachments import photo

pytestmark = pytest.mark.django_db
SOURCE = Measure.Source


@pytest.fixture
def sessions(programme) -> Measure:
    """教育培训（场次）, counted."""
    return factories.counted(programme.measures.get(unit="场次"), SOURCE.SESSIONS, "教育培训")


@pytest.fixture
def note(site, cadre):
    """note(8, sessions=2): an activity on 8 November."""

    def add(day: int, *, by=cadre, **fields):
        return add_record(factories.activity(site, date(2026, 11, day), **fields), by=by)

    return add


def test_several_are_kept_together_or_not_at_all(site, report, sessions, cadre):
    together = [factories.activity(site, date(2026, 11, day), sessions=day) for day in [8, 9]]
    add_records(together, by=cadre)
    report.refresh_from_db()
    counted = {line.measure: line.value for line in report_sheet(report).counted}
    assert (counted[sessions], report.version) == (17, 1)
    with pytest.raises(ValidationError, match="晚于今天"):
        add_records([factories.activity(site, date(2026, 11, day)) for day in [10, 30]], by=cadre)
    assert list(site.activities.values_list("sessions", flat=True)) == [8, 9]
    assert AuditEvent.objects.filter(action="新增活动记录").count() == 2


def typed_content(report) -> ReportContent:
    """Everything that is asked for: what is counted isn't."""
    content = full_content(report)
    for line in report_sheet(report).counted:
        del content.figures[line.measure.pk]
    return content


def submit(report, *, by):
    report.refresh_from_db()
    saved = save_report(report, by=by, version=report.version, content=typed_content(report))
    return submit_report(saved, by=by, version=saved.version)


def line_of(report, measure):
    report.refresh_from_db()
    return next(line for line in report_sheet(report).figures if line.measure == measure)


class TestWriting:
    def test_added_with_one_row_in_the_log(self, note, cadre, site):
        made = note(8, title="家政培训", sessions=2, person_times=40, persons=25)
        assert (made.numbers_in_words, made.recorded_by) == ("2 次、40 人次、25 人", cadre)
        event = AuditEvent.objects.about(made).get()
        assert (event.action, event.detail["happened_on"]) == ("新增活动记录", "2026-11-08")

    def test_put_right_and_removed(self, note, cadre):
        made = note(8)
        made.sessions = 3
        change_record(made, by=cadre, version=0)
        remove_record(made, by=cadre)
        remove_record(made, by=cadre)
        stored = Activity.objects.get(pk=made.pk)
        assert (stored.sessions, stored.removed_by, stored.version) == (3, cadre, 1)
        assert not Activity.objects.current().exists()
        assert [event.action for event in AuditEvent.objects.about(made).order_by("pk")] == [
            "新增活动记录",
            "修改活动记录",
            "移除活动记录",
        ]

    def test_of_two_who_put_it_right_the_second_is_told(self, note, cadre):
        made = note(8)
        change_record(made, by=cadre, version=0)
        with pytest.raises(ValidationError, match="又有改动"):
            change_record(made, by=cadre, version=0)

    @pytest.mark.parametrize("who", ["neighbour", "county_reviewer", "city_staff", "leader"])
    def test_only_the_cadre_of_the_place_writes(self, note, who, request):
        made, other = note(8), request.getfixturevalue(who)
        for act in [lambda: note(9, by=other), lambda: change_record(made, by=other, version=0)]:
            with pytest.raises(PermissionDenied):
                act()
        with pytest.raises(PermissionDenied):
            remove_record(made, by=other)

    def test_the_same_isnt_noted_twice(self, note):
        note(8, title="家政培训")
        with pytest.raises(ValidationError, match="已经记过同名的活动"):
            note(8, title="家政培训")
        note(9, title="家政培训")

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"sessions": 0}, "至少填一项"),
            ({"person_times": 3, "persons": 4}, "人数不能多于人次"),
        ],
    )
    def test_numbers_that_cannot_be(self, note, site, cadre, fields, sentence):
        with pytest.raises(ValidationError, match=sentence):
            note(8, **fields)
        made = factories.activity(site, date(2026, 11, 8), **fields)
        made.recorded_at, made.recorded_by = "2026-11-08 12:00+08:00", cadre
        with pytest.raises(IntegrityError), transaction.atomic():
            made.save()

    def test_days_that_cannot_be(self, note, site, cadre):
        with pytest.raises(ValidationError, match="不能晚于今天"):
            note(23)
        with pytest.raises(ValidationError, match="2025年11月不在批次的月报月份之内"):
            add_record(factories.activity(site, date(2025, 11, 8)), by=cadre)
        made = note(8)
        made.happened_on = date(2026, 10, 8)
        with pytest.raises(ValidationError, match="日期要在2026年11月以内"):
            change_record(made, by=cadre, version=0)

    def test_kinds_of_another_programme_are_refused(self, site, cadre, tree):
        other = factories.programme(tree.city, name="另一批")
        made = factories.activity(site, date(2026, 11, 8))
        made.kind = other.activity_kinds.first()
        with pytest.raises(ValidationError, match="不是这个批次的"):
            add_record(made, by=cadre)

    def test_photos_lie_in_the_report_and_go_with_the_record(self, note, report, cadre):
        made, other = note(8), note(9)
        added = add_attachment(report, by=cadre, received=photo(1), record=made)
        assert (added.record, added.report) == (made, report)
        with pytest.raises(ValidationError, match=f"已经在“{made}”下面"):
            add_attachment(report, by=cadre, received=photo(1), record=other)
        october = report.site.reports.get(month=date(2026, 10, 1))
        with pytest.raises(ValidationError, match="不是本月的"):
            add_attachment(october, by=cadre, received=photo(2), record=made)
        remove_record(made, by=cadre)
        assert not report.attachments.current().exists()


class TestLocking:
    def test_after_the_report_was_submitted_nothing_changes(self, note, report, cadre):
        made = note(8)
        submit(report, by=cadre)
        for act in [
            lambda: note(9),
            lambda: change_record(made, by=cadre, version=0),
            lambda: remove_record(made, by=cadre),
        ]:
            with pytest.raises(ValidationError, match="已于 2026-11-22 12:00 提交，不能再改") as refused:
                act()
            assert refused.value.code == "submitted"

    def test_a_returned_report_opens_its_records(self, note, report, cadre, county_reviewer, sessions):
        note(8)
        sent = submit(report, by=cadre)
        return_report(sent, by=county_reviewer, version=sent.version, reason="请核对场次")
        note(9)
        assert line_of(report, sessions).value == 2

    def test_a_return_with_remarks_opens_only_what_is_counted_there(
        self, note, report, cadre, county_reviewer, sessions
    ):
        made = note(8)
        sent = submit(report, by=cadre)
        remarks = {"problems": "请写明问题"}
        returned = return_report(sent, by=county_reviewer, version=sent.version, reason="", remarks=remarks)
        with pytest.raises(ValidationError, match="这次退回只要求修改“存在问题及原因”"):
            note(9)
        made.place = "村妇女之家"
        change_record(made, by=cadre, version=0)
        returned.refresh_from_db()
        sent = submit_report(returned, by=cadre, version=returned.version)
        remarks = {f"figure_{sessions.pk}": "请核对场次"}
        return_report(sent, by=county_reviewer, version=sent.version, reason="", remarks=remarks)
        note(9)
        assert line_of(report, sessions).value == 2


class TestCounting:
    def test_from_activities_of_the_kind_in_the_month(self, note, site, report, cadre, sessions, programme):
        times = factories.counted(programme.measures.get(unit="人次"), SOURCE.PERSON_TIMES, "教育培训")
        note(8, sessions=2, person_times=40)
        note(9, person_times=12)
        note(9, kind="文化娱乐活动", sessions=5, person_times=500)
        remove_record(note(10, sessions=9), by=cadre)
        add_record(factories.activity(site, date(2026, 10, 31), sessions=7), by=cadre)
        found = [line_of(report, measure) for measure in [sessions, times]]
        assert [(line.value, line.origin.records) for line in found] == [(3, 2), (52, 2)]

    def test_every_source(self, site, report, cadre, city_staff, programme, note):
        kind = programme.activity_kinds.get(name="维权帮扶")
        made = {
            source: Measure.objects.create(
                programme=programme,
                section="activity",
                name="计数",
                unit=source,
                source=source,
                kind=kind if source in Measure.OF_ACTIVITIES else None,
            )
            for source in [SOURCE.PERSONS, SOURCE.CASES, SOURCE.PIECES, SOURCE.VISITS]
        }
        note(8, kind="维权帮扶", sessions=0, cases=2, persons=3)
        add_record(factories.publicity(site, date(2026, 11, 8)), by=cadre)
        add_record(factories.publicity(site, date(2026, 11, 9)), by=cadre)
        add_visit(factories.visit(site, date(2026, 11, 9)), by=city_staff)
        assert {source: line_of(report, measure).value for source, measure in made.items()} == {
            SOURCE.PERSONS: 3,
            SOURCE.CASES: 2,
            SOURCE.PIECES: 2,
            SOURCE.VISITS: 1,
        }

    def test_nothing_noted_is_nought_and_not_missing(self, report, sessions):
        line = line_of(report, sessions)
        assert (line.value, line.origin.records, line.is_counted) == (0, 0, True)
        assert f"figure_{sessions.pk}" not in dict(report_sheet(report).errors())

    def test_nobody_types_over_it(self, report, cadre, sessions):
        with pytest.raises(ValidationError, match="由工作记录自动计数"):
            save_report(report, by=cadre, version=0, content=ReportContent(figures={sessions.pk: Decimal(99)}))

    def test_frozen_when_submitted(self, note, report, cadre, sessions):
        note(8, sessions=2)
        sent = submit(report, by=cadre)
        figure = sent.figures.get(measure=sessions)
        assert (figure.value, figure.records) == (2, 1)
        entry = next(e for e in sent.submissions.get().content if e["key"] == f"figure_{sessions.pk}")
        assert (entry["value"], entry["records"]) == ("2", 1)
        Activity.objects.update(sessions=50)  # whatever becomes of the records
        assert (line_of(report, sessions).value, line_of(report, sessions).origin.records) == (2, 1)

    def test_another_source_changes_no_submitted_report(self, report, cadre, programme, note):
        """Typed before, counted now: what was sent stays, what is open is counted; and the other way round."""
        measure = programme.measures.get(unit="场次")
        october = report.site.reports.get(month=date(2026, 10, 1))
        submit(october, by=cadre)
        factories.counted(measure, SOURCE.SESSIONS, "教育培训")
        note(8, sessions=2)
        assert (line_of(october, measure).value, line_of(october, measure).origin) == (3, None)
        assert line_of(report, measure).value == 2
        submit(report, by=cadre)
        factories.counted(measure, SOURCE.TYPED)
        assert (line_of(report, measure).value, line_of(report, measure).origin.records) == (2, 1)

    def test_typed_again_it_is_a_typed_figure_again(self, report, cadre, county_reviewer, note, sessions):
        note(8, sessions=2)
        sent = submit(report, by=cadre)
        return_report(sent, by=county_reviewer, version=sent.version, reason="请核对")
        factories.counted(sessions, SOURCE.TYPED)
        report.refresh_from_db()
        save_report(report, by=cadre, version=report.version, content=ReportContent(figures={sessions.pk: Decimal(6)}))
        assert ReportFigure.objects.values_list("value", "records").get(measure=sessions) == (6, None)

    def test_what_was_checked_is_what_is_sent(self, note, report, cadre, sessions):
        saved = save_report(report, by=cadre, version=0, content=typed_content(report))
        note(8)
        with pytest.raises(StaleReportError):
            submit_report(saved, by=cadre, version=saved.version)

    def test_a_nil_report_is_none_where_something_was_noted(self, note, report, cadre, sessions):
        note(8)
        report.refresh_from_db()
        content = ReportContent(is_nil=True, texts={"problems": "没有进展"})
        saved = save_report(report, by=cadre, version=report.version, content=content)
        assert [key for key, _ in report_sheet(saved).errors()] == ["is_nil"]

    def test_sources_that_cannot_be(self, programme):
        measure, money = programme.measures.get(unit="场次"), programme.measures.get(section="money")
        for row, source, sentence in [
            (measure, SOURCE.SESSIONS, "按活动计数的要选哪类活动"),
            (money, SOURCE.PIECES, "资金指标手工填写或取自台账"),
            (measure, SOURCE.SPENT, "活动指标不能取自台账"),
        ]:
            with pytest.raises(ValidationError, match=sentence):
                factories.counted(row, source)
            with pytest.raises(IntegrityError), transaction.atomic():
                row.save()
