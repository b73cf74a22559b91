"""公示 and objections."""

from django import forms

from assessments.models import Publication, PublishedResult
from assessments.models.result import MOST_WORKDAYS, USUAL_WORKDAYS
from fedwork import clock
from fedwork.dates import DayInput
from fedwork.numbers import NumberField
from projects.forms.filters import ProgressForm
from projects.forms.rectifications import DAY_ERROR
from projects.forms.site_choice import SiteField
from projects.models import ProjectSite


class ResultForm(ProgressForm):
    """Programme, place and type of the result list."""

    def __init__(self, data, *, user):
        super().__init__(data, user=user)
        kinds = self.programme.creation_types.all() if self.programme else []
        choices = [("", "全部类型"), *((f"{kind.pk}", f"{kind}") for kind in kinds)]
        self.fields["kind"] = forms.ChoiceField(label="创建类型", required=False, choices=choices)

    @property
    def kind(self) -> int | None:
        return int(self.chosen("kind")) if self.chosen("kind") else None

    def wanted(self, rows: list) -> list:
        """Of the programme's results those in the place and of the type."""
        here = set(self.sites().values_list("pk", flat=True))
        return [row for row in rows if row.site_id in here and self.kind in (None, row.kind_id)]


class PublishForm(forms.Form):
    starts_on = forms.DateField(
        label="公示开始", widget=DayInput, error_messages=DAY_ERROR, help_text="逢休息日顺延到下一个工作日"
    )
    workdays = NumberField(label="公示几个工作日", unit="个工作日", initial=USUAL_WORKDAYS, max_value=MOST_WORKDAYS)
    contact = forms.CharField(label="受理异议的单位和电话", max_length=100)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = clock.today()

    def clean_workdays(self) -> int:
        if self.cleaned_data["workdays"] < 1:
            raise forms.ValidationError("至少公示一个工作日。")
        return int(self.cleaned_data["workdays"])


class ObjectionForm(forms.Form):
    site = SiteField()
    raised_on = forms.DateField(label="提出日期", widget=DayInput, error_messages=DAY_ERROR)
    raised_by = forms.CharField(label="谁提出", max_length=80, help_text="写单位或身份，不写姓名，如：某村村民代表")
    text = forms.CharField(label="异议内容", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args, publication: Publication, user, **kwargs):
        super().__init__(*args, **kwargs)
        listed = PublishedResult.objects.filter(publication=publication).values("site")
        sites = ProjectSite.objects.visible_to(user).filter(pk__in=listed).by_county()
        self.fields["site"].offer(sites, programme=publication.programme)
        self.fields["raised_on"].initial = clock.today()


class AnswerForm(forms.Form):
    is_upheld = forms.TypedChoiceField(
        label="核查结果",
        choices=[("no", "异议不成立"), ("yes", "异议成立")],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )
    answer = forms.CharField(label="核查情况和答复", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
