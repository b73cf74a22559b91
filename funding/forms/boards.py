"""The filters of the pages over many sites: the board, the reconciliation, and what a figure of these is made of."""

from datetime import date, datetime, time
from functools import cached_property
from urllib.parse import urlencode

from django import forms
from django.core.validators import MinValueValidator
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from fedwork import clock
from fedwork.dates import DayInput
from funding.figures import FIGURES, Figure
from funding.forms.ledger import DAY_ERRORS
from funding.states import FundSource
from projects.forms.filters import ScopeForm
from projects.models import Programme, ProjectSite

# What a site can be asked: names of funding.board.Standing.
QUESTIONS = {
    "is_below_floor": "到位未达最低数",
    "is_below_aim": "到位未达目标",
    "is_promised_below_floor": "承诺未达最低数",
    "is_promised_below_aim": "承诺未达目标",
    "will_miss_floor": "照目前进度到不了最低数",
    "is_spending_late": "支出慢于时间",
}
OF_MATCHING = QUESTIONS.keys() - {"is_spending_late"}  # not offered where nothing has to be matched


# No workbook can bear an earlier date than 1980, and no ledger of ours has one.
NOT_EARLIER = MinValueValidator(date(2000, 1, 1), "请填写 2000 年以后的日期。")


def end_of(day) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))


class MoneyForm(ScopeForm):
    """One programme at a time, as known at the end of a day: today unless another is chosen."""

    day = forms.DateField(
        label="数据截至", required=False, widget=DayInput, error_messages=DAY_ERRORS, validators=[NOT_EARLIER]
    )

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        self.user = user
        self.fields["programme"].empty_label = None

    @cached_property
    def programme(self) -> Programme | None:
        found = self.fields["programme"].queryset.select_related("organization")
        return self.chosen("programme") or found.current(self.user, clock.today())

    @cached_property
    def moment(self) -> datetime:
        day = self.chosen("day")
        return clock.now() if day is None or day >= clock.today() else end_of(day)

    @cached_property
    def counties(self) -> set[int]:
        return set(self.fields["county"].queryset.values_list("pk", flat=True))

    def county_of(self, site: ProjectSite) -> int | None:
        """Where the site lies now, whatever the county was called when it was approved. Wants its organization loaded."""
        return next((pk for pk in site.organization.ancestor_ids if pk in self.counties), None)

    def address(self, **asked) -> str:
        """Of the entries behind a figure at this moment: `figure`, and `site`, `county` or `source`."""
        day = self.chosen("day")
        known = {"programme": self.programme.pk, "day": day and f"{day:%Y-%m-%d}"} | asked
        return f"{reverse('funding:figure')}?{urlencode({name: value for name, value in known.items() if value})}"

    def sites(self):
        """The approved sites of the programme in the place."""
        sites = ProjectSite.objects.visible_to(self.user).approved().filter(programme=self.programme)
        if county := self.chosen("county"):
            sites = sites.filter(organization__path__startswith=county.path)
        return sites


class BoardForm(MoneyForm):
    show = forms.ChoiceField(label="只看", required=False, choices=[("", "全部"), *QUESTIONS.items()])
    since = forms.DateField(label="与这天比", required=False, widget=DayInput, error_messages=DAY_ERRORS)

    questions = QUESTIONS

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        if self.programme and not self.programme.asks_matching:
            offered = {"": "全部"} | {key: words for key, words in QUESTIONS.items() if key not in OF_MATCHING}
            self.fields["show"].widget.choices = offered.items()

    def narrowed(self, **changes) -> str:
        """The same board with other filters; the page begins anew."""
        known = {name: self.data.get(name) for name in self.fields} | changes
        return f"?{urlencode({name: value for name, value in known.items() if value})}"

    @property
    def show_label(self) -> str:
        return QUESTIONS.get(self.chosen("show"), "")

    @property
    def chosen_county(self):
        return self.chosen("county")

    @property
    def before(self) -> datetime | None:
        """The end of the day with which the board is compared."""
        day = self.chosen("since")
        return end_of(day) if day and end_of(day) < self.moment else None


class ReconciliationForm(MoneyForm):
    different = forms.BooleanField(label="只看有差异的", required=False)

    @property
    def only_different(self) -> bool:
        return bool(self.chosen("different"))


class FigureForm(MoneyForm):
    """What a link of the board asks for: a figure, of a site, a county or the programme, of one source or all."""

    source = forms.ChoiceField(required=False, choices=[("", ""), *FundSource.choices], widget=forms.HiddenInput)
    site = forms.ModelChoiceField(None, required=False, widget=forms.HiddenInput)

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        self.fields["site"].queryset = ProjectSite.objects.visible_to(user)

    @property
    def figure(self) -> Figure:
        """配套到位 unless another is asked for; an address that makes no sense is 404."""
        key = self.data.get("figure") or "arrived"
        if key not in FIGURES or not self.is_valid() or self.programme is None:
            raise Http404
        return FIGURES[key]

    @property
    def place(self):
        """Whose figure it is."""
        return self.chosen("site") or self.chosen("county") or self.user.organization

    @property
    def source_label(self) -> str:
        return FundSource(self.one_source).label if self.one_source else ""

    @property
    def one_source(self) -> str:
        return self.chosen("source") or ""

    def sites(self):
        site = self.chosen("site")
        return super().sites().filter(pk=site.pk) if site else super().sites()
