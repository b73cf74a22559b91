"""Filters of the list of organisations. Each asks for a handful of rows, on the national tree too."""

from django.contrib import admin

from organizations.models import Level, Organization, OrganizationKind

MOST_CHOICES = 300


class PlaceFilter(admin.SimpleListFilter):
    """Down the tree: the way from the top to the chosen organisation, and what lies directly below it. Villages are
    not listed; the list itself shows them."""

    title = "所在地"
    parameter_name = "under"

    def lookups(self, request, model_admin) -> list[tuple[str, str]]:
        visible = Organization.objects.visible_to(request.user)
        self.chosen = self._chosen(visible)
        parent = self.chosen or request.user.organization
        below = visible.filter(parent=parent, level__lt=Level.VILLAGE, valid_to=None)
        way = visible.filter(pk__in=self.chosen.ancestor_ids).order_by("level") if self.chosen else []
        top = [node for node in way if node.pk != request.user.organization_id]
        return [(str(node.pk), node.name) for node in [*top, *below[:MOST_CHOICES]]] or [("", "")]

    def _chosen(self, visible) -> Organization | None:
        value = self.value() or ""
        return visible.filter(pk=value).first() if value.isdecimal() and len(value) < 19 else None

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        return queryset.within(self.chosen.path if self.chosen else None)


class KindFilter(admin.SimpleListFilter):
    """By the kind's name: 开发区 and 待认定 stand on several levels. With a level chosen, only that level's kinds."""

    title = "类型"
    parameter_name = "kind"
    OPEN = "-"

    def lookups(self, request, model_admin) -> list[tuple[str, str]]:
        level = request.GET.get("level__exact", "")
        top = request.user.organization.level if request.user.organization else Level.PROVINCE
        kinds = OrganizationKind.objects.filter(level__gte=top).order_by("level", "id")
        if level in {str(value) for value in Level.values}:
            kinds = kinds.filter(level=level)
        names = dict.fromkeys(kinds.values_list("name", flat=True))
        return [*((name, name) for name in names), (self.OPEN, "未定")]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        return queryset.filter(kind=None) if self.value() == self.OPEN else queryset.filter(kind__name=self.value())


class StateFilter(admin.SimpleListFilter):
    title = "状态"
    parameter_name = "state"

    def lookups(self, request, model_admin) -> list[tuple[str, str]]:
        return [("open", "在用"), ("closed", "已撤销")]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        return queryset.filter(valid_to__isnull=self.value() == "open")
