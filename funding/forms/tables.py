import re

from django import forms

from fedwork import clock
from fedwork.dates import DayInput
from funding.actions import IssueTerms
from funding.models import AllocationTable
from funding.sheet import Unit

YEAR_IN_BRACKETS = re.compile(r"[(（\[［【{〔]\s*(\d{4})\s*[)）\]］】}〕]")


DAY_ERRORS = {"invalid": "请按 2026-11-20 的样子填写日期。"}


class ExportForm(forms.Form):
    """How a table is printed."""

    unit = forms.ChoiceField(label="单位", required=False, choices=Unit.NAMES.items())
    total = forms.ChoiceField(label="合计行", required=False, choices=[("last", "在最后"), ("first", "在最前")])

    @property
    def chosen_unit(self) -> str:
        return self.cleaned_data["unit"] or Unit.YUAN

    @property
    def has_total_first(self) -> bool:
        return self.cleaned_data["total"] == "first"


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=DayInput, error_messages=DAY_ERRORS)


def _words(name: str, **options) -> forms.CharField:
    """A text of the table as its model describes it; whether it has to be there is decided by the action."""
    field = AllocationTable._meta.get_field(name)
    return forms.CharField(
        label=field.verbose_name, max_length=field.max_length, required=False, help_text=field.help_text, **options
    )


class IssueForm(forms.Form):
    """What has to be said when a table is issued. Whether it may be issued is decided by the action."""

    decision_meeting = _words("decision_meeting")
    decided_on = _day("决策日期")
    attendees = _words("attendees", widget=forms.Textarea(attrs={"rows": 2}))
    finance_number = _words("finance_number")
    finance_on = _day("财政下达日期")
    document_number = _words("document_number")
    issued_on = _day("下达日期")
    reason = _words("reason", widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, table: AllocationTable, **kwargs):
        kwargs.setdefault("initial", {"issued_on": clock.today()})
        super().__init__(*args, **kwargs)
        if table.number == 1:
            del self.fields["reason"]

    def clean_document_number(self) -> str:
        return _in_hexagons(self.cleaned_data["document_number"])

    def clean_finance_number(self) -> str:
        return _in_hexagons(self.cleaned_data["finance_number"])

    def terms(self) -> IssueTerms:
        return IssueTerms(**self.cleaned_data)


def _in_hexagons(number: str) -> str:
    """The year stands in hexagonal brackets, however it was typed."""
    return YEAR_IN_BRACKETS.sub(r"〔\1〕", number)


class UploadForm(forms.Form):
    file = forms.FileField(
        label="上传 Excel 列表",
        help_text="用下载的模板填写，.xlsx 或 .csv；上传后先在表格里核对，保存后才写入。",
        error_messages={"required": "请选择文件。", "empty": "这个文件是空的，请重新选择。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
