"""考核评分细则: the versions there are, one as the official form, and how its points come out."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments import rules
from assessments.methods import Known, Marks, Method, Question
from assessments.models import Criterion, Rubric
from assessments.papers.rubric import rubric_paper
from assessments.sheet import criteria_of
from assessments.sources.money import AIM, FLOOR
from assessments.views.access import get_rubric, score_page
from fedwork.downloads import workbook_response
from fedwork.excel import write_paper
from projects.models import Programme


@require_safe
@score_page
def rubric_list(request: HttpRequest) -> HttpResponse:
    """Published versions, those in force first."""
    rubrics = Rubric.objects.visible_to(request.user).published().select_related("creation_type__programme")
    rubrics = rubrics.with_points().order_by(
        "-creation_type__programme__year", "creation_type__position", "creation_type", "-version"
    )
    newest: dict[int, int] = {}
    for rubric in rubrics:
        newest.setdefault(rubric.creation_type_id, rubric.pk)
    context = {
        "rows": [(rubric, newest[rubric.creation_type_id] == rubric.pk) for rubric in rubrics],
        "can_manage": rules.can_manage_rubric(request.user),
    }
    return render(request, "assessments/rubric_list.html", context)


@require_safe
@score_page
def rubric_detail(request: HttpRequest, pk: int) -> HttpResponse:
    rubric = get_rubric(request, pk)
    return render(request, "assessments/rubric_detail.html", {"rubric": rubric, "paper": rubric_paper(rubric)})


@require_safe
@score_page
def rubric_excel(request: HttpRequest, pk: int) -> HttpResponse:
    rubric = get_rubric(request, pk)
    return workbook_response(write_paper(rubric_paper(rubric)), f"{rubric.programme.year}年{rubric}")


@dataclass(frozen=True)
class Sample:
    """An answer, and what it is worth."""

    words: str
    points: Decimal

    @classmethod
    def of(cls, criterion: Criterion, question: Question, marks: Marks, known: Known) -> "Sample":
        rule = criterion.rule
        words = question.said(marks[0]) if criterion.method in {Method.RATIO, Method.FORMULA} else rule.said(marks)
        return cls(words, rule.points(criterion.points, marks, known))


def samples_of(criterion: Criterion, known: Known) -> list[Sample]:
    rule = criterion.rule
    return [Sample.of(criterion, rule.questions[0], marks, known) for marks in rule.samples(known)]


def _usual(programme: Programme) -> Known:
    """What names stand for at a site with the programme's usual amount."""
    return {FLOOR: programme.matching_floor, AIM: programme.province_amount * programme.matching_ratio}


@require_safe
@score_page
def rubric_points(request: HttpRequest, pk: int) -> HttpResponse:
    """怎么得分: for each criterion, which answer comes to how many points."""
    rubric = get_rubric(request, pk)
    known = _usual(rubric.programme)
    rows = [(criterion, samples_of(criterion, known)) for criterion in criteria_of(rubric)]
    context = {"rubric": rubric, "rows": rows, "known": known.items(), "programme": rubric.programme}
    return render(request, "assessments/rubric_points.html", context)
