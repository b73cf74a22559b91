"""Entries by Excel: template, upload, preview, confirmation; what is wrong comes back in the user's own file."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fedwork.downloads import workbook_response
from fedwork.uploads import check_workbook
from funding import rules
from funding.actions import post_entries
from funding.entry_import import Desk, Plan, entry_template, marked_file, plan_import
from organizations.importexport.modeladmin import ConfirmForm, UploadStorage
from projects.models import Programme

GONE = "预览已过期，或者这个文件已经入账。请重新上传文件看一遍；已经入账的不会重复记。"


class EntryUploadForm(forms.Form):
    file = forms.FileField(
        label="填好的 Excel 文件（.xlsx）", error_messages={"required": "请先选择填好的 Excel 文件。"}
    )

    def clean_file(self):
        check_workbook(self.cleaned_data["file"])
        return self.cleaned_data["file"]


@require_http_methods(["GET", "HEAD", "POST"])
def entry_import(request: HttpRequest, pk: int) -> HttpResponse:
    """The page, and the preview of what was uploaded: nothing is written here."""
    desk = _desk(request, pk)
    if request.method != "POST":
        return _page(request, desk, EntryUploadForm())
    form = EntryUploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, desk, form)
    file = form.cleaned_data["file"]
    data = file.read()
    try:
        plan = plan_import(data, desk)
    except ValidationError as error:
        form.add_error("file", error)
        return _page(request, desk, form)
    return _page(request, desk, EntryUploadForm(), plan=plan, token=_parked(request, data, file.name))


def _parked(request: HttpRequest, data: bytes, name: str) -> str:
    """What was shown is kept until it is confirmed: a file that only this user can name."""
    storage = UploadStorage()
    storage.save(data)
    return ConfirmForm.token_for(request.user, {"name": storage.name, "original": name})


def _storage(request: HttpRequest) -> UploadStorage:
    """ValidationError when there is nothing behind the token any more."""
    form = ConfirmForm(request.POST, user=request.user)
    if not form.is_valid():
        raise ValidationError(GONE)
    return UploadStorage(name=form.cleaned_data["token"]["name"])


def _data(storage: UploadStorage) -> bytes:
    try:
        return storage.read()
    except FileNotFoundError:
        raise ValidationError(GONE) from None


@require_POST
def entry_import_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """All rows or none. What has changed since the preview is shown as a new preview."""
    desk = _desk(request, pk)
    try:
        storage = _storage(request)
        plan = plan_import(_data(storage), desk)
        if plan.can_post:
            post_entries(plan.postings, by=request.user)
            storage.take().close()
            messages.success(request, f"已入账 {len(plan.new)} 笔。凭证照片可以在每一笔里补传。")
            return redirect("funding:register")
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("funding:entry_import", pk)
    return _page(request, desk, EntryUploadForm(), plan=plan, token=request.POST["token"])


@require_POST
def entry_import_marked(request: HttpRequest, pk: int) -> HttpResponse:
    """The user's own workbook with the reasons."""
    desk = _desk(request, pk)
    try:
        data = _data(_storage(request))
        return workbook_response(marked_file(data, plan_import(data, desk)), "资金台账导入（标出问题）")
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("funding:entry_import", pk)


@require_safe
def entry_import_template(request: HttpRequest, pk: int) -> HttpResponse:
    desk = _desk(request, pk)
    return workbook_response(entry_template(desk), f"资金台账导入模板（{desk.programme}）")


def _desk(request: HttpRequest, pk: int) -> Desk:
    if not rules.can_view_tables(request.user):
        raise PermissionDenied
    programmes = Programme.objects.visible_to(request.user).select_related("organization")
    programme = get_object_or_404(programmes, pk=pk)
    if not rules.can_import_entries(request.user, programme):
        raise PermissionDenied
    return Desk(programme, request.user)


def _page(
    request: HttpRequest, desk: Desk, form: EntryUploadForm, *, plan: Plan | None = None, token: str = ""
) -> HttpResponse:
    context = {
        "programme": desk.programme,
        "has_sites": bool(desk.sites),
        "form": form,
        "plan": plan,
        "token": token,
        "back": reverse("funding:register"),
    }
    return render(request, "funding/entry_import.html", context, status=422 if form.errors else 200)
