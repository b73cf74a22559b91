"""The city's desk for money. Lists are the admin's, what is done stands in desk.py."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import path

from funding import desk
from funding.amounts import wan, yuan
from funding.claims.rules import can_manage_terms
from funding.models import (
    AllocationTable,
    ClaimTerms,
    EvaluatedProgramme,
    EvaluationIndicator,
    LedgerEntry,
    WorkFundStandard,
)
from funding.models.evaluation import EXECUTION_POINTS, template_problems
from funding.models.workfund import LEVELS
from funding.rules import can_view_in_admin
from funding.workfunds.rules import can_set_standards
from organizations.modeladmin import NamedInputs, ScopedModelAdmin, ScopedTabularInline
from organizations.models import Level
from projects.rules import can_manage_programme


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ScopedModelAdmin):
    """The ledger is read here; commitments are typed in a grid, site by site against source."""

    may_view = staticmethod(can_view_in_admin)
    list_display = ["happened_on", "site", "kind", "source", "signed", "voucher_number", "memo", "recorded_by"]
    list_filter = ["kind", "source", "is_in_kind", "site__programme"]
    search_fields = ["site__name", "voucher_number", "memo"]
    list_select_related = ["site", "recorded_by"]
    date_hierarchy = "happened_on"

    def get_urls(self) -> list:
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.changelist_view), name="funding_ledgerentry_changelist"),
            path("<int:object_id>/change/", wrap(self._change), name="funding_ledgerentry_change"),
            path("commitments/", wrap(desk.programme_list), name="funding_commitment_list"),
            path("commitments/<int:pk>/", wrap(desk.commitment_edit), name="funding_commitment_edit"),
            path("commitments/<int:pk>/sums/", wrap(desk.commitment_sums), name="funding_commitment_sums"),
            path("commitments/<int:pk>/template/", wrap(desk.commitment_template), name="funding_commitment_template"),
            path("commitments/<int:pk>/upload/", wrap(desk.commitment_upload), name="funding_commitment_upload"),
        ]

    def _change(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return self.change_view(request, str(object_id))

    @admin.display(description="金额（元）")
    def signed(self, entry: LedgerEntry) -> str:
        return yuan(entry.signed)


@admin.register(AllocationTable)
class AllocationTableAdmin(ScopedModelAdmin):
    may_view = staticmethod(can_view_in_admin)
    list_display = ["programme", "version", "state", "document_number", "issued_on", "money"]
    list_filter = ["programme__year"]
    search_fields = ["title", "document_number"]
    list_select_related = ["programme"]

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).with_superseded().with_part_of(request.user)

    def get_urls(self) -> list:
        wrap = self.admin_site.admin_view
        named = "funding_allocationtable_{}".format
        return [
            path("", wrap(self.changelist_view), name=named("changelist")),
            path("draft/<int:pk>/", wrap(desk.table_draft), name=named("draft")),
            path("<int:pk>/change/", wrap(desk.table_detail), name=named("change")),
            path("<int:pk>/refresh/", wrap(desk.table_refresh), name=named("refresh")),
            path("<int:pk>/issue/", wrap(desk.table_issue), name=named("issue")),
            path("<int:pk>/discard/", wrap(desk.table_discard), name=named("discard")),
        ]

    def changelist_view(self, request: HttpRequest, extra_context=None) -> HttpResponse:
        return super().changelist_view(request, {"title": "资金分配表", **(extra_context or {})})

    @admin.display(description="版次", ordering="number")
    def version(self, table: AllocationTable) -> str:
        return table.version_label

    @admin.display(description="状态", ordering="status")
    def state(self, table: AllocationTable) -> str:
        return "已被调整" if table.is_superseded else table.get_status_display()

    @admin.display(description="专项／配套（万元）")
    def money(self, table: AllocationTable) -> str:
        return f"{wan(table.part_province)}／{wan(table.part_matching)}"


@admin.register(ClaimTerms)
class ClaimTermsAdmin(ScopedModelAdmin):
    """What a programme asks of claims; without a row the defaults hold."""

    may_view = staticmethod(can_view_in_admin)
    may_add = may_change = staticmethod(can_manage_terms)
    list_display = ["programme", "cash_limit", "has_township_check"]
    list_select_related = ["programme"]
    fields = ["programme", "cash_limit", "has_township_check"]

    def get_readonly_fields(self, request: HttpRequest, obj=None) -> list[str]:
        return ["programme"] if obj else []

    def organization_of(self, obj: ClaimTerms):
        return obj.programme.organization


@admin.register(WorkFundStandard)
class WorkFundStandardAdmin(ScopedModelAdmin):
    """工作经费 by level and year: a new year or another amount is a new row."""

    may_view = staticmethod(can_view_in_admin)
    may_add = may_change = may_delete = staticmethod(can_set_standards)
    list_display = ["since_year", "level", "kind", "basis", "amount", "legal_basis", "organization"]
    list_filter = ["level"]
    list_select_related = ["organization", "kind"]
    fields = ["organization", "level", "kind", "since_year", "basis", "amount", "legal_basis"]

    def formfield_for_foreignkey(self, db_field, request: HttpRequest, **kwargs):
        """Standards are made by a city for its part; kinds are those of the three levels."""
        form_field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if form_field is not None and db_field.name == "organization":
            form_field.queryset = form_field.queryset.filter(level__lte=Level.CITY)
        if form_field is not None and db_field.name == "kind":
            form_field.queryset = form_field.queryset.filter(level__in=LEVELS)
        return form_field


class IndicatorRows(NamedInputs):
    """Kept only when the points come to what they must."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        kept = [form.instance for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if kept and (problems := template_problems(kept)):
            raise ValidationError(problems)


class IndicatorInline(ScopedTabularInline):
    model, formset = EvaluationIndicator, IndicatorRows
    may_view = staticmethod(can_view_in_admin)
    may_change = staticmethod(can_manage_programme)
    fields = [
        "position",
        "dimension",
        "second",
        "name",
        "target",
        "target_number",
        "unit",
        "points",
        "source",
        "measure",
    ]

    def get_formset(self, request: HttpRequest, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        if field := formset.form.base_fields.get("measure"):
            field.queryset = obj.measures.all()
            # Read once, not once for each indicator.
            field.choices = [("", "不取月报指标"), *((measure.pk, str(measure)) for measure in obj.measures.all())]
        return formset


@admin.register(EvaluatedProgramme)
class EvaluatedProgrammeAdmin(ScopedModelAdmin):
    """绩效指标 of each programme: what the self-evaluation asks, for how many points, read from where."""

    may_view = staticmethod(can_view_in_admin)
    may_change = staticmethod(can_manage_programme)
    list_display = ["name", "year", "indicators", "points"]
    fields = readonly_fields = ["name", "year"]
    inlines = [IndicatorInline]

    def get_queryset(self, request: HttpRequest):
        sums = {"count": Count("evaluation_indicators"), "sum": Sum("evaluation_indicators__points")}
        return super().get_queryset(request).annotate(**sums).order_by("-year", "name")

    @admin.display(description="三级指标")
    def indicators(self, programme: EvaluatedProgramme) -> str:
        return f"{programme.count} 个" if programme.count else "还没有"

    @admin.display(description="总分（含执行 10 分）")
    def points(self, programme: EvaluatedProgramme) -> str:
        return f"{(programme.sum + EXECUTION_POINTS).normalize():f}" if programme.sum else "—"
