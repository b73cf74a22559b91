"""What a return with remarks left closed is not changed, whoever posts it."""

from django.core.exceptions import ValidationError

from projects.models import MonthlyReport
from projects.reopening import closed_keys
from projects.sheet import report_sheet


def refuse_changes_outside(report: MonthlyReport, values: dict[str, object]) -> None:
    """ValidationError, code "not_reopened", when `values` (by key, of `ReportContent`) change a closed field."""
    if report.reopened_keys is None:
        return
    stored = report_sheet(report).stored()
    if any(values[key] != stored[key] for key in closed_keys(report, stored) & values.keys()):
        labels = "、".join(f"“{remark['label']}”" for remark in report.last_return.remarks)
        raise ValidationError(
            f"这次退回只要求修改{labels}，其余各项不能改。确有需要，请联系审核人重新退回。", code="not_reopened"
        )
