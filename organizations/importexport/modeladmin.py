"""The admin's side of import and export: upload, preview, confirm; download."""

import os
import tempfile
import time
from pathlib import Path

import tablib
from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST
from import_export.admin import ImportExportMixin
from import_export.formats import base_formats
from import_export.tmp_storages import BaseStorage

from fedwork.lists import write_csv, write_template, write_workbook
from fedwork.uploads import check_workbook, read_csv, read_workbook
from organizations.modeladmin import nobody
from organizations.models import rehearsal

SALT = "organizations.importexport"
PREVIEW_SECONDS = 2 * 60 * 60


class ListFormat(base_formats.Format):
    """Rows below a heading row. Blank lines are left out; the dataset's `line_numbers` say where each row stood."""

    def can_import(self) -> bool:
        return True

    def can_export(self) -> bool:
        return True

    def get_title(self) -> str:
        return self.get_extension()

    def read(self, file, *, max_rows: int) -> tablib.Dataset:
        rows = self.rows_of(file, max_rows)
        headings = [str(cell or "").strip().strip("*＊") for cell in rows[0]] if rows else []
        dataset = tablib.Dataset(headers=headings or None)
        dataset.line_numbers = []
        for line, row in enumerate(rows[1:], 2):
            if any(cell not in (None, "") for cell in row):
                dataset.append([*row, *[None] * (len(headings) - len(row))][: len(headings)])
                dataset.line_numbers.append(line)
        return dataset


class ExcelFormat(ListFormat):
    rows_of = staticmethod(lambda file, max_rows: read_workbook(file, max_rows=max_rows))

    def get_extension(self) -> str:
        return "xlsx"

    def get_content_type(self) -> str:
        return base_formats.XLSX.CONTENT_TYPE

    def export_data(self, dataset, *, title: str = "", **kwargs) -> bytes:
        return write_workbook(dataset.headers, dataset, title=title)


class CsvFormat(ListFormat):
    rows_of = staticmethod(lambda file, max_rows: read_csv(file, max_rows=max_rows))

    def get_extension(self) -> str:
        return "csv"

    def get_content_type(self) -> str:
        return "text/csv; charset=utf-8"

    def export_data(self, dataset, **kwargs) -> bytes:
        return write_csv(dataset.headers, dataset)


FORMATS = [ExcelFormat, CsvFormat]


class UploadForm(forms.Form):
    import_file = forms.FileField(label="文件", help_text="Excel 表格（.xlsx）或 CSV 文件，第一行是表头。")

    def __init__(self, formats, resources, **kwargs):
        super().__init__(**kwargs)
        self.fields["import_file"].widget.attrs["accept"] = ".xlsx,.csv"

    def clean_import_file(self):
        file = self.cleaned_data["import_file"]
        if not file.name.lower().endswith(".csv"):
            check_workbook(file)
        return file

    def clean(self):
        file = self.cleaned_data.get("import_file")
        self.cleaned_data["format"] = int(bool(file) and file.name.lower().endswith(".csv"))
        return self.cleaned_data


class ConfirmForm(forms.Form):
    """Names the checked upload by a signed token: nobody confirms another's file, or another file."""

    token = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    @staticmethod
    def token_for(user, upload: dict) -> str:
        return signing.dumps({**upload, "user": user.pk}, salt=SALT)

    def clean_token(self) -> dict:
        try:
            upload = signing.loads(self.cleaned_data["token"], salt=SALT, max_age=PREVIEW_SECONDS)
        except signing.BadSignature:
            upload = {}
        if upload.get("user") != self.user.pk:
            raise ValidationError("预览已过期，请重新上传文件。")
        return upload

    def clean(self):
        """The names under which django-import-export looks for these."""
        upload = self.cleaned_data.get("token", {})
        self.cleaned_data.update(original_file_name=upload.get("original"), format=upload.get("format"))
        return self.cleaned_data


class UploadStorage(BaseStorage):
    """Uploads between preview and confirmation: files of our own in the temporary folder, a day at most."""

    PREFIX = "fedwork-import-"

    def save(self, data: bytes) -> None:
        self._sweep()
        handle, name = tempfile.mkstemp(prefix=self.PREFIX)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        self.name = Path(name).name

    def take(self):
        """The file, open for reading and already removed: a second confirmation raises FileNotFoundError."""
        whole = Path(tempfile.gettempdir(), self.name)
        file = whole.open("rb")
        try:
            whole.unlink()
        except FileNotFoundError:
            file.close()
            raise
        return file

    def read(self) -> bytes:
        """FileNotFoundError when it was taken, or swept away."""
        return Path(tempfile.gettempdir(), self.name).read_bytes()

    def _sweep(self) -> None:
        for old in Path(tempfile.gettempdir()).glob(f"{self.PREFIX}*"):
            try:
                if old.stat().st_mtime < time.time() - 86_400:
                    old.unlink()
            except OSError:  # swept by a neighbour, or not ours
                continue


class ListImportExportMixin(ImportExportMixin):
    """In front of ScopedModelAdmin; `resource_classes = [SomeListResource]`, and who may: `may_import`, `may_export`."""

    may_import = may_export = staticmethod(nobody)
    max_export_rows = 10_000
    confirm_form_class = ConfirmForm
    import_template_name = "admin/import_export/import.html"

    def has_import_permission(self, request) -> bool:
        return self.may_import(request.user)

    def has_export_permission(self, request) -> bool:
        return self.may_export(request.user)

    def get_resource_kwargs(self, request, *args, **kwargs) -> dict:
        return {"user": request.user}

    def get_resource(self, request):
        return self.resource_classes[0](user=request.user)

    def get_urls(self):
        info = self.get_model_info()
        wrap = self.admin_site.admin_view
        own = [
            path("import/template/", wrap(self.import_template), name="{}_{}_import_template".format(*info)),
            path("export/csv/", wrap(self.export_csv), name="{}_{}_export_csv".format(*info)),
        ]
        return own + super().get_urls()

    # Import

    def import_action(self, request, **kwargs):
        """Upload and preview: the lines are written and rolled back, so the preview says what will really happen."""
        self._require(self.has_import_permission(request))
        form = UploadForm(FORMATS, [], data=request.POST or None, files=request.FILES or None)
        result = confirm_form = None
        if request.method == "POST" and form.is_valid():
            result = self._try_out(request, form)
            if result and not result.refused:
                confirm_form = self._confirm_form_for(request, form)
        return self._import_page(request, form=form, result=result, confirm_form=confirm_form)

    def _try_out(self, request, form):
        resource = self.get_resource(request)
        try:
            dataset = self._dataset(form.cleaned_data["import_file"], form.cleaned_data["format"], resource)
        except ValidationError as error:
            form.add_error("import_file", error)
            return None
        with rehearsal():
            return resource.import_data(dataset, dry_run=True)

    @staticmethod
    def _dataset(file, format_number: int, resource) -> tablib.Dataset:
        dataset = FORMATS[format_number]().read(file, max_rows=resource.max_rows)
        if not dataset.line_numbers:
            raise ValidationError("文件里没有数据行。第一行应是表头，从第二行起一行一条。")
        return dataset

    def _confirm_form_for(self, request, form) -> ConfirmForm:
        file = form.cleaned_data["import_file"]
        storage = UploadStorage()
        file.seek(0)
        storage.save(file.read())
        upload = {"name": storage.name, "format": form.cleaned_data["format"], "original": file.name}
        return ConfirmForm(user=request.user, initial={"token": ConfirmForm.token_for(request.user, upload)})

    @method_decorator(require_POST)
    def process_import(self, request, **kwargs):
        """The confirmation: all lines in one transaction, or none."""
        self._require(self.has_import_permission(request))
        form = ConfirmForm(request.POST, user=request.user)
        if not form.is_valid():
            return self._start_again(request, "预览已过期，请重新上传文件。")
        try:
            file = UploadStorage(name=form.cleaned_data["token"]["name"]).take()
        except FileNotFoundError:
            return self._start_again(request, "这个文件已经导入过了，或者预览已过期；需要时请重新上传。")
        resource = self.get_resource(request)
        with file:
            dataset = self._dataset(file, form.cleaned_data["format"], resource)
        result = resource.import_data(dataset)
        if result.refused:
            messages.error(request, "预览之后数据有了变化，没有导入任何一行。请按下面的说明改正后重新上传。")
            return self._import_page(request, form=UploadForm(FORMATS, []), result=result, confirm_form=None)
        messages.success(request, f"导入完成：{result.counts}。")
        return redirect(self._changelist_url())

    def _import_page(self, request, **context):
        request.current_app = self.admin_site.name
        resource = self.get_resource(request)
        opts = self.model._meta
        context |= self.admin_site.each_context(request) | {
            "title": f"导入{opts.verbose_name}",
            "opts": opts,
            "columns": self._import_columns(request),
            "max_rows": resource.max_rows,
            "max_rows_hint": resource.max_rows_hint,
            "has_view_permission": self.has_view_permission(request),
        }
        return TemplateResponse(request, self.import_template_name, context)

    def _start_again(self, request, sentence: str) -> HttpResponse:
        messages.error(request, sentence)
        return redirect("admin:{}_{}_import".format(*self.get_model_info()))

    def import_template(self, request) -> HttpResponse:
        """An empty list with the headings, columns as text, drop-downs where there is a choice, a sheet of hints."""
        self._require(self.has_import_permission(request))
        columns = [
            (
                column.column_name,
                f"{'必填。' if column.required else ''}{column.hint}",
                column.offered_to(request.user),
            )
            for column in self._import_columns(request)
        ]
        name = f"{self.model._meta.verbose_name}导入模板"
        content = write_template(columns, title=name, max_rows=self.get_resource(request).max_rows)
        return self._download(content, ExcelFormat(), name)

    def _import_columns(self, request) -> list:
        return [column for column in self.get_resource(request).get_import_fields() if not column.readonly]

    # Export

    def export_action(self, request, file_format=None):
        self._require(self.has_export_permission(request))
        try:
            rows = self.get_export_queryset(request)
        except IncorrectLookupParameters:
            return redirect(self._changelist_url())
        if rows[: self.max_export_rows + 1].count() > self.max_export_rows:
            messages.error(request, f"一次最多导出 {self.max_export_rows} 行，请先用右侧的筛选缩小范围。")
            return redirect(f"{self._changelist_url()}?{request.GET.urlencode()}")
        file_format = file_format or ExcelFormat()
        resource = self.get_resource(request)
        dataset = resource.export(rows, force_native_type=isinstance(file_format, ExcelFormat))
        title = str(self.model._meta.verbose_name)
        name = f"{title}-{timezone.localdate():%Y%m%d}"
        return self._download(file_format.export_data(dataset, title=title), file_format, name)

    def export_csv(self, request) -> HttpResponse:
        return self.export_action(request, CsvFormat())

    @staticmethod
    def _download(content: bytes, file_format: ListFormat, name: str) -> HttpResponse:
        disposition = content_disposition_header(True, f"{name}.{file_format.get_extension()}")
        headers = {"Content-Disposition": disposition}
        return HttpResponse(content, content_type=file_format.get_content_type(), headers=headers)

    # Both

    @staticmethod
    def _require(allowed: bool) -> None:
        if not allowed:
            raise PermissionDenied

    def _changelist_url(self) -> str:
        return reverse("admin:{}_{}_changelist".format(*self.get_model_info()))
