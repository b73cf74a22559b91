from django.contrib import admin

from organizations import rules
from organizations.modeladmin import ScopedModelAdmin
from organizations.models import Organization


@admin.register(Organization)
class OrganizationAdmin(ScopedModelAdmin):
    """Looking, and the search behind every organisation picker of the admin."""

    may_view = staticmethod(rules.can_view_organizations)
    list_display = ["name", "level", "code"]
    search_fields = ["name"]

    def get_search_results(self, request, queryset, search_term):
        return queryset.search(search_term) if search_term.strip() else queryset, False
