"""The drop-downs with search of the admin (select2)."""

from django.contrib.admin.widgets import AutocompleteSelect

from fedwork.numbers import posted_integer


class Picker(AutocompleteSelect):
    """Shown again with what is no row's number it stands empty; Django's own would break down on it."""

    def optgroups(self, name, value, attrs=None):
        return super().optgroups(name, [chosen for chosen in value if posted_integer(chosen) >= 0], attrs)
