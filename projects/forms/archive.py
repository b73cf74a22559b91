"""What people fill in around 备查资料."""

from django import forms
from django.core.exceptions import ValidationError

from fedwork.dates import DayInput
from fedwork.received import ReceivedFile, receive
from projects.actions import Filing
from projects.models import ArchiveCategory, Attachment, Programme

DAY_ERROR = {"invalid": "请按 2026-11-20 的样子填写日期。"}
ACCEPTED = ".pdf,.docx,.xlsx,image/jpeg,image/png,image/webp"


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True

    def __init__(self, attrs=None):
        super().__init__({"accept": ACCEPTED, **(attrs or {})})

    def value_from_datadict(self, data, files, name):
        return files.getlist(name)


class ReceivedFilesField(forms.Field):
    """Several files at once; cleans to a list of ReceivedFile. Each one that is refused is named with its reason."""

    widget = SeveralFiles

    def clean(self, value) -> list[ReceivedFile]:
        if not value:
            if self.required:
                raise ValidationError("请选择文件。", code="required")
            return []
        received, refusals = [], []
        for upload in value:
            try:
                received.append(receive(upload))
            except ValidationError as error:
                refusals.append(f"“{upload.name}”：{error.messages[0]}")
        if refusals:
            raise ValidationError(refusals)
        return received


class FilingForm(forms.Form):
    """Where a paper lies and what it is called."""

    category = forms.ModelChoiceField(
        None,
        label="目录类别",
        empty_label="请选择",
        error_messages={"invalid_choice": "没有这个类别，请重新选择。", "required": "请选择目录类别。"},
    )
    title = forms.CharField(label="题名", max_length=80, required=False, help_text="照文件上的标题写；空着即用文件名")
    dated_on = forms.DateField(
        label="成文日期",
        required=False,
        widget=DayInput,
        error_messages=DAY_ERROR,
        help_text="文件上的日期，不是上传的日期",
    )

    def __init__(self, data=None, files=None, *, programme: Programme, **kwargs):
        super().__init__(data, files, **kwargs)
        self.fields["category"].queryset = ArchiveCategory.objects.filter(programme=programme)
        self.fields["category"].label_from_instance = lambda category: category.label

    def filing(self) -> Filing:
        data = self.cleaned_data
        return Filing(data["category"], data["dated_on"], data["title"])

    def take_over(self, error: ValidationError) -> None:
        """What an action refused, beside the field that it is about."""
        told = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
        for field, sentences in told.items():
            self.add_error(field if field in self.fields else None, sentences)


class UploadForm(FilingForm):
    """One item (件): a document, and its annexes with it."""

    files = ReceivedFilesField(
        label="文件", help_text="一次选几个文件的算一件：第一个是正文，其余是附件。几件资料请分几次传"
    )
    field_order = ["category", "files", "title", "dated_on"]


class RefileForm(FilingForm):
    def __init__(self, data=None, *, attachment: Attachment, programme: Programme):
        given = {name: getattr(attachment, name) for name in ["category", "title", "dated_on"]}
        super().__init__(data, programme=programme, initial=given)
        if not attachment.is_direct:
            self.fields["category"].required = False
            self.fields["category"].empty_label = f"自动：随{attachment.source.label}"


class AnnexForm(forms.Form):
    files = ReceivedFilesField(label="补充附件", help_text="和这一件一起归档")


class RemovalForm(forms.Form):
    reason = forms.CharField(
        label="移除原因",
        max_length=200,
        help_text="如：传错项目点、扫描不全已重传",
        error_messages={"required": "请写明移除的原因。"},
    )
