"""Notes beside the monthly report: pairing, help in kind, reports to government, surveys, inspections. Each is a list, a
form and a workbook; which columns and words they have is said once in SORTS."""

from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fedwork import clock
from fedwork.downloads import workbook_response
from fedwork.excel import write_list
from fedwork.numbers import posted_integer
from projects import rules
from projects.actions import add_note, change_note, remove_note
from projects.forms.notes import (
    GovernmentReportForm,
    InKindForm,
    InspectionForm,
    NoteFilterForm,
    NoteForm,
    PairingForm,
    SurveyForm,
)
from projects.models import AwarenessSurvey, GovernmentReport, InKindHelp, Inspection, Note, Pairing, Rectification
from projects.papers.notes import COLUMNS, shown
from projects.views.access import project_page

ROWS_PER_PAGE = 50


@dataclass(frozen=True)
class Sort:
    """How one sort of note is called on its pages; `name` leads its addresses."""

    name: str
    form: type[NoteForm]
    verb: str
    hint: str
    empty: str


SORTS: dict[type[Note], Sort] = {
    Pairing: Sort(
        "pairing",
        PairingForm,
        "记结对",
        "哪个单位和项目点结对互助、帮扶共建",
        "有单位来结对时，记下单位、内容和起止日期。",
    ),
    InKindHelp: Sort(
        "inkind",
        InKindForm,
        "记实物",
        "捐赠、调拨的设备物资。折价是估算，只在这里列出，不计入到位资金、配套资金和任何资金表",
        "收到设备、图书等物资时记在这里；现金不在这里记。",
    ),
    GovernmentReport: Sort(
        "government",
        GovernmentReportForm,
        "记汇报",
        "向同级党委政府汇报项目、争取支持和配套资金",
        "每次向党委、政府汇报以后记一条，有了答复再补写结果。",
    ),
    AwarenessSurvey: Sort(
        "survey",
        SurveyForm,
        "记调查",
        "问了多少人，多少人知道这个项目，多少人参加过活动",
        "入户、扫码或在活动现场询问以后记下人数。",
    ),
    Inspection: Sort(
        "inspection",
        InspectionForm,
        "记督查",
        "对建设进度、规范管理、运行质量的检查；发现的问题一键交办整改",
        "督查组到点检查以后，按三个方面记下。",
    ),
}
TABS = [Pairing, InKindHelp, GovernmentReport, AwarenessSurvey]


@require_safe
@project_page
def note_list(request: HttpRequest, model: type[Note]) -> HttpResponse:
    form = NoteFilterForm(request.GET, user=request.user)
    notes = _notes(request, form, model)
    page = Paginator(notes, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    columns = COLUMNS[model]
    sort = SORTS[model]
    context = {
        "form": form,
        "sort": sort,
        "title": model._meta.verbose_name,
        "tabs": [(each._meta.verbose_name, _url(each, "list"), each is model) for each in TABS if model in TABS],
        "headings": [column.heading for column in columns],
        "page_obj": page,
        "rows": [(note, [(column, shown(column, note)) for column in columns]) for note in page],
        "total": notes.aggregate(total=Sum("estimated_value"))["total"] if model is InKindHelp else None,
        "add_url": _url(model, "add") if rules.can_write_notes(request.user, model) else "",
        "excel_url": _url(model, "excel") + (f"?{request.GET.urlencode()}" if request.GET else ""),
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "projects/note_list.html", context)


def _notes(request: HttpRequest, form: NoteFilterForm, model: type[Note]):
    notes = form.apply(model.objects.visible_to(request.user).for_list())
    return notes.annotate(item_count=Count("rectifications")) if model is Inspection else notes


def _url(model: type[Note], verb: str, *args) -> str:
    return reverse(f"projects:{SORTS[model].name}_{verb}", args=args)


@require_safe
@project_page
def note_excel(request: HttpRequest, model: type[Note]) -> HttpResponse:
    notes = _notes(request, NoteFilterForm(request.GET, user=request.user), model)
    title = f"{request.user.organization}{model._meta.verbose_name}"
    return workbook_response(write_list(COLUMNS[model], notes, title=title), title)


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def note_add(request: HttpRequest, model: type[Note]) -> HttpResponse:
    """`?site=` chooses the site."""
    if not rules.can_write_notes(request.user, model):
        raise PermissionDenied
    site = posted_integer(request.GET.get("site"))
    initial = {"site": site} if site > 0 else {}
    form = SORTS[model].form(request.POST or None, instance=model(), user=request.user, initial=initial)
    if request.method == "POST" and (note := form.write(partial(add_note, by=request.user))):
        return _written(request, note)
    return _render(request, form, model)


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def note_edit(request: HttpRequest, pk: int, model: type[Note]) -> HttpResponse:
    """For the post that wrote it; everybody else reads."""
    note = get_note(request, pk, model)
    is_own = rules.can_change_note(request.user, note)
    if request.method == "POST" and not is_own:
        raise PermissionDenied
    if not is_own:
        cells = [(column.heading, shown(column, note)) for column in COLUMNS[model]]
        return render(request, "projects/note_detail.html", _about(model) | {"note": note, "cells": cells})
    form = SORTS[model].form(request.POST or None, instance=note, user=request.user)
    version = posted_integer(request.POST.get("version"))
    act = partial(change_note, by=request.user, version=version)
    if request.method == "POST" and (changed := form.write(act)):
        return _written(request, changed)
    shown_version = version if request.method == "POST" else note.version
    return _render(request, form, model, note=note, version=shown_version, remove_url=_url(model, "remove", note.pk))


def _about(model: type[Note]) -> dict:
    return {"sort": SORTS[model], "title": model._meta.verbose_name, "list_url": _url(model, "list")}


def _render(request: HttpRequest, form: NoteForm, model: type[Note], **context) -> HttpResponse:
    context |= _about(model) | {"form": form}
    return render(request, "projects/note_form.html", context, status=422 if form.errors else 200)


def _written(request: HttpRequest, note: Note) -> HttpResponse:
    messages.success(request, f"已记下“{note}”。")
    return redirect(note if isinstance(note, Inspection) else _url(type(note), "list"))


@require_POST
@project_page
def note_remove(request: HttpRequest, pk: int, model: type[Note]) -> HttpResponse:
    note = get_note(request, pk, model)
    try:
        remove_note(note, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect(note)
    messages.success(request, f"已移除“{note}”。")
    return redirect(_url(model, "list"))


def get_note(request: HttpRequest, pk: int, model: type[Note]) -> Note:
    """A note in the user's subtree that wasn't removed, else 404."""
    notes = model.objects.visible_to(request.user).current()
    if model is Inspection:
        notes = notes.annotate(item_count=Count("rectifications"))
    around = ["programme__organization", "organization", "site__organization", "recorded_by"]
    return get_object_or_404(notes.select_related(*around), pk=pk)


@require_safe
@project_page
def inspection_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found under each heading, and what was made of it."""
    inspection = get_note(request, pk, Inspection)
    items = Rectification.objects.filter(inspection=inspection).for_list()
    context = {
        "inspection": inspection,
        "items": [(item, item.mark(clock.today())) for item in items],
        "can_change": rules.can_change_note(request.user, inspection),
        "can_raise": rules.can_raise_rectification(request.user, inspection.site),
    }
    return render(request, "projects/inspection_detail.html", context)
