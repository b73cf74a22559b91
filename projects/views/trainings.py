"""培训: the ledger with its numbers, one training, who came, and which heads and secretaries were reached."""

from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fedwork.downloads import workbook_response
from fedwork.excel import write_paper
from fedwork.numbers import posted_integer
from projects import rules
from projects.actions import add_training_attachment, record_attendance, remove_training, save_training
from projects.forms.filters import ProgressForm
from projects.forms.trainings import AttendanceForm, TrainingFilterForm, TrainingForm, session_forms
from projects.models import Programme, Training
from projects.papers.sign_in import sign_in_paper
from projects.papers.trainings import coverage_paper, training_paper
from projects.trainings import by_level
from projects.trainings import coverage as read_coverage
from projects.views.access import project_page
from projects.views.attachments import take_uploads
from projects.views.shortened import Shortened

SITES_PER_PAGE = 100


@require_safe
@project_page
def training_list(request: HttpRequest) -> HttpResponse:
    form = TrainingFilterForm(request.GET, user=request.user)
    trainings = list(form.trainings())
    programme = form.programme
    context = {
        "form": form,
        "programme": programme,
        "trainings": trainings,
        "levels": by_level(trainings, form.sites()) if programme and not form.chosen("level") else [],
        "can_add": programme is not None and rules.can_record_training(request.user),
        "query": urlencode({name: value for name, value in form.data.items() if value}),
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "projects/training_list.html", context)


@require_safe
@project_page
def training_excel(request: HttpRequest) -> HttpResponse:
    form = TrainingFilterForm(request.GET, user=request.user)
    trainings = list(form.trainings())
    place = request.user.organization
    paper = training_paper(
        trainings, by_level(trainings, form.sites()), place=str(place), scope=str(form.programme or ""), now=form.now
    )
    return workbook_response(write_paper(paper), f"{place}培训台账")


@require_safe
@project_page
def training_coverage(request: HttpRequest) -> HttpResponse:
    """Every approved site in scope: its head and its secretary."""
    form = ProgressForm(request.GET, user=request.user)
    found = read_coverage(_sites(form), form.programme)
    context = {
        "form": form,
        "programme": form.programme,
        "place": form.places.chosen,
        "coverage": found,
        "page_obj": Paginator(found.rows, SITES_PER_PAGE).get_page(request.GET.get("page")),
        "gaps": Shortened.of(found.gaps),
        "query": urlencode(form.query()),
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "projects/training_coverage.html", context)


@require_safe
@project_page
def training_coverage_excel(request: HttpRequest) -> HttpResponse:
    form = ProgressForm(request.GET, user=request.user)
    found = read_coverage(_sites(form), form.programme)
    place = form.places.chosen
    paper = coverage_paper(found, place=str(place), scope=str(form.programme or ""), now=form.now)
    return workbook_response(write_paper(paper), f"{place}培训覆盖情况")


def _sites(form: ProgressForm) -> list:
    return list(form.sites().as_rows())


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def training_add(request: HttpRequest) -> HttpResponse:
    """`?programme=` says of which programme."""
    if not rules.can_record_training(request.user):
        raise PermissionDenied
    programmes = Programme.objects.visible_to(request.user)
    programme = get_object_or_404(programmes, pk=posted_integer(request.GET.get("programme")))
    return _edit(request, Training(programme=programme, organization=request.user.organization))


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def training_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, _get_own(request, pk))


def _edit(request: HttpRequest, training: Training) -> HttpResponse:
    form = TrainingForm(request.POST or None, instance=training, user=request.user)
    sessions = session_forms(training, request.POST or None)
    if request.method == "POST" and all([form.is_valid(), sessions.is_valid()]) and _saved(request, form, sessions):
        return redirect(form.instance)
    context = {
        "form": form,
        "sessions": sessions,
        "training": training,
        "is_new": training.pk is None,
        "has_errors": bool(form.errors or any(sessions.errors) or sessions.non_form_errors()),
    }
    return render(request, "projects/training_edit.html", context, status=422 if context["has_errors"] else 200)


def _saved(request: HttpRequest, form: TrainingForm, sessions) -> bool:
    try:
        save_training(form.instance, sessions=sessions.sessions(), kinds=form.cleaned_data["invited"], by=request.user)
    except ValidationError as error:
        told = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for field, sentences in told.items():
            form.add_error(field if field in form.fields else None, sentences)
        return False
    messages.success(request, "培训已保存。")
    return True


@require_safe
@project_page
def training_detail(request: HttpRequest, pk: int) -> HttpResponse:
    training = _get(request, pk)
    attendees = training.attendees.visible_to(request.user).select_related("organization", "site").order_by("pk")
    context = {
        "training": training,
        "sessions": training.sessions.all(),
        "attendees": attendees,
        "can_change": rules.can_record_training(request.user, training),
    }
    return render(request, "projects/training_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@project_page
def training_attendance(request: HttpRequest, pk: int) -> HttpResponse:
    training = _get_own(request, pk)
    form = AttendanceForm(request.POST or None, training=training)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            record_attendance(training, results=form.results(), by=request.user, version=version)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, "到会情况已保存。")
            return redirect(training)
    context = {"form": form, "training": training}
    return render(request, "projects/training_attendance.html", context, status=422 if form.errors else 200)


@require_POST
@project_page
def training_remove(request: HttpRequest, pk: int) -> HttpResponse:
    training = _get_own(request, pk)
    try:
        remove_training(training, by=request.user, version=posted_integer(request.POST.get("version")))
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect(training)
    messages.success(request, f"已移除“{training}”。")
    return redirect(reverse("projects:training_list", query={"programme": training.programme_id}))


@require_POST
@project_page
def training_attach(request: HttpRequest, pk: int) -> HttpResponse:
    training = _get_own(request, pk)
    return take_uploads(request, partial(add_training_attachment, training), back_to=training.get_absolute_url())


@require_safe
@project_page
def training_sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """签到表: the invited posts that the user sees."""
    training = _get(request, pk)
    attendees = training.attendees.visible_to(request.user).select_related("organization", "site").order_by("pk")
    posts = [(row.place, row.get_kind_display()) for row in attendees]
    day = f"{training.first_on.year}年{training.days_in_words}"
    paper = sign_in_paper(training.title, posts, day=day, place=training.place)
    return workbook_response(write_paper(paper), f"{training}签到表")


def _get(request: HttpRequest, pk: int) -> Training:
    """A training that the user sees and that wasn't removed, else 404."""
    trainings = Training.objects.visible_to(request.user).current().with_numbers()
    return get_object_or_404(trainings.select_related("programme", "organization", "recorded_by"), pk=pk)


def _get_own(request: HttpRequest, pk: int) -> Training:
    training = _get(request, pk)
    if not rules.can_record_training(request.user, training):
        raise PermissionDenied
    return training
