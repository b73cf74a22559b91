"""Addresses of findings, acceptance, results, annual assessment, analysis and dossier."""

from django.urls import path

from assessments.views import acceptance, annual, dossier, losses, results

urlpatterns = [
    path("score-rounds/<int:pk>/findings/", acceptance.findings_raise, name="findings_raise"),
    path("acceptances/sites/<int:pk>/", acceptance.acceptance_site, name="acceptance_site"),
    path("acceptances/sites/<int:pk>/open/", acceptance.acceptance_open, name="acceptance_open"),
    path("acceptances/sites/<int:pk>/dossier/", dossier.dossier, name="dossier"),
    path("acceptances/sites/<int:pk>/package/", dossier.dossier_package, name="dossier_package"),
    path("acceptances/<int:pk>/", acceptance.acceptance_detail, name="acceptance_detail"),
    path("acceptances/<int:pk>/county/", acceptance.acceptance_county, name="acceptance_county"),
    path("acceptances/<int:pk>/conclude/", acceptance.acceptance_conclude, name="acceptance_conclude"),
    path("acceptances/<int:pk>/print/", acceptance.acceptance_print, name="acceptance_print"),
    path("acceptances/<int:pk>/excel/", acceptance.acceptance_excel, name="acceptance_excel"),
    path("results/", results.result_list, name="result_list"),
    path("results/excel/", results.result_excel, name="result_excel"),
    path("results/programmes/<int:pk>/publish/", results.result_publish, name="result_publish"),
    path("results/publications/<int:pk>/", results.publication_detail, name="publication_detail"),
    path("results/publications/<int:pk>/excel/", results.publication_excel, name="publication_excel"),
    path("results/publications/<int:pk>/object/", results.objection_add, name="objection_add"),
    path("results/objections/<int:pk>/", results.objection_answer, name="objection_answer"),
    path("losses/", losses.loss_analysis, name="loss_analysis"),
    path("losses/excel/", losses.loss_excel, name="loss_excel"),
    path("annual/", annual.annual_list, name="annual_list"),
    path("annual/excel/", annual.annual_excel, name="annual_excel"),
    path("annual/programmes/<int:pk>/rule/", annual.annual_rule, name="annual_rule"),
    path("annual/units/<int:pk>/", annual.annual_unit, name="annual_unit"),
    path("annual/<int:pk>/", annual.annual_detail, name="annual_detail"),
    *(
        path(f"annual/<int:pk>/{step}/", annual.annual_step, {"step": step}, name=f"annual_{step}")
        for step in annual.STEPS
    ),
]
