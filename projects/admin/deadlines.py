"""What the city does with a report beside reviewing it: unlock it, and put an accepted figure right."""

from collections.abc import Callable
from datetime import datetime

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from fedwork import clock
from fedwork.dates import MomentInput
from fedwork.numbers import NumberField, grouped_number, posted_integer
from organizations.calendar import add_workdays
from projects import rules
from projects.actions import correct_figure, unlock_report
from projects.due import DUE_TIME
from projects.locks import report_lock
from projects.models import FigureCorrection, MonthlyReport, ReportUnlock
from projects.sheet import FigureLine, report_sheet

USUAL_UNLOCK = 3  # working days


class UnlockForm(forms.Form):
    until = forms.DateTimeField(
        label="开放到",
        widget=MomentInput,
        help_text="到时自动锁定",
        error_messages={"invalid": "请按 2026-11-20 18:00 的样子填写日期和时间。"},
    )
    reason = forms.CharField(
        label="原因",
        max_length=ReportUnlock._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明为什么补报、谁同意的，记入操作记录",
    )


class CorrectionForm(forms.Form):
    """The new value of one figure; `before` is what the page showed."""

    before = forms.DecimalField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label="原因",
        max_length=FigureCorrection._meta.get_field("reason").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明依据，如来函文号；填报单位看得到",
    )
    field_order = ["after", "reason"]

    def __init__(self, *args, line: FigureLine, **kwargs):
        super().__init__(*args, initial={"before": line.value or 0}, **kwargs)
        measure = line.measure
        self.fields["after"] = NumberField(
            label=f"{measure}补正为", unit=measure.unit, decimal_places=measure.decimal_places
        )
        self.order_fields(self.field_order)


class ReportDeadlinePages:
    """Before a ModelAdmin of reports that has `_get(request, pk)`: two pages, and the way to one of them from the
    list."""

    def get_urls(self) -> list:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/unlock/", view(self.unlock_view), name="projects_monthlyreport_unlock"),
            path("<int:pk>/correct/", view(self.correct_view), name="projects_monthlyreport_correct"),
            *super().get_urls(),
        ]

    def has_unlock_permission(self, request: HttpRequest) -> bool:
        return rules.can_manage_programme(request.user)

    @admin.action(description="解锁所选月报", permissions=["unlock"])
    def unlock_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """One at a time: each unlock has a reason of its own."""
        chosen = list(queryset.values_list("pk", flat=True)[:2])
        if len(chosen) == 1:
            return redirect("admin:projects_monthlyreport_unlock", chosen[0])
        messages.error(request, "每份月报的解锁原因要分别写明，请一次勾选一份。")
        return None

    def deadline_context(self, request: HttpRequest, report: MonthlyReport) -> dict:
        """What the item shows of all this."""
        lock = report_lock(report) if report.is_editable else None
        return {
            "lock": lock,
            "can_unlock": lock is not None and lock.needs_unlock and rules.can_unlock_report(request.user, report),
            "can_correct": report.accepted_at is not None and rules.can_correct_figure(request.user, report),
            "corrections": report.corrections.in_words(),
            "unlocks": report.unlocks.select_related("unlocked_by"),
        }

    def unlock_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = self._get_for(request, pk, rules.can_unlock_report)
        form = UnlockForm(request.POST or None, initial={"until": usual_end(), "reason": ""})
        if request.method == "POST" and form.is_valid() and _done(form, lambda: _unlock(request, report, form)):
            messages.success(request, f"已解锁“{report}”，开放到 {_when(form.cleaned_data['until'])}。")
            return redirect("admin:projects_monthlyreport_change", pk)
        return self._page(request, report, "unlock", f"解锁：{report}", form=form)

    def correct_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = self._get_for(request, pk, rules.can_correct_figure)
        lines = report_sheet(report).figures
        asked = posted_integer(request.POST.get("measure") or request.GET.get("measure"))
        line = next((each for each in lines if each.measure.pk == asked), None)
        form = CorrectionForm(request.POST or None, line=line) if line and report.accepted_at else None
        posted = request.method == "POST" and form is not None and form.is_valid()
        if posted and _done(form, lambda: _correct(request, report, line, form)):
            messages.success(request, f"已将“{line.measure}”补正为 {grouped_number(form.cleaned_data['after'])}。")
            return redirect("admin:projects_monthlyreport_change", pk)
        return self._page(request, report, "correct", f"补正：{report}", form=form, lines=lines, line=line)

    def _get_for(self, request: HttpRequest, pk: int, may: Callable) -> MonthlyReport:
        report = self._get(request, pk)
        if not may(request.user, report):
            raise PermissionDenied
        return report

    def _page(self, request: HttpRequest, report: MonthlyReport, name: str, title: str, **context) -> HttpResponse:
        context |= self.admin_site.each_context(request) | self.deadline_context(request, report)
        context |= {"title": title, "opts": self.opts, "report": report}
        form = context["form"]
        status = 422 if form is not None and form.is_bound else 200
        return TemplateResponse(request, f"admin/projects/monthlyreport/{name}.html", context, status=status)


def usual_end() -> datetime:
    """Three working days on, at the usual hour."""
    return timezone.make_aware(datetime.combine(add_workdays(clock.today(), USUAL_UNLOCK), DUE_TIME))


def _unlock(request: HttpRequest, report: MonthlyReport, form: UnlockForm) -> None:
    unlock_report(report, by=request.user, until=form.cleaned_data["until"], reason=form.cleaned_data["reason"])


def _correct(request: HttpRequest, report: MonthlyReport, line: FigureLine, form: CorrectionForm) -> None:
    data = form.cleaned_data
    correct_figure(
        report,
        measure=line.measure,
        before=data["before"],
        after=data["after"],
        reason=data["reason"],
        by=request.user,
    )


def _done(form: forms.Form, act: Callable) -> bool:
    """Whether the action went through; its refusal goes to the fields that it names."""
    try:
        act()
    except ValidationError as error:
        fields = getattr(error, "error_dict", {})
        form.add_error(None, error if fields.keys() <= form.fields.keys() else error.messages)
        return False
    return True


def _when(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
