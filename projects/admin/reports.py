"""Reviewing monthly reports: the queue is the change list, the item is the change page."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from fedwork import clock
from fedwork.numbers import posted_integer
from organizations.modeladmin import ScopedChangeList, ScopedModelAdmin, tag_html
from projects import rules
from projects.actions import keep_open, open_report, pass_report_in_batch
from projects.actions.reviews import batch_refusal, what_happened
from projects.admin.deadlines import ReportDeadlinePages
from projects.admin.filters import CountyFilter, ProgrammeFilter
from projects.admin.report_filters import AnomalyFilter, MonthFilter, QueueFilter
from projects.admin.urging import UrgingAdmin
from projects.comparison import compare_for
from projects.forms.report import DecisionForm
from projects.models import MonthlyReport, ReviewDecision, ReviewOpening, is_supplementary
from projects.sheet import report_sheet
from projects.states import ReviewDesk
from projects.stuck import case_of

QUEUE = "projects_monthlyreport_changelist"
NAME = "月报审核"
NARROWING = [AnomalyFilter, CountyFilter, MonthFilter, ProgrammeFilter]
NOT_YOURS = "这份月报不在您这里审核，或者是您自己填报的。"


class ReportChangeList(ScopedChangeList):
    """Knows of each report on the page how much in it is out of the ordinary, and which colleagues have it open."""

    def get_queryset(self, request, exclude_parameters=None):
        self.root_queryset = self.root_queryset.with_review_facts()
        return super().get_queryset(request, exclude_parameters)

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        now, present = clock.now(), {}
        for opening in _others(request).filter(report__in=self.result_list):
            present.setdefault(opening.report_id, f"{opening.reviewer}（{opening.minutes_ago(now)}）")
        for report in self.result_list:
            report.looked_at_by = present.get(report.pk, "")


def _others(request: HttpRequest) -> QuerySet:
    """Colleagues who are looking at reports just now."""
    return ReviewOpening.objects.present(clock.now()).exclude(reviewer=request.user)


@admin.register(MonthlyReport)
class MonthlyReportAdmin(ReportDeadlinePages, UrgingAdmin, ScopedModelAdmin):
    may_view = staticmethod(rules.can_view_in_admin)
    list_display = [
        "site_name",
        "county",
        "month_label",
        "status_tag",
        "anomalies",
        "carried_values",
        "days_waiting",
        "round_label",
    ]
    list_display_links = ["site_name"]
    list_filter = [QueueFilter, *NARROWING]
    list_select_related = ["site"]
    search_fields = ["site__name"]
    ordering = ["waiting_since", "due_at", "site_id"]
    actions = ["pass_selected", "urge_selected", "unlock_selected"]

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/decide/", view(require_POST(self.decide_view)), name="projects_monthlyreport_decide"),
            path("<int:pk>/seen/", view(require_POST(self.seen_view)), name="projects_monthlyreport_seen"),
            path("next/", view(self.next_view), name="projects_monthlyreport_next"),
            *super().get_urls(),
        ]

    @admin.display(description="项目点", ordering="site")
    def site_name(self, report: MonthlyReport) -> str:
        """With the colleague who has the report open just now."""
        if not report.looked_at_by:
            return str(report.site)
        return format_html('{} <span class="tag wait">{} 正在看</span>', report.site, report.looked_at_by)

    @admin.display(description="县", ordering="site__county_name")
    def county(self, report: MonthlyReport) -> str:
        return report.site.county_name

    @admin.display(description="报告期", ordering="month")
    def month_label(self, report: MonthlyReport) -> str:
        return report.month_label

    @admin.display(description="状态", ordering="status")
    def status_tag(self, report: MonthlyReport) -> str:
        return tag_html(report.tag, report.get_status_display())

    @admin.display(description="轮次", ordering="round")
    def round_label(self, report: MonthlyReport) -> str:
        return f"第 {report.round} 次" if report.round else "—"

    @admin.display(description="已等", ordering="waiting_since")
    def days_waiting(self, report: MonthlyReport) -> str:
        days = report.days_waiting(clock.now())
        return "—" if days is None else f"{days} 天" if days else "今天"

    @admin.display(description="异常", ordering="anomaly_count")
    def anomalies(self, report: MonthlyReport) -> str:
        return tag_html("warn", f"{report.anomaly_count} 处") if report.anomaly_count else "无"

    @admin.display(description="同上月", ordering="carried_count")
    def carried_values(self, report: MonthlyReport) -> str:
        return f"{report.carried_count} 项" if report.carried_count else "无"

    def get_changelist(self, request, **kwargs) -> type[ReportChangeList]:
        return ReportChangeList

    def has_review_permission(self, request: HttpRequest) -> bool:
        return rules.desk_of(request.user) is not None

    @admin.action(description="通过所选月报", permissions=["review"])
    def pass_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Ask first; then each through `pass_report`, with a result per row.

        The rows are those that were chosen, even if a filter of the list no longer shows them by the time of the answer.
        """
        chosen = [posted_integer(pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)]
        reports = list(
            self.get_queryset(request)
            .filter(pk__in=chosen)
            .with_review_facts()
            .select_related("site__programme", "site__organization")
        )
        results = None
        if "confirmed" in request.POST:
            results = [(report, self._pass_one(request, report)) for report in reports]
        context = {
            **self.admin_site.each_context(request),
            "title": "批量通过月报",
            "opts": self.opts,
            "name": NAME,
            "results": results,
            "at_city": rules.desk_of(request.user) == ReviewDesk.CITY,
            "passed": sum(not refusal for _, refusal in results or []),
            "ready": [report for report in reports if not self._refusal(request, report)],
            "refused": [(report, words) for report in reports if (words := self._refusal(request, report))],
        }
        return render(request, "admin/projects/monthlyreport/pass_selected.html", context)

    @staticmethod
    def _refusal(request: HttpRequest, report: MonthlyReport) -> str:
        """What the question says of a row that the action would refuse; the action has the last word."""
        if not rules.can_review_report(request.user, report):
            return NOT_YOURS
        return batch_refusal(report.anomaly_count)

    @staticmethod
    def _pass_one(request: HttpRequest, report: MonthlyReport) -> str:
        """The refusal in words, empty when the report was passed. The version is the one of the confirmation page."""
        version = posted_integer(request.POST.get(f"version_{report.pk}"))
        try:
            pass_report_in_batch(report, by=request.user, version=version)
        except ValidationError as error:
            return error.messages[0]
        except PermissionDenied:
            return NOT_YOURS
        return ""

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": NAME} | (extra_context or {}))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        report = self._open(request, object_id)
        comparison = compare_for(report, rules.desk_of(request.user))
        return self._review_page(request, report, DecisionForm(comparison=comparison))

    def _open(self, request: HttpRequest, pk) -> MonthlyReport:
        """The report that the page will show. This is the one GET that writes: that a reviewer has opened the report
        is what ends the cadre's right to take it back, so it has to be known whatever the browser runs. Opening twice
        is as opening once (docs/adr/0013)."""
        report = self._get(request, pk)
        if request.method == "HEAD" or not rules.can_review_report(request.user, report):
            return report
        open_report(report, by=request.user)
        return self._get(request, pk)  # it may have been taken back in the meantime

    def _get(self, request: HttpRequest, pk) -> MonthlyReport:
        if not self.has_view_permission(request):
            raise PermissionDenied
        reports = self.get_queryset(request).annotate(is_supplementary=is_supplementary())
        return get_object_or_404(
            reports.select_related("site__programme", "site__organization", "site__creation_type", "submitted_by"),
            pk=posted_integer(str(pk)),
        )

    def _review_page(self, request, report, form: DecisionForm, *, status: int = 200, refusal="") -> HttpResponse:
        now = clock.now()
        context = {
            **self.admin_site.each_context(request),
            **self._desk_facts(request, report),
            "title": str(report),
            "opts": self.opts,
            "name": NAME,
            "report": report,
            "sheet": report_sheet(report),
            "comparison": form.comparison,
            "form": form,
            "refusal": refusal,
            "rounds": report.submissions.select_related("submitted_by").prefetch_related("decisions__decided_by"),
            "days_waiting": report.days_waiting(now),
            "present": [opening.presence(now) for opening in _others(request).filter(report=report)],
            "case": case_of(report, request.user, now),
            **self.deadline_context(request, report),
        }
        return render(request, "admin/projects/monthlyreport/review.html", context, status=status)

    def _desk_facts(self, request: HttpRequest, report: MonthlyReport) -> dict:
        """Where the report stands in the user's queue, and how far the user has come today."""
        can_review = rules.can_review_report(request.user, report)
        place, queue_length = self._queue(request).place_of(report) if can_review else (None, None)
        asked = self._asked(request)
        return {
            "can_review": can_review,
            "has_desk": self.has_review_permission(request),
            "place": place,
            "queue_length": queue_length,
            "reviewed_today": self._reviewed_today(request),
            "preserved_filters": self.get_preserved_filters(request),
            "is_narrowed": any(narrowing.parameter_name in asked for narrowing in NARROWING),
        }

    @staticmethod
    def _reviewed_today(request: HttpRequest) -> int:
        midnight = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
        return ReviewDecision.objects.filter(decided_by=request.user, decided_at__gte=midnight).count()

    def _queue(self, request: HttpRequest) -> QuerySet:
        """What waits for the user's desk, as the list was filtered when it was left (Django carries that along)."""
        queue = self.get_queryset(request).queue(rules.desk_of(request.user))
        asked = self._asked(request)
        for narrowing in NARROWING:
            if chosen := asked.getlist(narrowing.parameter_name):
                spec = narrowing(request, {narrowing.parameter_name: chosen}, self.model, self)
                queue = spec.queryset(request, queue)
        return queue

    def _asked(self, request: HttpRequest) -> QueryDict:
        return QueryDict(QueryDict(self.get_preserved_filters(request)).get("_changelist_filters", ""))

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = self._get(request, pk)
        if not self.has_review_permission(request):
            raise PermissionDenied
        form = DecisionForm(request.POST, comparison=compare_for(report, rules.desk_of(request.user)))
        try:
            form.decide(report, by=request.user)
        except ValidationError as error:
            status = 409 if getattr(error, "code", None) in {"decided", "stale"} else 422
            return self._review_page(request, self._open(request, pk), form, status=status, refusal=error.messages[0])
        messages.success(request, f"已{form.verdict_given.label}“{report}”。")
        return self._to(request, self._queue(request).beside(report))

    def seen_view(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Every minute from an open page: {present: who else is looking, gone: what became of the report meanwhile}."""
        report = self._get(request, pk)
        if not self.has_review_permission(request):
            raise PermissionDenied
        keep_open(report, by=request.user)
        now = clock.now()
        present = [opening.presence(now) for opening in _others(request).filter(report=report)]
        gone = "" if rules.can_review_report(request.user, report) else f"{what_happened(report)}。"
        return JsonResponse({"present": present, "gone": gone})

    def next_view(self, request: HttpRequest) -> HttpResponse:
        """?after= or ?before= a report: its neighbour in the queue; without either the oldest."""
        before, after = posted_integer(request.GET.get("before")), posted_integer(request.GET.get("after"))
        here = self.get_queryset(request).filter(pk=max(before, after)).first()
        return self._to(request, self._queue(request).beside(here, before=before > 0))

    def _to(self, request: HttpRequest, report: MonthlyReport | None) -> HttpResponse:
        filters = self.get_preserved_filters(request)
        if report is None:
            messages.info(request, f"{'按列表的筛选，' if filters else ''}没有别的月报等您审核了。")
            return redirect(f"admin:{QUEUE}")
        item = reverse("admin:projects_monthlyreport_change", args=[report.pk])
        return redirect(f"{item}?{filters}" if filters else item)
