"""What people write beside the monthly report. One screen on a phone each."""

from django import forms

from fedwork import clock
from fedwork.dates import DayInput
from fedwork.numbers import NumberField
from projects.forms.filters import ScopeForm
from projects.forms.records import INVALID_DAY, RecordForm
from projects.forms.site_choice import SiteField
from projects.models import (
    AwarenessSurvey,
    GovernmentReport,
    InKindHelp,
    Inspection,
    Note,
    Pairing,
    Programme,
    ProjectSite,
    WorkLog,
)
from projects.models.fieldwork import MOST


class NoteForm(RecordForm):
    """The place is chosen among the sites in scope, or is the own office where the model allows it. A note that is
    there stays where it is."""

    site = SiteField()

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        model = type(self.instance)
        if self.instance.pk or user.role not in model.AT_SITES:
            del self.fields["site"]
        else:
            self._offer_sites(model)
        if not self.instance.pk:
            self.initial["happened_on"] = clock.today()
        days = self.fields["happened_on"].widget.attrs
        days.pop("min", None)  # another month doesn't matter to a note
        days["max"] = clock.today().isoformat()

    def _offer_sites(self, model: type[Note]) -> None:
        sites = ProjectSite.objects.visible_to(self.user).approved()
        sites = sites.select_related("programme").order_by("-programme__year", "organization__code", "pk")
        field, has_office = self.fields["site"], self.user.role in model.OFFICES
        field.required = not has_office
        field.offer(sites, empty=f"本单位（{self.user.organization}）" if has_office else "请选择")
        only = list(sites[:2])
        if len(only) == 1 and not has_office:
            self.initial["site"] = only[0]

    def _post_clean(self) -> None:
        """The site comes first: what the rest may be hangs on it."""
        site = self.cleaned_data.get("site")
        if "site" in self.fields:
            self.instance.site = site
        if not self.instance.pk:
            current = Programme.objects.visible_to(self.user).current(self.user, clock.today())
            if site is None and current is None:
                self.add_error(None, "还没有批次，等市妇联设好批次以后再记。")
                return
            self.instance.programme = site.programme if site else current
        super()._post_clean()


class WorkLogForm(NoteForm):
    class Meta:
        model = WorkLog
        fields = ["site", "happened_on", "content"]
        widgets = {"content": forms.Textarea(attrs={"placeholder": "今天做了什么，谁参加，结果怎样"})}

    field_order = ["site", "happened_on", "content"]


class AdditionForm(forms.Form):
    text = forms.CharField(
        label="补记内容",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "请写补记内容。",
            "max_length": "最多 %(limit_value)d 个字，现在有 %(show_value)d 个字，请删减。",
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs.pop("maxlength", None)


class PairingForm(NoteForm):
    happened_on = forms.DateField(label="开始日期", widget=DayInput, error_messages={"invalid": INVALID_DAY})

    class Meta:
        model = Pairing
        fields = ["site", "partner", "kind", "happened_on", "ended_on", "content"]
        widgets = {"ended_on": DayInput}
        error_messages = {"ended_on": {"invalid": INVALID_DAY}}

    field_order = Meta.fields


class InKindForm(NoteForm):
    quantity = NumberField(label="数量", decimal_places=2)
    estimated_value = NumberField(
        label="折价（元）", decimal_places=2, unit="元", help_text="按市价估算，只作参考，不计入资金"
    )

    class Meta:
        model = InKindHelp
        fields = ["site", "happened_on", "given_by", "item", "quantity", "unit", "estimated_value"]

    field_order = Meta.fields


class GovernmentReportForm(NoteForm):
    class Meta:
        model = GovernmentReport
        fields = ["site", "happened_on", "level", "body", "matter", "result"]

    field_order = Meta.fields


class SurveyForm(NoteForm):
    asked = NumberField(label="询问人数", max_value=MOST, unit="人")
    aware = NumberField(label="知道这个项目的", max_value=MOST, unit="人")
    took_part = NumberField(label="参加过活动的", max_value=MOST, unit="人")

    class Meta:
        model = AwarenessSurvey
        fields = ["site", "happened_on", "asked", "aware", "took_part", "note"]

    field_order = Meta.fields


class InspectionForm(NoteForm):
    class Meta:
        model = Inspection
        fields = ["site", "happened_on", "team", "on_progress", "on_management", "on_quality"]
        help_texts = {
            "on_progress": "对照日程任务",
            "on_management": "资金、资料、制度",
            "on_quality": "活动、阵地使用",
        }

    field_order = Meta.fields


class NoteFilterForm(ScopeForm):
    """Programme and county above the list of notes."""

    def apply(self, notes):
        if programme := self.chosen("programme"):
            notes = notes.filter(programme=programme)
        if county := self.chosen("county"):
            notes = notes.filter(organization__path__startswith=county.path)
        return notes
