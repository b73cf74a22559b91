"""What is typed about money: the filters of the account book, a new entry, the reason of a reversal."""

import uuid

from django import forms

from fedwork import clock
from fedwork.dates import DayInput
from fedwork.numbers import LARGEST, NumberField
from funding import rules
from funding.actions import Posting
from funding.book import Query
from funding.forms.sources import balance_in_words, source_choices
from funding.models import SpendingPurpose
from funding.states import BY_DOCUMENT, EntryKind, FundSource
from projects.models import ProjectSite

DAY_ERRORS = {"invalid": "请按 2026-11-20 的样子填写日期。"}


class BookFilterForm(forms.Form):
    source = forms.ChoiceField(label="来源", required=False, choices=[("", "全部"), *FundSource.choices])
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *EntryKind.choices])
    first = forms.DateField(label="从", required=False, widget=DayInput, error_messages=DAY_ERRORS)
    last = forms.DateField(label="到", required=False, widget=DayInput, error_messages=DAY_ERRORS)
    voucher = forms.CharField(label="凭证号", required=False, max_length=40)

    def query(self) -> Query:
        """What can't be understood filters nothing and says so."""
        self.is_valid()
        return Query(**{name: value for name, value in self.cleaned_data.items() if value})


class EntryForm(forms.Form):
    kind = forms.ChoiceField(label="类别")
    source = forms.ChoiceField(label="资金来源", choices=[("", "请选择"), *FundSource.choices])
    amount = NumberField(
        label="金额（元）", decimal_places=2, max_value=int(LARGEST), help_text="可以写 12,000 或 1.2万"
    )
    happened_on = forms.DateField(label="日期", widget=DayInput, error_messages=DAY_ERRORS)
    voucher_number = forms.CharField(
        label="凭证号", required=False, max_length=40, help_text="拨付、到位、支出和退回必填；同一凭证只能列支一次"
    )
    purpose = forms.ModelChoiceField(None, label="用途", required=False, empty_label="（支出才选）")
    is_in_kind = forms.BooleanField(
        label="实物折价", required=False, help_text="捐赠的物资按折价单独记，不算到位资金；只用于承诺和到位"
    )
    memo = forms.CharField(label="摘要", required=False, max_length=200)
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"invalid": "请刷新页面再登记。"})

    def __init__(self, *args, site: ProjectSite, user, **kwargs):
        initial = {"happened_on": clock.today(), "key": uuid.uuid4()} | kwargs.pop("initial", {})
        super().__init__(*args, initial=initial, **kwargs)
        self.site = site
        kinds = [kind for kind in EntryKind if kind not in BY_DOCUMENT and rules.can_post(user, site, kind)]
        self.fields["kind"].choices = [("", "请选择"), *((kind.value, kind.label) for kind in kinds)]
        self.fields["purpose"].queryset = SpendingPurpose.objects.filter(is_active=True)

    def posting(self) -> Posting:
        return Posting(site=self.site, **self.cleaned_data)


class EntryPageForm(EntryForm):
    """As the page shows it, with what is left of each source."""

    def __init__(self, *args, site: ProjectSite, **kwargs):
        super().__init__(*args, site=site, **kwargs)
        self.fields["source"].choices = source_choices(site, balance_in_words)


class ReversalForm(forms.Form):
    reason = forms.CharField(label="冲正原因", max_length=200, error_messages={"required": "冲正要写明原因。"})
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages={"invalid": "请刷新页面再办。"})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, initial={"key": uuid.uuid4()}, **kwargs)


class BookkeepingForm(forms.Form):
    is_separate = forms.TypedChoiceField(
        label="是否专账核算", choices=[("yes", "是"), ("no", "否")], coerce=lambda word: word == "yes"
    )
    note = forms.CharField(label="说明", required=False, max_length=60, help_text="如：乡镇财政所单设账簿")
