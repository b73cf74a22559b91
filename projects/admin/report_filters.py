"""The filters of the review list: where the reports lie, with counts; the month; what is out of the ordinary."""

from datetime import date

from django.contrib import admin

from fedwork import clock
from projects import rules


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


class AnomalyFilter(admin.SimpleListFilter):
    """By what the last submission says of itself; those without anomalies can be passed together."""

    title, parameter_name = "异常", "anomalies"

    def lookups(self, request, model_admin):
        return [("none", "没有异常"), ("some", "有异常")]

    def queryset(self, request, queryset):
        narrow = {"none": {"anomaly_count": 0}, "some": {"anomaly_count__gt": 0}}.get(self.value())
        return queryset.with_review_facts().filter(**narrow) if narrow else queryset
