"""One monthly report on its way, through the same actions that the pages use."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from random import Random

from dateutil.relativedelta import relativedelta

from demo.days import working_day
from demo.figures import Figures
from demo.mistakes import MISTAKES, Mistake, make_one
from demo.narrative import Narrator, lagging
from demo.schedule import attach_evidence
from fedwork import clock
from organizations.models import User
from projects.actions import (
    ReportContent,
    change_record,
    pass_report,
    return_report,
    save_report,
    submit_report,
    urge_report,
)
from projects.models import MonthlyReport, ScheduleItem
from projects.sheet import Sheet, report_sheet
from projects.states import ReviewDesk

MATCHING_TASK = "落实配套资金，专账核算"  # moves with the money, not with the calendar
# Days by which a site is late with its tasks, by its number in the list; negative is early.
DELAYS = {4: 20, 6: 9, 14: 24, 17: 15}


@dataclass
class SiteAtWork:
    """A site with the people around it and what it did in each month from the launch."""

    number: int
    launch: date
    pledged: Decimal
    cadre: User
    reviewers: dict[ReviewDesk, User]
    figures: list[Figures]
    narrator: Narrator

    def done_day(self, item: ScheduleItem) -> date:
        """The day on which the task is (or will be) finished."""
        if item.name == MATCHING_TASK:
            return self._matching_day()
        delay = DELAYS.get(self.number, Random(self.number).randint(-7, 6))
        delay += Random(f"{self.number} {item.name}").randint(-5, 5)
        return working_day(max(item.starts_on + timedelta(days=4), item.due_on + timedelta(days=delay)))

    def percent(self, item: ScheduleItem, day: date) -> int:
        """Cumulative progress at the end of `day`, in steps of five as people estimate it."""
        done = self.done_day(item)
        if day >= done or day < item.starts_on:
            return 100 if day >= done else 0
        if item.name == MATCHING_TASK:
            share = self._arrived()[self._month_of(day)] / self.pledged
        else:
            share = ((day - item.starts_on).days + 1) / ((done - item.starts_on).days + 1)
        return min(95, max(5, round(20 * share) * 5))

    def _arrived(self) -> list[Decimal]:
        """Matching money on the account at the end of each month."""
        return list(accumulate(month["配套资金到位", "元"] for month in self.figures))

    def _matching_day(self) -> date:
        """The working day of the month in which the last pledged yuan arrived; far off while some are awaited."""
        short = sum(amount < self.pledged for amount in self._arrived())
        day = self.launch + relativedelta(months=short, day=9)
        return working_day(day) if short < len(self.figures) else date.max

    def _month_of(self, day: date) -> int:
        """Counted from the launch. A report sent on the first days of the next month still speaks of its own."""
        between = relativedelta(day - timedelta(days=8), self.launch)
        return 12 * between.years + between.months


@dataclass
class Filing:
    """The report of one site and month. Each verb is one action at the clock's time."""

    at_work: SiteAtWork
    report: MonthlyReport
    month: int  # counted from the launch
    written_on: date | None = field(default=None, init=False)  # the first submission: later rounds correct, no more
    reason: str = field(default="", init=False)  # why what was submitted last will come back
    wrong: list[str] = field(default_factory=list, init=False)  # the keys of the fields that it is about
    mistakes: list[Mistake] = field(init=False)

    def __post_init__(self) -> None:
        self.mistakes = Random(f"mistakes {self.at_work.number} {self.month}").sample(MISTAKES, len(MISTAKES))

    def draft(self) -> None:
        """Half filled in: what was at hand."""
        content, sheet, _ = self._content()
        content.texts = {}
        _leave_out_counted(content, sheet)
        content.percents = dict(list(content.percents.items())[:3])
        self._save(content)

    def submit(self) -> None:
        content, sheet, _ = self._content()
        self._submit(content, sheet)

    def submit_with_mistake(self) -> None:
        content, sheet, late = self._content()
        right = content.values()
        self.reason = make_one(content, sheet, late, self.mistakes)
        self.wrong = [key for key, value in content.values().items() if value != right[key]]
        self._submit(content, sheet)

    def passed(self) -> None:
        self.report = pass_report(self.report, by=self._reviewer(), version=self.report.version)

    def urged(self) -> None:
        urge_report(self.report, by=self.at_work.reviewers[ReviewDesk.CITY], note="请尽快报送，有困难请来电说明")

    def returned(self) -> None:
        self.report = return_report(self.report, by=self._reviewer(), version=self.report.version, reason=self.reason)

    def returned_with_remark(self) -> None:
        """Pinned to what is wrong: the cadre finds only that open. For the end of a story, because what is sent again
        may differ elsewhere, too."""
        self.report = return_report(
            self.report,
            by=self._reviewer(),
            version=self.report.version,
            reason=self.reason,
            remarks=dict.fromkeys(self.wrong, "请按意见改好这一项。"),
        )

    def _reviewer(self) -> User:
        return self.at_work.reviewers[self.report.desk]

    def _save(self, content: ReportContent) -> None:
        self.report = save_report(self.report, by=self.at_work.cadre, version=self.report.version, content=content)

    def _submit(self, content: ReportContent, sheet: Sheet) -> None:
        self._write_records(content, sheet)
        _leave_out_counted(content, sheet)
        self._save(content)
        attach_evidence(
            self.report,
            sheet,
            {pk for pk, percent in content.percents.items() if percent == 100},
            by=self.at_work.cadre,
        )
        if anomalies := report_sheet(self.report).anomalies():
            self._save(ReportContent(explanations=self.at_work.narrator.reasons(anomalies, self.month)))
        self.report = submit_report(self.report, by=self.at_work.cadre, version=self.report.version)
        self.written_on = self.written_on or clock.today()

    def _write_records(self, content: ReportContent, sheet: Sheet) -> None:
        """Make the records say what `content` says: a mistake in a counted figure is one in its records."""
        for line in sheet.counted:
            surplus = int(content.figures[line.measure.pk] - line.value)
            records = self.report.site.activities.in_months([self.report.month]).for_page()
            if surplus and (record := records.filter(kind=line.measure.kind).first()):
                setattr(record, line.measure.source, getattr(record, line.measure.source) + surplus)
                change_record(record, by=self.at_work.cadre, version=record.version)
        self._refresh()

    def _refresh(self) -> None:
        """What is written down meanwhile makes a new version of the report."""
        self.report.refresh_from_db(fields=["version", "saved_at", "saved_by"])

    def _content(self) -> tuple[ReportContent, Sheet, list]:
        """The right content, the sheet it was made for, and the tasks behind the plan."""
        self._refresh()
        day, sheet = self.written_on or clock.today(), report_sheet(self.report)
        items = [task.item for task in sheet.tasks]
        percents = {item.pk: self.at_work.percent(item, day) for item in items}
        late = lagging(sheet.tasks, percents)
        figures = self.at_work.figures[self.month]
        content = ReportContent(
            texts=self.at_work.narrator.texts(
                self.month, next_calendar_month=self.report.month.month % 12 + 1, late=late
            ),
            figures={line.measure.pk: figures[line.measure.name, line.measure.unit] for line in sheet.figures},
            percents=percents,
            done_on={item.pk: self.at_work.done_day(item) for item in items if percents[item.pk] == 100},
        )
        return content, sheet, late


def _leave_out_counted(content: ReportContent, sheet: Sheet) -> None:
    for line in sheet.counted:
        content.figures.pop(line.measure.pk, None)
