"""Where reports are stuck (卡在哪里): what each cost whom, the post that holds it now, and whether it was urged."""

from dataclasses import dataclass
from datetime import datetime

from fedwork import clock
from fedwork.excel import Column, Kind, write_list
from projects import rules
from projects.actions.reminders import why_not_urged
from projects.locks import Lock, report_locks
from projects.models import MonthlyReport, Reminder
from projects.posts import Holder, holders
from projects.responsibility import Charged, Line, Side, charged_days
from projects.states import ReportStatus


@dataclass
class Case:
    report: MonthlyReport
    charged: Charged
    holder: Holder
    urged: Reminder | None  # the latest urging, whatever became of it
    lock: Lock | None
    can_be_urged: bool
    can_be_unlocked: bool

    @property
    def needs_unlock(self) -> bool:
        return self.lock is not None and self.lock.needs_unlock

    @property
    def is_late(self) -> bool:
        return self.report.due_at < clock.now()

    @property
    def is_accepted(self) -> bool:
        return self.report.status == ReportStatus.ACCEPTED

    @property
    def is_urged_today(self) -> bool:
        return self.urged is not None and self.urged.for_day == clock.today()

    @property
    def open_urge(self) -> Reminder | None:
        return None if self.urged is None or self.urged.is_settled else self.urged


def cases_of(reports: list[MonthlyReport], user, now: datetime) -> list[Case]:
    """In the order of `reports`; nine queries at most, whatever their number. Needs `site__programme__organization` and
    `site__organization`."""
    charged, held, urged = charged_days(reports, now), holders(reports), latest_urges(reports)
    locks = report_locks(reports, now)
    return [
        Case(
            report,
            charged[report.pk],
            held[report.pk],
            urged.get(report.pk),
            lock := locks.get(report.pk),
            can_be_urged=rules.can_urge_report(user, report) and not why_not_urged(report, lock),
            can_be_unlocked=lock is not None and lock.needs_unlock and rules.can_unlock_report(user, report),
        )
        for report in reports
    ]


def case_of(report: MonthlyReport, user, now: datetime) -> Case:
    return cases_of([report], user, now)[0]


def latest_urges(reports: list[MonthlyReport]) -> dict[int, Reminder]:
    """Of each report the latest urging, by report id; one query."""
    urges = Reminder.objects.urged().filter(report__in=reports).select_related("report", "sent_by__organization")
    return {urge.report_id: urge for urge in urges.order_by("report_id", "-sent_at").distinct("report_id")}


def open_urges(reports: list[MonthlyReport]) -> dict[int, Reminder]:
    """Of each report the latest urging that nobody has answered yet, by report id; one query."""
    return {pk: urge for pk, urge in latest_urges(reports).items() if not urge.is_settled}


def stuck_workbook(cases: list[Case]) -> bytes:
    return write_list(_columns(), cases, title="卡在哪里")


def _columns() -> list[Column]:
    def days(side: Side) -> Column:
        return Column(f"{side.label}（天）", lambda case: getattr(case.charged, side.value), Kind.NUMBER, 12)

    return [
        Column("县（市、区）", lambda case: case.report.site.county_name, width=14),
        Column("项目点", lambda case: str(case.report.site), width=28),
        Column("报告期", lambda case: case.report.month_label, Kind.CENTRE, 14),
        Column("截止时间", lambda case: case.report.due_at, Kind.TIME, 18),
        Column("状态", lambda case: case.report.get_status_display(), Kind.CENTRE, 10),
        Column("逾期工作日", lambda case: case.charged.total, Kind.NUMBER, 14),
        *[days(side) for side in Side],
        Column("现在的岗位", lambda case: str(case.holder.post or "没有对应的岗位"), width=24),
        Column("在岗人员和电话", lambda case: case.holder.people_words, width=36),
        Column("锁定", lambda case: "已锁定" if case.needs_unlock else "", Kind.CENTRE, 10),
        Column("最近催办", lambda case: case.urged and case.urged.sent_at, Kind.TIME, 18),
    ]


def responsibility_workbook(lines: list[Line], place_word: str) -> bytes:
    def days(place: int, side: str) -> list[Column]:
        return [
            Column(f"{side}（天）", lambda line: line.columns[place][1], Kind.NUMBER, 12),
            Column(f"{side}（天/份）", lambda line: line.columns[place][2], Kind.NUMBER, 14, number_format="0.0"),
        ]

    sides = [*Side.labels, "合计"]
    columns = [
        Column(place_word, lambda line: line.name, width=18),
        Column("月报", lambda line: line.reports, Kind.NUMBER),
    ]
    columns += [column for place, side in enumerate(sides) for column in days(place, side)]
    return write_list(columns, lines, title="各地用时")
