"""The city's desk for money. Lists are the admin's, what is done stands in desk.py."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path

from funding import desk
from funding.amounts import wan
from funding.models import AllocationTable, MatchingCommitment
from funding.rules import can_view_in_admin
from organizations.modeladmin import ScopedModelAdmin


@admin.register(MatchingCommitment)
class MatchingCommitmentAdmin(ScopedModelAdmin):
    """The list shows programmes; the commitments of one are typed in a grid."""

    may_view = staticmethod(can_view_in_admin)

    def get_urls(self) -> list:
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(desk.programme_list), name="funding_matchingcommitment_changelist"),
            path("<int:pk>/", wrap(desk.commitment_edit), name="funding_commitment_edit"),
            path("<int:pk>/sums/", wrap(desk.commitment_sums), name="funding_commitment_sums"),
            path("<int:pk>/template/", wrap(desk.commitment_template), name="funding_commitment_template"),
            path("<int:pk>/upload/", wrap(desk.commitment_upload), name="funding_commitment_upload"),
        ]


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

    @admin.display(description="省级／配套（万元）")
    def money(self, table: AllocationTable) -> str:
        return f"{wan(table.part_province)}／{wan(table.part_matching)}"
