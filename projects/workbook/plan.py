"""What an upload would change, tried out without a trace; and, once confirmed, changed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict

from fedwork.numbers import grouped_number
from organizations.models import rehearsal
from projects.actions import StaleReportError
from projects.forms.report import ReportForm
from projects.locks import Lock, report_locks
from projects.models import MonthlyReport
from projects.sheet import Anomaly, Sheet, report_sheet, report_sheets
from projects.workbook.reading import Row, Upload

YES_NO = {"是": "True", "否": "False", "": "False"}


class Change(NamedTuple):
    label: str
    before: str
    after: str


@dataclass
class PlannedReport:
    """One site's row: what it changes, or why it is refused. `marks` are sentences by the key of the cell."""

    row: Row
    sheet: Sheet
    form: ReportForm
    lock: Lock | None
    refusal: str = ""
    marks: dict[str, str] = field(default_factory=dict)
    anomalies: list[Anomaly] = field(default_factory=list)
    is_written: bool = False

    @property
    def report(self) -> MonthlyReport:
        return self.sheet.report

    @property
    def is_refused(self) -> bool:
        return bool(self.refusal or self.marks)

    @cached_property
    def errors(self) -> list[tuple[str, str]]:
        return [(self.form.fields[key].label, sentence) for key, sentence in self.marks.items() if key]

    @cached_property
    def changes(self) -> list[Change]:
        """What will be other than it is now; nothing when the same file is sent again."""
        stored, touched = self.sheet.stored(), self.form.content().values()
        return [
            Change(self.form.fields[key].label, self.sheet.in_words(key), self._after(key))
            for key in self.form.fields
            if key in touched and _bare(self.form.cleaned_data[key]) != _bare(stored.get(key))
        ]

    def _after(self, key: str) -> str:
        value = self.form.cleaned_data[key]
        if isinstance(value, Decimal):
            return grouped_number(value)
        return {True: "是", False: "否"}[value] if isinstance(value, bool) else str("" if value is None else value)

    def write(self, by) -> MonthlyReport | None:
        """Through the one action; a refusal is kept with the row."""
        try:
            return self.form.save(by=by, version=self.row.version)
        except StaleReportError as error:
            self.marks = {key: f"系统里后来有人改成了“{self.sheet.in_words(key)}”。" for key in error.conflicts}
            self.refusal = (
                "下载模板以后，别处又改了同样的格子，没有写入。要以您的为准，请下载标红的文件核对后再传一次。"
            )
        except ValidationError as error:
            self.refusal = error.messages[0]
        except PermissionDenied:
            self.refusal = "这个项目点的月报不归您填报。"
        return None


@dataclass
class Plan:
    reports: list[PlannedReport]
    refused: list[str]

    @property
    def changing(self) -> list[PlannedReport]:
        return [planned for planned in self.reports if planned.changes and not planned.is_refused]

    @property
    def refusals(self) -> list[PlannedReport]:
        return [planned for planned in self.reports if planned.is_refused]

    @property
    def unchanged(self) -> list[PlannedReport]:
        return [planned for planned in self.reports if not planned.changes and not planned.is_refused]

    def try_out(self, *, by) -> "Plan":
        """Finds what saving would refuse, and what will be out of the ordinary; nothing is kept."""
        for planned in self.changing:
            with rehearsal():
                saved = planned.write(by)
                planned.anomalies = report_sheet(saved).anomalies() if saved else []
        return self

    def carry_out(self, *, by) -> "Plan":
        """Each report in a transaction of its own: what one is refused for keeps none of the others back."""
        for planned in self.changing:
            planned.is_written = planned.write(by) is not None
        return self

    def typed(self) -> dict[int, dict[str, str]]:
        return {planned.report.pk: planned.row.typed for planned in self.reports}

    def marks(self) -> dict[int, dict[str, str]]:
        return {planned.report.pk: planned.marks | {"": planned.refusal} for planned in self.refusals}


def plan_upload(upload: Upload, *, user) -> Plan:
    """The rows beside the reports as they are now. A row of a site outside the user's subtree is refused as unknown."""
    ids = [row.report for row in upload.rows]
    seen = MonthlyReport.objects.visible_to(user).filter(pk__in=ids, month=f"{upload.month}-01")
    reports = list(seen.select_related("site__programme__organization", "site__organization", "site__creation_type"))
    sheets = {sheet.report.pk: sheet for sheet in report_sheets(reports)}
    unknown = [f"第 {row.line} 行不是您填报的项目点。" for row in upload.rows if row.report not in sheets]
    locks = report_locks(reports)
    planned = [_planned(row, sheets[row.report], locks.get(row.report)) for row in upload.rows if row.report in sheets]
    return Plan(planned, upload.refused + unknown)


def _planned(row: Row, sheet: Sheet, lock: Lock | None) -> PlannedReport:
    form = ReportForm(_as_posted(row, sheet), sheet=sheet)
    form.is_valid()
    planned = PlannedReport(row, sheet, form, lock)
    if lock:
        planned.refusal = str(lock)
        return planned
    planned.marks = {key: " ".join(sentences) for key, sentences in form.errors.items()}
    if row.typed.get("is_nil", "") not in YES_NO:
        planned.marks["is_nil"] = "零报告请填 是 或 否。"
    return planned


def _as_posted(row: Row, sheet: Sheet) -> QueryDict:
    """As the page would have sent it: each field, and hidden beside it what it held before."""
    data = QueryDict(mutable=True)
    for key, text in _still_asked(row, sheet):
        data[key] = YES_NO.get(text, "") if key == "is_nil" else text
        data[f"initial-{key}"] = row.base.get(key, "")
    return data


def _still_asked(row: Row, sheet: Sheet) -> Iterable[tuple[str, str]]:
    """A task may have been settled since, by the report of the month before."""
    asked = sheet.stored().keys()
    return ((key, text) for key, text in row.typed.items() if key in asked)


def _bare(value):
    return None if value == "" else value
