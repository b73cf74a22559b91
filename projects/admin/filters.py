"""The filters that lists of sites and lists of reports share: only what lies in the user's scope is offered."""

from django.contrib import admin

from organizations.models import Level, Organization
from projects.models import Programme, ProjectSite


def through_site(queryset, **lookups):
    """`queryset`, of sites or of what belongs to one, narrowed down by lookups on the site."""
    prefix = "" if queryset.model is ProjectSite else "site__"
    return queryset.filter(**{prefix + name: value for name, value in lookups.items()})


class ProgrammeFilter(admin.SimpleListFilter):
    title, parameter_name = "批次", "programme__id__exact"

    def lookups(self, request, model_admin):
        return [(row.pk, row.name) for row in Programme.objects.visible_to(request.user)]

    def queryset(self, request, queryset):
        return through_site(queryset, programme=self.value()) if (self.value() or "").isdecimal() else queryset


class CountyFilter(admin.SimpleListFilter):
    title, parameter_name = "县（市、区）", "county"

    def lookups(self, request, model_admin):
        counties = Organization.objects.visible_to(request.user).filter(level=Level.COUNTY)
        return [(row.pk, row.name) for row in counties]

    def queryset(self, request, queryset):
        if not (self.value() or "").isdecimal():
            return queryset
        county = Organization.objects.visible_to(request.user).filter(pk=self.value()).first()
        return through_site(queryset, organization__path__startswith=county.path) if county else queryset.none()
