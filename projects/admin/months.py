"""月结: the months of a programme, who closed them and when, and the page that asks before one is closed."""

from datetime import date

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from fedwork import clock
from fedwork.dates import MonthField
from fedwork.numbers import posted_integer
from organizations.modeladmin import ScopedModelAdmin
from projects import rules
from projects.actions import close_month
from projects.models import MonthClose, MonthlyReport, Programme
from projects.months import MonthState, month_state, month_states
from projects.states import DESK_OF, EDITABLE

ROWS = 200  # of a list on the page that asks; the numbers above it are whole


@admin.register(MonthClose)
class MonthCloseAdmin(ScopedModelAdmin):
    may_view = staticmethod(rules.can_view_in_admin)
    actions = None

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("programme__organization", "closed_by")

    def organization_of(self, obj: MonthClose):
        return obj.programme.organization

    def get_urls(self):
        close = path("<int:pk>/close/", self.admin_site.admin_view(self.close_view), name="projects_monthclose_close")
        return [close, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        """The months of one programme; counts of what the user sees."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        programmes = Programme.objects.visible_to(request.user).select_related("organization")
        programme = self._chosen(request, programmes)
        context = self.admin_site.each_context(request) | {
            "title": "月结",
            "opts": self.opts,
            "programmes": programmes.running_first(clock.today()),
            "programme": programme,
            "states": self._states(request, programme) if programme else [],
            "can_close": programme is not None and rules.can_manage_programme(request.user, programme),
        }
        return TemplateResponse(request, "admin/projects/monthclose/list.html", context)

    @staticmethod
    def _chosen(request: HttpRequest, programmes) -> Programme | None:
        """The one that was asked for, else the current one."""
        asked = posted_integer(request.GET.get("programme"))
        found = programmes.filter(pk=asked).first() if asked >= 0 else None
        return found or programmes.current(request.user, clock.today())

    @staticmethod
    def _states(request: HttpRequest, programme: Programme) -> list[MonthState]:
        begun = [month for month in programme.months() if month <= clock.today()]
        return month_states(programme, MonthlyReport.objects.visible_to(request.user), begun, clock.now())

    def close_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Says what closing does and what stands against it; closes on POST."""
        programme = self._programme(request, pk)
        month = self._month(request, programme)
        if request.method == "POST":
            try:
                close = close_month(programme, month=month, by=request.user)
            except ValidationError as error:
                messages.error(request, error.messages[0])
            else:
                messages.success(request, f"{close.month_label}已月结。")
                return redirect(f"{reverse('admin:projects_monthclose_changelist')}?programme={pk}")
        return self._close_page(request, programme, month)

    def _close_page(self, request: HttpRequest, programme: Programme, month: date) -> HttpResponse:
        reports = MonthlyReport.objects.filter(site__programme=programme, month=month).select_related("site")
        reports = reports.order_by("site__county_name", "site__name")
        context = self.admin_site.each_context(request) | {
            "title": f"{month.year}年{month.month}月月结",
            "opts": self.opts,
            "programme": programme,
            "month": month,
            "state": month_state(programme, month, clock.now()),
            "waiting": reports.filter(status__in=DESK_OF)[:ROWS],
            "missing": reports.filter(status__in=EDITABLE)[:ROWS],
        }
        return TemplateResponse(request, "admin/projects/monthclose/close.html", context)

    @staticmethod
    def _programme(request: HttpRequest, pk: int) -> Programme:
        programme = Programme.objects.visible_to(request.user).select_related("organization").filter(pk=pk).first()
        if programme is None and rules.can_view_in_admin(request.user):
            raise Http404
        if programme is None or not rules.can_manage_programme(request.user, programme):
            raise PermissionDenied
        return programme

    @staticmethod
    def _month(request: HttpRequest, programme: Programme) -> date:
        """The month that was asked for, one of the programme's; the first of them when none was named."""
        asked = request.POST.get("month") or request.GET.get("month")
        try:
            month = MonthField().clean(asked) if asked else programme.first_month
        except ValidationError:
            raise Http404 from None
        if month not in programme.months():
            raise Http404
        return month
