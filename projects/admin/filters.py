"""The filters that lists of sites and lists of reports share: only what lies in the user's scope is offered."""

from django.contrib import admin

from fedwork.numbers import posted_integer
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
        programme = posted_integer(self.value())
        return queryset if programme < 0 else through_site(queryset, programme=programme)


class CountyFilter(admin.SimpleListFilter):
    title, parameter_name = "县（市、区）", "county"

    def lookups(self, request, model_admin):
        counties = Organization.objects.visible_to(request.user).filter(level=Level.COUNTY)
        return [(row.pk, row.name) for row in counties]

    def queryset(self, request, queryset):
        number = posted_integer(self.value())
        if number < 0:
            return queryset
        county = Organization.objects.visible_to(request.user).filter(pk=number).first()
        return through_site(queryset, organization__path__startswith=county.path) if county else queryset.none()
