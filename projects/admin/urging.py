"""催办 in the list of reports."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from projects import rules
from projects.actions import urge_report
from projects.models import MonthlyReport


class UrgingAdmin(admin.ModelAdmin):
    """Adds the action `urge_selected`."""

    def has_urge_permission(self, request: HttpRequest) -> bool:
        return rules.can_urge(request.user)

    @admin.action(description="催办所选月报", permissions=["urge"])
    def urge_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Each through `urge_report`; every refusal is told."""
        urged = 0
        for report in queryset:
            if refusal := _urge(request, report):
                messages.error(request, f"{report}：{refusal}")
            else:
                urged += 1
        if urged:
            messages.success(request, f"已催办 {urged} 份月报。")


def _urge(request: HttpRequest, report: MonthlyReport) -> str:
    """The refusal in words, empty when the post was urged."""
    try:
        urge_report(report, by=request.user)
    except ValidationError as error:
        return error.messages[0]
    except PermissionDenied:
        return "不在您的催办范围内。"
    return ""
