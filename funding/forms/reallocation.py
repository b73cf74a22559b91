import uuid

from django import forms

from fedwork import clock
from fedwork.dates import DayInput
from fedwork.numbers import LARGEST, NumberField
from funding.forms.ledger import DAY_ERRORS
from funding.forms.sources import movable_in_words, source_choices
from projects.forms.site_choice import SiteField
from projects.models import ProjectSite

KEY_ERRORS = {"invalid": "请刷新页面再办。"}


class GiverForm(forms.Form):
    """From which site: the first step."""

    giver = SiteField(label="新的调剂，从哪个项目点调出")

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["giver"].offer(sites)


class ReallocationForm(forms.Form):
    """What goes from `giver` where; each source says how much of it may go."""

    source = forms.ChoiceField(label="资金来源")
    taker = SiteField(label="调入项目点")
    amount = NumberField(
        label="金额（元）", decimal_places=2, max_value=int(LARGEST), help_text="可以写 12,000 或 1.2万"
    )
    document_number = forms.CharField(label="文号", max_length=60, help_text="同意调剂的文件")
    decided_on = forms.DateField(label="决定日期", widget=DayInput, error_messages=DAY_ERRORS)
    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    key = forms.UUIDField(widget=forms.HiddenInput, error_messages=KEY_ERRORS)

    def __init__(self, *args, giver: ProjectSite, **kwargs):
        super().__init__(*args, initial={"decided_on": clock.today(), "key": uuid.uuid4()}, **kwargs)
        others = ProjectSite.objects.approved().filter(programme=giver.programme).exclude(pk=giver.pk)
        self.fields["taker"].offer(others.by_county(), programme=giver.programme)
        self.fields["source"].choices = source_choices(giver, movable_in_words)

    def clean_amount(self):
        if not self.cleaned_data["amount"]:
            raise forms.ValidationError("金额应大于 0。")
        return self.cleaned_data["amount"]

    def clean_decided_on(self):
        if self.cleaned_data["decided_on"] > clock.today():
            raise forms.ValidationError("日期不能晚于今天。")
        return self.cleaned_data["decided_on"]


class TakingBackForm(forms.Form):
    reason = forms.CharField(
        label="撤销原因",
        max_length=200,
        error_messages={"required": "撤销要写明原因。"},
        help_text="两个项目点的账一起冲回",
    )
