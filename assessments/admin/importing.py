"""A workbook into a draft: uploaded, looked at, confirmed. What was previewed travels sealed through the page itself."""

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from assessments.imports import Read, read_rubric
from assessments.models import Rubric

SALT = "assessments.rubric"
PREVIEW_SECONDS = 2 * 60 * 60
EXPIRED = "预览已过期或者换了人登录，请重新上传文件。"


class RubricUploadForm(forms.Form):
    file = forms.FileField(
        label="细则表",
        help_text="Excel（.xlsx），以本系统导出的细则表为模板；先预览，确认后才写入",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请先选择细则表。", "empty": "文件是空的。"},
    )


def read_upload(form: RubricUploadForm) -> Read | None:
    """None when the file as a whole can't be read; the form says why."""
    if not form.is_valid():
        return None
    try:
        return read_rubric(form.cleaned_data["file"])
    except ValidationError as error:
        form.add_error("file", error.messages)
        return None


def sealed(request: HttpRequest, rubric: Rubric, read: Read) -> str:
    data = {"rows": read.packed(), "user": request.user.pk, "rubric": rubric.pk}
    return signing.dumps(data, salt=SALT, compress=True)


def opened(request: HttpRequest, rubric: Rubric) -> Read | None:
    """None when the seal is broken, too old, or somebody else's."""
    try:
        data = signing.loads(request.POST.get("token", ""), salt=SALT, max_age=PREVIEW_SECONDS)
    except signing.BadSignature:
        return None
    is_own = (data["user"], data["rubric"]) == (request.user.pk, rubric.pk)
    return Read.unpacked(data["rows"]) if is_own else None
