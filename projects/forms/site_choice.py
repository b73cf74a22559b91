"""Choosing a site: of few from a drop-down, of many by name, code or pinyin initials. Works without JavaScript: what is
typed is looked up when the form is sent, and a drop-down of what was found comes back where it isn't clear."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from projects.models import Programme, ProjectSite

FEW = 60  # so many stand in a drop-down
SHOWN = 30  # of what a search finds
LONGEST = 40
NO_SITE = "没有这个项目点，请重新选择。"


def option_of(site: ProjectSite) -> tuple[int, str]:
    return site.pk, f"{site.county_name}　{site.name}".strip()


class SiteSearch(forms.MultiWidget):
    """What is typed, beside a drop-down of what it found, which static/js/site_search.js fills from `address` meanwhile."""

    template_name = "projects/widgets/site_search.html"
    use_fieldset = True

    def __init__(self, address: str):
        words = {"aria-label": "名称、代码或拼音首字母", "maxlength": LONGEST, "autocomplete": "off"}
        search = forms.SearchInput(attrs=words | {"data-site-search": address})
        super().__init__({"q": search, "": forms.Select(attrs={"aria-label": "找到的项目点"})})

    def offer(self, sites: Iterable[ProjectSite]) -> None:
        self.widgets[1].choices = [("", "请选择"), *map(option_of, sites)]

    def get_context(self, name, value, attrs):
        self.widgets[1].attrs.pop("hidden", None)
        if not self.widgets[1].choices:
            self.widgets[1].attrs["hidden"] = True
        return super().get_context(name, value, attrs)

    def decompress(self, value) -> list:
        return ["", value]


class SiteField(forms.ModelChoiceField):
    """The form calls `offer` with the sites that there are to choose from."""

    def __init__(self, *, label: str = "项目点", **kwargs):
        kwargs["error_messages"] = {"invalid_choice": NO_SITE} | kwargs.get("error_messages", {})
        super().__init__(None, label=label, **kwargs)

    def offer(self, sites: QuerySet, *, programme: Programme | None = None, empty: str = "请选择") -> None:
        """`programme` where they are all of this one."""
        self.queryset = sites
        first = list(sites[: FEW + 1])
        if len(first) <= FEW:
            self.widget.choices = [("", empty), *map(option_of, first)]
            return
        query = f"?{urlencode({'programme': programme.pk})}" if programme else ""
        self.widget = SiteSearch(reverse("projects:site_choices") + query)
        self.widget.is_required = self.required
        nothing = "" if self.required else f"；空着即{empty}"
        self.help_text = f"写名称、代码或拼音首字母，从找到的里面选{nothing}"

    def clean(self, value):
        return self._sought(*value) if isinstance(self.widget, SiteSearch) else super().clean(value)

    def _sought(self, words: str | None, pk: str | None) -> ProjectSite | None:
        """What was chosen, if it is among what was typed; otherwise the only one that is."""
        words = (words or "").strip()[:LONGEST]
        site = super().clean(pk) if pk or not words else None
        if not words or (site and self.queryset.search(words).filter(pk=site.pk).exists()):
            self.widget.offer([site] if site else [])
            return site
        found = list(self.queryset.search(words)[: SHOWN + 1])
        self.widget.offer(found[:SHOWN])
        if len(found) == 1:
            return found[0]
        raise forms.ValidationError(_too_few_or_many(words, len(found)))


def _too_few_or_many(words: str, number: int) -> str:
    if not number:
        return f"没有找到“{words}”，请换个写法。"
    many = f"多于 {SHOWN} 个，请多写几个字，或者" if number > SHOWN else f"有 {number} 个，请"
    return f"找到的{many}从下面选一个。"
