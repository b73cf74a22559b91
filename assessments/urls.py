from django.urls import path

from assessments.acceptance_urls import urlpatterns as of_acceptance
from assessments.views import evidence, rounds, rubrics, scores, vetoes

app_name = "assessments"

urlpatterns = [
    path("rubrics/", rubrics.rubric_list, name="rubric_list"),
    path("rubrics/<int:pk>/", rubrics.rubric_detail, name="rubric_detail"),
    path("rubrics/<int:pk>/excel/", rubrics.rubric_excel, name="rubric_excel"),
    path("rubrics/<int:pk>/points/", rubrics.rubric_points, name="rubric_points"),
    path("scores/", scores.board, name="board"),
    path("scores/sites/<int:pk>/", scores.site_scores, name="site_scores"),
    path("scores/sites/<int:pk>/print/", scores.score_print, name="score_print"),
    path("scores/sites/<int:pk>/excel/", scores.score_excel, name="score_excel"),
    path("scores/sites/<int:pk>/open/<int:level>/", scores.round_open, name="round_open"),
    path("scores/sites/<int:pk>/province/", scores.province_result, name="province_result"),
    path("score-rounds/<int:pk>/", rounds.round_edit, name="round_edit"),
    path("score-rounds/<int:pk>/autosave/", rounds.round_autosave, name="round_autosave"),
    path("score-rounds/<int:pk>/check/", rounds.round_check, name="round_check"),
    path("score-rounds/<int:pk>/submit/", rounds.round_submit, name="round_submit"),
    path("scores/sites/<int:pk>/veto/", vetoes.veto_propose, name="veto_propose"),
    path("vetoes/<int:pk>/", vetoes.veto_detail, name="veto_detail"),
    path("vetoes/<int:pk>/explain/", vetoes.veto_explain, name="veto_explain"),
    path("vetoes/<int:pk>/decide/", vetoes.veto_decide, name="veto_decide"),
    path("vetoes/<int:pk>/files/", evidence.veto_attach, name="veto_attach"),
    path("score-rounds/<int:pk>/files/", evidence.round_attach, name="round_attach"),
    path("evidence/<int:pk>/", evidence.evidence_file, name="evidence_file"),
    path("evidence/<int:pk>/thumbnail/", evidence.evidence_thumbnail, name="evidence_thumbnail"),
    path("evidence/<int:pk>/remove/", evidence.evidence_file_remove, name="evidence_file_remove"),
    *of_acceptance,
]
