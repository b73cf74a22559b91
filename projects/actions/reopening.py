"""A return with remarks opens the fields it names; everything else of the report stays as it was."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError

from projects.models import MonthlyReport

EMPTY = {None, ""}


def refuse_changes_outside(report: MonthlyReport, content) -> None:
    """ValidationError, code "not_reopened", when `content` (a ReportContent) changes what the last return left closed.

    What is empty may always be filled: a task or measure that came up since the return would otherwise stand against
    the submission for good.
    """
    opened = report.reopened_keys
    if opened is None:
        return
    closed = {key for key, before, after in _pairs(report, content) if before not in EMPTY and before != after}
    if closed - opened:
        labels = "、".join(f"“{remark['label']}”" for remark in report.last_return.remarks)
        raise ValidationError(
            f"这次退回只要求修改{labels}，其余各项不能改。确有需要，请联系审核人重新退回。", code="not_reopened"
        )


def _pairs(report: MonthlyReport, content) -> Iterator[tuple]:
    """(key, as it stands, as it would be) of everything that `content` names."""
    if content.is_nil is not None:
        yield "is_nil", report.is_nil, content.is_nil
    for name, text in content.texts.items():
        yield name, getattr(report, name), text
    figures = dict(report.figures.values_list("measure", "value"))
    for measure, value in content.figures.items():
        yield f"figure_{measure}", figures.get(measure), value
    lines = {line.item_id: line for line in report.progress_lines.all()}
    for item, percent in content.percents.items():
        line = lines.get(item)
        yield f"percent_{item}", line and line.percent, percent
        yield f"done_{item}", line and line.done_on, content.done_on.get(item)
