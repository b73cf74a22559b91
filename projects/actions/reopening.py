"""A return with remarks opens the fields it names; everything else of the report stays as it was."""

from django.core.exceptions import ValidationError

from projects.models import MonthlyReport
from projects.sheet import report_sheet

EMPTY = {None, ""}


def refuse_changes_outside(report: MonthlyReport, values: dict[str, object]) -> None:
    """ValidationError, code "not_reopened", when `values` (by key, of `ReportContent`) change what the last return left
    closed.

    Lines of reason are always open, and what is empty may always be filled: a task that came up since the return, or a
    warning, would otherwise stand against the submission for good.
    """
    opened = report.reopened_keys
    if opened is None:
        return
    stored = report_sheet(report).stored()
    changed = {key for key, value in values.items() if stored.get(key) not in EMPTY and stored[key] != value}
    if any(not key.startswith("why_") for key in changed - opened):
        labels = "、".join(f"“{remark['label']}”" for remark in report.last_return.remarks)
        raise ValidationError(
            f"这次退回只要求修改{labels}，其余各项不能改。确有需要，请联系审核人重新退回。", code="not_reopened"
        )
