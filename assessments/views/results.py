"""验收结果: the ranked list, its publication and the objections to it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from assessments import rules
from assessments.actions import answer_objection, publish_results, record_objection
from assessments.forms.results import AnswerForm, ObjectionForm, PublishForm, ResultForm
from assessments.hands import has_judged
from assessments.models import Acceptance, Objection, Publication
from assessments.papers.result import published_paper, result_paper
from assessments.results import results, with_sites
from assessments.views.access import score_page
from fedwork import clock
from fedwork.downloads import workbook_response
from fedwork.excel import write_paper
from projects.models import Programme
from projects.views.acting import carry_out, status_of

ROWS_PER_PAGE = 50


@require_safe
@score_page
def result_list(request: HttpRequest) -> HttpResponse:
    """Ranks are those of the whole programme; the rows those in the place."""
    form = ResultForm(request.GET, user=request.user)
    rows = form.wanted(results(form.programme)) if form.programme else []
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    today = clock.today()
    publications = form.programme.publications.all() if form.programme else []
    context = {
        "form": form,
        "programme": form.programme,
        "place": form.places.chosen,
        "page_obj": page,
        "rows": with_sites(page.object_list),
        "counts": _counts(rows),
        "waiting": Acceptance.objects.to_do(request.user).for_page().order_by("opened_at")[:ROWS_PER_PAGE],
        "publications": [(each, each.mark(today)) for each in publications],
        "can_publish": form.programme and rules.can_publish_results(request.user, form.programme),
        "query": urlencode(form.query(kind=form.kind)),
        "now": form.now,
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "assessments/result_list.html", context)


def _counts(rows: list) -> list[tuple[str, int]]:
    words = [row.mark.word for row in rows]
    return [(word, words.count(word)) for word in ["通过", "限期整改", "不通过", "未作结论"]]


@require_safe
@score_page
def result_excel(request: HttpRequest) -> HttpResponse:
    form = ResultForm(request.GET, user=request.user)
    rows = with_sites(form.wanted(results(form.programme))) if form.programme else []
    place = form.places.chosen
    paper = result_paper(rows, title=f"{form.programme or ''}", place=f"{place}", now=form.now)
    return workbook_response(write_paper(paper), f"验收结果一览表（{place}{clock.today():%Y%m%d}）")


@require_http_methods(["GET", "HEAD", "POST"])
@score_page
def result_publish(request: HttpRequest, pk: int) -> HttpResponse:
    programme = get_object_or_404(Programme.objects.visible_to(request.user), pk=pk)
    if not rules.can_publish_results(request.user, programme):
        raise PermissionDenied
    form = PublishForm(request.POST or None)
    if request.method == "POST" and (
        made := carry_out(form, lambda: publish_results(programme, by=request.user, **form.cleaned_data))
    ):
        messages.success(request, f"已公示，{made.ends_on} 止。")
        return redirect(made)
    rows = [row for row in results(programme) if row.is_concluded]
    context = {"programme": programme, "form": form, "counts": _counts(rows), "number": len(rows)}
    return render(request, "assessments/result_publish.html", context, status=status_of(form))


def get_publication(request: HttpRequest, pk: int) -> Publication:
    """A list of a programme that the user sees, else 404."""
    publications = Publication.objects.visible_to(request.user).select_related("programme__organization")
    return get_object_or_404(publications, pk=pk)


@require_safe
@score_page
def publication_detail(request: HttpRequest, pk: int) -> HttpResponse:
    publication, today = get_publication(request, pk), clock.today()
    page = Paginator(publication.rows.all(), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    objections = Objection.objects.visible_to(request.user).filter(publication=publication)
    context = {
        "publication": publication,
        "mark": publication.mark(today),
        "page_obj": page,
        "objections": objections.select_related("site__organization", "recorded_by", "decided_by"),
        "can_object": publication.is_open(today) and request.user.role in rules.SCORERS.values(),
        "can_answer": rules.can_publish_results(request.user, publication.programme),
    }
    return render(request, "assessments/publication_detail.html", context)


@require_safe
@score_page
def publication_excel(request: HttpRequest, pk: int) -> HttpResponse:
    publication = get_publication(request, pk)
    return workbook_response(write_paper(published_paper(publication)), f"{publication}")


@require_http_methods(["GET", "HEAD", "POST"])
@score_page
def objection_add(request: HttpRequest, pk: int) -> HttpResponse:
    publication = get_publication(request, pk)
    if request.user.role not in rules.SCORERS.values():
        raise PermissionDenied
    form = ObjectionForm(request.POST or None, publication=publication, user=request.user)
    if request.method == "POST" and carry_out(
        form, lambda: record_objection(publication, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "已登记异议，由没有参加评分的同志核查答复。")
        return redirect(publication)
    context = {"publication": publication, "form": form}
    return render(request, "assessments/objection_add.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@score_page
def objection_answer(request: HttpRequest, pk: int) -> HttpResponse:
    around = ["site__organization", "site__programme__organization", "publication__programme"]
    objection = get_object_or_404(Objection.objects.visible_to(request.user).select_related(*around), pk=pk)
    if not rules.can_accept(request.user, objection.site):
        raise PermissionDenied
    form = AnswerForm(request.POST or None)
    is_own = has_judged(request.user, objection.site)
    if request.method == "POST" and carry_out(
        form, lambda: answer_objection(objection, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "已答复异议。")
        return redirect(objection.publication)
    context = {"objection": objection, "publication": objection.publication, "form": form, "is_own": is_own}
    return render(request, "assessments/objection_answer.html", context, status=status_of(form))
