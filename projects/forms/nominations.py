"""What people choose and write around 申报. A draft takes whatever is known; what is missing is said at submission."""

from collections.abc import Callable
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Q

from fedwork import clock
from fedwork.dates import DayInput
from fedwork.numbers import NumberField
from organizations.models import Level, Organization
from projects.actions.sites import usual_decision_day
from projects.forms.filters import ScopeForm, SiteFilterForm
from projects.models import CreationType, Nomination, Programme, ProjectSite, SiteCheck
from projects.models.nomination import MOST_WOMEN, STATEMENT, SURVEY
from projects.nominations import REACHED, to_do
from projects.states import SiteStatus

DAY_ERROR = {"invalid": "请按 2026-11-20 的样子填写日期。"}
UNITS = {
    "women": "人",
    "working_age": "人",
    "left_behind": "人",
    "left_behind_families": "户",
    "skilled": "人",
    "groups": "个",
    "volunteers": "人",
    "venue_area": "平方米",
    "beneficiaries": "人",
}


class NominationFilterForm(SiteFilterForm):
    """The filters above the list; `state` is one of the chips."""

    state = forms.ChoiceField(required=False, widget=forms.HiddenInput)

    STATES = {
        "all": "全部",
        "mine": "等我办理",
        **dict(SiteStatus.choices),
        "reached_recommended": "已推荐（含以后各步）",
        "reached_checked": "已审核（含以后各步）",
    }

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        self.user = user
        del self.fields["status"]
        self.fields["state"].choices = [("", ""), *self.STATES.items()]
        self.fields["state"].error_messages["invalid_choice"] = "没有这一项，请重新选择。"

    @property
    def state_chosen(self) -> str:
        return self.chosen("state") or "all"

    def in_state(self, sites):
        state = self.state_chosen
        if state == "mine":
            return sites.filter(pk__in=to_do(self.user).order_by().values("pk"))
        if state.startswith("reached_"):
            return sites.filter(status__in=REACHED[state.removeprefix("reached_")])
        return sites if state == "all" else sites.filter(status=state)

    def counts(self, sites) -> dict[str, int]:
        """By state; two queries."""
        by_status = {status.value: Count("pk", filter=Q(status=status)) for status in SiteStatus}
        reached = {f"reached_{name}": Count("pk", filter=Q(status__in=each)) for name, each in REACHED.items()}
        found = sites.order_by().aggregate(all=Count("pk"), **by_status, **reached)
        mine = sites.filter(pk__in=to_do(self.user).order_by().values("pk")).count()
        return found | {"mine": mine}

    def chips(self, sites) -> list[tuple[str, int, str, bool]]:
        """(label, count, address, is_chosen); what is only reached from the board is shown when it is chosen."""
        counts, chosen = self.counts(sites), self.state_chosen
        return [
            (label, counts[key], f"?{self.query(state=key)}", key == chosen)
            for key, label in self.STATES.items()
            if key == chosen or not key.startswith("reached_")
        ]

    def query(self, **changes) -> str:
        """What is chosen, as an address."""
        chosen = {name: value for name, value in (self.data.dict() | changes).items() if value and name != "page"}
        return urlencode(chosen)


class BoardForm(ScopeForm):
    """One programme at a time, the current one unless another is chosen."""

    def __init__(self, data, *, user):
        super().__init__(dict(data.items()), user=user)
        del self.fields["county"]
        self.fields["programme"].empty_label = None
        programmes = self.fields["programme"].queryset.select_related("organization")
        self.programme = self.chosen("programme") or programmes.current(user, clock.today())
        if self.programme:
            self.data["programme"] = self.programme.pk


class ProposeForm(forms.ModelForm):
    """The first step: which unit, as which type. Units stand under their township."""

    class Meta:
        model = ProjectSite
        fields = ["programme", "creation_type", "organization", "name", "leader_title"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        running = Programme.objects.visible_to(user).filter(last_month__gte=clock.today().replace(day=1))
        programmes = running.running_first(clock.today())
        self.fields["programme"].queryset = programmes
        self.fields["programme"].initial = programmes.first()
        self._offer_types(programmes)
        self._offer_units(user)
        self.fields["name"].required = False
        self.fields["name"].help_text = "空着即用乡镇名加村名，如：山南镇小井庄村"
        for field in self.fields.values():
            field.error_messages["required"] = f"请选择{field.label}。"
            field.error_messages["invalid_choice"] = "没有这一项，请重新选择。"

    def _offer_types(self, programmes) -> None:
        types = CreationType.objects.filter(programme__in=programmes).select_related("programme")
        self.fields["creation_type"].queryset = types
        groups = {}
        for kind in types.order_by("programme", "position", "id"):
            groups.setdefault(kind.programme.name, []).append((kind.pk, kind.name))
        options = next(iter(groups.values())) if len(groups) == 1 else list(groups.items())
        self.fields["creation_type"].choices = [("", "请选择"), *options]

    def _offer_units(self, user) -> None:
        units = Organization.objects.visible_to(user).filter(level__in=[Level.VILLAGE, Level.UNIT])
        units = units.open_on(clock.today()).select_related("parent").order_by("parent__code", "level", "code")
        self.fields["organization"].queryset = units
        groups = {}
        for unit in units:
            groups.setdefault(unit.parent.name, []).append((unit.pk, unit.name))
        self.fields["organization"].choices = [("", "请选择"), *groups.items()]

    def _post_clean(self) -> None:
        """The fields go onto the site; whether the whole of it is right is for the action to say."""
        self.instance = forms.models.construct_instance(self, self.instance, self._meta.fields)


class NominationForm(forms.ModelForm):
    """申报材料. Nothing is required here: a draft keeps what there is."""

    creation_type = forms.ModelChoiceField(None, label="创建类型", empty_label="请选择")
    name = forms.CharField(label="项目点名称", max_length=60, required=False, help_text="空着即用乡镇名加村名")
    leader_title = forms.CharField(label="负责人职务", max_length=40, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"invalid": "请刷新页面再填。"})

    class Meta:
        model = Nomination
        fields = [*SURVEY, *STATEMENT]
        widgets = {"surveyed_on": DayInput}

    def __init__(self, data=None, *, instance: Nomination):
        site = instance.site
        entry = {"creation_type": site.creation_type_id, "name": site.name, "leader_title": site.leader_title}
        super().__init__(data, instance=instance, initial=entry | {"version": instance.version})
        self.fields["creation_type"].queryset = site.programme.creation_types.all()
        self.fields["creation_type"].error_messages["invalid_choice"] = "没有这一项，请重新选择。"
        self.fields["surveyed_on"].error_messages.update(DAY_ERROR)
        self.fields["surveyed_on"].widget.attrs["max"] = clock.today().isoformat()
        for name, unit in UNITS.items():
            self.fields[name] = _count(self._meta.model._meta.get_field(name), unit)
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 3
                # The browser would cut a long paste without a word; the form says what is too much.
                field.widget.attrs.pop("maxlength", None)
        self.order_fields(["creation_type", "name", "leader_title", *SURVEY, *STATEMENT])

    @property
    def entry_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ["creation_type", "name", "leader_title", "contact_post", "contact_phone"]]

    @property
    def number_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in UNITS if name != "beneficiaries"]

    @property
    def survey_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in SURVEY if name not in UNITS]

    @property
    def statement_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ["feature", "content", "beneficiaries"]]

    @property
    def entry(self) -> dict:
        """What is the site's own."""
        return {name: self.cleaned_data[name] for name in ["creation_type", "name", "leader_title"]}

    def write(self, act: Callable) -> Nomination | None:
        """Through the action; None when it was refused, the reason in the form."""
        if not self.is_valid():
            return None
        try:
            return act(self.instance, version=self.cleaned_data["version"], **self.entry)
        except ValidationError as error:
            tell(self, error)
            return None


def _count(model_field, unit: str) -> NumberField:
    label = f"{model_field.verbose_name}（{unit}）"
    return NumberField(label=label, unit=unit, max_value=MOST_WOMEN, required=False, help_text=model_field.help_text)


def tell(form: forms.BaseForm, error: ValidationError) -> None:
    """The refusal beside its field where the form has it, else on top."""
    told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for field, sentences in told.items():
        for sentence in sentences:
            form.add_error(field if field in form.fields else None, sentence)


class StepForm(forms.Form):
    """One step: its words, and the version that they are about."""

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"invalid": "请刷新页面再办。"})

    def __init__(self, data=None, *, nomination: Nomination):
        super().__init__(data, auto_id=f"id_{type(self).__name__}_%s", initial={"version": nomination.version})
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写{field.label}。"

    def visible(self) -> list[forms.BoundField]:
        return self.visible_fields()


def words(label: str, *, required: bool = True, hint: str = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=1000,
        required=required,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def day(label: str, *, hint: str = "") -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=DayInput, error_messages=DAY_ERROR, help_text=hint)


class RecommendForm(StepForm):
    rank = NumberField(label="推荐名次", max_value=99, help_text="本县同一类型里排第几")
    reason = words("推荐理由", hint="为什么推荐、和别的申报点比强在哪里")

    def clean_rank(self) -> int:
        return int(self.cleaned_data["rank"])


class PassForm(StepForm):
    opinion = words("审核意见", required=False, hint="空着即“同意上报”", rows=2)

    def clean_opinion(self) -> str:
        return self.cleaned_data["opinion"] or "同意上报。"


class ReturnForm(StepForm):
    reason = words("退回原因", hint="哪里要补、要改，改到什么程度")


class DeclineForm(StepForm):
    reason = words("不予通过的理由", hint="办理以后不能撤回；这个单位以后可以重新申报")


class ProvinceDeclineForm(DeclineForm):
    document_number = forms.CharField(label="省批复文号", max_length=60, required=False)
    decided_on = day("省批复日期")


class ApproveForm(StepForm):
    document_number = forms.CharField(label="省批复文号", max_length=60, required=False)
    decided_on = day("省批复日期", hint="项目点自这个月起报月报，截止日已过的月份不补报")
    note = words("备注", required=False, rows=2)

    def __init__(self, data=None, *, nomination: Nomination):
        super().__init__(data, nomination=nomination)
        site = nomination.site
        given = {"document_number": site.programme.document_number, "decided_on": usual_decision_day(site)}
        self.initial |= given


class CheckForm(forms.ModelForm):
    """到点审核."""

    class Meta:
        model = SiteCheck
        fields = ["checked_on", "leader_post", "team_posts", "place", "finding", "is_passed"]
        widgets = {
            "checked_on": DayInput,
            "finding": forms.Textarea(attrs={"rows": 4}),
            "is_passed": forms.RadioSelect,
        }

    def __init__(self, data=None, *, nomination: Nomination):
        super().__init__(data, instance=SiteCheck(site=nomination.site), auto_id="id_CheckForm_%s")
        self.initial |= {"is_passed": None, "checked_on": clock.today()}
        self.fields["checked_on"].widget.attrs["max"] = clock.today().isoformat()
        self.fields["checked_on"].error_messages.update(DAY_ERROR)
        self.fields["finding"].widget.attrs.pop("maxlength", None)
        self.fields["is_passed"] = forms.TypedChoiceField(
            label="审核结论",
            choices=[("yes", "通过"), ("no", "不通过")],
            coerce=lambda value: value == "yes",
            widget=forms.RadioSelect,
        )
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写{field.label}。"

    def _post_clean(self) -> None:
        """The fields go onto the check; whether the whole of it is right is for the action to say."""
        self.instance = forms.models.construct_instance(self, self.instance, self._meta.fields)
