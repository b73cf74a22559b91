"""失分分析: where points are lost."""

from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from assessments.losses import losses
from assessments.models import RoundLevel
from assessments.papers.losses import losses_paper
from assessments.views.access import score_page
from fedwork import clock
from fedwork.downloads import workbook_response
from fedwork.excel import write_paper
from projects.forms.filters import ProgressForm

LEVELS = [("", "最高一级"), *((f"{each.value}", each.label) for each in RoundLevel if each != RoundLevel.PROVINCE)]


class LossForm(ProgressForm):
    level = forms.ChoiceField(label="按哪一级评分", required=False, choices=LEVELS)

    @property
    def level_chosen(self) -> int | None:
        return int(self.chosen("level")) if self.chosen("level") else None


@require_safe
@score_page
def loss_analysis(request: HttpRequest) -> HttpResponse:
    form = LossForm(request.GET, user=request.user)
    context = {
        "form": form,
        "programme": form.programme,
        "place": form.places.chosen,
        "found": losses(form.sites(), form.level_chosen),
        "query": urlencode(form.query(level=form.level_chosen)),
        "now": form.now,
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "assessments/loss_analysis.html", context)


@require_safe
@score_page
def loss_excel(request: HttpRequest) -> HttpResponse:
    form = LossForm(request.GET, user=request.user)
    found, place = losses(form.sites(), form.level_chosen), form.places.chosen
    level = dict(LEVELS)[form.chosen("level") or ""]
    scope = f"范围：{place}，按{level}评分，{found.rounds} 个项目点"
    paper = losses_paper(found, title=f"{form.programme or ''}", scope=scope, now=form.now)
    return workbook_response(write_paper(paper), f"考核失分分析（{place}{clock.today():%Y%m%d}）")
