"""What people choose and write around 整改事项. A site is chosen first: who can be charged hangs on it."""

from urllib.parse import urlencode

from django import forms

from fedwork import clock
from fedwork.dates import DayInput
from fedwork.numbers import NumberField
from organizations.calendar import load_calendar
from projects import rules
from projects.forms.filters import ScopeForm
from projects.forms.site_choice import SiteField
from projects.models import Meeting, ProjectSite, Rectification, RectificationCategory, RectificationSource
from projects.origins import Found
from projects.posts import Post, Posts

USUAL_WORKDAYS, MOST_WORKDAYS = 10, 120
DAY_ERROR = {"invalid": "请按 2026-11-20 的样子填写日期。"}


class RectificationFilterForm(ScopeForm):
    """The filters above the list; `state` is one of the chips, `site` and `meeting` come from their pages."""

    category = forms.ChoiceField(
        label="问题类别", required=False, choices=[("", "全部"), *RectificationCategory.choices]
    )
    source = forms.ChoiceField(label="来源", required=False, choices=[("", "全部"), *RectificationSource.choices])
    state = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    site = forms.ModelChoiceField(None, required=False, widget=forms.HiddenInput)
    meeting = forms.ModelChoiceField(None, required=False, widget=forms.HiddenInput)

    STATES = {
        "unsettled": "未销号",
        "mine": "等我办理",
        "overdue": "逾期",
        "open": "待整改",
        "extended": "已延期",
        "asking": "申请延期中",
        "submitted": "待复核",
        "closed": "已销号",
        "all": "全部",
    }

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        self.user = user
        self.fields["site"].queryset = ProjectSite.objects.visible_to(user)
        self.fields["meeting"].queryset = Meeting.objects.visible_to(user)
        self.fields["state"].choices = [("", ""), *self.STATES.items()]
        for name in ["category", "source", "state", "site", "meeting"]:
            self.fields[name].error_messages["invalid_choice"] = "没有这一项，请重新选择。"

    @property
    def state_chosen(self) -> str:
        return self.chosen("state") or "unsettled"

    def apply(self, items):
        """`items` (a Rectification queryset) narrowed down by everything but the state."""
        if programme := self.chosen("programme"):
            items = items.filter(site__programme=programme)
        if county := self.chosen("county"):
            items = items.filter(site__organization__path__startswith=county.path)
        for name in ["category", "source", "site", "meeting"]:
            if value := self.chosen(name):
                items = items.filter(**{name: value})
        return items

    def in_state(self, items):
        if self.state_chosen == "mine":
            return items.to_do(self.user, rules.desk_of(self.user))
        return items if self.state_chosen == "all" else items.in_state(self.state_chosen, clock.today())

    def counts(self, items) -> dict[str, int]:
        """By state; two queries."""
        mine = items.to_do(self.user, rules.desk_of(self.user)).count()
        return items.state_counts(clock.today()) | {"mine": mine}

    def query(self, **changes) -> str:
        """What is chosen, as an address."""
        return urlencode(
            {name: value for name, value in (self.data.dict() | changes).items() if value and name != "page"}
        )


class SiteChoiceForm(forms.Form):
    """The first step: which site."""

    site = SiteField()

    def __init__(self, data, *, user, meeting: Meeting | None = None):
        super().__init__(data)
        sites = ProjectSite.objects.visible_to(user).approved().order_by("-programme__year", "organization__code", "pk")
        sites = sites.filter(programme=meeting.programme_id) if meeting else sites
        self.fields["site"].offer(sites, programme=meeting and meeting.programme)


class RaiseForm(forms.ModelForm):
    """交办: the due date as so many working days from today, or as a day."""

    post = forms.ChoiceField(label="责任岗位", widget=forms.RadioSelect)
    workdays = NumberField(
        label="整改时限（几个工作日内）",
        unit="个工作日",
        required=False,
        initial=USUAL_WORKDAYS,
        max_value=MOST_WORKDAYS,
    )
    due_on = forms.DateField(
        label="或者指定日期",
        required=False,
        widget=DayInput,
        error_messages=DAY_ERROR,
        help_text="填了日期就以日期为准；逢休息日顺延到下一个工作日",
    )

    class Meta:
        model = Rectification
        fields = ["source", "source_note", "found_on", "category", "problem", "measure"]
        widgets = {
            "found_on": DayInput,
            "problem": forms.Textarea(attrs={"rows": 3}),
            "measure": forms.Textarea(attrs={"rows": 3}),
        }

    field_order = [*Meta.fields, "post", "workdays", "due_on"]

    def __init__(
        self, *args, site: ProjectSite, user, meeting: Meeting | None = None, found: Found | None = None, **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.instance.site, self.instance.meeting = site, meeting
        if found:
            setattr(self.instance, found.source.value, found.origin)
            self.initial |= found.initial
        self.posts = {f"{post.organization.pk}:{post.role}": post for post in _chargeable(site, user)}
        self.fields["post"].choices = [(key, str(post)) for key, post in self.posts.items()]
        self.fields["post"].initial = next(iter(self.posts), None)
        self.fields["found_on"].initial = meeting.held_on if meeting else clock.today()
        self.fields["found_on"].error_messages.update(DAY_ERROR)
        for name in ["source", "category"]:
            self.fields[name].choices = [("", "请选择"), *self.fields[name].choices[1:]]
        if source := found.source if found else meeting and RectificationSource.MEETING:
            del self.fields["source"]
            self.instance.source = source

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("due_on") is None and cleaned.get("workdays"):
            self.instance.due_on = load_calendar().add_workdays(clock.today(), int(cleaned["workdays"]))
        elif cleaned.get("due_on"):
            self.instance.due_on = cleaned["due_on"]
        elif not {"due_on", "workdays"} & self.errors.keys():
            self.add_error("workdays", "请写几个工作日内整改完，或者指定日期。")
        if post := self.posts.get(cleaned.get("post")):
            self.instance.organization, self.instance.role = post.organization, post.role
        return cleaned

    def _post_clean(self) -> None:
        """The fields go onto the item; whether the whole of it is right is for the action to say."""
        self.instance = forms.models.construct_instance(self, self.instance, self._meta.fields)


def _chargeable(site: ProjectSite, user) -> list[Post]:
    posts = Posts([site.organization]).answering(site.organization)
    return [post for post in posts if (post.role, post.organization.pk) != (user.role, user.organization_id)]


class StepForm(forms.Form):
    """One step: the words, and the version of the item that they are about."""

    text = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"invalid": "请刷新页面再办。"})
    label, hint = "说明", ""

    def __init__(self, data=None, *, item: Rectification):
        super().__init__(data, initial={"version": item.version}, auto_id=f"id_{type(self).__name__}_%s")
        self.fields["text"].label, self.fields["text"].help_text = self.label, self.hint
        self.fields["text"].widget.attrs.pop("maxlength", None)
        self.fields["text"].error_messages["max_length"] = (
            "最多 %(limit_value)d 个字，现在有 %(show_value)d 个字，请删减。"
        )


class SubmitForm(StepForm):
    label, hint = "整改情况", "做了什么、现在是什么样、哪天完成；有照片的先在上面传好"


class AskForm(StepForm):
    label = "延期理由"
    until = forms.DateField(label="申请延至", widget=DayInput, error_messages=DAY_ERROR)
    field_order = ["until", "text"]


class GrantForm(StepForm):
    label, hint = "批复意见", "空着即“同意延至……”"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].required = False
        self.fields["text"].widget.attrs["rows"] = 2


class RefuseForm(StepForm):
    label = "不同意的理由"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["rows"] = 2


class ReturnForm(StepForm):
    label, hint = "退回原因", "还差什么，改到什么程度"
    due_on = forms.DateField(
        label="新的整改时限", required=False, widget=DayInput, error_messages=DAY_ERROR, help_text="空着即原时限不变"
    )


class CloseForm(StepForm):
    label, hint = "复核意见", "怎样核对的（看现场、看照片、查凭证），结果如何"
