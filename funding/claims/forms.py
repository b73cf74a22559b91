"""What people type and choose around claims."""

from urllib.parse import urlencode

from django import forms

from fedwork import clock
from fedwork.dates import DayInput
from fedwork.numbers import NumberField
from funding.forms.sources import balance_in_words, source_choices
from funding.models import Claim, ClaimLine, ClaimState, SpendingPurpose, VoucherUse
from funding.models.claim import TO_WRITE, UNDER_WAY
from funding.states import FundSource
from projects.forms.filters import ScopeForm
from projects.models import ProjectSite

DAY_ERROR = {"invalid": "请按 2026-11-20 的样子填写日期。"}
LARGEST = 9_999_999_999  # what the column holds
NEW_ROWS, MORE_ROWS, MOST_ROWS = 4, 3, 60
POSTS = ["handler_post", "certifier_post", "approver_post"]


class ClaimFilterForm(ScopeForm):
    """The filters above the list; `state` is one of the chips, `site` comes from its page."""

    source = forms.ChoiceField(label="资金来源", required=False, choices=[("", "全部"), *FundSource.choices])
    state = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    site = forms.ModelChoiceField(None, required=False, widget=forms.HiddenInput)

    STATES = {"all": "全部", "mine": "等我办理", "open": "在办"} | dict(ClaimState.choices)

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        self.user = user
        self.fields["site"].queryset = ProjectSite.objects.visible_to(user)
        self.fields["state"].choices = [("", ""), *self.STATES.items()]
        for name in ["source", "state", "site"]:
            self.fields[name].error_messages["invalid_choice"] = "没有这一项，请重新选择。"

    @property
    def state_chosen(self) -> str:
        return self.chosen("state") or "all"

    def apply(self, claims):
        """`claims` narrowed down by everything but the state."""
        if programme := self.chosen("programme"):
            claims = claims.filter(site__programme=programme)
        if county := self.chosen("county"):
            claims = claims.filter(site__organization__path__startswith=county.path)
        for name in ["source", "site"]:
            if value := self.chosen(name):
                claims = claims.filter(**{name: value})
        return claims

    def in_state(self, claims):
        if self.state_chosen == "all":
            return claims
        if self.state_chosen == "mine":
            return claims.to_do(self.user)
        states = TO_WRITE | UNDER_WAY if self.state_chosen == "open" else {self.state_chosen}
        return claims.filter(state__in=sorted(states))

    def chips(self, claims) -> list[tuple]:
        """(label, number, address, is chosen) of each state that there is, in two queries."""
        counts = claims.state_counts() | {"mine": claims.to_do(self.user).count()}
        counts["open"] = sum(counts[state] for state in TO_WRITE | UNDER_WAY)
        shown = [key for key in self.STATES if counts[key] or key in {"all", "mine", self.state_chosen}]
        return [(self.STATES[key], counts[key], f"?{self.query(state=key)}", key == self.state_chosen) for key in shown]

    def query(self, **changes) -> str:
        """What is chosen, as an address."""
        return urlencode(
            {name: value for name, value in (self.data.dict() | changes).items() if value and name != "page"}
        )


class ClaimForm(forms.ModelForm):
    """The head of a claim. The posts are those of the site's last one, until told otherwise."""

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"invalid": "请刷新页面再填。"})

    class Meta:
        model = Claim
        fields = ["source", "subject", "method", *POSTS]
        widgets = {"method": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        claim = self.instance
        if claim.pk is None and (last := Claim.objects.filter(site=claim.site).order_by("-pk").first()):
            self.initial |= {name: getattr(last, name) for name in [*POSTS, "source"]}
        self.fields["source"].choices = source_choices(claim.site, balance_in_words)
        self.fields["method"].choices = Claim._meta.get_field("method").choices
        self.initial["version"] = claim.version
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)

    def clean(self) -> dict:
        """The version that was seen goes with the claim; whether it is still the present one is for the action."""
        cleaned = super().clean()
        self.instance.version = cleaned.get("version", -1)
        return cleaned

    def _post_clean(self) -> None:
        """The fields go onto the claim; whether the whole of it is right is for the action to say."""
        self.instance = forms.models.construct_instance(self, self.instance, self._meta.fields)


class ClaimLineForm(forms.ModelForm):
    amount = NumberField(label="金额（元）", decimal_places=2, max_value=LARGEST)

    class Meta:
        model = ClaimLine
        fields = ["voucher_number", "voucher_on", "payee", "purpose", "amount"]
        widgets = {"voucher_on": DayInput}

    def __init__(self, *args, purposes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["voucher_on"].error_messages.update(DAY_ERROR)
        self.fields["purpose"].choices = purposes
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)

    def clean_voucher_number(self) -> str:
        number = self.cleaned_data["voucher_number"]
        if len(VoucherUse.written(number)) > 40:
            raise forms.ValidationError("凭证号太长，最多 40 个字。")
        return number

    def clean_voucher_on(self):
        day = self.cleaned_data["voucher_on"]
        if day > clock.today():
            raise forms.ValidationError("开票日期不能晚于今天。")
        return day

    def clean_amount(self):
        amount = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError("金额应大于 0。")
        return amount

    def _get_validation_exclusions(self) -> set:
        """The action validates the whole row, when it stands on its claim."""
        return {field.name for field in ClaimLine._meta.fields}


class BaseClaimLines(forms.BaseInlineFormSet):
    """Rows left empty are no vouchers; `lines` are the vouchers that the claim has from now on."""

    def get_form_kwargs(self, index) -> dict:
        if not hasattr(self, "purposes"):
            active = [(purpose.pk, purpose.name) for purpose in SpendingPurpose.objects.filter(is_active=True)]
            self.purposes = [("", "请选择"), *active]
        return super().get_form_kwargs(index) | {"purposes": self.purposes}

    def add_fields(self, form, index) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = "不要这一张"

    def lines(self) -> list[ClaimLine]:
        kept = [form for form in self.forms if form.has_changed() or form.instance.pk]
        return [form.instance for form in kept if not form.cleaned_data.get("DELETE")]

    def open_rows(self) -> list[tuple]:
        """(number, form, whether it stands open): what is filled in, what is wrong, and the first empty one."""
        rows, is_first_empty = [], True
        for number, form in enumerate(self.forms, 1):
            is_empty = form.instance.pk is None and not (self.is_bound and form.has_changed())
            rows.append((number, form, not is_empty or is_first_empty))
            is_first_empty = is_first_empty and not is_empty
        return rows


def lines_formset(claim: Claim, data=None) -> BaseClaimLines:
    made = forms.inlineformset_factory(
        Claim,
        ClaimLine,
        form=ClaimLineForm,
        formset=BaseClaimLines,
        extra=MORE_ROWS if claim.pk else NEW_ROWS,
        max_num=MOST_ROWS,
        validate_max=True,
        can_delete=claim.pk is not None,
    )
    return made(data, instance=claim, prefix="lines")


class StepForm(forms.Form):
    """A step that says no more than which version of the claim it is about."""

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"invalid": "请刷新页面再办。"})

    def __init__(self, data=None, *, claim: Claim):
        super().__init__(data, initial={"version": claim.version}, auto_id=f"id_{type(self).__name__}_%s")
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)


class CheckForm(StepForm):
    note = forms.CharField(label="审核意见", max_length=300, required=False, help_text="空着即同意")


class ReturnForm(StepForm):
    reason = forms.CharField(
        label="退回原因",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="哪一张凭证、差什么，改好再报",
    )


class VoidForm(StepForm):
    reason = forms.CharField(label="作废原因", max_length=300)


class ReverseForm(StepForm):
    reason = forms.CharField(
        label="冲销原因", max_length=300, help_text="钱已退回专户才冲销；整单冲销，凭证可以在新的报账单上再用"
    )


class PayForm(StepForm):
    paid_on = forms.DateField(label="支付日期", widget=DayInput, error_messages=DAY_ERROR)
    payment_number = forms.CharField(label="支付单号", max_length=40, required=False)
    note = forms.CharField(label="审核意见", max_length=300, required=False, help_text="空着即同意支付")

    def __init__(self, data=None, *, claim: Claim):
        super().__init__(data, claim=claim)
        self.initial["paid_on"] = clock.today()
