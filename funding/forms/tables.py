import re

from django import forms

from fedwork import clock
from funding.models import AllocationTable

YEAR_IN_BRACKETS = re.compile(r"[(（\[［【{〔]\s*(\d{4})\s*[)）\]］】}〕]")


class IssueForm(forms.Form):
    """What has to be said when a table is issued. Whether it may be issued is decided by the action."""

    document_number = forms.CharField(label="文号", max_length=60, required=False, help_text="如：合妇〔2026〕12号")
    issued_on = forms.DateField(
        label="下达日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "请按 2026-11-20 的样子填写日期。"},
    )
    reason = forms.CharField(label="调整原因", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, table: AllocationTable, **kwargs):
        kwargs.setdefault("initial", {"issued_on": clock.today()})
        super().__init__(*args, **kwargs)
        if table.number == 1:
            del self.fields["reason"]

    def clean_document_number(self) -> str:
        """The year stands in hexagonal brackets, however it was typed."""
        return YEAR_IN_BRACKETS.sub(r"〔\1〕", self.cleaned_data["document_number"])


class UploadForm(forms.Form):
    file = forms.FileField(
        label="上传 Excel 列表",
        help_text="用下载的模板填写，.xlsx 或 .csv；上传后先在表格里核对，保存后才写入。",
        error_messages={"required": "请选择文件。", "empty": "这个文件是空的，请重新选择。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
