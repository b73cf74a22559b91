"""Reviewing monthly reports: the queue is the change list, the item is the change page."""

from datetime import date

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from fedwork import clock
from fedwork.numbers import posted_integer
from organizations.modeladmin import ScopedModelAdmin, tag_html
from projects import rules
from projects.actions import pass_report
from projects.admin.filters import CountyFilter, ProgrammeFilter
from projects.comparison import compare_for
from projects.forms import DecisionForm
from projects.models import MonthlyReport
from projects.sheet import report_sheet

QUEUE = "projects_monthlyreport_changelist"
QUEUE_LENGTH = 500  # how far “第几份，共几份” and the way to the next report look


class QueueFilter(admin.SimpleListFilter):
    """Where the reports lie, with counts; what waits for the user's own desk comes first and is the default."""

    title = "状态"
    parameter_name = "state"
    shows_all = "due"

    def __init__(self, request, params, model, model_admin):
        self.desk = rules.desk_of(request.user)
        self.counts = model_admin.get_queryset(request).begun(clock.today()).counts(clock.now(), desk=self.desk)
        super().__init__(request, params, model, model_admin)

    def lookups(self, request, model_admin):
        mine = [("mine", "等我审核")] if self.desk else []
        labels = [
            ("waiting", "审核中"),
            ("returned", "已退回"),
            ("overdue", "逾期未报"),
            ("accepted", "已通过"),
            ("due", "全部"),
        ]
        return [(value, f"{label}（{self.counts[value]}）") for value, label in mine + labels]

    def value(self):
        return super().value() or ("mine" if self.desk else "due")

    def choices(self, changelist):
        for lookup, title in self.lookup_choices:
            yield {
                "selected": self.value() == lookup,
                "query_string": changelist.get_query_string({self.parameter_name: lookup}, remove=["p"]),
                "display": title,
            }

    def queryset(self, request, queryset):
        queryset = queryset.begun(clock.today())
        by_state = {
            "mine": lambda: queryset.awaiting(self.desk),
            "waiting": queryset.waiting,
            "returned": queryset.returned,
            "overdue": lambda: queryset.overdue(clock.now()),
            "accepted": queryset.accepted,
        }
        return by_state.get(self.value(), queryset.all)()


class MonthFilter(admin.SimpleListFilter):
    title = "报告期"
    parameter_name = "month"

    def lookups(self, request, model_admin):
        months = (
            model_admin.get_queryset(request).begun(clock.today()).order_by("-month").values_list("month", flat=True)
        )
        return [(f"{month:%Y-%m}", f"{month.year}年{month.month}月") for month in months.distinct()[:24]]

    def queryset(self, request, queryset):
        try:
            return queryset.filter(month=date.fromisoformat(f"{self.value()}-01"))
        except ValueError:
            return queryset


@admin.register(MonthlyReport)
class MonthlyReportAdmin(ScopedModelAdmin):
    may_view = staticmethod(rules.can_view_in_admin)
    list_display = ["site", "county", "month_label", "status_tag", "round_label", "days_waiting", "submitted_on"]
    list_display_links = ["site"]
    list_filter = [QueueFilter, CountyFilter, MonthFilter, ProgrammeFilter]
    list_select_related = ["site"]
    search_fields = ["site__name"]
    ordering = ["waiting_since", "due_at", "site_id"]
    actions = ["pass_selected"]

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/decide/", view(require_POST(self.decide_view)), name="projects_monthlyreport_decide"),
            path("next/", view(self.next_view), name="projects_monthlyreport_next"),
            *super().get_urls(),
        ]

    @admin.display(description="县（市、区）", ordering="site__county_name")
    def county(self, report: MonthlyReport) -> str:
        return report.site.county_name

    @admin.display(description="报告期", ordering="month")
    def month_label(self, report: MonthlyReport) -> str:
        return report.month_label

    @admin.display(description="状态", ordering="status")
    def status_tag(self, report: MonthlyReport) -> str:
        return tag_html(report.tag, report.get_status_display())

    @admin.display(description="提交", ordering="round")
    def round_label(self, report: MonthlyReport) -> str:
        return f"第 {report.round} 次" if report.round else "—"

    @admin.display(description="提交日期", ordering="submitted_at")
    def submitted_on(self, report: MonthlyReport) -> str:
        return date_format(timezone.localtime(report.submitted_at), "n月j日") if report.submitted_at else "—"

    @admin.display(description="已等天数", ordering="waiting_since")
    def days_waiting(self, report: MonthlyReport) -> int | None:
        return report.days_waiting(clock.now())

    def has_review_permission(self, request: HttpRequest) -> bool:
        return rules.desk_of(request.user) is not None

    @admin.action(description="通过所选月报", permissions=["review"])
    def pass_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Ask first; then each through `pass_report`, with a result per row.

        The rows are those that were chosen, even if a filter of the list no longer shows them by the time of the answer.
        """
        chosen = [posted_integer(pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)]
        reports = list(
            self.get_queryset(request).filter(pk__in=chosen).select_related("site__programme", "site__organization")
        )
        results = None
        if "confirmed" in request.POST:
            results = [(report, self._pass_one(request, report)) for report in reports]
        context = {
            **self.admin_site.each_context(request),
            "title": "批量通过月报",
            "opts": self.opts,
            "reports": reports,
            "results": results,
            "passed": sum(not refusal for _, refusal in results or []),
            "cannot": [report for report in reports if not rules.can_review_report(request.user, report)],
        }
        return render(request, "admin/projects/monthlyreport/pass_selected.html", context)

    @staticmethod
    def _pass_one(request: HttpRequest, report: MonthlyReport) -> str:
        """The refusal in words, empty when the report was passed. The version is the one of the confirmation page."""
        try:
            pass_report(report, by=request.user, version=posted_integer(request.POST.get(f"version_{report.pk}")))
        except ValidationError as error:
            return error.messages[0]
        except PermissionDenied:
            return "这份月报不在您这里审核，或者是您自己提交的。"
        return ""

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": "月报审核"} | (extra_context or {}))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        report = self._get(request, object_id)
        return self._review_page(request, report)

    def _get(self, request: HttpRequest, pk) -> MonthlyReport:
        if not self.has_view_permission(request):
            raise PermissionDenied
        reports = self.get_queryset(request)
        return get_object_or_404(
            reports.select_related("site__programme", "site__organization", "site__creation_type", "submitted_by"),
            pk=posted_integer(str(pk)),
        )

    def _review_page(self, request, report, *, status: int = 200, **extra) -> HttpResponse:
        desk, sheet = rules.desk_of(request.user), report_sheet(report)
        queue = list(self._queue(request).values_list("pk", flat=True)[:QUEUE_LENGTH])
        context = {
            **self.admin_site.each_context(request),
            "title": str(report),
            "opts": self.opts,
            "report": report,
            "sheet": sheet,
            "anomalies": sheet.explained() if report.desk else [],
            "comparison": compare_for(report, desk),
            "rounds": report.submissions.select_related("submitted_by").prefetch_related("decisions__decided_by"),
            "can_review": rules.can_review_report(request.user, report),
            "place": queue.index(report.pk) + 1 if report.pk in queue else None,
            "queue_length": len(queue),
            "days_waiting": report.days_waiting(clock.now()),
            **extra,
        }
        return render(request, "admin/projects/monthlyreport/review.html", context, status=status)

    def _queue(self, request: HttpRequest) -> QuerySet:
        """What waits for the user's desk, oldest first; nothing for those who have none."""
        return self.get_queryset(request).awaiting(rules.desk_of(request.user)).order_by("waiting_since", "pk")

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = self._get(request, pk)
        if not self.has_review_permission(request):
            raise PermissionDenied
        form = DecisionForm(request.POST)
        try:
            form.decide(report, by=request.user)
        except ValidationError as error:
            status = 409 if getattr(error, "code", None) in {"decided", "stale"} else 422
            refusal = {"refusal": error.messages[0], "typed_reason": request.POST.get("reason", "")}
            return self._review_page(request, self._get(request, pk), status=status, **refusal)
        messages.success(request, f"已{form.verdict_given.label}“{report}”。")
        return self._to_next(request, after=None)

    def next_view(self, request: HttpRequest) -> HttpResponse:
        return self._to_next(request, after=posted_integer(request.GET.get("after")))

    def _to_next(self, request: HttpRequest, *, after: int | None) -> HttpResponse:
        """The report after `after` in the queue, round to its start; the list when nothing else waits."""
        queue = list(self._queue(request).values_list("pk", flat=True)[:QUEUE_LENGTH])
        place = queue.index(after) if after in queue else -1
        following = [pk for pk in queue[place + 1 :] + queue if pk != after]
        if not following:
            messages.info(request, "没有别的月报等您审核了。")
            return redirect(f"admin:{QUEUE}")
        return redirect("admin:projects_monthlyreport_change", following[0])
