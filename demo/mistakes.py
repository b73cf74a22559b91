"""What cadres get wrong and reviewers send back. Each changes the content and returns the reason for the return,
or None where it doesn't fit the month."""

from collections.abc import Callable

from projects.actions import ReportContent
from projects.sheet import FigureLine, Sheet

Mistake = Callable[[ReportContent, Sheet, list], str | None]


def _line(sheet: Sheet, name: str, unit: str) -> FigureLine:
    return next(line for line in sheet.figures if (line.measure.name, line.measure.unit) == (name, unit))


def attendance(content: ReportContent, sheet: Sheet, late: list) -> str | None:
    measure = _line(sheet, "教育培训", "人次").measure.pk
    right = content.figures[measure]
    if not right:
        return None
    content.figures[measure] = right + 30
    return f"教育培训填报 {right + 30} 人次，签到表合计只有 {right} 人次，请核对后重报。"


def vague_plan(content: ReportContent, sheet: Sheet, late: list) -> str:
    content.texts["next_plan"] = "继续做好各项工作。"
    return "下月计划过于笼统，请对照日程写明活动内容、时间和参加人数。"


def unsaid_delay(content: ReportContent, sheet: Sheet, late: list) -> str | None:
    if not late:
        return None
    content.texts["problems"] = "无"
    return f"“{late[0].item.name}”落后于序时进度，存在问题一栏不能填“无”，请说明原因和补救办法。"


MISTAKES: list[Mistake] = [attendance, vague_plan, unsaid_delay]


def make_one(content: ReportContent, sheet: Sheet, late: list, order: list[Mistake]) -> str:
    """Put the first mistake of `order` that fits into `content` and take it out of `order`; what went wrong once
    doesn't go wrong again. Returns the reason with which the report will come back."""
    for mistake in list(order):
        order.remove(mistake)
        if reason := mistake(content, sheet, late):
            return reason
    return vague_plan(content, sheet, late)
