"""考核评分: the board of all sites, the rounds of one side by side, its score sheet on paper."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import rules
from assessments.actions import enter_province_result, open_round
from assessments.actions.scoring import opening_refusal
from assessments.comparison import compare, standings
from assessments.forms.scores import ProvinceForm
from assessments.hands import has_hand_in
from assessments.models import RoundLevel
from assessments.papers.score import score_paper
from assessments.views.access import score_page
from assessments.views.evidence import files_of
from assessments.views.hints import hints_of
from fedwork import clock
from fedwork.downloads import workbook_response
from fedwork.excel import write_paper
from projects.forms.filters import ProgressForm
from projects.models import ProjectSite
from projects.views.access import get_site
from projects.views.acting import carry_out, status_of

SITES_PER_PAGE = 50


@require_safe
@score_page
def board(request: HttpRequest) -> HttpResponse:
    """Every site with its rounds; a fixed number of queries."""
    form = ProgressForm(request.GET, user=request.user)
    page = Paginator(form.sites().select_related("creation_type"), SITES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "programme": form.programme,
        "place": form.places.chosen,
        "page_obj": page,
        "rows": standings(page),
        "levels": RoundLevel.labels,
        "now": form.now,
        "query": urlencode(form.query()),
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "assessments/board.html", context)


@require_safe
@score_page
def site_scores(request: HttpRequest, pk: int) -> HttpResponse:
    return _site_page(request, get_site(request, pk))


def _site_page(request: HttpRequest, site: ProjectSite, *, refused: str = "", status: int = 200) -> HttpResponse:
    found = compare(site)
    context = {
        "site": site,
        "found": found,
        "province_files": files_of(request.user, found.province) if found.province else None,
        "history": site.score_rounds.for_page().order_by("-level", "-number"),
        "offers": _offers(request.user, site),
        "only_different": request.GET.get("only") == "different",
        **hints_of(request.user, site),
        "refused": refused,
        "now": clock.now(),
    }
    return render(request, "assessments/site_scores.html", context, status=status)


def _offers(user, site: ProjectSite) -> list[dict]:
    """What the user may begin, go on with, or why not yet: {level, label, address, refusal}."""
    rounds = list(site.score_rounds.select_related("rubric").order_by("level", "number"))
    offers = []
    for level in RoundLevel:
        if rules.can_score(user, site, level):
            opened = next((each for each in rounds if each.level == level and not each.is_submitted), None)
            offers.append(
                {
                    "level": level,
                    "opened": opened,
                    "is_province": level == RoundLevel.PROVINCE,
                    "is_again": any(each.level == level for each in rounds),
                    "is_own": has_hand_in(user, site, level),
                    "refusal": "" if opened else opening_refusal(site, level, rounds),
                }
            )
    return offers


@require_POST
@score_page
def round_open(request: HttpRequest, pk: int, level: int) -> HttpResponse:
    """Begins the round, or leads to the one that has begun."""
    site = get_site(request, pk)
    if level not in {RoundLevel.SELF, RoundLevel.COUNTY, RoundLevel.CITY}:
        raise PermissionDenied
    try:
        score_round = open_round(site, RoundLevel(level), by=request.user)
    except ValidationError as error:
        return _site_page(request, site, refused=error.messages[0], status=409)
    return redirect("assessments:round_edit", score_round.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@score_page
def province_result(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_site(request, pk)
    if not rules.can_score(request.user, site, RoundLevel.PROVINCE):
        raise PermissionDenied
    form = ProvinceForm(request.POST or None)
    if request.method == "POST" and carry_out(
        form, lambda: enter_province_result(site, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "省验结果已登记，请把省里的文件传上来。")
        return redirect(f"{reverse('assessments:site_scores', args=[site.pk])}#attachments")
    is_again = site.score_rounds.filter(level=RoundLevel.PROVINCE).exists()
    context = {"site": site, "form": form, "verb": "更正" if is_again else "登记"}
    return render(request, "assessments/province_result.html", context, status=status_of(form))


@require_safe
@score_page
def score_print(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_site(request, pk)
    return render(
        request, "assessments/score_print.html", {"site": site, "paper": score_paper(compare(site), now=clock.now())}
    )


@require_safe
@score_page
def score_excel(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_site(request, pk)
    return workbook_response(write_paper(score_paper(compare(site), now=clock.now())), f"{site}考核评分表")
