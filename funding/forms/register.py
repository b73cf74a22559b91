"""What of the register is shown."""

from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet

from fedwork.dates import DayInput
from fedwork.numbers import LARGEST, NumberField
from funding import register
from funding.forms.ledger import DAY_ERRORS
from funding.models import SpendingPurpose
from funding.states import EntryKind, FundSource
from projects.forms.filters import ScopeForm
from projects.models import ProjectSite

STATES = {"standing": "未冲正的", "reversed": "冲正和被冲正的"}
FORMS = {"money": "资金", "in_kind": "实物折价"}
FIRST = ["county", "q", "kind", "source", "first", "last"]  # the others are folded away


def _all(choices) -> list[tuple[str, str]]:
    return [("", "全部"), *choices]


class RegisterForm(ScopeForm):
    q = forms.CharField(label="项目点", required=False, max_length=60)
    kind = forms.ChoiceField(label="类别", required=False, choices=_all(EntryKind.choices))
    source = forms.ChoiceField(label="资金来源", required=False, choices=_all(FundSource.choices))
    first = forms.DateField(label="从", required=False, widget=DayInput, error_messages=DAY_ERRORS)
    last = forms.DateField(label="到", required=False, widget=DayInput, error_messages=DAY_ERRORS)
    voucher = forms.CharField(label="凭证号", required=False, max_length=40)
    purpose = forms.ModelChoiceField(SpendingPurpose.objects.all(), label="用途", required=False, empty_label="全部")
    least = NumberField(label="金额不少于", required=False, decimal_places=2, max_value=int(LARGEST))
    most = NumberField(label="金额不多于", required=False, decimal_places=2, max_value=int(LARGEST))
    state = forms.ChoiceField(label="冲正", required=False, choices=_all(STATES.items()))
    form = forms.ChoiceField(label="形式", required=False, choices=_all(FORMS.items()))

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        self.user = user
        for name in ["kind", "source", "state", "form", "purpose"]:
            self.fields[name].error_messages["invalid_choice"] = "没有这一项，请重新选择。"

    @property
    def first_fields(self) -> list:
        return [self[name] for name in FIRST]

    @property
    def further_fields(self) -> list:
        return [field for field in self.visible_fields() if field.name not in FIRST]

    @property
    def is_further_open(self) -> bool:
        return any(field.value() for field in self.further_fields)

    def apply(self, entries: QuerySet) -> QuerySet:
        """`entries` of the user's scope narrowed down; what makes no sense filters nothing and says so."""
        entries = self._of_sites(entries)
        plain = {"kind": "kind", "source": "source", "purpose": "purpose"}
        plain |= {"happened_on__gte": "first", "happened_on__lte": "last"}
        entries = entries.filter(**{lookup: value for lookup, name in plain.items() if (value := self.chosen(name))})
        if form := self.chosen("form"):
            entries = entries.filter(is_in_kind=form == "in_kind")
        entries = register.with_voucher(entries, self.chosen("voucher") or "")
        entries = register.with_amount(entries, self.chosen("least"), self.chosen("most"))
        return register.in_state(entries, self.chosen("state") or "")

    def _of_sites(self, entries: QuerySet) -> QuerySet:
        if programme := self.chosen("programme"):
            entries = entries.filter(site__programme=programme)
        if county := self.chosen("county"):
            entries = entries.filter(site__organization__path__startswith=county.path)
        if words := self.chosen("q"):
            entries = entries.filter(site__in=ProjectSite.objects.visible_to(self.user).search(words))
        return entries

    def shown(self, name: str) -> str:
        """The chosen value as a paper says it."""
        value = self.chosen(name)
        if value in (None, ""):
            return ""
        named = dict(getattr(self.fields[name], "choices", [])) if isinstance(value, str) else {}
        return str(named.get(value) or register.typed(value))

    def query(self, **changes) -> str:
        """What is chosen, as an address."""
        chosen = self.data.dict() | changes
        return urlencode({name: value for name, value in chosen.items() if value and name != "page"})
