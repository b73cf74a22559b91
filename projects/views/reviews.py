"""What the cadre does about a report that lies with the reviewers."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from fedwork.numbers import posted_integer
from projects import rules
from projects.actions import withdraw_report
from projects.actions.reviews import withdrawal_refusal
from projects.models import MonthlyReport
from projects.views.access import get_own_report


@require_POST
def report_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the cadre, or the reason why not on the page that everybody reads."""
    report = get_own_report(request, pk)
    try:
        withdraw_report(report, by=request.user, version=posted_integer(request.POST.get("version")))
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect(report)
    messages.success(request, "已撤回，审核人看不到了。改好后请重新提交。")
    return redirect("projects:report_edit", pk=pk)


def withdrawal(user, report: MonthlyReport, desk: str) -> dict:
    """{may, refusal, desk} for templates/projects/_withdrawal.html; empty for those who have nothing to take back.
    `desk` is the name of the desk on which the report lies."""
    if report.desk is None or not rules.can_fill_in_report(user, report):
        return {}
    refusal = withdrawal_refusal(report)
    return {"may": not refusal, "refusal": refusal, "desk": desk}
